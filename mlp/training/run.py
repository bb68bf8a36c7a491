"""A run: its configs, where it stands, and its history; every verb returns a new run.

Nothing here changes a run in place, so a run can be handed to another process and, should that
process die, simply be handed out again.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from math import inf
from time import perf_counter

from mlp.training.config import IN_FLIGHT, MAX_EPOCHS, Config, Stop
from mlp.training.epoch import blank_rows
from mlp.training.history import Divergence, History, Progress, patience_errors
from mlp.training.loop import train
from mlp.training.state import State, fresh_slots, start


@dataclass(frozen=True)
class Run:
    """A run under way.

    schedule: the configs, each with the epoch and step from which it holds; they differ in the
    learning rate, the optimiser and L2 only. The last may lie ahead, in a run from a link.
    state: where the run stands. history: how it came there. diverged: where its numbers stopped
    being finite, if they did.
    """

    schedule: tuple[tuple[tuple[int, int], Config], ...]
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
        return self.state.epoch, self.state.step


def begin(config: Config, schedule: tuple | None = None) -> Run:
    """A new run at its very start, with a schedule that ends in `config` where there is one."""
    schedule = schedule or (((0, 0), config),)
    state = start(schedule[0][1])
    return Run(schedule, state, History(blank_rows(0), (state,)))


def pending(run: Run, stop: Stop = Stop(epochs=MAX_EPOCHS)) -> dict | None:
    """The arguments for `train` that take the run on until `stop`, or until its config changes.

    None when the run has ended.
    """
    if run.diverged or finished(run, stop):
        return None
    now, config, state = _entered(run)
    epochs, steps = stop.epochs - run.epoch, inf
    if now + 1 < len(run.schedule):
        # First whole epochs to the next change, then the steps before it.
        epoch, step = run.schedule[now + 1][0]
        if epoch > run.epoch:
            epochs = min(epochs, epoch - run.epoch)
        else:
            steps = step - state.step
    error = patience_errors(run.history.rows, stop.watch)
    best = (float(error.min()), int(error.argmin()) + 1) if len(error) else (inf, 0)
    return {
        "config": config,
        "state": state,
        "steps": steps,
        "epochs": epochs,
        "target_error": stop.target_error or -inf,
        "patience": stop.patience or inf,
        "watch": stop.watch,
        "best": best,
        "stride": run.history.stride,
    }


def _entered(run: Run) -> tuple[int, Config, State]:
    """The place in the schedule that holds now, its config, and the state as it goes on there.

    Where the optimiser has just been changed, it starts with no memory.
    """
    now = bisect_right(run.schedule, run.position, key=lambda entry: entry[0]) - 1
    (position, config), state = run.schedule[now], run.state
    if position == run.position and now:
        before = run.schedule[now - 1][1]
        if config.optimiser != before.optimiser:
            state = replace(state, slots=fresh_slots(config, state.parameters), t=0)
    return now, config, state


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
    """Take the run on by so many steps, epochs or seconds, whichever ends first.

    However a run is cut into calls, the numbers are the same, bit for bit. It ends early where
    `stop` says, or where it diverges. At least one of the limits must be given, or a `stop`.
    """
    deadline = perf_counter() + seconds
    while steps > 0 and epochs > 0:
        arguments = pending(run, stop)
        if arguments is None:
            break
        arguments["epochs"] = min(epochs, arguments["epochs"])
        arguments["steps"] = min(steps, arguments["steps"])
        later = joined(run, train(**arguments, seconds=deadline - perf_counter()))
        steps -= later.state.t - arguments["state"].t
        epochs -= later.epoch - run.epoch
        run = later
        if perf_counter() >= deadline:
            break
    return run


def finished(run: Run, stop: Stop) -> str | None:
    """Why the run has ended by these rules, in words; None while it has not."""
    error = run.history.error
    if stop.target_error > 0 and len(error) and error[-1] <= stop.target_error:
        return f"the error is down to {error[-1]:.3g}, at or below the target"
    if stop.patience and len(error):
        best = int(patience_errors(run.history.rows, stop.watch).argmin()) + 1
        if run.epoch - best >= stop.patience:
            return f"no lower {stop.watch} for {stop.patience:,} epochs"
    if run.epoch >= stop.epochs:
        return f"all {stop.epochs:,} epochs are done"
    return None


def changed(run: Run, config: Config) -> Run:
    """The run going on with another learning rate, optimiser or L2 from where it stands.

    Raises ValueError when the config asks for more than that, which needs a new run.
    """
    if config == run.config:
        return run
    if not run.config.differs_in_flight_only(config):
        raise ValueError(f"only {', '.join(IN_FLIGHT)} can change during a run")
    if run.position == (0, 0):
        return begin(config)
    past = tuple(entry for entry in run.schedule if entry[0] < run.position)
    if past[-1][1] != config:
        past = (*past, (run.position, config))
    return replace(run, schedule=past)


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


def branch(run: Run, epoch: int) -> Run:
    """The run as it was at the end of an epoch, to go on from there.

    It goes on with the config that its settings show, so what was changed later is changed there.
    """
    schedule = tuple(entry for entry in run.schedule if entry[0] <= (epoch, 0))
    past = Run(schedule, state_at(run, epoch), run.history.until(epoch))
    return changed(past, run.config)
