"""Bars of one number a neuron: the weights that go out of it, and how often it is saturated."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import figure
from mlp.figures.palette import CATEGORICAL, NEGATIVE, POSITIVE, finite, symmetric_limit
from mlp.words import number

MOST_BARS = 128


def weight_bars(weights: np.ndarray, names: Sequence[str], word: str, title: str) -> go.Figure:
    """A bar for each weight that goes out of a neuron: red above zero, blue below.

    weights: (n,). names: n, of the neurons that they go to. word: what those are called. Of more
    than 128 weights the first are shown.
    """
    if len(weights) > MOST_BARS:
        title += f", the first {MOST_BARS} of {len(weights):,}"
    values = finite(weights[:MOST_BARS])
    limit = 1.15 * symmetric_limit(values)
    bars = go.Bar(
        x0=0,
        y=values,
        marker={"color": [NEGATIVE if v < 0 else POSITIVE for v in values]},
        hovertemplate=f"to {word} %{{x}}: weight %{{y:+.4~g}}<extra></extra>",
    )
    step = -(-len(values) // 16)
    labelled = {i: names[i] for i in range(0, len(values), step)}
    hidden = {str(i): name for i, name in enumerate(names[: len(values)]) if i not in labelled}
    return figure(
        [bars],
        title=title,
        alt=f"{title}: {_strongest(values, names, word)}.",
        height=210,
        xaxis={
            "tickvals": list(labelled),
            "ticktext": list(labelled.values()),
            "labelalias": hidden,
            "title": {"text": word},
            "zeroline": False,
            "showgrid": False,
        },
        yaxis={"range": [-limit, limit], "nticks": 5, "title": {"text": "weight"}},
        bargap=0.3,
        dragmode=False,
    )


def _strongest(values: np.ndarray, names: Sequence[str], word: str) -> str:
    """The weight that is largest in size, and where it goes."""
    if np.isnan(values).all():
        return "no weight is finite"
    strongest = int(np.nanargmax(abs(values)))
    return f"the strongest is {number(float(values[strongest]))}, to {word} {names[strongest]}"


def saturation_bars(share: np.ndarray, title: str) -> go.Figure:
    """A bar for each neuron: on how many of the samples it is saturated.

    share: (n,), 0 to 1, drawn in per cent. Of more than 128 neurons the first are shown.
    """
    some = 100 * finite(share[:MOST_BARS])
    if len(some) < len(share):
        title += f", the first {MOST_BARS} of {len(share):,} neurons"
    bars = go.Bar(
        x0=1,
        y=some,
        marker={"color": CATEGORICAL[1], "line": {"width": 0}},
        hovertemplate="neuron %{x}: %{y:.0f} %<extra></extra>",
    )
    return figure(
        [bars],
        title=title,
        alt=f"{title}: {np.mean(some):.0f} % on average, "
        f"from {some.min():.0f} to {some.max():.0f} %.",
        height=200,
        xaxis={"title": {"text": "hidden neuron"}, "showgrid": False, "nticks": 9},
        yaxis={"range": [0, 104], "tickvals": [0, 50, 100], "title": {"text": "images (%)"}},
        bargap=0.15,
        dragmode=False,
    )
