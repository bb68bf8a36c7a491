"""How much each input matters: by its weights, and by what it costs to flip it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import escaped, figure, note, shared_word, wrapped
from mlp.figures.palette import CATEGORICAL, blanked, finite
from mlp.words import number

MOST_PRINTED = 12


def input_importance(
    names: Sequence[str], mean_weight: np.ndarray, accuracy_drop: np.ndarray
) -> go.Figure:
    """Two rows of bars over one axis of inputs: mean |w|, and the fall of accuracy when flipped.

    names: n_in, in the order of the columns of X. mean_weight: (n_in,), at least 0.
    accuracy_drop: (n_in,), -1 to 1, drawn in percentage points; NaN where nothing was tested.
    """
    weight, drop = blanked(mean_weight), 100 * blanked(accuracy_drop)
    word, labels = shared_word(names)
    traces = [
        _bars(weight, labels, "y", CATEGORICAL[0], f"{word} %{{x}}: mean |w| %{{y:.3~g}}", ".2~g"),
        _bars(drop, labels, "y2", CATEGORICAL[1], f"{word} %{{x}}: %{{y:.1f}} points", ".0f"),
    ]
    untested = [note("Not tested: no samples", y=0.2)] if np.isnan(drop).all() else []
    return figure(
        traces,
        alt=_alt(names, weight, drop),
        height=330,
        xaxis=_inputs(labels, word),
        yaxis={"domain": [0.56, 1], "title": {"text": "mean |w|"}} | _room(weight, 0.0),
        yaxis2={
            "domain": [0, 0.44],
            "title": {"text": "fall (points)"},
            "anchor": "x",
        }
        | _room(drop, 10.0),
        annotations=untested,
        bargap=0.25,
        margin={"l": 58, "r": 12, "t": 14, "b": 46},
    )


def _bars(values: np.ndarray, labels: list[str], axis: str, colour: str, hover: str, digits: str):
    bars = go.Bar(
        x0=0,
        y=finite(values),
        yaxis=axis,
        marker={"color": colour},
        hovertemplate=hover.strip() + "<extra></extra>",
    )
    if len(labels) <= MOST_PRINTED:
        printed = {"textposition": "outside", "textangle": 0, "cliponaxis": False}
        bars.update(texttemplate=f"%{{y:{digits}}}", textfont={"size": 10}, **printed)
    return bars


def _inputs(labels: list[str], word: str) -> dict:
    step = -(-len(labels) // 16)
    at = list(range(0, len(labels), step))
    return {
        "title": {"text": escaped(word or "input")},
        "tickvals": at,
        "ticktext": [wrapped(escaped(labels[i]), 8) for i in at],
        "labelalias": {str(i): escaped(label) for i, label in enumerate(labels)},
        "range": [-0.6, len(labels) - 0.4],
        "anchor": "y2",
        "showgrid": False,
        "zeroline": False,
    }


def _room(values: np.ndarray, least: float) -> dict:
    """An axis with room over the bars for their numbers, and under those that hang down."""
    seen = values[np.isfinite(values)]
    low, high = min([0.0, *seen.tolist()]), max([least, *seen.tolist()]) or 1.0
    room = 0.2 * (high - low)
    return {"range": [low - room if low < 0 else 0.0, high + room], "nticks": 4}


def _alt(names: Sequence[str], weight: np.ndarray, drop: np.ndarray) -> str:
    """Which input carries the most weight, and which costs the most accuracy."""
    parts = []
    if np.isfinite(weight).any():
        i = int(np.nanargmax(weight))
        parts.append(f"largest mean |w| is {number(float(weight[i]))}, on {names[i]}")
    if np.isfinite(drop).any():
        i = int(np.nanargmax(drop))
        most = f"flipping {names[i]} costs the most accuracy, {drop[i]:.0f} points"
        parts.append(most if drop[i] >= 1 else "flipping any costs less than 1 point of accuracy")
    if not parts:
        return "How much each input matters: no finite number to show."
    return "How much each input matters: " + "; ".join(parts) + "."
