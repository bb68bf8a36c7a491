"""A run: its configs, where it stands, and its history.

Every function here returns a new run and leaves the one it was given as it was. So a run may be
trained in another process; when that process dies, the same run is given to a new one.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from math import inf
from time import perf_counter

import numpy as np

from mlp.training.config import MAX_EPOCHS, Config, Stop
from mlp.training.epoch import blank_rows
from mlp.training.history import Divergence, History, Progress, patience_errors
from mlp.training.loop import Task, next_change, train_task
from mlp.training.schedule import (
    Schedule,
    config_at,
    entered,
    unchanged,
    until,
    up_to_change,
    with_change,
)
from mlp.training.state import State, start


@dataclass(frozen=True)
class Run:
    """A run under way.

    schedule: the configs, each with the epoch and step from which it holds. The last may lie
    ahead, in a run from a link. state: where the run stands. history: how it came there.
    diverged: where its numbers stopped being finite, if they did.
    """

    schedule: Schedule
    state: State
    history: History
    diverged: Divergence | None = None

    @property
    def config(self) -> Config:
        """The config that the run ends in: the one that its settings show."""
        return self.schedule[-1][1]

    @property
    def epoch(self) -> int:
        """How many epochs are finished."""
        return self.state.epoch

    @property
    def position(self) -> tuple[int, int]:
        """The finished epochs, and the steps since."""
        return self.state.position


def begin(config: Config, schedule: Schedule | None = None) -> Run:
    """A new run at its very start, with a schedule that ends in `config` where there is one."""
    schedule = schedule or unchanged(config)
    state = start(schedule[0][1])
    return Run(schedule, state, History(blank_rows(0), (state,)))


def pending(run: Run, stop: Stop = Stop(epochs=MAX_EPOCHS)) -> Task | None:
    """The task that takes the run on until `stop`, or until its config changes.

    None when the run has ended.
    """
    if run.diverged or finished(run, stop):
        return None
    epochs, steps = up_to_change(run.schedule, run.position)
    return Task(
        config_at(run.schedule, run.position),
        entered(run.schedule, run.state),
        steps=steps,
        epochs=epochs,
        stop=stop,
        best=_best(run.history, stop),
        stride=run.history.stride,
    )


def _best(history: History, stop: Stop) -> tuple[float, int]:
    """The lowest of the errors that a rule watches, and its epoch; (inf, 0) before any."""
    errors = patience_errors(history.rows, stop.watch)
    return (float(errors.min()), int(errors.argmin()) + 1) if len(errors) else (inf, 0)


def joined(run: Run, progress: Progress) -> Run:
    """The run after what `train` has done with its state."""
    return replace(
        run,
        state=progress.state,
        history=run.history.extended(progress),
        diverged=progress.diverged,
    )


def advance(
    run: Run,
    *,
    steps: float = inf,
    epochs: float = inf,
    seconds: float = inf,
    stop: Stop = Stop(epochs=MAX_EPOCHS),
) -> Run:
    """Take the run on by a number of steps, epochs or seconds, whichever ends first.

    However a run is cut into calls, the numbers are the same, bit for bit. It ends early where
    `stop` says, or where it diverges. At least one of the limits must be given, or a `stop`.
    """
    deadline = perf_counter() + seconds
    while steps > 0 and epochs > 0:
        task = pending(run, stop)
        if task is None:
            break
        task = task.shortened(steps=steps, epochs=epochs)
        later = joined(run, train_task(task, deadline - perf_counter()))
        steps -= later.state.t - task.state.t
        epochs -= later.epoch - run.epoch
        run = later
        if perf_counter() >= deadline:
            break
    return run


def finished(run: Run, stop: Stop) -> str | None:
    """Why the run has ended by these rules, in words; None while it has not."""
    error = float(run.history.error[-1]) if len(run.history.rows) else inf
    best_epoch, has_tests = _best(run.history, stop)[1], run.config.data.has_tests
    return stop.why_ended(run.epoch, error, best_epoch, has_tests)


def changed(run: Run, config: Config) -> Run:
    """The run going on with another learning rate, optimiser or L2 from where it stands.

    Raises ValueError when the config asks for more than that, which needs a new run.
    """
    if config == run.config:
        return run
    schedule = with_change(run.schedule, run.position, config)
    return begin(config) if run.position == (0, 0) else replace(run, schedule=schedule)


def state_at(run: Run, epoch: int) -> State:
    """The state at the end of an epoch, 0 for the start: kept, or computed again.

    The nearest kept state before it is taken on through the same steps, so the numbers are the
    very same. epoch: 0 to run.epoch.
    """
    kept = run.history.snapshots
    nearest = kept[bisect_right(kept, epoch, key=lambda s: s.epoch) - 1]
    for state in (run.history.previous, run.state):
        if state is not None and state.step == 0 and nearest.epoch < state.epoch <= epoch:
            nearest = state
    past = Run(run.schedule, nearest, History(blank_rows(0), (), stride=0))
    return advance(past, epochs=epoch - nearest.epoch).state


def next_update(run: Run, state: State) -> np.ndarray:
    """What the very next step adds to the parameters of a state that the run came by, (P,).

    It is that of the config that holds there, with the optimiser's memory as it is there.
    """
    return next_change(config_at(run.schedule, state.position), entered(run.schedule, state))


def branch(run: Run, epoch: int) -> Run:
    """The run as it was at the end of an epoch, to go on from there.

    It goes on with the config that its settings show, so what was changed later is changed there.
    """
    past = Run(until(run.schedule, (epoch, 0)), state_at(run, epoch), run.history.until(epoch))
    return changed(past, run.config)
