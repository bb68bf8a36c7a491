"""What the address of a training page tells of its run, besides the settings that widgets hold."""

import streamlit as st

from mlp.sharing.address import (
    changes_text,
    place_from_text,
    place_of,
    place_text,
    schedule_from_text,
)
from mlp.training.config import Config
from mlp.training.run import Run, begin


def run_of_address(config: Config) -> Run:
    """A new run of this config, with the changes on the way that the address tells of."""
    try:
        return begin(config, schedule_from_text(config, st.query_params.get("changes", "")))
    except ValueError as error:
        st.warning(f"Part of the link could not be read and is left out: {error}.")
        return begin(config)


def place_of_address(config: Config) -> tuple[int, int] | None:
    """The epoch and step that the address asks for, to be reached by training again."""
    try:
        return place_from_text(config, st.query_params.get("at", ""))
    except ValueError as error:
        st.warning(f"Part of the link could not be read and is left out: {error}.")
        return None


def write_address(run: Run, moving: bool) -> None:
    """Let the address say the changes on the way, and where the run rests.

    Called last on a page, when all that was asked of the run is done. moving: whether the run goes
    on by itself; the address then keeps the place where it rested before.
    """
    words = {"changes": changes_text(run.schedule)}
    if not moving:
        words["at"] = place_text(place_of(run))
    for name, text in words.items():
        if text:
            st.query_params[name] = text
        else:
            st.query_params.pop(name, None)
