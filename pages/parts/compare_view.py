"""Runs side by side: the list of them, their training, their curves, weights, and who wins."""

from collections.abc import Sequence
from concurrent.futures import Future

import numpy as np
import streamlit as st

from mlp import comparison, datasets
from mlp.config import MAX_EPOCHS, Stop
from mlp.figures.several import Curve, several_curves
from mlp.figures.weights import weight_heatmap
from mlp.network import layer_name, views
from mlp.run import Run
from mlp.sweep import SchedulerError
from mlp.sweep.outcome import COLUMNS
from mlp.sweep.words import seconds_words
from pages.parts import chosen
from pages.parts.many_runs import ManyRuns, many_runs
from pages.parts.plot import plot
from pages.parts.pool import heard, submit
from pages.parts.trainer import Trainer
from pages.parts.widgets import choice

TICK = 0.4
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
    for trainer in chosen.trainers().values():
        trainer.halt()


def _left(trainers: Sequence[Trainer], epochs: int) -> bool:
    """Whether any run has a way to go."""
    return any(t.run.epoch < epochs and not t.run.diverged and not t.trouble for t in trainers)


def side_by_side(trainers: Sequence[Trainer], epochs: int) -> None:
    """Everything that changes while the runs train."""
    interval = TICK if st.session_state.get("comparing") or _timing(trainers) else None
    st.fragment(_watch, run_every=interval)(trainers, epochs, interval)


def _watch(trainers: Sequence[Trainer], epochs: int, interval: float | None) -> None:
    moving = st.session_state.get("comparing", False)
    if moving:
        for trainer in trainers:
            trainer.go(Stop(epochs=MAX_EPOCHS), to=(epochs, 0))
        if not _left(trainers, epochs):
            st.session_state.comparing = moving = False
    runs = [trainer.run for trainer in trainers]
    names = comparison.run_names([run.config for run in runs])
    with st.container():  # one place, however much it says, so that what follows stays where it is
        for name, trainer in zip(names, trainers, strict=True):
            _status(name, trainer, epochs)
    _curves(runs, names)
    weights(runs)
    # At the end, because what a run of a fragment leaves out is taken off the page.
    if (TICK if moving or _timing(trainers) else None) != interval:
        st.rerun()


def _status(name: str, trainer: Trainer, epochs: int) -> None:
    run = trainer.run
    if trainer.trouble:
        st.error(f"{name}: {trainer.trouble}", icon=":material/error:")
    elif run.diverged:
        st.markdown(f":red-badge[Diverged] {name}, in epoch {run.diverged.epoch + 1:,}.")
    elif run.epoch < epochs:
        st.progress(run.epoch / epochs, f"{name}: epoch {run.epoch:,} of {epochs:,}")


def _curves(runs: Sequence[Run], names: Sequence[str]) -> None:
    """The curves of all runs, over epochs, steps or seconds, and who is ahead."""
    left, middle, right = st.columns(3, gap="small", vertical_alignment="bottom")
    with left:
        column = choice("Compare the", COLUMNS, "test error", "column")
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
    seconds = _seconds_an_epoch(runs) if across == "seconds" else [None] * len(runs)
    if None in seconds and across == "seconds":
        st.caption("Measuring how long an epoch takes …")
        return
    curves = []
    for run, name, an_epoch in zip(runs, names, seconds, strict=True):
        y = run.history.rows[:, COLUMNS[column]]
        if len(y):
            x = getattr(comparison.axes(run.config, len(y), an_epoch), across)
            curves.append(Curve(name, x, y))
    hint = "Press Train to see the curves"
    plot(several_curves(curves, across, column, logarithmic=logarithmic, hint=hint), "curves")
    st.markdown(comparison.leader([run.history.rows for run in runs], column))


def _timings() -> dict:
    return st.session_state.setdefault("seconds an epoch", {})


def _timing(trainers: Sequence[Trainer]) -> bool:
    """Whether a measurement is under way."""
    return any(not future.done() for future in _timings().values())


def _seconds_an_epoch(runs: Sequence[Run]) -> list[float | None]:
    """What an epoch of each run takes, measured in a worker, one after the other; None until."""
    heard()
    kept: dict = _timings()
    for run in runs:
        if run.config not in kept and all(future.done() for future in kept.values()):
            kept[run.config] = submit(comparison.seconds_an_epoch, run.config)
    return [_known(kept, run) for run in runs]


def _known(kept: dict, run: Run) -> float | None:
    future: Future | None = kept.get(run.config)
    if future is None or not future.done():
        return None
    if future.exception() is not None:
        del kept[run.config]  # its worker left or died: the next tick measures anew
        return None
    return future.result()


def weights(runs: Sequence[Run]) -> None:
    """One layer's weights of every run in one scale, and the difference of two."""
    letters = comparison.letters(len(runs))
    st.subheader("Weights", anchor=False)
    layers = min(len(run.config.sizes) for run in runs) - 1
    layer = st.selectbox(
        "Layer",
        range(layers),
        format_func=lambda l: layer_name(l, layers).capitalize(),
        key="layer",
        persist_state="session",
        width=240,
    )
    each = [views(run.state.parameters, run.config.sizes) for run in runs]
    limit = max(float(np.abs(w[layer]).max(initial=0)) for w, _ in each) or 1.0
    columns = st.columns(min(len(runs), 3), gap="small")
    for i, (run, (W, b)) in enumerate(zip(runs, each, strict=True)):
        with columns[i % len(columns)]:
            _heatmap(run, W[layer], b[layer], f"Run {letters[i]}", f"weights {i}", limit)
    other = "B"
    if len(runs) > 2:
        other = st.segmented_control(
            "Minus A", letters[1:], default="B", required=True, key="minus", persist_state="session"
        )
    (W, b), (other_W, other_b) = each[0], each[letters.index(other)]
    if W[layer].shape == other_W[layer].shape:
        change = other_W[layer] - W[layer], other_b[layer] - b[layer]
        _heatmap(runs[0], *change, f"{other} minus A", "difference", None)
    else:
        st.caption(f"A and {other} have weights of different shapes, so there is no difference.")


def _heatmap(run: Run, W, b, title: str, key: str, limit: float | None) -> None:
    data = datasets.load(run.config.data, run.config.precision)
    first = W.shape[1] == len(data.inputs)
    last = len(W) == len(data.classes)
    rows = data.classes if last else [f"neuron {i + 1}" for i in range(len(W))]
    names = data.inputs if first else [f"neuron {i + 1}" for i in range(W.shape[1])]
    plot(weight_heatmap(W, b, rows, names, title=title, limit=limit), key)


def jury(runs: Sequence[Run], epochs: int) -> None:
    """Whether ten seeds agree: each run from ten seeds, trained on demand."""
    configs = tuple(run.config for run in runs)
    st.subheader("Would another seed say the same?", anchor=False)
    st.markdown(comparison.pairing_words(configs))
    column = st.session_state.get("column", "test error")
    seeds = comparison.contest(configs)
    found = many_runs(
        ("contest", configs, epochs),
        lambda: ManyRuns(seeds, epochs, lambda results: list(results)),
    )
    interval = TICK if found.waits else None
    if not found.finished:
        st.button(
            f"Train each from {comparison.SEEDS} seeds" if not found.running else "Pause",
            key="jury_pause" if found.running else "jury",
            icon=":material/gavel:",
            on_click=found.pause if found.running else _start,
            args=() if found.running else (found,),
        )
    st.fragment(_deliberate, run_every=interval)(found, interval, configs, column)


def _start(found: ManyRuns) -> None:
    try:
        found.start()
    except SchedulerError as error:
        found.trouble = str(error)


def _deliberate(found: ManyRuns, interval: float | None, configs, column: str) -> None:
    """The verdict, or how far the jury is."""
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
