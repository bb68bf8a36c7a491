"""Whether ten seeds agree on which run is better: each from ten seeds, trained on demand."""

from collections.abc import Sequence

import streamlit as st

from mlp.comparison.pairing import letters, pairing_words
from mlp.comparison.verdict import SEEDS, contest, verdict
from mlp.sweep.job import ManyRuns
from mlp.training.run import Run
from mlp.words import seconds_words
from pages.parts.page.ticks import ticking
from pages.parts.sweep.runs import ask_to_start, many_runs, start_if_asked


def jury(runs: Sequence[Run], epochs: int) -> None:
    """The question, the button, and the verdict when all are trained."""
    configs = tuple(run.config for run in runs)
    st.subheader("Would another seed say the same?", anchor=False)
    st.markdown(pairing_words(configs))
    column = st.session_state.get("column", "test error")
    seeds = contest(configs)
    found = many_runs(
        ("contest", configs, epochs),
        lambda: ManyRuns(seeds, epochs, lambda results: list(results)),
    )
    start_if_asked("jury", found)
    if not found.finished:
        st.button(
            f"Train each from {SEEDS} seeds" if not found.running else "Pause",
            key="jury_pause" if found.running else "jury",
            icon=":material/gavel:",
            on_click=found.pause if found.running else ask_to_start,
            args=() if found.running else ("jury",),
        )
    ticking(_deliberate, lambda: found.interval, found, configs, column)


def _deliberate(found: ManyRuns, configs, column: str) -> None:
    """The verdict, or how far the jury is."""
    start_if_asked("jury", found)
    found.watched()
    if found.trouble:
        st.error(f"{found.trouble.rstrip('.')}.", icon=":material/error:")
    if found.finished:
        try:
            winner = verdict(len(configs), found.answer, column)
        except ValueError as error:
            st.caption(f"{error}.".capitalize())
        else:
            st.markdown(winner.sentence(letters(len(configs))))
    elif found.running:
        left = found.seconds()
        words = "" if left is None else f", about {seconds_words(left)} left"
        st.progress(
            found.done / len(found.configs), f"{found.done} of {len(found.configs)} runs{words}"
        )
