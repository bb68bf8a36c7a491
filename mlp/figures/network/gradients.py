"""The size of the gradient and of the next step in every layer, on a logarithmic scale.

HTML with two drawings in SVG: they are drawn anew with every update of a page that plays, and a
Plotly figure would cost ten times as much.
"""

from collections.abc import Sequence
from math import isfinite, isnan, log10

import numpy as np

from mlp.figures.palette import CATEGORICAL, NEUTRAL
from mlp.words import number

LOWEST, HIGHEST = -9, 3  # powers of ten at the ends of the scale, which never moves
LEFT, TRACK, RIGHT = 96, 168, 62  # pixels of the names, of the scale and of the numbers
TOP, ROW, BOTTOM = 24, 22, 20  # pixels of the title, of a layer and of the scale's numbers


def gradients_by_layer(
    names: Sequence[str], gradients: np.ndarray, updates: np.ndarray, apart: float
) -> str:
    """Draw a mark for every layer, the gradient's size left, that of the next step right.

    names: of the layers, the output layer last. gradients: (layers,), at least 0. updates: of the
    step beside the weights, (layers,), at least 0, NaN where all weights are 0. The bands are what
    counts as fine: within `apart` of the output layer's gradient, and a step from a millionth of
    the weights up to their size. A mark within its band is round, else it is square.
    """
    last = float(gradients[-1])
    near = (last / apart, last * apart) if last and isfinite(last) else None
    panels = (
        ("Size of the gradient, ∂E/∂W", gradients, near),
        ("Next step beside the weights", updates, (1e-6, 1.0)),
    )
    drawn = "".join(_panel(title, names, values, band) for title, values, band in panels)
    return f'<div style="display:flex;flex-wrap:wrap;gap:4px 24px">{drawn}</div>'


def _panel(
    title: str,
    names: Sequence[str],
    values: np.ndarray,
    band: tuple[float, float] | None,
) -> str:
    width, height = LEFT + TRACK + RIGHT, TOP + ROW * len(names) + BOTTOM
    parts = [_text(0, 13, title, "start", 13), *_scale(TOP + ROW * len(names), band)]
    for row, (name, value) in enumerate(zip(names, values.tolist(), strict=True)):
        y = TOP + ROW * (row + 0.5)
        parts.append(_text(LEFT - 8, y + 4, name, "end"))
        parts.append(_text(LEFT + TRACK + 8, y + 4, _written(value), "start"))
        if value > 0 and isfinite(value):
            fine = band is not None and band[0] < value < band[1]
            parts.append(_mark(_place(value), y, fine))
    said = ", ".join(f"{n} {_written(v)}" for n, v in zip(names, values.tolist(), strict=True))
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}: {said}." '
        f'style="flex:1 1 {width - 26}px;min-width:0;max-width:{1.25 * width:.0f}px">'
        f"{''.join(parts)}</svg>"
    )


def _written(value: float) -> str:
    """A size as text; of weights that are all 0, nothing is a multiple."""
    return "weights 0" if isnan(value) else number(value)


def _place(value: float) -> float:
    """Where a size stands on the scale, in pixels; beyond its ends at the end."""
    power = min(max(log10(value), LOWEST), HIGHEST)
    return LEFT + TRACK * (power - LOWEST) / (HIGHEST - LOWEST)


def _scale(bottom: int, band: tuple[float, float] | None) -> list[str]:
    """The band, the lines at every third power of ten, and their numbers."""
    parts = []
    if band is not None:
        left, right = map(_place, band)
        parts.append(
            f'<rect x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="{bottom - TOP}" '
            f'fill="{CATEGORICAL[0]}" opacity="0.16"/>'
        )
    for power in range(LOWEST, HIGHEST + 1, 3):
        x = _place(10.0**power)
        line = f'stroke="{NEUTRAL}" stroke-width="0.75" opacity="0.6"'
        parts.append(f'<path d="M{x:.1f} {TOP}V{bottom}" {line}/>')
        parts.append(_text(x, bottom + 13, number(10.0**power), "middle", 10))
    return parts


def _mark(x: float, y: float, fine: bool) -> str:
    if fine:
        return f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{CATEGORICAL[0]}"/>'
    return f'<rect x="{x - 5:.1f}" y="{y - 5}" width="10" height="10" fill="{CATEGORICAL[1]}"/>'


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="currentColor">{text}</text>'
    )
