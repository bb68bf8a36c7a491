"""The training loop: `train`, which moves a run on from one State to a later one.

`train` is pure: it takes a config and a state and returns a new state with what happened on the
way, so it can run in this process, in another one, or on another machine. The same code trains
one network and a stack of them, each with its own learning rate, L2, seed and data order.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from math import inf
from time import perf_counter

import numpy as np

from mlp import datasets
from mlp.datasets.dataset import take
from mlp.descent.optimisers import OPTIMISERS
from mlp.network import sums
from mlp.network.losses import LOSSES
from mlp.network.network import Gradients, Network
from mlp.network.shape import layer_name, weight_mask
from mlp.training.config import Config
from mlp.training.epoch import COLUMNS, ERROR, TEST_ACCURACY, TEST_ERROR, Batches, blank_rows
from mlp.training.history import Divergence, Progress, patience_errors
from mlp.training.state import State, network_of

# Batches are gathered from the shuffled data in blocks of about this many bytes: large enough
# that a small network does not pay for it in every step, small enough to stay in the cache.
BLOCK_BYTES = 2**19
# The rows of one forward pass over a whole data set.
EVALUATION_ROWS = 1024


class _Loop:
    """The arrays of one call of `train`, and the steps over them."""

    def __init__(self, configs: Sequence[Config], state: State):
        config = configs[0]
        self.config, self.data = config, datasets.load(config.data, config.precision)
        self.network = network_of(config, state)
        self.loss, self.optimiser = LOSSES[config.loss], OPTIMISERS[config.optimiser]
        self.batches = Batches.of(len(self.data.X_train), config.batch_size, config.batching)
        self.leading = state.parameters.shape[:-1]
        self.learning_rate = self._per_run([c.learning_rate for c in configs])
        l2 = self._per_run([c.l2 for c in configs])
        self.decay = l2 * weight_mask(config.sizes, config.precision) if np.any(l2) else None
        self.slots, self.t = state.slots.copy(), state.t
        self.gradients: Gradients = self.network.gradients()
        self.trace = cache(self.network.trace)
        self.workspaces = {}
        self.generators = []
        for frozen in state.generators:
            generator = np.random.RandomState()
            generator.set_state(frozen)
            self.generators.append(generator)
        self.epoch, self.step, self.errors = state.epoch, state.step, list(state.errors)
        self.sound = np.ones(self.leading, bool)  # the networks whose numbers were always finite
        self._shuffle()

    def _per_run(self, values: list[float]) -> np.ndarray:
        """One number for a single network, (); for a stack a column, (runs, 1)."""
        values = np.array(values, self.config.precision)
        return values[:, None] if self.leading else values[0, ...]

    def _shuffle(self):
        """Draw this epoch's batches as numbers of samples, and remember how they were drawn."""
        self.epoch_generators = tuple(g.get_state(legacy=False) for g in self.generators)
        orders = np.tile(np.arange(self.batches.m), (len(self.generators), 1))
        for generator, order in zip(self.generators, orders, strict=True):
            generator.shuffle(order)
        b, order = self.batches, orders if self.leading else orders[0]
        whole = order[..., : b.full * b.size].reshape(*self.leading, b.full, b.size)
        self.full_batches = whole.swapaxes(0, -2)  # (full, ..., size)
        self.last_batch = order[None, ..., b.full * b.size :]  # (1, ..., last)

    def state(self) -> State:
        """Where the loop stands, with arrays of its own."""
        return State(
            self.network.parameters.copy(),
            self.slots.copy(),
            self.epoch_generators,
            self.epoch,
            self.step,
            self.t,
            np.array(self.errors).reshape(self.step, *self.leading),
        )

    def workspace(self, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Room for batches of one size: some X, and more y and outputs, (k, ..., size, n)."""
        if size not in self.workspaces:
            X, y = self.data.X_train, self.data.y_train
            self.workspaces[size] = tuple(self._room(size, each.shape[1]) for each in (X, y, y))
        return self.workspaces[size]

    def _room(self, size: int, n: int) -> np.ndarray:
        """As many batches of n columns as fit into a block, but at least one."""
        one = np.dtype(self.config.precision).itemsize * len(self.generators) * size * n
        k = max(1, min(BLOCK_BYTES // one, self.batches.full))
        return np.empty((k, *self.leading, size, n), self.config.precision)

    def block(self, most: int) -> tuple[Iterator[np.ndarray], np.ndarray, np.ndarray]:
        """The next batches of one size, at most so many: each X, all y, and room for outputs."""
        rows = self.full_batches[self.step :]
        if self.step >= self.batches.full:
            rows = self.last_batch
        X, y, outputs = self.workspace(rows.shape[-1])
        rows = rows[: min(most, len(y))]
        y, outputs = y[: len(rows)], outputs[: len(rows)]
        take(self.data.y_train, rows, y)
        return self._inputs(rows, X), y, outputs

    def _inputs(self, rows: np.ndarray, room: np.ndarray) -> Iterator[np.ndarray]:
        """The inputs of one batch after the other, (..., size, n_in)."""
        for lo in range(0, len(rows), len(room)):
            X = room[: len(rows) - lo]
            self.data.gather(rows[lo : lo + len(X)], X)
            yield from X

    def take_steps(self, most: int, deadline: float) -> int:
        """Train on the next block until it ends or time is up; returns the steps taken."""
        X, y, outputs = self.block(most)
        size = y.shape[-2]
        trace, divisor = self.trace(size), np.array(self.batches.divisor(size), y.dtype)
        network, loss, gradients, decay = self.network, self.loss, self.gradients, self.decay
        optimise, parameters, slots = self.optimiser.step, network.parameters, self.slots
        learning_rate, done = self.learning_rate, 0
        # A loss is computed from a, or from z when it brings its output activation along. These
        # are kept from every step, so that the errors of a block are one computation.
        output = trace.a[-1] if loss.output is None else trace.z[-1]
        for x, target, kept in zip(X, y, outputs, strict=True):
            network.feed(x, trace)
            network.backward(trace, target, loss, divisor, gradients)
            kept[...] = output
            if decay is not None:
                np.add(gradients.flat, decay * parameters, out=gradients.flat)
            self.t += 1
            optimise(parameters, gradients.flat, slots, learning_rate, self.t)
            done += 1
            if perf_counter() >= deadline:
                break
        y, outputs = y[:done], outputs[:done]
        self.latest = sums.over_rows(loss.value(y, outputs, outputs)) / divisor
        self.errors.extend(self.latest)
        self.step += done
        return done

    def lost(self) -> bool:
        """Whether one of the last steps left no network with a finite error or finite parameters.

        Parameters that are not finite stay so; an error may be finite again in the next step.
        """
        errors, parameters = np.isfinite(self.latest), np.isfinite(self.network.parameters)
        if errors.all() and parameters.all():
            return False
        some_error = errors.reshape(len(errors), -1).any(axis=1)
        return not (some_error.all() and parameters.all(axis=-1).any())

    def finish_epoch(self) -> np.ndarray:
        """Close the epoch: its row of numbers, (columns,) or (columns, runs)."""
        errors, parameters = np.array(self.errors), self.network.parameters
        X, y = self.data.X_test, self.data.y_test
        row = blank_rows(*self.leading).T
        row[ERROR.index] = self.batches.epoch_error(errors)
        row[TEST_ERROR.index], row[TEST_ACCURACY.index] = evaluate(
            self.network, X, y, self.loss, self.trace
        )
        if self.leading:
            finite = np.isfinite(errors).all(axis=0) & np.isfinite(parameters).all(axis=-1)
            self.sound &= finite
            row[:, ~self.sound] = np.nan
        self.epoch, self.step, self.errors = self.epoch + 1, 0, []
        self._shuffle()
        return row


def evaluate(
    network: Network, X: np.ndarray, y: np.ndarray, loss, trace_of=None
) -> tuple[np.ndarray, np.ndarray]:
    """Mean loss and share of right answers over samples; NaN for both where there are none.

    X: (m, n_in). y: (m, n_out), one-hot. An answer is right when the largest output is the
    target's. (Seed 000 divides right by wrong answers in its formula, by all in its code.)
    trace_of: where the arrays of a pass come from, network.trace unless given.
    """
    leading = network.parameters.shape[:-1]
    total, right = np.zeros(leading), np.zeros(leading)
    for lo in range(0, len(X), EVALUATION_ROWS):
        rows, target = X[lo : lo + EVALUATION_ROWS], y[lo : lo + EVALUATION_ROWS]
        trace = network.forward(rows, (trace_of or network.trace)(len(rows)))
        total += sums.over_rows(loss.value(target, trace.a[-1], trace.z[-1]))
        right += (trace.a[-1].argmax(axis=-1) == target.argmax(axis=-1)).sum(axis=-1)
    m = len(X) or np.nan
    return total / m, right / m


def train(
    config: Config | Sequence[Config],
    state: State,
    *,
    steps: float = inf,
    epochs: float = inf,
    seconds: float = inf,
    target_error: float = -inf,
    patience: float = inf,
    watch: str = ERROR.title,
    best: tuple[float, int] = (inf, 0),
    stride: int = 0,
) -> Progress:
    """Take steps until one of the limits is reached, and say what happened.

    config: one, or a sequence of one shape for a stack, which may differ in learning rate, L2
        and seed. steps, epochs, seconds: how far to go; time is looked at after each step, and
        at least one step is taken. target_error, patience, watch: as in Stop, with `best` the
        lowest error so far and its epoch (single runs only). stride: keep the states at the ends of
        epochs it divides; 0 keeps none.
    """
    deadline = perf_counter() + seconds
    configs = [config] if isinstance(config, Config) else config
    rows, snapshots, previous = [], [], None
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        loop = _Loop(configs, state)
        epoch_start = state if state.step == 0 else None
        while steps > 0 and epochs > 0:
            taken = loop.take_steps(int(min(steps, loop.batches.steps)), deadline)
            steps -= taken
            if loop.lost():
                diverged, last_good = _locate(configs, state, loop, taken)
                return Progress(last_good, _rows(rows, loop), tuple(snapshots), previous, diverged)
            if loop.step == loop.batches.steps:
                rows.append(loop.finish_epoch())
                epochs -= 1
                previous, epoch_start = epoch_start, loop.state()
                if stride and loop.epoch % stride == 0:
                    snapshots.append(epoch_start)
                if not loop.leading:
                    best = min(best, (float(patience_errors(rows[-1], watch)), loop.epoch))
                    if ERROR.of(rows[-1]) <= target_error or loop.epoch - best[1] >= patience:
                        break
            if perf_counter() >= deadline:
                break
    return Progress(loop.state(), _rows(rows, loop), tuple(snapshots), previous, None)


def next_batch(config: Config, state: State) -> tuple[np.ndarray, np.ndarray]:
    """The samples of the very next step of a single run: X (size, n_in) and y (size, n_out)."""
    X, y, _ = _Loop([config], state).block(1)
    return next(X), y[0]


def _rows(rows: list[np.ndarray], loop: _Loop) -> np.ndarray:
    return np.array(rows).reshape(len(rows), len(COLUMNS), *loop.leading)


def _locate(
    configs: Sequence[Config], state: State, loop: _Loop, taken: int
) -> tuple[Divergence, State]:
    """Find where the numbers first stopped being finite, by going there again with open eyes.

    taken: the last steps, one of which it was. Returns that place, and the state before it.
    """
    step = loop.step - taken
    before = (loop.epoch - state.epoch) * loop.batches.steps + step - state.step
    good = train(configs, state, steps=before).state if before else state
    ahead = _Loop(configs, good)
    while ahead.take_steps(1, inf) and not ahead.lost():
        step += 1
    if step > good.step:
        good = train(configs, good, steps=step - good.step).state
    return Divergence(loop.epoch, step, _broken_layer(configs, good, ahead)), good


def _broken_layer(configs: Sequence[Config], good: State, after: _Loop) -> str:
    """The first layer that is not finite in the step from `good` to `after`, as people name it.

    It may break in the forward pass; in the loss, which counts as the output layer; or when its
    parameters are changed.
    """
    here = _Loop(configs, good)
    trace = here.network.forward(next(here.block(1)[0]))
    passed = zip(trace.z, trace.a[1:], strict=True)
    changed = zip(after.network.weights, after.network.biases, strict=True)
    last = len(trace.z) - 1
    broken = [l for l, arrays in enumerate(passed) if not _finite(arrays)]
    if not broken and np.isfinite(after.errors[-1]).any():
        broken = [l for l, arrays in enumerate(changed) if not _finite(arrays)]
    return layer_name(min(broken, default=last), last + 1)


def _finite(arrays: Sequence[np.ndarray]) -> bool:
    return all(np.isfinite(array).all() for array in arrays)
