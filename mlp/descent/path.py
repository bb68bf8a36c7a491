"""Walks down a surface, step by step, by the optimisers that train the networks. No screen here."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp import checks
from mlp.descent.optimisers import OPTIMISERS, SETTINGS
from mlp.descent.surfaces import Surface

CLOSE = 1e-6  # how near to the lowest value counts as arrived
MOST_STEPS = 10_000


@dataclass(frozen=True, kw_only=True)
class Method:
    """How a gradient becomes a step.

    optimiser: a name in OPTIMISERS. learning_rate: above 0. beta, rho, beta1, beta2: from 0 to
    below 1; each optimiser uses its own, those that SETTINGS lists.
    """

    optimiser: str = "sgd"
    learning_rate: float = 0.3
    beta: float = 0.9
    rho: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999

    def __post_init__(self):
        checks.one_of("optimiser", self.optimiser, OPTIMISERS)
        checks.real("learning_rate", self.learning_rate, above=0)
        for name in ("beta", "rho", "beta1", "beta2"):
            checks.real(name, getattr(self, name), at_least=0, at_most=math.nextafter(1, 0))

    @property
    def settings(self) -> dict[str, float]:
        """What this optimiser's step takes besides the learning rate."""
        return {name: getattr(self, name) for name in SETTINGS[self.optimiser]}


class NoHeightError(ValueError):
    """A walk cannot start where the surface has no height."""


@dataclass(frozen=True, eq=False)
class Path:
    """Where a walk went: n steps, so n + 1 points, all of them finite.

    points: (n + 1, d). values: (n + 1,), the height at each. gradients: (n + 1, d), what the
    optimiser was given at each; the last one it has not followed. error: (n + 1,), the height
    over the lowest one, or the height itself where no lowest is known.
    ended: "steps" (all done), "close" (within 10^-6 of the lowest), "bound" (the last point lies
    beyond the bound), "no height" (the next one, beyond, is where the height or the gradient is not
    a finite real number) or "not finite" (the next one itself is not).
    bound: the largest coordinate allowed. beyond: (d,), with "no height" only.
    """

    points: np.ndarray
    values: np.ndarray
    gradients: np.ndarray
    error: np.ndarray
    ended: str
    bound: float = math.inf
    beyond: np.ndarray | None = None

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return len(self.points) - 1

    @property
    def nudges(self) -> np.ndarray:
        """(n, d): how far each step went."""
        return np.diff(self.points, axis=0)


def descend(
    surface: Surface,
    start,
    method: Method,
    steps: int,
    *,
    within: float = CLOSE,
    bound: float = math.inf,
    gradient: Callable[[np.ndarray, int], np.ndarray] | None = None,
) -> Path:
    """Walk from a start: p <- p - eta g'(p), or what the method makes of it.

    start: (d,). steps: at most 10,000. within: arrived when this near to the lowest value; below 0
    to go on regardless. bound: give up where a coordinate is larger than this.
    gradient: what the optimiser is given at (p, step), if not the surface's own gradient.
    Raises NoHeightError where the surface has no height, or no gradient, at the start.
    Source: seed 000, sections 2.2 and 3.1.
    """
    checks.whole("steps", steps, 0, MOST_STEPS)
    p = np.array([checks.real("start", x) for x in start])
    optimiser, settings = OPTIMISERS[method.optimiser], method.settings
    slope = gradient or (lambda p, step: surface.gradient(p))
    floor = surface.lowest if surface.lowest is not None else -math.inf
    state = np.zeros((optimiser.slots, len(p)))
    points, values, gradients, ended, beyond = [], [], [], "steps", None
    with np.errstate(all="ignore"):
        for t in range(steps + 1):
            height, g = float(surface.value(p)), np.array(slope(p, t), dtype=float)
            if not np.isfinite(p).all():
                ended = "not finite"
                break
            if not (math.isfinite(height) and np.isfinite(g).all()):
                ended, beyond = "no height", p.copy()
                break
            points.append(p.copy())
            values.append(height)
            gradients.append(g.copy())
            if abs(height - floor) <= within:
                ended = "close"
                break
            if np.abs(p).max() > bound:
                ended = "bound"
                break
            if t < steps:
                optimiser.step(p, g, state, method.learning_rate, t + 1, **settings)
    if not points:
        raise NoHeightError(
            f"start must be where g and its slope are finite numbers, got {list(start)!r}"
        )
    heights = np.array(values)
    error = heights - (surface.lowest or 0.0)
    return Path(np.array(points), heights, np.array(gradients), error, ended, bound, beyond)


def suggested_rate(surface: Surface, optimiser: str) -> float:
    """A learning rate worth starting with.

    Momentum adds up to 1 / (1 - beta) = 10 times as far. RMSProp and Adam step by about the
    learning rate itself, whatever the slope: a fiftieth of the picture.
    """
    if optimiser == "sgd":
        return surface.learning_rate
    if optimiser == "momentum":
        return float(f"{surface.learning_rate / 10:.3g}")
    low, high = surface.view[0]
    return float(f"{(high - low) / 50:.2g}")


def race(surface: Surface, start, methods: list[Method], steps: int) -> list[Path]:
    """The walk of each method from one start, until it arrives or has had its steps."""
    bound = 1e3 * max(abs(edge) for side in surface.view for edge in side)
    return [descend(surface, start, method, steps, bound=bound) for method in methods]
