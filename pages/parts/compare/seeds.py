"""Whether ten seeds agree on which run is better: each from ten seeds, trained on demand."""

from collections.abc import Sequence

import streamlit as st

from mlp.comparison.pairing import changed_words, letters, pairing_words
from mlp.comparison.verdict import SEEDS, contest, verdict
from mlp.sweep.job import Job
from mlp.training.config import Config
from mlp.training.run import Run
from mlp.words import about
from pages.parts.page import request
from pages.parts.page.ticks import ticking
from pages.parts.sweep.runs import job_for, start_if_asked

START = "start the ten seeds"  # what a press asks for


def agreement_of_seeds(runs: Sequence[Run], epochs: int, column: str) -> None:
    """The question, the button, and the verdict when all are trained.

    column: the name in COLUMNS of the number that decides.
    """
    configs = tuple(run.config for run in runs)
    st.subheader("Would another seed say the same?", anchor=False)
    st.markdown(pairing_words(configs))
    if changed := changed_words([len(run.schedule) > 1 for run in runs]):
        st.caption(changed)
    job = job_for(("contest", configs, epochs), lambda: Job(contest(configs), epochs, list))
    start_if_asked(START, job)
    if not job.finished:
        st.button(
            f"Train each from {SEEDS} seeds" if not job.running else "Pause",
            key="jury_pause" if job.running else "jury",
            icon=":material/gavel:",
            on_click=job.pause if job.running else request.leave,
            args=() if job.running else (START,),
        )
    ticking(_verdict, lambda: job.interval, job, configs, column)


def _verdict(job: Job, configs: Sequence[Config], column: str) -> None:
    """The verdict, or how many runs are trained."""
    job.keep_alive()
    if job.trouble:
        st.error(f"{job.trouble.rstrip('.')}.", icon=":material/error:")
    if job.finished:
        try:
            winner = verdict(len(configs), job.answer, column)
        except ValueError as error:
            st.caption(f"{error}.".capitalize())
        else:
            st.markdown(winner.sentence(letters(len(configs))))
    elif job.running:
        st.progress(job.done / len(job.configs), progress_words(job, job.seconds()))


def progress_words(job: Job, seconds: float | None) -> str:
    """How far the seeds are. seconds: for what is left, as far as that is known."""
    left = "" if seconds is None else f", {about(seconds)} left"
    return f"{job.done} of {len(job.configs)} runs{left}"
