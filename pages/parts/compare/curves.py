"""Runs side by side: their training, and everything that changes while they train."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import streamlit as st

from mlp.comparison import pairing, timing, verdict
from mlp.figures.training.bands import Curve, several_curves
from mlp.sweep.job import TICK
from mlp.training.config import MAX_EPOCHS, Config, Stop
from mlp.training.epoch import COLUMNS, ERROR, TEST_ERROR
from mlp.training.run import Run
from mlp.training.trainer import Trainer
from mlp.workers.pool import PATIENT
from pages.parts.compare.weights import weights
from pages.parts.components.plot import plot
from pages.parts.page.ticks import ticking
from pages.parts.page.widgets import choice
from pages.parts.sharing import compared_runs

ACROSS = ("epochs", "steps", "seconds")


def train(trainers: Sequence[Trainer], epochs: int) -> None:
    """The button that trains all to the same epoch, and the status; ticks while they train."""
    moving = st.session_state.get("comparing", False)
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        if moving:
            st.button("Pause", key="compare_pause", type="primary", on_click=_pause, width=140)
        else:
            st.button(
                f"Train all to epoch {epochs:,}",
                key="compare_train",
                icon=":material/play_arrow:",
                type="primary",
                shortcut="Space",
                disabled=not _left(trainers, epochs),
                on_click=_train,
            )


def _train() -> None:
    st.session_state.comparing = True


def _pause() -> None:
    st.session_state.comparing = False
    for trainer in compared_runs.trainers().values():
        trainer.halt()


def _left(trainers: Sequence[Trainer], epochs: int) -> bool:
    """Whether any run has a way to go."""
    return any(t.run.epoch < epochs and not t.run.diverged and not t.trouble for t in trainers)


@dataclass(frozen=True)
class View:
    """What the curves show: a name in COLUMNS, one in ACROSS, and how the axis upwards goes."""

    column: str
    across: str
    logarithmic: bool


def view(configs: Sequence[Config]) -> View:
    """The widgets for what is compared; outside the part that ticks, for the verdict hears it too.

    Only what every run has is offered.
    """
    columns = list(pairing.columns_in_common(configs))
    left, middle, right = st.columns(3, gap="small", vertical_alignment="bottom")
    with left:
        first = TEST_ERROR.name if TEST_ERROR.name in columns else ERROR.name
        column = choice("Compare the", columns, first, "column")
    with middle:
        across = choice(
            "Over",
            ACROSS,
            "epochs",
            "across",
            help="Steps count the batches. Seconds are measured on this machine, each run alone.",
        )
    with right:
        logarithmic = st.toggle("Logarithmic axis", key="logarithmic", persist_state="session")
    return View(column, across, logarithmic)


def side_by_side(
    trainers: Sequence[Trainer], links: Sequence[str], epochs: int, shown: View
) -> None:
    """Everything that changes while the runs train."""
    ticking(_watch, _interval, trainers, tuple(links), epochs, shown)


def _interval() -> float | None:
    """Seconds between two ticks; None while nothing comes of itself."""
    return TICK if st.session_state.get("comparing") or _timing() else None


def _watch(trainers: Sequence[Trainer], links: Sequence[str], epochs: int, shown: View) -> None:
    moving = st.session_state.get("comparing", False)
    if moving:
        for trainer in trainers:
            trainer.go(Stop(epochs=MAX_EPOCHS), to=(epochs, 0))
        if not _left(trainers, epochs):
            st.session_state.comparing = moving = False
    runs = [trainer.run for trainer in trainers]
    names = pairing.run_names([run.config for run in runs])
    with st.container():  # one place, however much it says, so that what follows stays where it is
        for name, trainer in zip(names, trainers, strict=True):
            _status(name, trainer, epochs)
    _curves(runs, names, moving, shown)
    weights(runs, links)


def _status(name: str, trainer: Trainer, epochs: int) -> None:
    run = trainer.run
    if trainer.trouble:
        st.error(f"{name}: {trainer.trouble}", icon=":material/error:")
    elif run.diverged:
        st.markdown(f":red-badge[Diverged] {place_words(name, run, epochs)}")
    elif run.epoch < epochs:
        st.progress(run.epoch / epochs, place_words(name, run, epochs))


def place_words(name: str, run: Run, epochs: int) -> str:
    """Where a run diverged, or how far it is."""
    if run.diverged:
        return f"{name}, in epoch {run.diverged.epoch + 1:,}."
    return f"{name}: epoch {run.epoch:,} of {epochs:,}"


def _curves(runs: Sequence[Run], names: Sequence[str], moving: bool, shown: View) -> None:
    """The curves of all runs, over epochs, steps or seconds, and who is ahead."""
    column, across = shown.column, shown.across
    seconds = _seconds_an_epoch(runs, moving) if across == "seconds" else [None] * len(runs)
    if None in seconds and across == "seconds":
        st.caption(
            "How long an epoch takes is measured when the training rests."
            if moving
            else "Measuring how long an epoch takes …"
        )
        return
    curves = []
    for run, name, an_epoch in zip(runs, names, seconds, strict=True):
        y = COLUMNS[column].of(run.history.rows)
        if len(y):
            x = getattr(timing.axes(run.config, len(y), an_epoch), across)
            curves.append(Curve(name, x, y))
    hint = "Press Train to see the curves"
    more = {"logarithmic": shown.logarithmic, "hint": hint}
    plot(several_curves(curves, across, column, **more), "curves")
    st.markdown(verdict.leader([run.history.rows for run in runs], column))


def _timings() -> dict:
    return st.session_state.setdefault("seconds an epoch", {})


def _timing() -> bool:
    """Whether a measurement is under way."""
    return any(not future.done() for future in _timings().values())


def _seconds_an_epoch(runs: Sequence[Run], moving: bool) -> list[float | None]:
    """What an epoch of each run takes, measured in a worker, one after the other; None until.

    moving: whether the runs train; they would get in the way.
    """
    PATIENT.heard()
    kept: dict = _timings()
    for run in [] if moving else runs:
        if run.config not in kept and all(future.done() for future in kept.values()):
            kept[run.config] = PATIENT.submit(timing.seconds_an_epoch, run.config)
    return [_known(kept, run) for run in runs]


def _known(kept: dict, run: Run) -> float | None:
    future: Future | None = kept.get(run.config)
    if future is None or not future.done():
        return None
    if future.exception() is not None:
        del kept[run.config]  # its worker left or died: the next tick measures anew
        return None
    return future.result()
