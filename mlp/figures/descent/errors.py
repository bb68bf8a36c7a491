"""The error of each walk, step by step."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.descent.path import CLOSE, Path
from mlp.figures.descent.frames import (
    SYMBOLS,
    at,
    light,
    now_marker,
    shown_steps,
    walking,
)
from mlp.figures.frame import LEGEND, figure, note
from mlp.figures.palette import CATEGORICAL, NEUTRAL, finite
from mlp.words import number, plural

FOOT = CLOSE / 30  # where an error of 0 is drawn on a logarithmic axis
# The line below which a walk has arrived, and the words on it.
ARRIVED = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": CLOSE, "y1": CLOSE}
ARRIVED |= {"line": {"color": NEUTRAL, "dash": "dot", "width": 1.5}}
ARRIVED_NOTE = note(
    "arrived: 10⁻⁶",
    xref="paper",
    x=1,
    xanchor="right",
    y=np.log10(CLOSE),
    yref="y",
    yanchor="top",
    font={"size": 12},
)


def error_by_step(
    paths: Sequence[Path],
    names: Sequence[str],
    *,
    known: bool = True,
    height: int = 300,
    group: str = "walk",
) -> go.Figure:
    """How high each walk stands over the lowest value, step by step, on a logarithmic axis.

    names: one for each path. known: whether the lowest value is known; otherwise the axis is
    linear and shows g itself. group: the walks that stand at the same step.
    """
    steps = shown_steps(paths)
    shown = [np.maximum(p.error, FOOT) if known else p.error for p in paths]
    named = enumerate(zip(paths, shown, names, strict=True))
    still = [_curve(path, y, name, i) for i, (path, y, name) in named]
    moving = [[_here(p, y, s) for p, y in zip(paths, shown, strict=True)] for s in steps]
    last = max(1, *(p.steps for p in paths))
    ticks = {"dtick": 1} if last < 8 else {"nticks": 8}
    fig = figure(
        [*still, *(_marker(i) | where for i, where in enumerate(moving[0]))],
        alt=_error_alt(paths, names, known),
        height=height,
        xaxis={"title": {"text": "step"}, "range": [-0.02 * last, 1.03 * last]} | ticks,
        yaxis=_axis(shown, known),
        shapes=[ARRIVED] if known else [],
        annotations=[ARRIVED_NOTE] if known else [],
        showlegend=len(paths) > 1,
        legend=LEGEND,
        hovermode="closest",
        margin={"l": 58, "r": 12, "t": 34 if len(paths) > 1 else 12, "b": 42},
    )
    return walking(fig, moving, steps, [""] * len(steps), group, controls=False)


def _axis(shown: Sequence[np.ndarray], known: bool) -> dict:
    """The axis of the errors, logarithmic where they are heights over a lowest value."""
    title = "error (logarithmic)" if known else "g(a, b)"
    axis = {"title": {"text": title}, "uirevision": title}
    if not known:
        return axis
    high = max(float(np.nanmax(y)) for y in shown)
    top = np.log10(max(high, 1e-5)) + 0.4
    return axis | {
        "type": "log",
        "range": [np.log10(FOOT) - 0.3, top],
        "dtick": max(1, int(np.ceil((top + 8) / 7))),
        "exponentformat": "power",
    }


def _curve(path: Path, y: np.ndarray, name: str, which: int) -> go.Scatter:
    few = path.steps <= 30
    return go.Scatter(
        x=np.arange(path.steps + 1, dtype=np.uint16),
        y=finite(y),
        name=name,
        mode="lines+markers" if few else "lines",
        line={"color": CATEGORICAL[which], "width": 2},
        marker={"color": CATEGORICAL[which], "size": 5, "symbol": SYMBOLS[which % 4]},
        hovertemplate=f"{name}, step %{{x}}: %{{y:.4~g}}<extra></extra>",
    )


def _here(path: Path, y: np.ndarray, step: int) -> dict:
    k = at(path, step)
    return {"type": "scatter", "x": [k], "y": light(y[k : k + 1])}


def _marker(which: int) -> dict:
    marker = now_marker(CATEGORICAL[which], SYMBOLS[which % 4], 13)
    look = {"name": "now", "mode": "markers", "hoverinfo": "skip", "showlegend": False}
    return look | {"marker": marker}


def _error_alt(paths: Sequence[Path], names: Sequence[str], known: bool) -> str:
    what = "Error" if known else "g"
    parts = [
        f"{name} from {number(float(p.error[0]), 3)} to {number(float(p.error[-1]), 3)} "
        f"in {plural(p.steps, 'step')}"
        for p, name in zip(paths, names, strict=True)
    ]
    return f"{what} by step: " + "; ".join(parts) + "."
