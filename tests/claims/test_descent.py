"""What is said of walks down a surface, held against walks made here with plain numbers."""

import itertools
import math
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest

from mlp.descent import gradient_noise
from mlp.descent.own_surface import OWN, own_surface
from mlp.descent.path import Method, NoHeightError, Path, descend
from mlp.descent.regimes import axes_told, factor, predicted
from mlp.descent.surfaces import PARABOLA, SURFACES, Surface, stretched_bowl
from mlp.descent.tables import ending
from mlp.figures.descent.contour_map import descent_map, left_blank
from mlp.figures.descent.errors import error_by_step
from mlp.figures.descent.frames import step_in_words
from mlp.figures.descent.noise import noise_curve
from mlp.figures.descent.parabola import parabola_walk
from mlp.figures.descent.rates import steps_map
from mlp.figures.descent.surface import surface_3d
from pages.parts.descent.minibatches import cloud_told
from pages.parts.descent.report import (
    article_told,
    endings_told,
    no_start_told,
    race_told,
    regime_told,
)
from tests.claims.claim import Claim, Claims, reads

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


# How a walk ended.


def steps_of(walk: Walk, n: str) -> bool:
    return counts(n, walk.steps)


ENDING = (
    Claim(
        "Arrived: within 10⁻⁶ of the lowest value after {n}.",
        lambda w: w.known and abs(w.heights[-1] - w.hill.lowest) <= 1e-6,
        steps_of,
    ),
    Claim(
        "Given up after {n}: farther than {far} from 0.",
        lambda w: max(map(abs, w.points[-1])) > w.bound and w.ended != "close",
        lambda w, n, far: steps_of(w, n) and reads(far, w.bound),
    ),
    Claim(
        "After {n} the next leads to ({place}), where g or its slope is not real, or too large a "
        "number.",
        lambda w: w.ended == "no height",
        lambda w, n, place: steps_of(w, n) and point(place, w.beyond),
    ),
    Claim(
        "After {n} the next point would not be a finite number.",
        lambda w: w.ended == "nowhere",
        steps_of,
    ),
    Claim("Not there yet after {n}.", lambda w: w.ended == "steps" and w.known, steps_of),
    Claim(
        "Ended after {n}, all that were asked for.",
        lambda w: w.ended == "steps" and not w.known,
        steps_of,
    ),
)
ENDINGS = Claims(*ENDING)


def test_how_a_walk_ended():
    draw = random.Random(1)
    for n in range(400):
        path, walk = drawn(draw, HILLS[n % len(HILLS)], draw.choice([0, 0.9]))
        ENDINGS.hold(ending(path, walk.known), walk)
    for rate in (1e308, 1e200):
        path, walk = both(LINE, [4.0], rate, 9, math.inf)
        ENDINGS.hold(ending(path), walk)
    path, walk = both(HILLS[4], [0.0, 0.1], 0.1, 1, 9.0)
    ENDINGS.hold(ending(path, False), walk)
    ENDINGS.all_heard()


def named(name: str) -> Claims:
    return Claims(*(Claim(f"**{name}**: {c.words}", c.when, c.true) for c in ENDING))


def test_each_walk_is_told_by_its_name():
    draw = random.Random(2)
    for hill in HILLS * 5:
        (one, mine), (other, yours) = drawn(draw, hill), drawn(draw, hill, 0.9)
        told = endings_told(["gradient descent", "momentum"], [one, other], mine.known)
        first, second = told.split("  \n")
        named("Gradient descent").hold(first, mine)
        named("Momentum").hold(second, yours)


# The parabola: what the learning rate makes of it.


def goes(rate: float) -> str:
    """How a walk from 1 goes, step by step with exact fractions."""
    left = 1 - 2 * Fraction(rate)
    if left == 0:
        return "one step"
    if abs(left) >= 1:
        return "two-cycle" if left == -1 else "diverging"
    if left < 0:
        return "oscillating"
    return "creeping" if 1 - left < Fraction(2, 100) else "monotone"


def moving(name: str) -> Callable[[Walk], bool]:
    return lambda w: goes(w.rate) == name and abs(w.points[0][0]) > 1e-3


def side(w: Walk) -> list[Fraction]:
    """Where an exact walk from 1 stands after 0, 1, 2 and 3 steps."""
    return [(1 - 2 * Fraction(w.rate)) ** n for n in range(4)]


REGIME = Claims(
    Claim(
        ":{colour}-badge[{name}] &nbsp; 1 − 2η = **{left}**.",
        lambda w: True,
        lambda w, colour, name, left: name == goes(w.rate) and reads(left, 1 - 2 * w.rate),
    ),
    Claim(
        "Every step goes the right way, and takes off less than two per cent.",
        moving("creeping"),
        lambda w: all(0 < x - y < x * Fraction(2, 100) for x, y in itertools.pairwise(side(w))),
    ),
    Claim(
        "Every step stays on its side and comes closer.",
        moving("monotone"),
        lambda w: all(0 < y < x for x, y in itertools.pairwise(side(w))),
    ),
    Claim(
        "The very first step lands on the bottom.",
        moving("one step"),
        lambda w: side(w)[1] == 0,
    ),
    Claim(
        "Every step jumps over the bottom, and still comes closer.",
        moving("oscillating"),
        lambda w: all(x * y < 0 and abs(y) < abs(x) for x, y in itertools.pairwise(side(w))),
    ),
    Claim(
        "Every step jumps to the mirror image, for ever, at the same height.",
        moving("two-cycle"),
        lambda w: side(w) == [1, -1, 1, -1],
    ),
    Claim(
        "Every step jumps over the bottom and lands higher than before.",
        moving("diverging"),
        lambda w: all(x * y < 0 and abs(y) > abs(x) for x, y in itertools.pairwise(side(w))),
    ),
    Claim("No step is needed.", lambda w: w.points[0][0] ** 2 <= 1e-6),
    *ENDING[:2],
    ENDING[4],
)
ON_PARABOLA = Claims(
    Claim(
        "The parabola x² and a walk on it with learning rate {rate}, {name}: {way}.",
        lambda f: len(f) == 1,
        lambda f, rate, name, way: on_line(f, rate, name, way),
    ),
    Claim(
        "The parabola x² and two walks on it with learning rate {rate}, {name}: {way}.",
        lambda f: len(f) == 2,
        lambda f, rate, name, way: on_line(f, rate, name, way),
    ),
)


def on_line(walks: list[Walk], rate: str, name: str, told: str) -> bool:
    form, parts = r"from x = (\S+) to (\S+) in (.+)", told.split("; and ")
    founds = [re.fullmatch(form, part) for part in parts]
    return (
        reads(rate, walks[0].rate)
        and name == goes(walks[0].rate)
        and all(
            reads(f[1], w.points[0][0]) and reads(f[2], w.points[-1][0]) and steps_of(w, f[3])
            for f, w in zip(founds, walks, strict=True)
        )
    )


def test_what_the_learning_rate_makes_of_a_walk():
    draw = random.Random(3)
    for _ in range(300):
        rate = draw.choice([0.5, 1.0, 0.01, 0.009, round(draw.uniform(0.001, 1.5), 3)])
        start = draw.choice([0.0, 0.0005, round(draw.uniform(-10, 10), 1)])
        steps = draw.randint(1, 60)
        path, walk = both(LINE, [start], rate, steps, 50.0)
        REGIME.hold(regime_told(rate, path), walk)
        if draw.random() < 0.15:
            pairs = [both(LINE, [x], rate, steps, 50.0) for x in (start, -start)]
            pairs = pairs[: draw.randint(1, 2)]
            exact = [predicted(p.points[0], [factor(rate)], p.steps)[:, 0] for p, _ in pairs]
            alt = parabola_walk([p for p, _ in pairs], exact, rate).layout.meta["alt"]
            ON_PARABOLA.hold(alt, [w for _, w in pairs])
    REGIME.all_heard()
    ON_PARABOLA.all_heard()


@dataclass
class Rate:
    """A learning rate on the parabola, and from where."""

    rate: float
    start: float

    def steps(self, rate: float | None = None) -> float:
        """Steps until x² <= 10^-6, made one by one; exactly, where there are not too many."""
        rate = self.rate if rate is None else rate
        exact = rate > 0.05
        left = 1 - 2 * (Fraction(rate) if exact else rate)
        x = abs(Fraction(self.start) if exact else self.start)
        if x * x > Fraction(1, 10**6) and abs(left) >= 1:
            return math.inf
        n = 0
        while x * x > Fraction(1, 10**6):
            x, n = x * abs(left), n + 1
        return n

    @property
    def moves(self) -> bool:
        return abs(self.start) > 1e-3


def now(f: Rate, x: str, rate: str, count: str) -> bool:
    steps = f.steps()
    told = count == "never" if math.isinf(steps) else counts(count, steps)
    return reads(x, f.start) and reads(rate, f.rate) and told


STEPS = Claims(
    Claim(
        "Steps to come within 10⁻⁶ from x = {x}, against the learning rate: one at ½, more farther "
        "to both sides, never from 1 on. Now η = {rate}: {count}.",
        lambda f: f.moves,
        lambda f, **values: (
            now(f, **values)
            and f.steps(0.5) == 1
            and f.steps(0.1) > f.steps(0.3) > 1
            and f.steps(0.9) > f.steps(0.7) > 1
            and math.isinf(f.steps(1.0) + f.steps(1.3))
        ),
    ),
    Claim(
        "Steps to come within 10⁻⁶ from x = {x}, against the learning rate: none at any rate. Now "
        "η = {rate}: {count}.",
        lambda f: not f.moves,
        lambda f, **values: now(f, **values) and f.steps(0.5) == f.steps(1.2) == 0,
    ),
)


def test_how_many_steps_each_learning_rate_needs():
    draw = random.Random(4)
    for _ in range(150):
        rate = draw.choice([0.5, 1.0, 0.45, round(draw.uniform(0.001, 1.5), 3)])
        start = draw.choice([0.0, 0.0005, 1.0, -10.0, round(draw.uniform(-10, 10), 1)])
        STEPS.hold(steps_map(rate, start).layout.meta["alt"], Rate(rate, start))
    STEPS.all_heard()


# Surfaces: their axes, the article, the race.


@dataclass
class Axes:
    curvatures: tuple[float, float]
    rate: float

    @property
    def endless(self) -> bool:
        return min(self.curvatures) < 0

    @property
    def steepest(self) -> float:
        return max(self.curvatures)


def axis(f: Axes, which: int, curvature: str, rate: str, times: str, left: str, what: str) -> bool:
    lam = f.curvatures[which]
    exact = 1 - Fraction(f.rate) * Fraction(lam)
    does = "away from the middle, each step longer than the last"
    if lam > 0:
        does = goes(f.rate * lam / 2)
    else:
        assert exact > 1  # each step, (exact - 1) times the distance, is longer than the last
    numbers = reads(curvature, lam) and reads(times, lam) and reads(rate, f.rate)
    return numbers and reads(left, float(exact)) and what == does


def each_axis(f: Axes, **values: str) -> bool:
    names = ("curvature", "rate", "times", "left", "what")
    return all(axis(f, i, *(values[f"{name}{i}"] for name in names)) for i in range(2))


def stays(rate: float, curvature: float) -> bool:
    """Whether a walk along an axis is no nearer after a step."""
    return abs(1 - Fraction(rate) * Fraction(curvature)) >= 1


AXES = Claims(
    Claim(
        "Each axis for itself: along a: λ = {curvature0}, 1 − ηλ = 1 − {rate0} · {times0} = "
        "**{left0}**, {what0}; along b: λ = {curvature1}, 1 − ηλ = 1 − {rate1} · {times1} = "
        "**{left1}**, {what1}.",
        lambda f: True,
        each_axis,
    ),
    Claim("Along b there is no bottom, whatever η is.", lambda f: f.endless),
    Claim(
        "From η = {most} on, a cannot come down either.",
        lambda f: f.endless,
        lambda f, most: reads(most, 2 / f.curvatures[0]) and edge(f),
    ),
    Claim(
        "From η = {most} on, the steepest cannot come down.",
        lambda f: not f.endless,
        lambda f, most: reads(most, 2 / f.steepest) and edge(f),
    ),
)


def edge(f: Axes) -> bool:
    """Whether 2/λ is where the steepest axis no longer comes down."""
    at = 2 / f.steepest
    return stays(1.001 * at, f.steepest) and not stays(0.999 * at, f.steepest)


def test_what_is_told_of_each_axis():
    draw = random.Random(5)
    for n in range(300):
        kappa = draw.choice([1.0, 10.0, float(draw.randint(1, 100)), draw.randint(10, 999) / 10])
        surface = (stretched_bowl(kappa), SURFACES["saddle"], SURFACES["paraboloid"])[n % 3]
        curvatures = ((2.0, 2 * kappa), (2.0, -2.0), (2.0, 2.0))[n % 3]
        rate = draw.choice([0.5, 1.0, float(f"{10 ** draw.uniform(-6, 2):.3g}")])
        AXES.hold(axes_told(surface.curvatures, rate), Axes(curvatures, rate))
    AXES.all_heard()


ARTICLE = Claims(
    Claim(
        "The article counts these {n} steps from 0, prints (a, b) after a step beside the error "
        "before it, and returns the sum of {also} errors divided by {less}: {theirs}. Their mean "
        "is {mean}.",
        lambda w: w.steps > 1,
        lambda w, n, also, less, theirs, mean: (
            [int(x) for x in (n, also, less)] == [w.steps, w.steps, w.steps - 1]
            and reads(theirs, sum(w.heights[:-1]) / (w.steps - 1))
            and reads(mean, sum(w.heights[:-1]) / w.steps)
        ),
    )
)
RACE = Claims(
    Claim(
        "Each with its own learning rate, for at most {n} steps.",
        lambda hill: True,
        lambda hill, n: n == "5,000",
    ),
    Claim(
        "No lowest value is known here, so nobody can arrive; g tells who is lower.",
        lambda hill: hill.lowest is None,
        lambda hill: not hill.surface.minima,
    ),
)
CLOUD = Claims(
    Claim(
        "A network's error is a mean over examples. So is this one: for {n} data points around "
        "(0, 0), take the mean of the squared distances to all of them. It is a² + b², lifted by "
        "how far the points are spread, and its gradient is [2a, 2b] as before. But nobody has to "
        "ask all the points before each step.",
        lambda X: True,
        lambda X, n: n == f"{len(X):,}" and lifted(X),
    )
)


def lifted(X: np.ndarray) -> bool:
    """Whether the mean of the squared distances is a² + b² and as much at every place."""
    places = [(0.0, 0.0), (1.5, -2.0), (10.0, 7.0)]
    means = [sum(math.dist(p, x) ** 2 for x in X) / len(X) for p in places]
    return all(
        math.isclose(m - a * a - b * b, means[0]) for m, (a, b) in zip(means, places, strict=True)
    )


def test_the_articles_slip_the_rules_of_the_race_and_the_cloud():
    draw = random.Random(6)
    for _ in range(100):
        path, walk = drawn(draw, BOWL)
        if walk.steps > 1:
            ARTICLE.hold(article_told(path), walk)
    for hill in HILLS:
        RACE.hold(race_told(hill.surface.lowest is not None), hill)
    for points in (5, 256, 1200):
        X = gradient_noise.cloud(points)
        CLOUD.hold(cloud_told(X), X)
    for claims in (ARTICLE, RACE, CLOUD):
        claims.all_heard()


# Figures, in words.


@dataclass
class Picture:
    """A figure of walks, and the heights it has, worked out here at the places of its points."""

    kind: str
    names: list[str]
    walks: list[Walk]
    hill: Hill
    heights: list[float] = field(repr=False)

    @property
    def drawn(self) -> int:
        return sum(map(math.isfinite, self.heights))

    @property
    def own(self) -> bool:
        return self.hill.surface.name == OWN


NAMED = (
    *(
        Claim(
            f"{kind} of {{name}}.",
            lambda f, kind=kind: f.kind == kind,
            lambda f, name: name == ("" if f.own else "the ") + f.hill.surface.name,
        )
        for kind in ("Contour map", "Surface")
    ),
    Claim("Walks: {walks}.", lambda f: f.walks, lambda f, walks: way(walks, f.names, f.walks)),
    Claim("No walk.", lambda f: not f.walks),
)
BLANK = (
    Claim(
        "Blank is where g is not real, or too large a number. Of {n} points of the picture {d} a "
        "height.",
        lambda f: f.drawn < len(f.heights),
        lambda f, n, d: (
            n == f"{len(f.heights):,}" and d == f"{f.drawn:,} {'has' if f.drawn == 1 else 'have'}"
        ),
    ),
)
PICTURES, BLANKS = Claims(*BLANK, *NAMED), Claims(*BLANK)
START = Claims(
    Claim(
        "Not real here, or too large: click on the map where it has colour.",
        lambda heights: any(map(math.isfinite, heights)),
    ),
    Claim(
        "Not real here, or too large: set another start, outside this picture.",
        lambda heights: not any(map(math.isfinite, heights)),
    ),
)


def heights_of(figure, g: Callable[[float, float], float]) -> list[float]:
    """The heights at the points of a figure, one by one."""
    a, b = (np.asarray(side, dtype=float).tolist() for side in (figure.data[0].x, figure.data[0].y))
    return [g(x, y) for y in b for x in a]


def test_what_pictures_of_a_surface_show():
    draw, names = random.Random(7), ["gradient descent", "momentum"]
    for hill in HILLS * 2:
        pairs = [drawn(draw, hill), drawn(draw, hill, 0.9)][: draw.randint(0, 2)]
        paths, walks = [p for p, _ in pairs], [w for _, w in pairs]
        shown = names[: len(pairs)]
        for kind, make in (("Contour map", descent_map), ("Surface", surface_3d)):
            figure = make(hill.surface, paths, shown, [None] * len(pairs))
            facts = Picture(kind, shown, walks, hill, heights_of(figure, hill.g))
            PICTURES.hold(figure.layout.meta["alt"], facts)
            if kind == "Contour map":
                BLANKS.hold(left_blank(hill.surface, paths), facts)
                labels = [note.text for note in figure.layout.annotations]
                blank = facts.drawn < len(facts.heights)
                assert labels == (["not real here,<br>or too large"] if blank else [])
                assert all(math.isnan(hill.g(n.x, n.y)) for n in figure.layout.annotations)
    PICTURES.all_heard()
    BLANKS.all_heard()


NARROW = {
    "sqrt(0.1-abs(a))": lambda a, b: root(0.1 - abs(a)),
    "b^2+sqrt(0.2-abs(a))": lambda a, b: b * b + root(0.2 - abs(a)),
    "sqrt(a-4.9)+b^2": lambda a, b: root(a - 4.9) + b * b,
    "sqrt(0.03 - (a-1.37)^2 - b^2)": lambda a, b: root(0.03 - (a - 1.37) ** 2 - b * b),
    "log(a-6)": lambda a, b: log(a - 6),
    "log(-1 - a^2)": lambda a, b: math.nan,
    "a/1e-308": lambda a, b: math.nan if abs(a) > 0.44942328 else a / 1e-308,
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", NARROW)
def test_what_is_real_in_a_narrow_part_only_is_drawn_there_and_told(text):
    surface = own_surface(text)
    figure = descent_map(surface, [], [], [])
    heights = heights_of(figure, NARROW[text])
    hill = Hill(surface, NARROW[text], lambda *p: p, None)
    facts = Picture("Contour map", [], [], hill, heights)
    BLANKS.hold(left_blank(surface, []), facts)
    START.hold(no_start_told(surface), heights)
    columns = np.isfinite(np.reshape(heights, (len(figure.data[0].y), -1))).any(axis=0).sum()
    assert columns >= 4 or facts.drawn == 0


def test_where_a_walk_can_start_is_told_either_way():
    for text, g in NARROW.items():
        figure = descent_map(own_surface(text), [], [], [])
        START.hold(no_start_told(own_surface(text)), heights_of(figure, g))
    START.all_heard()


ERRORS = Claims(
    Claim("Error by step: {ways}.", lambda f: f[0].known, lambda f, ways: by_step(f, ways)),
    Claim("g by step: {ways}.", lambda f: not f[0].known, lambda f, ways: by_step(f, ways)),
)


def by_step(walks: list[Walk], told: str) -> bool:
    parts = [re.fullmatch(r"(one|other) from (\S+) to (\S+) in (.+)", p) for p in told.split("; ")]
    return all(
        part[1] == name
        and reads(part[2], walk.errors[0])
        and reads(part[3], walk.errors[-1])
        and steps_of(walk, part[4])
        for part, walk, name in zip(parts, walks, ("one", "other"), strict=True)
    )


def test_what_the_curves_of_errors_show():
    draw = random.Random(8)
    for hill in HILLS * 5:
        (one, mine), (other, yours) = drawn(draw, hill), drawn(draw, hill, 0.5)
        figure = error_by_step([one, other], ["one", "other"], known=mine.known)
        ERRORS.hold(figure.layout.meta["alt"], [mine, yours])
    ERRORS.all_heard()


NOISE = Claims(
    Claim(
        "Noise of a batch's gradient: measured {one} at a batch of 1, {here} at {size}; it shrinks "
        "about as one over the root of the batch, and to nothing with all the points.",
        lambda f: True,
        lambda f, one, here, size: (
            f[1] == int(size)
            and near(one, spread(f[0], 1))
            and near(here, spread(f[0], int(size)))
            and 0.3 < spread(f[0], 4) / spread(f[0], 1) < 0.5
            and spread(f[0], len(f[0])) == 0
        ),
    )
)


def spread(X: np.ndarray, size: int) -> float:
    """How far the gradient over a batch lies from the full one: over every batch there is."""
    X = X - X.mean(axis=0)
    if size == len(X):
        return 0.0
    means = [np.mean(batch, axis=0) for batch in itertools.combinations(X, size)]
    return 2 * math.sqrt(sum(float(m @ m) for m in means) / len(means))


def near(text: str, value: float) -> bool:
    """Whether a number that was measured on samples is this one, give or take a seventh."""
    printed = float(text.replace("−", "-"))
    return abs(printed - value) <= value / 7 + 1e-9


def test_what_the_curve_of_the_noise_shows():
    for seed in range(3):
        X = gradient_noise.cloud(16, seed=seed)
        curve = gradient_noise.noise_by_size(X)
        for size in (1, 2, 4, 16):
            NOISE.hold(noise_curve(*curve, size).layout.meta["alt"], (X, size))
    NOISE.all_heard()


# Each step in words.

LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass
class Step:
    walk: Walk
    k: int
    plain: bool  # whether a step is -eta times the slope

    @property
    def last(self) -> bool:
        return self.k >= self.walk.steps


def index(text: str, k: int) -> bool:
    """x₁₂, or (a₁₂, b₁₂)."""
    found = re.findall("[xab]([₀-₉]+)", text)
    return bool(found) and all(int(n.translate(LOWERED)) == k for n in found)


def moves(f: Step, to: str, now: str, here: str, there: str, g: str, then: str) -> bool:
    w, k = f.walk, f.k
    return (
        index(to, k + 1)
        and index(now, k)
        and point(here, w.points[k])
        and point(there, w.points[k + 1])
        and reads(g, w.heights[k])
        and reads(then, w.heights[k + 1])
    )


def stands(f: Step, now: str, here: str, g: str) -> bool:
    w = f.walk
    return index(now, w.steps) and point(here, w.points[-1]) and reads(g, w.heights[-1])


def end(words: str, ended: str) -> Claim:
    return Claim(
        f"{{now}} = {{here}}, g = {{g}}: {words}.",
        lambda f: f.last and f.walk.ended == ended,
        stands,
    )


IN_STEPS = Claims(
    end("the steps asked for are done", "steps"),
    end("within 10⁻⁶ of the lowest value", "close"),
    end("too far out, the walk is given up", "bound"),
    end(
        "where the next step leads, g or its slope is not real, or too large a number", "no height"
    ),
    end("the next point would not be a finite number", "nowhere"),
    Claim(
        "{to} = {now} − η g′({x}) = {here} − {rate} · {slope} = {there};  g: {g} → {then}",
        lambda f: not f.last and f.plain and len(f.walk.points[0]) == 1,
        lambda f, x, rate, slope, **more: moves(f, **more) and sloped(f, rate, slope),
    ),
    Claim(
        "{to} = {now} − η ∇g = {here} − {rate} · {slope} = {there};  g: {g} → {then}",
        lambda f: not f.last and f.plain and len(f.walk.points[0]) == 2,
        lambda f, rate, slope, **more: moves(f, **more) and sloped(f, rate, slope),
    ),
    Claim(
        "{to} = {now} + nudge = {here} + {nudge} = {there};  g: {g} → {then}",
        lambda f: not f.last and not f.plain,
        lambda f, nudge, **more: moves(f, **more) and nudged(f, nudge),
    ),
)


def sloped(f: Step, rate: str, slope: str) -> bool:
    return reads(rate, f.walk.rate) and point(slope, f.walk.slopes[f.k])


def nudged(f: Step, nudge: str) -> bool:
    here, there = f.walk.points[f.k : f.k + 2]
    return point(nudge, [y - x for x, y in zip(here, there, strict=True)])


def test_each_step_in_words():
    draw = random.Random(9)
    hills = [LINE, *HILLS]
    for n in range(300):
        hill, beta = hills[n % len(hills)], draw.choice([0.0, 0.0, 0.9])
        path, walk = drawn(draw, hill, beta)
        names = "x" if hill is LINE else "(a, b)"
        for k in {0, draw.randint(0, walk.steps), walk.steps}:
            told = step_in_words(path, k, names, None if beta else walk.rate)
            IN_STEPS.hold(told, Step(walk, k, not beta))
    path, walk = both(LINE, [4.0], 1e308, 9, math.inf)
    IN_STEPS.hold(step_in_words(path, 0, "x", 1e308), Step(walk, 0, True))
    IN_STEPS.all_heard()


# What is refused of a formula for its size.

LIMITS = Claims(
    Claim(
        "This number is {n}; numbers here go up to 1,000,000",
        lambda f: f[0] == "typed",
        lambda f, n: n == f[1] and Fraction(n) > 10**6,
    ),
    Claim(
        "This exp(…) is more than 10³⁰⁸; numbers here go up to 1,000,000",
        lambda f: f[0] == "exp" and f[1] > 710,
    ),
    Claim(
        "This exp(…) is {n}; numbers here go up to 1,000,000",
        lambda f: f[0] == "exp" and f[1] < 709,
        lambda f, n: reads(n, math.exp(f[1])),
    ),
    Claim(
        "The result here is {n}; numbers here go up to 1,000,000",
        lambda f: f[0] == "worked out",
        lambda f, n: reads(n, f[1]) and abs(float(n.replace(",", "").replace("−", "-"))) > 1e6,
    ),
    Claim(
        "An exponent is at most 20; here it is {n}",
        lambda f: f[0] == "exponent",
        lambda f, n: reads(n, f[1]) and abs(float(n.replace(",", "").replace("−", "-"))) > 20,
    ),
    Claim(
        "A formula has at most 200 characters; this one has {n}",
        lambda f: f[0] == "characters",
        lambda f, n: n == f"{f[1]:,}" and f[1] > 200,
    ),
    Claim("This formula has more than 80 parts", lambda f: f[0] == "parts" and f[1] > 80),
    Claim("This formula is nested more than 16 deep", lambda f: f[0] == "deep" and f[1] > 16),
)


def refused(draw: random.Random) -> tuple[str, tuple]:
    """A formula that is too large in one way, and what of it is."""
    kind = draw.choice(["typed", "exp", "worked out", "exponent", "characters", "parts", "deep"])
    sign, n = draw.choice(["", "-"]), draw.randint(81, 400)
    if kind == "typed":
        large = str(draw.randint(10**6 + 1, 10**9))
        typed = draw.choice(["1000001", "1000000.5", "1e7", "1e999", large])
        return f"a + {typed}*b", (kind, typed)
    if kind == "exp":
        power = draw.choice([draw.randint(14, 700), draw.randint(711, 9999)])
        return f"exp({power}) + a", (kind, power)
    if kind == "worked out":
        one, other = draw.randint(500_001, 10**6), draw.choice([500_000, 10**6])
        return f"a*(0 {sign or '+'} {one} {sign or '+'} {other})", (
            kind,
            (one + other) * (-1 if sign else 1),
        )
    if kind == "exponent":
        power = draw.choice(["20.0001", "21", f"{draw.randint(21, 10**5)}"])
        return f"a^({sign}{power})", (kind, float(sign + power))
    if kind == "characters":
        return "a" * (n + 120), (kind, n + 120)
    if kind == "parts":
        return "+".join("a" * draw.randint(41, 99)), (kind, 81)
    return "(" * (n // 5 + 1) + "a" + ")" * (n // 5 + 1), (kind, n // 5 + 2)


def test_a_formula_that_is_too_large_is_told_by_how_much():
    draw = random.Random(10)
    for _ in range(300):
        text, facts = refused(draw)
        with pytest.raises(ValueError) as caught:
            own_surface(text)
        LIMITS.hold(str(caught.value), facts)
    LIMITS.all_heard()


CLAIMS: tuple[Claims, ...] = (
    ENDINGS,
    REGIME,
    ON_PARABOLA,
    STEPS,
    AXES,
    ARTICLE,
    RACE,
    CLOUD,
    PICTURES,
    START,
    ERRORS,
    NOISE,
    IN_STEPS,
    LIMITS,
)
