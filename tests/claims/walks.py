"""Walks down surfaces made with plain numbers, for claims about them; and how numbers are told."""

import math
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlp.descent.own_surface import OWN, own_surface
from mlp.descent.path import Method, NoHeightError, Path, descend
from mlp.descent.surfaces import PARABOLA, SURFACES, Surface, stretched_bowl
from tests.claims.claim import reads

Numbers = Sequence[float]


@dataclass
class Hill:
    """A surface worked out here, number by number: g, its slope, its lowest value if known."""

    surface: Surface
    g: Callable[..., float]
    slope: Callable[..., tuple[float, ...]]
    lowest: float | None = 0.0


def log(x: float) -> float:
    return math.log(x) if x > 0 else math.nan


def root(x: float) -> float:
    return math.sqrt(x) if x >= 0 else math.nan


def over(x: float, y: float) -> float:
    return x / y if y else math.nan


BOWL = Hill(SURFACES["paraboloid"], lambda a, b: a * a + b * b, lambda a, b: (2 * a, 2 * b))
LINE = Hill(PARABOLA, lambda x: x * x, lambda x: (2 * x,))
HILLS = [
    BOWL,
    Hill(
        stretched_bowl(10),
        lambda a, b: a * a + 10 * b * b,
        lambda a, b: (2 * a, 20 * b),
    ),
    Hill(SURFACES["saddle"], lambda a, b: a * a - b * b, lambda a, b: (2 * a, -2 * b), None),
    Hill(
        own_surface("log(a) + b^2"),
        lambda a, b: log(a) + b * b,
        lambda a, b: (over(1, a) if a > 0 else math.nan, 2 * b),
        None,
    ),
    Hill(
        own_surface("sqrt(0.2-|a|) + b²"),
        lambda a, b: root(0.2 - abs(a)) + b * b,
        lambda a, b: (over(-math.copysign(1, a) if a else 0, 2 * root(0.2 - abs(a))), 2 * b),
        None,
    ),
    Hill(own_surface("a b"), lambda a, b: a * b, lambda a, b: (b, a), None),
]


@dataclass
class Walk:
    """A walk made here: where it went, how high and steep it was there, and why it ended."""

    hill: Hill
    points: list[Numbers]
    heights: list[float]
    slopes: list[Numbers]
    ended: str
    bound: float
    beyond: Numbers | None = None
    rate: float = 0.1

    @property
    def steps(self) -> int:
        return len(self.points) - 1

    @property
    def known(self) -> bool:
        return self.hill.lowest is not None

    @property
    def errors(self) -> list[float]:
        return [h - (self.hill.lowest or 0) for h in self.heights]


def walked(hill: Hill, start: Numbers, rate: float, steps: int, bound: float, beta=0.0) -> Walk:
    """The walk, with momentum beta; one without points where it cannot start."""
    walk = Walk(hill, [], [], [], "steps", bound, rate=rate)
    p, v = list(start), [0.0] * len(start)
    for t in range(steps + 1):
        if not all(map(math.isfinite, p)):
            walk.ended = "nowhere"
            return walk
        height, slope = hill.g(*p), hill.slope(*p)
        if not all(map(math.isfinite, [height, *slope])):
            walk.ended, walk.beyond = "no height", p
            return walk
        walk.points.append(p)
        walk.heights.append(height)
        walk.slopes.append(slope)
        if hill.lowest is not None and abs(height - hill.lowest) <= 1e-6:
            walk.ended = "close"
            return walk
        if max(map(abs, p)) > bound:
            walk.ended = "bound"
            return walk
        if t < steps:
            v = [beta * one + s for one, s in zip(v, slope, strict=True)]
            p = [x - rate * one for x, one in zip(p, v, strict=True)]
    return walk


def both(hill: Hill, start, rate: float, steps: int, bound: float, beta=0.0) -> tuple[Path, Walk]:
    """The app's walk, and the one made here."""
    method = Method(learning_rate=rate)
    if beta:
        method = Method(optimiser="momentum", learning_rate=rate, beta=beta)
    path = descend(hill.surface, start, method, steps, bound=bound)
    return path, walked(hill, start, rate, steps, bound, beta)


def drawn(draw: random.Random, hill: Hill, beta: float = 0.0) -> tuple[Path, Walk]:
    """A walk with settings at random, that can start."""
    while True:
        start = [round(draw.uniform(-4, 4), draw.choice([0, 1, 3])) for _ in hill.surface.start]
        if hill.surface.name == OWN and draw.random() < 0.6:
            start[0] = round(draw.uniform(0.01, 0.19), 3)
        rate = draw.choice([0.5, 1.0, 0.01, round(10 ** draw.uniform(-3, 0.3), 3)])
        bound = draw.choice([15.0, 50.0, 1e5])
        try:
            return both(hill, start, rate, draw.choice([1, 2, 7, 60, 300]), bound, beta)
        except NoHeightError:
            assert not walked(hill, start, rate, 1, bound).points


# How numbers, points and counts are printed.


def counts(text: str, n: int, noun: str = "step") -> bool:
    return text == f"{n:,} {noun}" + ("" if n == 1 else "s")


def point(text: str, values: Numbers) -> bool:
    """(4, −0.5), or one number alone."""
    parts = text.strip("()").split(", ")
    return len(parts) == len(values) and all(map(reads, parts, values))


def way(text: str, names: Sequence[str], walks: Sequence[Walk]) -> bool:
    """gradient descent from (4, 4) to (0, 0) in 7 steps; … of each walk in turn."""
    parts = text.split("; ")
    form = r"(.+) from (\(.+?\)) to (\(.+?\)) in (.+)"
    return len(parts) == len(walks) and all(
        (found := re.fullmatch(form, part))
        and found[1] == name
        and point(found[2], walk.points[0])
        and point(found[3], walk.points[-1])
        and counts(found[4], walk.steps)
        for part, name, walk in zip(parts, names, walks, strict=True)
    )


def steps_of(walk: Walk, n: str) -> bool:
    return counts(n, walk.steps)
