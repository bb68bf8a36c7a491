"""The walk down the parabola: its picture, its error step by step, and the map of all rates."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.descent.path import Path
from mlp.descent.regimes import factor, regime, steps_to_reach
from mlp.figures.descent.frames import (
    SYMBOLS,
    at,
    light,
    now_marker,
    shown_steps,
    step_in_words,
    walking,
)
from mlp.figures.frame import LEGEND, figure, note
from mlp.figures.palette import CATEGORICAL, NEUTRAL, POSITIVE, finite
from mlp.words import number

# By kind of walk: good, slow and bad; the words say it too, never the colour alone.
REGIME_COLOURS = {
    "creeping": CATEGORICAL[4],
    "monotone": CATEGORICAL[0],
    "one step": CATEGORICAL[2],
    "oscillating": CATEGORICAL[3],
    "two-cycle": CATEGORICAL[1],
    "diverging": POSITIVE,
}


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
            f"from x = {number(float(x[0]), 4)} to {number(float(x[-1]), 4)} in {p.steps} "
            + ("step" if p.steps == 1 else "steps")
        )
    kind = regime(factor(learning_rate)).name
    return (
        f"The parabola x² and a walk down it with learning rate {learning_rate:g}, {kind}: "
        + "; and ".join(parts)
        + "."
    )


def steps_map(learning_rate: float, start: float, most: float = 1.5) -> go.Figure:
    """Steps until x² is within 10⁻⁶, for every learning rate, with the present one marked."""
    eta = np.unique(np.append(np.linspace(0.001, 1, 700), np.linspace(0.49, 0.51, 41)))
    steps = finite(steps_to_reach(eta, start))
    kinds = np.array([regime(factor(float(e))).name for e in eta])
    traces = [
        _line(
            finite(eta[kinds == kind]),
            steps[kinds == kind],
            REGIME_COLOURS[kind],
            kind,
            width=4,
            hoverinfo=None,
            hovertemplate="η = %{x:.3f}: %{y:,d} steps<extra></extra>",
        )
        for kind in ("creeping", "monotone", "oscillating")
    ]
    one = {"color": REGIME_COLOURS["one step"], "size": 10, "symbol": "star"}
    mark = {"mode": "markers", "marker": one, "hovertemplate": "η = ½: 1 step<extra></extra>"}
    traces.append(go.Scatter(x=[0.5], y=steps_to_reach([0.5], start), name="one step", **mark))
    here = float(steps_to_reach(learning_rate, start))
    top = 1.6 * max(float(np.nanmax(steps, initial=1)), 10)
    told = f"{here:,.0f} steps" if np.isfinite(here) else "never"
    traces.append(
        go.Scatter(
            x=[learning_rate],
            y=[max(min(here, top / 1.5), 0.9)],
            mode="markers",
            name="now",
            marker={
                "size": 15,
                "color": REGIME_COLOURS[regime(factor(learning_rate)).name],
                "line": {"color": "#ffffff", "width": 2},
            },
            hovertemplate=f"η = {learning_rate:g}: {told}<extra></extra>",
            showlegend=False,
        )
    )
    line = {"type": "line", "xref": "x", "yref": "paper", "y0": 0, "y1": 1}
    line |= {"x0": learning_rate, "x1": learning_rate}
    line |= {"line": {"color": NEUTRAL, "dash": "dot", "width": 2}}
    never = {"type": "rect", "xref": "x", "yref": "paper", "x0": 1, "x1": most, "y0": 0, "y1": 1}
    never |= {"fillcolor": REGIME_COLOURS["diverging"], "opacity": 0.14, "line": {"width": 0}}
    left = learning_rate > 0.75 * most
    return figure(
        traces,
        alt=(
            f"Steps to come within 10⁻⁶ from x = {number(start, 4)}, against the learning rate: "
            f"one at ½, more to both sides, never from 1 on. Now η = {learning_rate:g}: {told}."
        ),
        height=330,
        xaxis={"title": {"text": "learning rate η"}, "range": [0, most], "dtick": 0.25},
        yaxis={
            "title": {"text": "steps (logarithmic)"},
            "type": "log",
            "range": [-0.15, np.log10(top)],
            "dtick": 1,
        },
        shapes=[never, line],
        annotations=[
            note("from η = 1 on: never", x=(1 + most) / 2, xref="x", y=0.08),
            note(
                f"η = {learning_rate:g}: {told}",
                x=learning_rate,
                xref="x",
                y=0.97,
                xanchor="right" if left else "left",
                xshift=-8 if left else 8,
            ),
        ],
        showlegend=True,
        legend=LEGEND,
        hovermode="closest",
        margin={"l": 58, "r": 12, "t": 34, "b": 42},
    )
