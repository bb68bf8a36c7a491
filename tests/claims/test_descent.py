"""What is said of walks down a surface, held against walks made here with plain numbers."""

import itertools
import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mlp.descent import gradient_noise
from mlp.descent.regimes import axes_told, factor, predicted
from mlp.descent.surfaces import SURFACES, stretched_bowl
from mlp.descent.tables import ending
from mlp.figures.descent.parabola import parabola_walk
from mlp.figures.descent.rates import steps_map
from pages.parts.descent.minibatches import cloud_told
from pages.parts.descent.report import (
    article_told,
    endings_told,
    race_told,
    regime_told,
)
from tests.claims.claim import Claim, Claims, reads
from tests.claims.walks import (
    BOWL,
    HILLS,
    LINE,
    Walk,
    both,
    counts,
    drawn,
    point,
    steps_of,
)

# How a walk ended.


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


CLAIMS: tuple[Claims, ...] = (
    ENDINGS,
    REGIME,
    ON_PARABOLA,
    STEPS,
    AXES,
    ARTICLE,
    RACE,
    CLOUD,
)
