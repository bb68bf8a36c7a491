"""The training loop: `train`, which moves a run on from one State to a later one.

`train` is pure: it takes a config and a state and returns a new state with what happened on the
way, so it can run in this process, in another one, or on another machine. The same code trains
one network and a stack of them, each with its own learning rate, L2, seed and data order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from time import perf_counter
from typing import Self

import numpy as np

from mlp import datasets
from mlp.network import sums
from mlp.network.losses import LOSSES
from mlp.network.shape import layer_name
from mlp.training.batches import ShuffledBatches
from mlp.training.config import Config, Stop
from mlp.training.epoch import ERROR, TEST_ERROR, blank_rows
from mlp.training.evaluation import evaluate
from mlp.training.history import Divergence, Progress, Record, patience_errors
from mlp.training.state import State, network_of
from mlp.training.update import Update


class _Loop:
    """A network in training, or a stack: what its steps need, and the epoch so far.

    errors: the errors of the batches of this epoch so far. sound: (...), which networks have had
    finite numbers only.
    """

    def __init__(self, configs: Sequence[Config], state: State):
        config = configs[0]
        self.data, self.loss = datasets.load(config.data, config.precision), LOSSES[config.loss]
        self.network, self.update = network_of(config, state), Update(configs, state)
        self.accuracy = config.accuracy
        self.leading = state.parameters.shape[:-1]
        self.batches = ShuffledBatches(self.data, config.batches, state.generators, self.leading)
        # Arrays that are filled in every step; a trace for each size of batch.
        self.gradients, self.trace = self.network.gradients(), cache(self.network.trace)
        self.epoch, self.errors = state.epoch, list(state.errors)
        self.sound = np.ones(self.leading, bool)

    @property
    def step(self) -> int:
        """How many steps of the epoch are taken."""
        return len(self.errors)

    def take_steps(self, most: int, deadline: float = inf) -> np.ndarray:
        """Train on the next block of batches, at most `most`, until it ends or time is up.

        For each batch: a = network(x), then g = dE/dp, then p <- p - eta g, or as the optimiser
        has it. Returns the error of each batch before its step, (k, ...).
        Source: seed 000, section 4.
        """
        X, y, outputs = self.batches.block(self.step, most)
        size, taken = y.shape[-2], 0
        trace, divisor = self.trace(size), np.array(self.batches.cut.divisor(size), y.dtype)
        network, gradients, update = self.network, self.gradients, self.update
        loss = self.loss.on(y)
        # A loss is computed from a, or from z where it brings its output activation along. They
        # are kept from every step, so that the errors of a block are one computation.
        computed = trace.a[-1] if loss.output is None else trace.z[-1]
        for x, target, kept in zip(X, y, outputs, strict=True):
            network.feed(x, trace)
            network.backward(trace, target, loss, divisor, gradients)
            update.step(network.parameters, gradients.flat)
            kept[...] = computed
            taken += 1
            if perf_counter() >= deadline:
                break
        y, outputs = y[:taken], outputs[:taken]
        errors = sums.over_rows(loss.value(y, outputs, outputs)) / divisor
        self.errors.extend(errors)
        return errors

    def lost(self, errors: np.ndarray) -> bool:
        """Whether one of the last steps left no network with a finite error or finite parameters.

        errors: those of the last steps, (k, ...). Parameters that are not finite stay so; an error
        may be finite again in the next step.
        """
        finite, parameters = np.isfinite(errors), np.isfinite(self.network.parameters)
        if finite.all() and parameters.all():
            return False
        some_error = finite.reshape(len(finite), -1).any(axis=1)
        return not (some_error.all() and parameters.all(axis=-1).any())

    def finish_epoch(self) -> np.ndarray:
        """Close the epoch: its row of numbers, (columns,) or (columns, runs)."""
        errors = np.array(self.errors)
        row = blank_rows(*self.leading).T
        row[ERROR.index] = self.batches.cut.epoch_error(errors)
        self._evaluate(row)
        if self.leading:
            parameters = np.isfinite(self.network.parameters).all(axis=-1)
            self.sound &= np.isfinite(errors).all(axis=0) & parameters
            row[:, ~self.sound] = np.nan
        self.epoch, self.errors = self.epoch + 1, []
        self.batches.draw()
        return row

    def _evaluate(self, row: np.ndarray) -> None:
        """Put the numbers of the test samples into a row; without any, of the training samples."""
        data, how = self.data, (self.loss, self.trace)
        if self.accuracy.of_tests:
            tested = evaluate(self.network, data.X_test, data.y_test, *how)
            row[TEST_ERROR.index], row[self.accuracy.index] = tested
        else:
            _, right = evaluate(self.network, data.X_train, data.y_train, *how, data.gather)
            row[self.accuracy.index] = right

    def state(self) -> State:
        """Where the run stands, with arrays of its own."""
        return State(
            self.network.parameters.copy(),
            self.update.slots.copy(),
            self.batches.generators,
            self.epoch,
            self.step,
            self.update.t,
            np.array(self.errors).reshape(self.step, *self.leading),
        )


def train(
    config: Config | Sequence[Config],
    state: State,
    *,
    steps: float = inf,
    epochs: float = inf,
    seconds: float = inf,
    stop: Stop | None = None,
    best: tuple[float, int] = (inf, 0),
    stride: int = 0,
) -> Progress:
    """Take steps until one of the limits is reached, and say what happened.

    config: one, or a sequence of one shape for a stack, which may differ in learning rate, L2
        and seed. steps, epochs, seconds: how far to go; time is looked at after each step, and
        at least one step is taken. stop, for single runs only: the rules that end the run, with
        `best` the lowest error so far of those that they watch, and its epoch. stride: keep the
        states at the ends of epochs that it divides; 0 keeps none.
    """
    deadline = perf_counter() + seconds
    configs = [config] if isinstance(config, Config) else config
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        loop, record = _Loop(configs, state), Record(state, stride)
        while steps > 0 and epochs > 0:
            errors = loop.take_steps(int(min(steps, loop.batches.cut.steps)), deadline)
            steps -= len(errors)
            if loop.lost(errors):
                diverged, last_good = _locate(configs, state, loop, len(errors))
                return record.progress(last_good, diverged)
            if loop.step == loop.batches.cut.steps:
                row = loop.finish_epoch()
                epochs -= 1
                record.add(row, loop.state())
                if stop:
                    best = min(best, (float(patience_errors(row, stop.watch)), loop.epoch))
                    if stop.why_ended(loop.epoch, float(ERROR.of(row)), best[1]):
                        break
            if perf_counter() >= deadline:
                break
        return record.progress(loop.state())


@dataclass(frozen=True)
class Task:
    """What `train` is asked for next: its arguments under their names, but for the seconds."""

    config: Config
    state: State
    steps: float = inf
    epochs: float = inf
    stop: Stop | None = None
    best: tuple[float, int] = (inf, 0)
    stride: int = 0

    def shortened(self, *, steps: float = inf, epochs: float = inf) -> Self:
        """The task that ends after these steps or epochs, where it does not end before."""
        return replace(self, steps=min(self.steps, steps), epochs=min(self.epochs, epochs))


def train_task(task: Task, seconds: float = inf) -> Progress:
    """Do a task, or as much of it as there is time for."""
    return train(**vars(task), seconds=seconds)


def next_batch(config: Config, state: State) -> tuple[np.ndarray, np.ndarray]:
    """The samples of the very next step of a single run: X (size, n_in) and y (size, n_out)."""
    X, y, _ = _Loop([config], state).batches.block(state.step, 1)
    return next(X), y[0]


def next_change(config: Config, state: State) -> np.ndarray:
    """What the very next step of a single run adds to its parameters, (P,)."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        loop = _Loop([config], state)
        loop.take_steps(1)
        return loop.network.parameters - state.parameters


def _locate(
    configs: Sequence[Config], state: State, loop: _Loop, taken: int
) -> tuple[Divergence, State]:
    """Find the step in which the numbers stopped being finite, by training again up to it.

    taken: the number of the last steps, among which it was. Returns the place, and the state
    before that step.
    """
    step = loop.step - taken
    before = (loop.epoch - state.epoch) * loop.batches.cut.steps + step - state.step
    good = train(configs, state, steps=before).state if before else state
    ahead = _Loop(configs, good)
    while not ahead.lost(ahead.take_steps(1)):
        step += 1
    if step > good.step:
        good = train(configs, good, steps=step - good.step).state
    return Divergence(loop.epoch, step, _broken_layer(configs, good, ahead)), good


def _broken_layer(configs: Sequence[Config], good: State, after: _Loop) -> str:
    """The name of the first layer that is not finite in the step from `good` to `after`.

    It may break in the forward pass; in the loss, which counts as the output layer; or when its
    parameters are changed.
    """
    here = _Loop(configs, good)
    trace = here.network.forward(next(here.batches.block(here.step, 1).X))
    passed = zip(trace.z, trace.a[1:], strict=True)
    changed = zip(after.network.weights, after.network.biases, strict=True)
    last = len(trace.z) - 1
    broken = [l for l, arrays in enumerate(passed) if not _finite(arrays)]
    if not broken and np.isfinite(after.errors[-1]).any():
        broken = [l for l, arrays in enumerate(changed) if not _finite(arrays)]
    return layer_name(min(broken, default=last), last + 1)


def _finite(arrays: Sequence[np.ndarray]) -> bool:
    return all(np.isfinite(array).all() for array in arrays)
