"""Whether ten seeds agree on which run is better: each from ten seeds, trained on demand."""

from collections.abc import Sequence

import streamlit as st

from mlp import comparison
from mlp.run import Run
from mlp.sweep.words import seconds_words
from pages.parts.many_runs import ManyRuns, ask_to_start, many_runs, start_if_asked
from pages.parts.ticks import ticking


def jury(runs: Sequence[Run], epochs: int) -> None:
    """The question, the button, and the verdict when all are trained."""
    configs = tuple(run.config for run in runs)
    st.subheader("Would another seed say the same?", anchor=False)
    st.markdown(comparison.pairing_words(configs))
    column = st.session_state.get("column", "test error")
    seeds = comparison.contest(configs)
    found = many_runs(
        ("contest", configs, epochs),
        lambda: ManyRuns(seeds, epochs, lambda results: list(results)),
    )
    start_if_asked("jury", found)
    if not found.finished:
        st.button(
            f"Train each from {comparison.SEEDS} seeds" if not found.running else "Pause",
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
            verdict = comparison.verdict(len(configs), found.answer, column)
        except ValueError as error:
            st.caption(f"{error}.".capitalize())
        else:
            letters = comparison.letters(len(configs))
            st.markdown(verdict.sentence(letters))
    elif found.running:
        left = found.seconds()
        words = "" if left is None else f", about {seconds_words(left)} left"
        st.progress(
            found.done / len(found.configs), f"{found.done} of {len(found.configs)} runs{words}"
        )
