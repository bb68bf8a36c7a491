"""Several error curves in one chart; one that stands for several runs has a band around it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import escaped, figure, note
from mlp.figures.palette import CATEGORICAL, finite
from mlp.figures.training.curves import thinned
from mlp.words import first_upper, number

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


@dataclass(frozen=True)
class Curve:
    """A curve and its name: x, y (n,), ascending in x; low, high (n,) are the edges of a band."""

    name: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def several_curves(
    curves: Sequence[Curve],
    x_title: str,
    y_title: str,
    *,
    logarithmic: bool = False,
    height: int = 320,
    hint: str = "",
) -> go.Figure:
    """Draw the curves, each with a colour and a dash of its own.

    logarithmic: a logarithmic axis upwards, on which what is not above 0 has no place.
    hint: what to say while there is no curve.
    """
    traces = []
    for i, curve in enumerate(curves):
        colour, dash = CATEGORICAL[i % len(CATEGORICAL)], DASHES[i % len(DASHES)]
        if curve.low is not None:
            traces.append(_band(curve, colour, logarithmic))
        traces.append(_line(curve, colour, dash, logarithmic))
    yaxis = {"title": {"text": escaped(y_title)}}
    yaxis |= {"type": "log", "exponentformat": "power"} if logarithmic else {"rangemode": "tozero"}
    yaxis["uirevision"] = str(logarithmic)
    return figure(
        traces,
        alt=_alt(curves, y_title),
        height=height,
        xaxis={"title": {"text": escaped(x_title)}, "uirevision": x_title, "rangemode": "tozero"},
        yaxis=yaxis,
        hovermode="x",
        showlegend=len(curves) > 1,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        annotations=[] if curves else [note(hint)],
        margin={"l": 60, "r": 12, "t": 24 + 20 * ((len(curves) + 1) // 2), "b": 46},
    )


def _shown(values: np.ndarray, logarithmic: bool) -> np.ndarray:
    values = finite(values)
    return np.where(values > 0, values, np.nan) if logarithmic else values


def _line(curve: Curve, colour: str, dash: str, logarithmic: bool) -> go.Scatter:
    y = _shown(curve.y, logarithmic)
    keep = thinned(y)
    return go.Scatter(
        x=np.asarray(curve.x, np.float32)[keep],
        y=y[keep],
        name=escaped(curve.name),
        mode="lines+markers" if len(keep) == 1 else "lines",
        line={"color": colour, "dash": dash, "width": 2},
        hovertemplate="%{y:.4~g}",
    )


def _band(curve: Curve, colour: str, logarithmic: bool) -> go.Scatter:
    """The band as one filled outline, there along its upper edge and back along its lower."""
    low, high = _shown(curve.low, logarithmic), _shown(curve.high, logarithmic)
    known = np.isfinite(low) & np.isfinite(high)
    x, low, high = np.asarray(curve.x, np.float32)[known], low[known], high[known]
    keep = thinned(high)
    return go.Scatter(
        x=np.concatenate([x[keep], x[keep][::-1]]),
        y=np.concatenate([high[keep], low[keep][::-1]]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=f"rgba({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))}, 0.2)",
        hoverinfo="skip",
        showlegend=False,
    )


def _alt(curves: Sequence[Curve], y_title: str) -> str:
    """Where every curve ends."""
    if not curves:
        return f"No {y_title} to draw yet."
    ends = [f"{c.name}: {number(float(c.y[-1]), 3) if len(c.y) else 'nothing yet'}" for c in curves]
    return f"{first_upper(y_title)} at the end. " + "; ".join(ends) + "."
