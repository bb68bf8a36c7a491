"""The network as a small drawing with the part in play lit up: SVG, so that it needs no Plotly."""

from collections.abc import Sequence
from html import escape

import numpy as np

from mlp.figures.palette import NEGATIVE, NEUTRAL, POSITIVE, SEQUENTIAL, colour_at, text_on
from mlp.words import listed, number_text

TALL, RADIUS = 34, 13  # pixels between neurons, and of a neuron
APART, MOST_WIDE = 110, 360  # pixels between two layers, and from the first layer to the last


def lit_network(
    weights: Sequence[np.ndarray],
    values: Sequence[np.ndarray],
    kind: str,
    layer: int,
    numbers: Sequence[str],
    inputs: Sequence[str] = (),
) -> str:
    """Draw neurons and weights, and light up what a step is about.

    weights: of each layer, (n_out, n_in). values: of one sample, (n,) for every layer with the
    input first; printed in the neurons. kind: of the step, such as "z", "delta" or "dW".
    layer: its layer, 0 for the input. numbers: of the layers, as the text writes them, such as
    "(2)". inputs: names of the input neurons, if they have any.
    """
    sizes = [len(v) for v in values]
    apart = min(APART, MOST_WIDE / (len(sizes) - 1))
    left = 35 + (7 * max(map(len, inputs), default=0))
    height, width = TALL * max(sizes) + 34, apart * (len(sizes) - 1) + left + 35
    lines, nodes = lit(kind, layer, len(sizes) - 1)

    def at(l: int, i: int) -> tuple[float, float]:
        return left + apart * l, 24 + TALL * (max(sizes) / 2 + i - sizes[l] / 2 + 0.5)

    parts = [
        _line(at(l, j), at(l + 1, i), float(W[i, j]), float(abs(W).max() or 1), l + 1 in lines)
        for l, W in enumerate(weights)
        for i, j in np.ndindex(W.shape)
    ]
    low, high = min(0.0, *(v.min() for v in values)), max(1.0, *(v.max() for v in values))
    for l, layer_values in enumerate(values):
        parts += [
            _node(at(l, i), float(v), (float(v) - low) / (high - low), l in nodes)
            for i, v in enumerate(layer_values)
        ]
    names = {0: "input", len(sizes) - 1: "output"}
    parts += [
        f'<text x="{at(l, 0)[0]}" y="11" text-anchor="middle" font-size="11" '
        f'fill="currentColor">{names.get(l, "hidden")} {number}</text>'
        for l, number in enumerate(numbers)
    ]
    parts += [
        f'<text x="{left - RADIUS - 6}" y="{at(0, i)[1] + 4}" text-anchor="end" font-size="11" '
        f'fill="currentColor">{escape(name)}</text>'
        for i, name in enumerate(inputs)
    ]
    alt = _alt(sizes, kind, lines, [numbers[l] for l in sorted(nodes)])
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{alt}" '
        f'style="width:100%;max-width:{1.15 * width:.0f}px;max-height:340px;display:block;'
        f'margin:auto;font-family:inherit">{"".join(parts)}</svg>'
    )


def lit(kind: str, layer: int, last: int) -> tuple[set[int], set[int]]:
    """Which layers' weights and which layers' neurons a step is about."""
    return {
        "input": (set(), {0}),
        "z": ({layer}, {layer - 1, layer}),
        "a": (set(), {layer}),
        "loss": (set(), {last}),
        "delta": ({layer + 1} & set(range(last + 1)), {layer, min(layer + 1, last)}),
        "dW": ({layer}, {layer - 1, layer}),
        "db": (set(), {layer}),
    }[kind]


def _line(start, end, w: float, largest: float, on: bool) -> str:
    colour, dash = (POSITIVE, "") if w > 0 else (NEGATIVE, ' stroke-dasharray="5 3"')
    strength = 0.7 + 2.8 * abs(w) / largest
    look = f'stroke="{colour}" stroke-width="{strength:.1f}" opacity="{0.9 if on else 0.13}"{dash}'
    return f'<path d="M{start[0]} {start[1]}L{end[0]} {end[1]}" {look}/>'


def _node(centre, value: float, fraction: float, on: bool) -> str:
    fill = colour_at(SEQUENTIAL, fraction) if np.isfinite(value) else "#b9bec6"
    ring = f'stroke="{POSITIVE if on else NEUTRAL}" stroke-width="{3 if on else 1}"'
    text = number_text(float(f"{value:.2g}"))
    # The circle underneath keeps the lines from showing through a pale neuron.
    place = f'cx="{centre[0]}" cy="{centre[1]}" r="{RADIUS}"'
    return (
        f'<circle {place} fill="var(--st-background-color, white)"/>'
        f'<g opacity="{1 if on else 0.45}"><circle {place} '
        f'fill="{fill}" {ring}/><text x="{centre[0]}" y="{centre[1] + 3}" text-anchor="middle" '
        f'font-size="9" fill="{text_on(fill)}">{text}</text></g>'
    )


def _alt(sizes: list[int], kind: str, lines: set[int], numbers: list[str]) -> str:
    """What is drawn and what is lit: neurons of these layers, and the weights between two."""
    part = {"input": "is the input", "loss": "is the output"}.get(kind, f"is layer {numbers[0]}")
    if lines:
        part = f"are layers {listed(numbers)} and the weights between them"
    return f"Network of {'-'.join(map(str, sizes))} neurons; lit up {part}"
