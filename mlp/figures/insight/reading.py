"""How a network reads one image: what it sees, its neurons lit, and its outputs as bars.

HTML with drawings in SVG, so that it follows a pen at once and needs no Plotly.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np

from mlp.figures.images.png import png
from mlp.figures.palette import NEGATIVE, NEUTRAL, POSITIVE, SEQUENTIAL, colour_at
from mlp.words import number, one

MOST_NEURONS = 64  # of the hidden layer
MOST_LINES = 40
ROWS, ROW, RADIUS = 10, 28, 9  # neurons above one another, and pixels
BAR = 130  # pixels of the longest bar
TOP = 22  # pixels for the names above


def reading(
    image: np.ndarray | None,
    activations: Sequence[np.ndarray],
    W: np.ndarray,
    classes: Sequence[str],
) -> str:
    """Draw an image (28, 28) of uint8, the last hidden layer, the outputs, and what links them.

    activations: of this image, (n,) a layer, the input first. W: the weights into the outputs,
    (n_out, n). The lines are what a hidden neuron adds to an output, w a: red pushes it up, blue
    and dashed pulls it down; the strongest 40 are drawn. image: None for an empty board, on which
    nothing is lit.
    """
    hidden = activations[-2] if len(activations) > 2 else np.empty(0)
    outputs = np.asarray(activations[-1], float)
    shown = hidden[:MOST_NEURONS]
    columns = ceil(len(shown) / ROWS)
    depth = ceil(len(shown) / columns) if columns else 0
    middle = TOP + ROWS * ROW / 2
    places = [
        (16 + (i // depth) * 24.0, middle + (i % depth - (depth - 1) / 2) * ROW)
        for i in range(len(shown))
    ]
    x = 16 + 24 * columns + (80 if columns else 0)  # of the outputs
    ends = [(x, TOP + ROWS * ROW * (k + 0.5) / len(outputs)) for k in range(len(outputs))]
    lit = image is not None and bool(np.isfinite(outputs).all())
    parts = _lines(W[:, : len(shown)] * shown, places, ends) if lit and len(shown) else []
    parts += [_neuron(place, f) for place, f in zip(places, _fractions(shown, lit), strict=True)]
    parts += _bars(outputs, ends, classes, lit)
    if len(shown):
        name = "hidden" if len(activations) == 3 else "last hidden layer"
        more = f", {len(shown)} of {len(hidden):,}" if len(hidden) > len(shown) else ""
        parts.append(_text(4, 12, name + more))
    parts.append(_text(x - 8, 12, "output"))
    width, height = x + 24 + BAR + 46, TOP + ROWS * ROW + 4
    drawing = (
        f'<svg viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{_alt(outputs, classes, lit, image is not None)}" '
        f'style="flex:1 1 260px;min-width:0;max-width:{1.35 * width:.0f}px">{"".join(parts)}</svg>'
    )
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:12px 20px;align-items:center">'
        f"{_seen(image)}{drawing}</div>"
    )


def _seen(image: np.ndarray | None) -> str:
    """The image itself, large enough to count its pixels."""
    picture = np.zeros((28, 28), np.uint8) if image is None else image
    return (
        '<figure style="margin:0;flex:0 0 140px"><img width="140" height="140" alt="The 28 by 28 '
        f'pixels that the network sees" src="{png(picture)}" '
        f'style="image-rendering:pixelated;border:1px solid {NEUTRAL};display:block">'
        '<figcaption style="font-size:12px;opacity:0.75">what the network sees</figcaption>'
        "</figure>"
    )


def _fractions(values: np.ndarray, lit: bool) -> list[float | None]:
    """How brightly each neuron is lit, 0 to 1; None where nothing is to be said."""
    if not lit or not np.isfinite(values).all():
        return [None] * len(values)
    low, high = min(0.0, *values.tolist(), 0.0), max(1e-9, *values.tolist(), 0.0)
    high = max(high, 1.0) if high <= 1 else high
    return [(float(v) - low) / (high - low) for v in values]


def _lines(flow: np.ndarray, places: list, ends: list) -> list[str]:
    """The strongest flows (n_out, n) from the hidden neurons to the outputs, the weak below."""
    flow = np.nan_to_num(flow.astype(float))
    largest = abs(flow).max() or 1.0
    order = np.argsort(abs(flow), axis=None)[-MOST_LINES:]
    lines = []
    for k, i in zip(*np.unravel_index(order, flow.shape), strict=True):
        strength = abs(flow[k, i]) / largest
        if strength < 0.02:
            continue
        colour, dash = (POSITIVE, "") if flow[k, i] > 0 else (NEGATIVE, ' stroke-dasharray="5 3"')
        lines.append(
            f'<path d="M{places[i][0]:.0f} {places[i][1]:.0f}L{ends[k][0]:.0f} {ends[k][1]:.0f}" '
            f'stroke="{colour}" stroke-width="{0.5 + 3 * strength:.1f}" '
            f'opacity="{0.25 + 0.6 * strength:.2f}"{dash}/>'
        )
    return lines


def _neuron(place: tuple[float, float], fraction: float | None) -> str:
    fill = "var(--st-background-color, white)" if fraction is None else None
    fill = fill or colour_at(SEQUENTIAL, fraction)
    return (
        f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{RADIUS}" fill="{fill}" '
        f'stroke="{NEUTRAL}" stroke-width="1"/>'
    )


def _bars(outputs: np.ndarray, ends: list, classes: Sequence[str], lit: bool) -> list[str]:
    """The outputs: a neuron with its class, a bar, and the number; the winner in bold."""
    parts, winner = [], int(np.nan_to_num(outputs).argmax()) if lit else -1
    longest = max(1.0, float(abs(np.nan_to_num(outputs)).max()))
    for k, (place, fraction) in enumerate(zip(ends, _fractions(outputs, lit), strict=True)):
        x, y, bold = place[0] + 16, place[1], k == winner
        parts.append(_neuron(place, fraction))
        parts.append(_text(x, y + 5, classes[k], 15, bold))
        if not lit:
            continue
        length = BAR * abs(outputs[k]) / longest
        colour = NEGATIVE if outputs[k] < 0 else POSITIVE if bold else NEUTRAL
        parts.append(
            f'<rect x="{x + 14:.0f}" y="{y - 7:.1f}" width="{length:.1f}" height="14" rx="2" '
            f'fill="{colour}"/>'
        )
        parts.append(_text(x + 18 + length, y + 4, number(round(outputs[k], 3)), 11, bold))
    return parts


def _text(x: float, y: float, text: str, size: int = 12, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="currentColor"{weight}>'
        f"{text}</text>"
    )


def _alt(outputs: np.ndarray, classes: Sequence[str], lit: bool, seen: bool) -> str:
    """The answer, and how certain it is. seen: whether there is an image."""
    if not lit:
        none = "The network has no answer: an output is not a finite number."
        return none if seen else "The network waits for a digit."
    k, second = np.argsort(-outputs, kind="stable")[:2]  # of equals the first, as the answer is
    return (
        f"The network reads {one(classes[k])}, output {number(float(outputs[k]), 3)}; next comes "
        f"{classes[second]} with {number(float(outputs[second]), 3)}."
    )
