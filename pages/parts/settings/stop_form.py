"""The rules that end a run, as widgets."""

from dataclasses import fields

import streamlit as st

from mlp.training.config import Stop
from mlp.training.epoch import WATCHED
from pages.parts.page.widgets import choice, number


def put_stop(stop: Stop) -> None:
    """Set the widgets of the stop rules, and so the address."""
    for f in fields(Stop):
        st.session_state[f.name] = getattr(stop, f.name)


def stop_rules(d: Stop) -> Stop:
    """The rules that end a run, as widgets. Raises ValueError while they make no sense.

    d: the rules that the page opens with.
    """
    epochs = number("Stop after epochs", d.epochs, "epochs", step=100)
    target = number(
        "Stop at this error", d.target_error, "target_error", step=0.001, help="0 for never."
    )
    patience = number(
        "Stop after epochs without progress", d.patience, "patience", step=10, help="0 for never."
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
