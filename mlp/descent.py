"""Walks down a surface, step by step, by the optimisers that train the networks. No screen here."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp import checks
from mlp.optimisers import OPTIMISERS
from mlp.surfaces import Surface

Array = np.ndarray

CLOSE = 1e-6  # how near to the lowest value counts as arrived
MOST_STEPS = 10_000

TITLES = {
    "sgd": "gradient descent",
    "momentum": "momentum",
    "rmsprop": "RMSProp",
    "adam": "Adam",
}
# The settings of each optimiser besides its learning rate.
SETTINGS = {"sgd": (), "momentum": ("beta",), "rmsprop": ("rho",), "adam": ("beta1", "beta2")}


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


@dataclass(frozen=True, eq=False)
class Path:
    """Where a walk went: n steps, so n + 1 points, all of them finite.

    points: (n + 1, d). values: (n + 1,), the height at each. gradients: (n + 1, d), what the
    optimiser was given at each; the last one it has not followed. error: (n + 1,), the height
    over the lowest one, or the height itself where no lowest is known.
    ended: "steps" (all done), "close" (within 10^-6 of the lowest), "bound" (the last point lies
    beyond the bound) or "not finite" (the next one would not be a finite number).
    """

    points: Array
    values: Array
    gradients: Array
    error: Array
    ended: str

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return len(self.points) - 1

    @property
    def nudges(self) -> Array:
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
    gradient: Callable[[Array, int], Array] | None = None,
) -> Path:
    """Walk from a start: p <- p - eta g'(p), or what the method makes of it.

    start: (d,). steps: at most 10,000. within: arrived when this near to the lowest value; below 0
    to go on regardless. bound: give up where a coordinate is larger than this.
    gradient: what the optimiser is given at (p, step), if not the surface's own gradient.
    Source: seed 000, sections 2.2 and 3.1.
    """
    checks.whole("steps", steps, 0, MOST_STEPS)
    p = np.array([checks.real("start", x) for x in start])
    optimiser, settings = OPTIMISERS[method.optimiser], method.settings
    slope = gradient or (lambda p, step: surface.gradient(p))
    floor = surface.lowest if surface.lowest is not None else -math.inf
    state = np.zeros((optimiser.slots, len(p)))
    points, values, gradients, ended = [], [], [], "steps"
    with np.errstate(all="ignore"):
        for t in range(steps + 1):
            height, g = float(surface.value(p)), np.array(slope(p, t), dtype=float)
            if not (math.isfinite(height) and np.isfinite(g).all() and np.isfinite(p).all()):
                ended = "not finite"
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
        raise ValueError(f"start must be where g is a finite number, got {list(start)!r}")
    heights = np.array(values)
    error = heights - (surface.lowest or 0.0)
    return Path(np.array(points), heights, np.array(gradients), error, ended)


def article_table(path: Path) -> str:
    """The walk over a and b as the article prints it. Source: seed 000, section 3.1."""
    rows = zip(path.points[1:], path.error, strict=False)
    pairs = [(f"({a:.2}, {b:.2})", f"{error:.5}") for (a, b), error in rows]
    return "\n".join(
        f"Step: {step:>2}, (a, b): {pair:<14} Error: {error}"
        for step, (pair, error) in enumerate(pairs)
    )


def article_mean(path: Path) -> tuple[float, float]:
    """The article's mean error, the sum of n errors over n - 1, and the mean itself.

    Source: seed 000, section 3.1, where step counts from 0 and ends at 6 after seven steps.
    """
    errors = path.error[: path.steps]
    return float(errors.sum() / (path.steps - 1)), float(errors.mean())


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


def ending(path: Path) -> str:
    """How a walk ended, in a sentence."""
    n = f"{path.steps:,} step" + ("" if path.steps == 1 else "s")
    if path.ended == "close":
        return f"Arrived: within 10⁻⁶ of the lowest value after {n}."
    if path.ended == "bound":
        return f"At step {path.steps:,} the walk left the picture."
    if path.ended == "not finite":
        return f"After {n} the next point would not be a finite number."
    return f"Not there yet after {n}."


def race_columns(methods: list[Method], paths: list[Path]) -> dict[str, list]:
    """The race as the columns of a table; no steps where a walk never arrived."""
    return {
        "optimiser": [TITLES[m.optimiser] for m in methods],
        "learning rate": [m.learning_rate for m in methods],
        "steps to 10⁻⁶": [p.steps if p.ended == "close" else None for p in paths],
        "g at the end": [float(p.values[-1]) for p in paths],
        "how it ended": [ending(p) for p in paths],
    }


def path_columns(path: Path, names: tuple[str, ...]) -> dict[str, list]:
    """The path as the columns of a table: step, point, g, gradient, nudge; no nudge at the end."""
    slopes = ["g′"] if len(names) == 1 else [f"∂g/∂{n}" for n in names]
    nudges = [f"nudge {n}" if len(names) > 1 else "nudge" for n in names]
    steps = [*path.nudges.tolist(), [None] * len(names)]
    return (
        {"step": list(range(path.steps + 1))}
        | dict(zip(names, path.points.T.tolist(), strict=True))
        | {"g": path.values.tolist()}
        | dict(zip(slopes, path.gradients.T.tolist(), strict=True))
        | {
            nudge: list(column)
            for nudge, column in zip(nudges, zip(*steps, strict=True), strict=True)
        }
    )


def path_csv(path: Path, names: tuple[str, ...]) -> str:
    """The same table as a CSV file, in full precision."""
    columns = path_columns(path, names)
    rows = zip(*columns.values(), strict=True)
    lines = [["" if v is None else repr(v) for v in row] for row in rows]
    return "".join(",".join(line) + "\n" for line in [list(columns), *lines])
