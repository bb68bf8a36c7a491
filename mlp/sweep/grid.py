"""What a sweep asks: every pair of values, or values drawn at random, each from several seeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from mlp import checks
from mlp.sweep.hyperparameters import HYPERPARAMETERS, Axis, Range, Value, rounded, spaced
from mlp.training.config import MAX_EPOCHS, Config

MAX_CELLS = 1024
MAX_RUNS = 10_000
# Four numbers are kept of each epoch of each run: 32 bytes, so 64 MB.
MAX_EPOCHS_IN_ALL = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A base config, what varies, and its cells: a value of each hyperparameter that varies.

    names: of the hyperparameters in HYPERPARAMETERS. points: the cells, at most 1,024.
    shape: how many values each axis of a grid has, with the last running fastest through the
        points; None for a random search.
    seeds: runs a cell, from the cell's seed upwards. epochs: of each run.
    Raises ValueError that names the parameter, the rule and the value.
    """

    base: Config
    names: tuple[str, ...]
    points: tuple[tuple[Value, ...], ...]
    shape: tuple[int, ...] | None
    seeds: int = 1
    epochs: int = 20

    def __post_init__(self):
        checks.whole("seeds", self.seeds, 1, MAX_RUNS)
        checks.whole("epochs", self.epochs, 1, MAX_EPOCHS)
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"axes must be different, got {', '.join(self.names)}")
        runs = len(self.points) * self.seeds
        _within("a sweep must have", MAX_CELLS, "cells", len(self.points))
        _within("a sweep must have", MAX_RUNS, "runs", runs)
        _within("runs times epochs must be", MAX_EPOCHS_IN_ALL, "", runs * self.epochs)
        if not self.points:
            raise ValueError("a sweep must have at least one cell, got none")
        _ = self.cells  # each config checks its own values

    @cached_property
    def cells(self) -> tuple[Config, ...]:
        """The config of each cell, with the first of its seeds."""
        return tuple(_at(self.base, dict(zip(self.names, p, strict=True))) for p in self.points)

    @cached_property
    def configs(self) -> tuple[Config, ...]:
        """The config of each run: run number `cell * seeds + k` has the cell's k-th seed."""
        return tuple(each for cell in self.cells for each in seeds_of(cell, self.seeds))

    def axis(self, number: int) -> Axis:
        """One axis of a grid, or all the values that a random search has drawn."""
        values = dict.fromkeys(point[number] for point in self.points)
        return Axis(self.names[number], tuple(sorted(values) if self.shape is None else values))


def _within(what: str, most: int, unit: str, got: int) -> None:
    if got > most:
        raise ValueError(f"{what} at most {most:,}{' ' * bool(unit)}{unit}, got {got:,}")


def _at(base: Config, values: dict[str, Value]) -> Config:
    """The base with these values, put in the order of the hyperparameters."""
    for name, of in HYPERPARAMETERS.items():
        if name in values:
            base = of.put(base, values[name])
    return base


def seeds_of(config: Config, seeds: int) -> tuple[Config, ...]:
    """The config from its own seed and those that follow."""
    return tuple(replace(config, seed=(config.seed + k) % 2**32) for k in range(seeds))


def grid(base: Config, axes: tuple[Axis, ...] = (), *, seeds: int = 1, epochs: int = 20) -> Sweep:
    """Every pair of the values of up to two axes. Raises ValueError for more than there may be."""
    checks.whole("axes", len(axes), 0, 2)
    shape = tuple(len(axis.values) for axis in axes)
    _within("a sweep must have", MAX_CELLS, "cells", prod(shape))
    return Sweep(
        base=base,
        names=tuple(axis.name for axis in axes),
        points=tuple(product(*(axis.values for axis in axes))),
        shape=shape,
        seeds=seeds,
        epochs=epochs,
    )


def random_search(
    base: Config,
    ranges: tuple[Range | Axis, ...],
    count: int,
    *,
    seed: int = 0,
    seeds: int = 1,
    epochs: int = 20,
) -> Sweep:
    """`count` cells with values drawn from ranges, evenly in the logarithm for a logarithmic one.

    seed: of the drawing; the same seed draws the same cells, and more of them after those.
    """
    checks.whole("cells", count, 1, MAX_CELLS)
    checks.whole("seed", seed, 0, 2**32 - 1)
    generator = np.random.RandomState(seed)
    draws = [_draw(each) for each in ranges]
    points = tuple(tuple(draw(generator.random_sample()) for draw in draws) for _ in range(count))
    names = tuple(each.name for each in ranges)
    return Sweep(base=base, names=names, points=points, shape=None, seeds=seeds, epochs=epochs)


def _draw(of: Range | Axis) -> Callable[[float], Value]:
    """From a number of 0 to below 1 to a value."""
    if isinstance(of, Axis):
        return lambda u: of.values[int(u * len(of.values))]
    low, high = of.low, of.high
    if of.of.logarithmic:
        return lambda u: rounded(of.of, [low * (high / low) ** u])[0]
    return lambda u: rounded(of.of, [low + (high - low) * u])[0]


def closer(sweep: Sweep, cell: int) -> tuple[Axis | Range, ...]:
    """What each hyperparameter is to go through next, around one of the cells.

    Of a grid, as many values from its neighbour to its neighbour, and as far beyond at an edge.
    Of a random search, the quarter of the values around the cell's. Of names, the cell's alone.
    """
    if sweep.shape is None:
        return tuple(_around(sweep.axis(i), value) for i, value in enumerate(sweep.points[cell]))
    place = np.unravel_index(cell, sweep.shape)
    return tuple(_closer(sweep.axis(i), int(at)) for i, at in enumerate(place))


def finer(sweep: Sweep, cell: int) -> Sweep:
    """The same question around one of its cells, with as many cells of a random search."""
    around, often = closer(sweep, cell), {"seeds": sweep.seeds, "epochs": sweep.epochs}
    if sweep.shape is None:
        return random_search(sweep.base, around, len(sweep.points), **often)
    return grid(sweep.base, around, **often)


def _around(drawn: Axis, best: Value) -> Range | Axis:
    """The range of the quarter of the drawn values that lies around the best."""
    values, reach = drawn.values, max(1, len(drawn.values) // 8)
    if drawn.of.kind is str:
        return Axis(drawn.name, (best,))
    at = values.index(best)
    low, high = values[max(0, at - reach)], values[min(len(values) - 1, at + reach)]
    if drawn.of.logarithmic and low <= 0:
        return Axis(drawn.name, (best,))
    return Range(drawn.name, low, high)


def _closer(axis: Axis, at: int) -> Axis:
    of, values, best = axis.of, axis.values, axis.values[at]
    if of.kind is str or len(values) == 1 or (of.logarithmic and best <= 0):
        return Axis(axis.name, (best,))
    below, above = (values[i] if 0 <= i < len(values) else None for i in (at - 1, at + 1))
    below = _beyond(axis, best, above) if below is None else below
    above = _beyond(axis, best, below) if above is None else above
    if of.logarithmic and below <= 0:
        below = best * (best / above)
    new = list(spaced(of, below, above, len(values)))
    if best not in new:
        new[int(np.argmin([abs(value - best) for value in new]))] = best
    return Axis(axis.name, tuple(sorted(set(new))))


def _beyond(axis: Axis, edge: Value, neighbour: Value) -> Value:
    """As far beyond the edge as the neighbour is within it; the edge where no value may be."""
    logarithmic = axis.of.logarithmic and neighbour > 0
    beyond = edge * (edge / neighbour) if logarithmic else 2 * edge - neighbour
    try:
        return Axis(axis.name, rounded(axis.of, [beyond])).values[0]
    except ValueError:
        return edge
