"""The equations of a run, with its own activations, loss and optimiser."""

import streamlit as st

from mlp.training import equations as written
from mlp.training.config import Config


def equations(config: Config) -> None:
    """Forward, error, backward and step, in the article's notation."""
    body = " \\\\[3pt] ".join(written.equations(config))
    st.latex(rf"\begin{{aligned}} {body} \end{{aligned}}")
    st.caption(written.words(config))
