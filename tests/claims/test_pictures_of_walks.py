"""What figures of walks say of themselves, held against walks made with plain numbers."""

import itertools
import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from mlp.descent import gradient_noise
from mlp.descent.own_surface import OWN, own_surface
from mlp.figures.descent.contour_map import descent_map, left_blank
from mlp.figures.descent.errors import error_by_step
from mlp.figures.descent.frames import step_in_words
from mlp.figures.descent.noise import noise_curve
from mlp.figures.descent.surface import surface_3d
from pages.parts.descent.report import (
    no_start_told,
)
from tests.claims.claim import Claim, Claims, reads
from tests.claims.walks import (
    HILLS,
    LINE,
    Hill,
    Walk,
    both,
    drawn,
    log,
    point,
    root,
    steps_of,
    way,
)

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
        "Not real here, or too large, as at every point of this picture: set another start.",
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


CLAIMS: tuple[Claims, ...] = (PICTURES, BLANKS, START, ERRORS, NOISE, IN_STEPS)
