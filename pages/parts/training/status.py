"""Where a run is, in words and as bars."""

import numpy as np
import streamlit as st

from mlp.training.run import Run, finished
from mlp.words import about
from pages.parts.training.session import Session, epochs_done


def progress(run: Run, epochs: int) -> None:
    """How far the run is on its way through this number of epochs, and how far its epoch."""
    for place, (done, words) in zip(st.columns(2, gap="medium"), bars(run, epochs), strict=True):
        place.progress(done, words)


def bars(run: Run, epochs: int) -> tuple[tuple[float, str], tuple[float, str]]:
    """The share that is done and what is said of it: of these epochs, and of the run's epoch."""
    steps = run.config.batches.steps
    # Between two epochs all the mini-batches are done, not none.
    step = run.state.step or (steps if run.epoch else 0)
    done = min(1.0, epochs_done(run) / epochs)
    return (
        (done, f"Epochs: {run.epoch:,} of {epochs:,}"),
        (step / steps, f"Mini-batches of the epoch: {step:,} of {steps:,}"),
    )


def status(session: Session, run: Run) -> None:
    """Where the run is, in words."""
    colour, state, more = status_words(session, run)
    st.markdown(f":{colour}-badge[{state}] {more}")


def status_words(session: Session, run: Run) -> tuple[str, str, str]:
    """The colour, the name and the details of a run's status."""
    place = _place_words(run.position)
    if session.trainer.trouble:
        return "red", "Stopped", session.trainer.trouble
    if run.diverged:
        d = run.diverged
        return (
            "red",
            "Diverged",
            f"In epoch {d.epoch + 1:,}, step {d.step + 1:,}, the numbers of the {d.layer} grew "
            "past what a computer can hold. Lower the learning rate and press Reset.",
        )
    if session.playing:
        more = f"{_right(run)}{_time_left(session)}"
        return "green", "Running", f"{place} of {session.stop.epochs:,}{more}"
    if session.replay:
        goal = _place_words(session.replay)
        return "blue", "Replaying", f"{place}, on the way to {goal}, where the link says."
    why = finished(run, session.stop)
    if why:
        return "blue", "Finished", f"At {place}{_right(run)}: {why}."
    if run.position == (0, 0):
        return "gray", "Ready", "Nothing is trained yet. Press Play, or the space bar."
    return "orange", "Paused", f"At {place} of {session.stop.epochs:,}{_right(run)}."


def _right(run: Run) -> str:
    """The share of right answers after the last epoch, where there is one."""
    column = run.config.accuracy
    accuracy = column.of(run.history.rows[-1:])
    known = len(accuracy) and np.isfinite(accuracy[0])
    return f", {100 * accuracy[0]:.1f} % of the {column.samples} samples right" if known else ""


def _place_words(place: tuple[int, int]) -> str:
    epoch, step = place
    return f"epoch {epoch:,}" + (f", step {step:,}" if step else "")


def _time_left(session: Session) -> str:
    pace = list(session.pace)  # a press may clear it meanwhile
    if len(pace) < 8 or pace[-1][1] <= pace[0][1]:
        return ""
    (t0, e0), (t1, e1) = pace[0], pace[-1]
    seconds = (session.stop.epochs - e1) * (t1 - t0) / (e1 - e0)
    return f", {about(seconds)} left"
