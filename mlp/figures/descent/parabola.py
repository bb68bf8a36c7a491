"""The parabola x², and walks down it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.descent.path import Path
from mlp.descent.regimes import factor, regime
from mlp.figures.descent.frames import (
    SYMBOLS,
    at,
    light,
    now_marker,
    shown_steps,
    step_in_words,
    walking,
)
from mlp.figures.frame import LEGEND, figure
from mlp.figures.palette import CATEGORICAL, NEUTRAL, POSITIVE, finite
from mlp.words import number, plural


def parabola_walk(
    paths: Sequence[Path], exact: Sequence[np.ndarray], learning_rate: float
) -> go.Figure:
    """x², and the walks down it with tangent and step, one frame a step.

    exact: for each path x_n = (1 - 2 eta)^n x_0, (n + 1,), drawn as open rings over the walk.
    """
    reach = 1.12 * max(1.0, *(float(abs(p.points).max()) for p in paths))
    x = np.linspace(-reach, reach, 161)
    steps = shown_steps(paths)
    still = [
        _line(finite(x), finite(x**2), NEUTRAL, "x²", width=2, showlegend=False),
        *(_exact(xs, reach, i) for i, xs in enumerate(exact)),
    ]
    moving = [[t for p in paths for t in _moving(p, s, reach)] for s in steps]
    movers = [look for i in range(len(paths)) for look in _movers(i)]
    fig = figure(
        [*still, *(look | where for look, where in zip(movers, moving[0], strict=True))],
        alt=_walk_alt(paths, learning_rate),
        height=520,
        xaxis={"title": {"text": "x"}, "range": [-reach, reach], "zeroline": True},
        yaxis={"title": {"text": "g(x)"}, "range": [-0.07 * reach**2, 1.04 * reach**2]},
        showlegend=True,
        legend=LEGEND,
        clickanywhere=True,
        hovermode="closest",
        margin={"l": 58, "r": 12, "t": 44, "b": 42},
    )
    texts = ["\n".join(step_in_words(p, s, "x", learning_rate) for p in paths) for s in steps]
    return walking(fig, moving, steps, texts, "walk")


def _line(x, y, colour: str, name: str, **more) -> go.Scatter:
    line = {"color": colour, "width": more.pop("width", 2), "dash": more.pop("dash", "solid")}
    return go.Scatter(
        x=x, y=y, name=name, **{"mode": "lines", "hoverinfo": "skip"} | more, line=line
    )


def _exact(xs: np.ndarray, reach: float, which: int) -> go.Scatter:
    """The prediction, as far as it stays in the picture."""
    inside = finite(np.where(abs(xs) <= reach, xs, np.nan))
    return go.Scatter(
        x=inside,
        y=inside**2,
        name="exact: (1 − 2η)ⁿ x₀",
        legendgroup="exact",
        showlegend=which == 0,
        mode="markers",
        marker={"symbol": "circle-open", "size": 12, "color": NEUTRAL, "line": {"width": 1.5}},
        hovertemplate="exact: x = %{x:.6~g}<extra></extra>",
    )


def _moving(path: Path, step: int, reach: float) -> list[dict]:
    """Where tangent, steps so far, the point and its next step are, at a step."""
    k = at(path, step)
    x, g, slope = path.points[k, 0], path.values[k], path.gradients[k, 0]
    arm = 0.35 * reach / np.hypot(1, slope / reach)
    to = path.points[k + 1, 0] if k < path.steps else x
    past = path.points[: k + 1, 0]
    lines = [
        ([x - arm, x + arm], [g - slope * arm, g + slope * arm]),
        (past, past**2),
        ([x], [g]),
        ([x, to], [g, g]),
    ]
    return [{"type": "scatter", "x": light(x), "y": light(y)} for x, y in lines]


def _movers(which: int) -> list[dict]:
    """How tangent, steps so far, the point and its next step look."""
    colour, symbol = CATEGORICAL[which], SYMBOLS[which]
    hover = "x = %{x:.6~g}<br>g = %{y:.6~g}<extra></extra>"
    arrow = {"symbol": ["circle", "arrow"], "size": [0, 14], "angleref": "previous", "opacity": 1}
    dots = {"mode": "markers", "showlegend": False, "hovertemplate": hover}
    lines = {"showlegend": which == 0, "hoverinfo": "skip"}
    return [
        lines
        | {"name": "tangent, slope g′(x)", "mode": "lines"}
        | {"line": {"color": CATEGORICAL[2], "width": 2.5, "dash": "dash"}},
        dots | {"name": "so far", "marker": {"color": colour, "size": 7, "symbol": symbol}},
        dots | {"name": "now", "marker": now_marker(colour, symbol, 17)},
        lines
        | {"name": "step −η g′(x)", "mode": "lines+markers"}
        | {"line": {"color": POSITIVE, "width": 3}, "marker": arrow | {"color": POSITIVE}},
    ]


def _walk_alt(paths: Sequence[Path], learning_rate: float) -> str:
    parts = []
    for p in paths:
        x = p.points[:, 0]
        parts.append(
            f"from x = {number(float(x[0]), 4)} to {number(float(x[-1]), 4)} in "
            + plural(p.steps, "step")
        )
    kind = regime(factor(learning_rate)).name
    return (
        f"The parabola x² and {'a walk' if len(paths) == 1 else 'two walks'} on it with learning "
        f"rate {learning_rate:g}, {kind}: " + "; and ".join(parts) + "."
    )
