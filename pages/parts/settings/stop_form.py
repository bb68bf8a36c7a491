"""The rules that end a run, as widgets."""

from dataclasses import fields

import streamlit as st

from mlp.training.config import Stop
from mlp.training.epoch import WATCHED
from pages.parts.page.widgets import IN_URL, choice


def put_stop(stop: Stop) -> None:
    """Set the widgets of the stop rules, and so the address."""
    for f in fields(Stop):
        st.session_state[f.name] = getattr(stop, f.name)


def stop_rules(d: Stop) -> Stop:
    """The rules that end a run, as widgets. Raises ValueError while they make no sense.

    d: the rules that the page opens with.
    """
    epochs = st.number_input("Stop after epochs", value=d.epochs, step=100, key="epochs", **IN_URL)
    target = st.number_input(
        "Stop at this error",
        value=d.target_error,
        step=0.001,
        format="%g",
        key="target_error",
        help="0 for never.",
        **IN_URL,
    )
    patience = st.number_input(
        "Stop after epochs without progress",
        value=d.patience,
        step=10,
        key="patience",
        help="0 for never.",
        **IN_URL,
    )
    watch = choice(
        "Progress is a lower",
        WATCHED,
        d.watch,
        "watch",
        help="The training error may fall for ever. When the test error rises again, the network "
        "has begun to learn its samples by heart.",
    )
    return Stop(epochs=epochs, target_error=target, patience=patience, watch=watch)


def stop_rules_now(d: Stop) -> Stop:
    """The same rules as the widgets say them now, before they are drawn. Raises ValueError."""
    return Stop(**{f.name: st.session_state.get(f.name, getattr(d, f.name)) for f in fields(Stop)})
