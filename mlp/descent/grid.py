"""The heights of a surface over a rectangle, for pictures: where it has any that can be drawn."""

import numpy as np

from mlp.descent.surfaces import Surface

HIGHEST = np.finfo(float).max / 4  # of what is drawn: differences of heights are numbers too
LOOKS = 8  # how many times as fine it is looked where g has heights


def grid(surface: Surface, view: tuple, points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The heights over a rectangle: a (points,), b (points,), g (points, points), rows along b.

    NaN where g is not real or too large to draw. Where g has heights in a narrow part only, up to
    twice as many points a side.
    """
    sides = [np.linspace(low, high, points) for low, high in view]
    heights = _heights(surface, sides)
    if np.isnan(heights).any():
        sides = _closer(surface, view, sides)
        heights = _heights(surface, sides)
    return *sides, heights


def _heights(surface: Surface, sides: list[np.ndarray]) -> np.ndarray:
    with np.errstate(all="ignore"):
        heights = surface.value(np.stack(np.meshgrid(*sides), axis=-1))
        return np.where(abs(heights) < HIGHEST, heights, np.nan)


def _closer(surface: Surface, view: tuple, sides: list[np.ndarray]) -> list[np.ndarray]:
    """The sides with more points where g has heights, if that is in a narrow part of the view."""
    looks = [
        np.linspace(*edges, LOOKS * (len(s) - 1) + 1) for edges, s in zip(view, sides, strict=True)
    ]
    real = np.isfinite(_heights(surface, looks))
    closer = []
    for side, look, where in zip(sides, looks, (real.any(axis=0), real.any(axis=1)), strict=True):
        found = np.flatnonzero(where)
        if len(found) and found[-1] - found[0] < len(look) / 4:
            low, high = look[max(found[0] - 1, 0)], look[min(found[-1] + 1, len(look) - 1)]
            side = np.union1d(side, np.linspace(low, high, len(side)))
        closer.append(side)
    return closer
