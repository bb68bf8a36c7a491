"""The error and the accuracy of a run, with the epoch looked at."""

import streamlit as st

from mlp.figures.training.curves import accuracy_curve, error_curve
from pages.parts.components.plot import plot
from pages.parts.training.session import Look


def curves(look: Look, chance: float) -> None:
    """Both curves and the switch of the error's axis. chance: the accuracy of one answer only."""
    history, accuracy = look.run.history, look.run.config.accuracy
    at = None if look.epoch == look.run.epoch else look.epoch
    logarithmic = st.toggle("Logarithmic error axis", key="logarithmic", persist_state="session")
    plot(error_curve(history.error, history.test_error, logarithmic=logarithmic, at=at), "error")
    answered = accuracy.of(history.rows)
    plot(accuracy_curve(answered, accuracy.samples, chance=chance, at=at), "accuracy")
