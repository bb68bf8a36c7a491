"""How a sweep is cut into pieces: each trains some runs of one shape as one stack.

A piece is a pure function of its configs, so any worker may train it, twice, or in any order.
Its numbers are those of single runs, bit for bit, however the runs are cut into pieces.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import ceil
from os import cpu_count
from time import perf_counter, thread_time

import numpy as np

from mlp.descent.optimisers import OPTIMISERS
from mlp.network.shape import parameter_count
from mlp.training.config import Config
from mlp.training.epoch import ERROR, blank_rows
from mlp.training.evaluation import EVALUATION_ROWS
from mlp.training.loop import train
from mlp.training.state import stack, start

# The most memory of one stack. With a worker for each core this fits into any machine. Large
# networks gain nothing from a larger stack, which the cache of a processor could not hold.
MOST_STACK_BYTES = 32 * 2**20
# How long a piece trains: far longer than handing it out takes, and short enough that a map fills
# step by step.
PIECE_SECONDS = 1.0
LEAST_PIECE_SECONDS = 0.05
# The measurement beforehand: for how long all shapes together are timed, how many networks a stack
# has, and how many steps are timed where an epoch would take longer.
CALIBRATION_SECONDS = 0.2
CALIBRATION_RUNS = 32
CALIBRATION_STEPS = 9


@dataclass(frozen=True)
class Piece:
    """Some runs of a sweep that train as one stack.

    runs: their numbers in the sweep. configs: of one shape. seconds: how long a worker will need,
    as far as is known.
    """

    runs: tuple[int, ...]
    configs: tuple[Config, ...]
    epochs: int
    seconds: float


@dataclass(frozen=True)
class PieceResult:
    """The result of a piece.

    runs: their numbers in the sweep. rows: the numbers of each epoch, (runs, epochs, columns), NaN
    from the epoch on in which a run diverged. diverged: for each run, after how many epochs, or
    None. seconds: how long it took.
    """

    runs: tuple[int, ...]
    rows: np.ndarray
    diverged: tuple[int | None, ...]
    seconds: float


def train_piece(piece: Piece) -> PieceResult:
    """Train the runs of a piece from their start; a pure function, except for the seconds."""
    began = perf_counter()
    done = train(piece.configs, stack([start(c) for c in piece.configs]), epochs=piece.epochs).rows
    rows = blank_rows(len(piece.runs), piece.epochs)
    rows[:, : len(done)] = done.transpose(2, 0, 1)
    lost = np.isnan(ERROR.of(rows))
    diverged = tuple(int(l.argmax()) if l.any() else None for l in lost)
    return PieceResult(piece.runs, rows, diverged, perf_counter() - began)


def shape_of(config: Config) -> Config:
    """The config without what may differ between the runs of a stack."""
    return replace(config, learning_rate=1.0, l2=0.0, seed=0, initialisation="zeros", scale=1.0)


def run_bytes(config: Config) -> int:
    """About how many bytes one network of a stack needs while it trains, without the data."""
    settings, sizes = config.data, config.sizes
    rows = max(config.batch_size, EVALUATION_ROWS)
    arrays = (
        parameter_count(sizes) * (7 + OPTIMISERS[config.optimiser].slots)
        + rows * sum(sizes[1:]) * 5
        + config.batch_size * settings.n_in
    )
    return arrays * np.dtype(config.precision).itemsize + settings.train_count * 16 + 5000


def shapes_of(configs: Iterable[Config]) -> dict[Config, list[int]]:
    """The numbers of the runs of each shape."""
    shapes: dict[Config, list[int]] = {}
    for run, config in enumerate(configs):
        shapes.setdefault(shape_of(config), []).append(run)
    return shapes


def calibrate(configs: Sequence[Config]) -> dict[Config, float]:
    """Measure on this machine how many seconds an epoch of one run takes in a stack of each shape.

    This takes about CALIBRATION_SECONDS, and the time to load the data and to take a step of each.
    """
    shapes = shapes_of(configs)
    return {
        shape: _seconds_an_epoch([configs[run] for run in runs], CALIBRATION_SECONDS / len(shapes))
        for shape, runs in shapes.items()
    }


def _seconds_an_epoch(configs: list[Config], seconds: float) -> float:
    """Seconds an epoch of one run in a stack of these, or of some of them.

    Whole epochs are timed where three take less than `seconds`, and else a few steps.
    """
    most = max(1, MOST_STACK_BYTES // run_bytes(configs[0]))
    configs = configs[: min(CALIBRATION_RUNS, most)]
    state = stack([start(config) for config in configs])

    def timed(**limits) -> float:
        began = thread_time()  # does not count what other processes do on this machine
        train(configs, state, **limits)
        return thread_time() - began

    steps = configs[0].batches.steps
    few = min(steps, CALIBRATION_STEPS)
    timed(steps=1)
    one, epoch = timed(steps=1), timed(steps=few)
    if few < steps:
        epoch = (epoch - one) / (few - 1) * steps
    if 3 * epoch < seconds:
        epoch = timed(epochs=3) / 3
    return epoch / len(configs)


def plan(
    configs: Sequence[Config],
    epochs: int,
    costs: Mapping[Config, float],
    *,
    done: Collection[int] = (),
    workers: int | None = None,
) -> tuple[Piece, ...]:
    """Cut the runs that are not done into pieces, in an order that fills a map evenly.

    costs: what `calibrate` measured. done: numbers of runs that need no piece any more.
    workers: how many pieces train at a time, so that there are some for each.
    """
    shapes, done = shapes_of(configs), set(done)
    left = {shape: [run for run in runs if run not in done] for shape, runs in shapes.items()}
    total = sum(costs[shape] * epochs * len(runs) for shape, runs in left.items())
    share = total / (2 * (workers or cpu_count() or 1))
    seconds = min(PIECE_SECONDS, max(LEAST_PIECE_SECONDS, share))
    mix = np.random.RandomState(0)
    cut = [
        _cut([runs[i] for i in mix.permutation(len(runs))], configs, epochs, costs[shape], seconds)
        for shape, runs in left.items()
        if runs
    ]
    in_turns = zip_longest(*(cut[i] for i in mix.permutation(len(cut))))
    return tuple(piece for turn in in_turns for piece in turn if piece is not None)


def _cut(
    runs: list[int], configs: Sequence[Config], epochs: int, cost: float, seconds: float
) -> list[Piece]:
    """Pieces of even size from runs of one shape, within the limits of memory and time."""
    most = min(MOST_STACK_BYTES // run_bytes(configs[runs[0]]), int(seconds / (cost * epochs)))
    pieces = ceil(len(runs) / max(1, most))
    return [
        Piece(
            tuple(some := [int(run) for run in part]),
            tuple(configs[run] for run in some),
            epochs,
            cost * epochs * len(some),
        )
        for part in np.array_split(runs, pieces)
    ]


def estimate(pieces: Iterable[Piece], workers: int) -> float:
    """About how many seconds these pieces take, shared by this number of workers."""
    return sum(piece.seconds for piece in pieces) / workers
