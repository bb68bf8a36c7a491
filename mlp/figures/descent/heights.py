"""What both pictures of a surface share: the part in view, the scale of heights, the words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlp.descent.path import Path
from mlp.descent.surfaces import Surface
from mlp.descent.tables import NOT_REAL
from mlp.figures.descent.frames import step_in_words
from mlp.words import number, plural

STEEP = 4  # how many times the middle height the highest may be on a linear scale
ROUND = (1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 1e5, 1e6)


def view_of(surface: Surface, paths: Sequence[Path]) -> tuple:
    """The surface's own view, wider where a walk leaves it, up to three times as wide."""
    points = np.concatenate([np.empty((0, 2)), *(p.points for p in paths)])
    view = []
    for side, (low, high) in enumerate(surface.view):
        width, x = high - low, points[:, side]
        x = x[(x >= low - width) & (x <= high + width)]
        room = 0.04 * width
        view.append((min(low, x.min(initial=low) - room), max(high, x.max(initial=high) + room)))
    return tuple(view)


@dataclass(frozen=True)
class Scale:
    """From g to the height drawn: g itself, or log10(1 + g - low) where deep valleys need it."""

    low: float
    logarithmic: bool

    def __call__(self, g: np.ndarray) -> np.ndarray:
        return np.log10(1 + np.maximum(g - self.low, 0)) if self.logarithmic else g

    def ticks(self, g: np.ndarray) -> dict:
        """Round numbers of g at their heights."""
        if not self.logarithmic:
            return {"nticks": 7}
        over = [0.0, *(v for v in ROUND if v < np.nanmax(g) - self.low)]
        over = over[:: 2 if len(over) > 8 else 1]
        texts = [number(self.low + v, 3) for v in over]
        return {"tickvals": self(self.low + np.array(over)).tolist(), "ticktext": texts}


def scale_of(surface: Surface, g: np.ndarray) -> Scale:
    """Logarithmic where the highest place is much higher than the middle one, but for bowls."""
    if np.isnan(g).all():
        return Scale(0.0, False)
    low = float(np.nanmin(g)) if surface.lowest is None else surface.lowest
    steep = np.nanmax(g) - low > STEEP * (np.nanmedian(g) - low)
    return Scale(low, bool(steep) and not surface.curvatures)


def steps_in_words(
    paths: Sequence[Path], names: Sequence[str], rates: Sequence[float | None], steps: list[int]
) -> list[str]:
    """The step of every walk in words, a line each; with its name where there are several."""
    said = [f"{name}: " if len(paths) > 1 else "" for name in names]
    return [
        "\n".join(
            head + step_in_words(path, step, "(a, b)", rate)
            for head, path, rate in zip(said, paths, rates, strict=True)
        )
        for step in steps
    ]


def blank_told(g: np.ndarray) -> str:
    """How much of a picture is blank, as g has no height there that can be drawn; "" for none."""
    drawn = int(np.isfinite(g).sum())
    if drawn == g.size:
        return ""
    has = "has" if drawn == 1 else "have"
    return (
        f"Blank is where g is {NOT_REAL}. Of {g.size:,} points of the picture {drawn:,} {has} "
        "a height."
    )


def blank_place(a: np.ndarray, b: np.ndarray, g: np.ndarray) -> tuple[float, float] | None:
    """A place well inside the blank part of a picture, to write on; None where all is drawn."""
    blank = np.isnan(g)
    if not blank.any():
        return None
    inner = blank
    while inner.any():
        blank, edged = inner, np.pad(inner, 1)
        inner = inner & edged[:-2, 1:-1] & edged[2:, 1:-1] & edged[1:-1, :-2] & edged[1:-1, 2:]
    places = np.argwhere(blank)
    i, j = places[len(places) // 2]
    return float(a[j]), float(b[i])


def alternative(
    kind: str, surface: Surface, g: np.ndarray, paths: Sequence[Path], names: Sequence[str]
) -> str:
    """What is drawn, in words: where each walk began and ended, and whether some of g is missing.

    g: the heights that are drawn, NaN where there is none.
    """
    parts = []
    for path, name in zip(paths, names, strict=True):
        (a0, b0), (a1, b1) = path.points[0], path.points[-1]
        ends = [f"({number(float(a), 3)}, {number(float(b), 3)})" for a, b in ((a0, b0), (a1, b1))]
        parts.append(f"{name} from {ends[0]} to {ends[1]} in {plural(path.steps, 'step')}")
    name = surface.name if surface.name.startswith("your") else f"the {surface.name}"
    walks = f"Walks: {'; '.join(parts)}." if parts else "No walk."
    return f"{kind} of {name}. {walks} {blank_told(g)}".strip()
