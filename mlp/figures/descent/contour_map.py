"""A surface from above: its contour map, the way down at many points, and the walks on it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.descent.grid import grid
from mlp.descent.path import Path
from mlp.descent.surfaces import Surface
from mlp.figures.descent.frames import SYMBOLS, at, light, now_marker, shown_steps, walking
from mlp.figures.descent.heights import (
    alternative,
    blank_place,
    blank_told,
    scale_of,
    steps_in_words,
    view_of,
)
from mlp.figures.frame import LEGEND, figure, note
from mlp.figures.palette import CATEGORICAL, NEUTRAL, POSITIVE, SEQUENTIAL, finite

FINE, ARROWS = 61, 11  # points a side: of the map, and of the slopes
BAR = {"orientation": "h", "thickness": 10, "outlinewidth": 0, "y": -0.2, "ypad": 0}
BAR |= {"tickprefix": "g = ", "showtickprefix": "first"}
TAIL = 24  # points of the solid line behind a walker; all of its way is there as a dotted one


def descent_map(
    surface: Surface,
    paths: Sequence[Path],
    names: Sequence[str],
    rates: Sequence[float | None],
    data: np.ndarray | None = None,
    *,
    group: str = "walk",
) -> go.Figure:
    """The contour map from above, each walk on it, and the way down at points between.

    names: one for each path. rates: the learning rate of a walk that steps by -eta times the
    gradient, None for one that does more. data: (m, 2), points to show on the map. group: the
    walks that stand at the same step.
    """
    view = view_of(surface, paths)
    a, b, g = grid(surface, view, FINE)
    scale = scale_of(surface, g)
    still = [
        go.Contour(
            x=finite(a),
            y=finite(b),
            z=finite(scale(g)),
            customdata=finite(g),
            colorscale=SEQUENTIAL,
            opacity=0.6,
            ncontours=14,
            line={"color": NEUTRAL, "width": 0.7},
            colorbar=BAR | scale.ticks(g),
            hovertemplate="(%{x:.3~g}, %{y:.3~g}): g = %{customdata:.4~g}<extra></extra>",
        ),
        _slopes(surface, view),
        _minima(surface),
        *([] if data is None else [_data(data)]),
        *(_way(p, name, i) for i, (p, name) in enumerate(zip(paths, names, strict=True))),
    ]
    steps = shown_steps(paths)
    moving = [[t for p in paths for t in _moving(p, s)] for s in steps]
    movers = [look for i in range(len(paths)) for look in _movers(i)]
    fig = figure(
        [*still, *(look | where for look, where in zip(movers, moving[0], strict=True))],
        alt=alternative("Contour map", surface, g, paths, names),
        height=600,
        xaxis={
            "title": {"text": "a", "standoff": 4},
            "range": view[0],
            "constrain": "domain",
            "showgrid": False,
        },
        yaxis={
            "title": {"text": "b"},
            "range": view[1],
            "scaleanchor": "x",
            "constrain": "domain",
            "showgrid": False,
        },
        annotations=_not_real(blank_place(a, b, g)),
        showlegend=True,
        legend=LEGEND,
        clickanywhere=True,
        hovermode="closest",
        margin={"l": 50, "r": 8, "t": 44, "b": 100},
    )
    texts = steps_in_words(paths, names, rates, steps)
    # Contours stay only where the picture is drawn anew.
    return walking(fig, moving, steps, texts, group, redraw=True, controls=bool(paths))


def left_blank(surface: Surface, paths: Sequence[Path]) -> str:
    """How much of the map is blank, in words; "" where nothing is."""
    return blank_told(grid(surface, view_of(surface, paths), FINE)[2])


def _not_real(place: tuple[float, float] | None) -> list[dict]:
    """The words on the blank part of the map."""
    if place is None:
        return []
    a, b = place
    return [note("not real here,<br>or too large", x=a, y=b, xref="x", yref="y")]


def _slopes(surface: Surface, view: tuple) -> go.Scatter:
    """Small arrows against the gradient, all of one length: which way is down."""
    sides = [np.linspace(low, high, ARROWS + 2)[1:-1] for low, high in view]
    p = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    with np.errstate(all="ignore"):
        down = -surface.gradient(p)
    fit = np.isfinite(down).all(axis=1) & (abs(down).max(axis=1) > 0)
    angle = np.degrees(np.arctan2(down[fit, 0], down[fit, 1]))  # clockwise from up
    return go.Scatter(
        x=finite(p[fit, 0]),
        y=finite(p[fit, 1]),
        name="−∇g, the way down",
        mode="markers",
        marker={
            "symbol": "arrow",
            "size": 10,
            "angle": finite(angle),
            "color": NEUTRAL,
            "opacity": 0.75,
        },
        hoverinfo="skip",
    )


def _minima(surface: Surface) -> go.Scatter:
    where = np.array(surface.minima or np.empty((0, 2)))
    mark = {"symbol": "x-thin", "size": 11, "line": {"color": POSITIVE, "width": 3}}
    return go.Scatter(
        x=finite(where[:, 0]),
        y=finite(where[:, 1]),
        name="lowest",
        mode="markers",
        marker=mark,
        showlegend=bool(surface.minima),
        hovertemplate="lowest: (%{x:.4~g}, %{y:.4~g})<extra></extra>",
    )


def _data(X: np.ndarray) -> go.Scatter:
    return go.Scatter(
        x=finite(X[:, 0]),
        y=finite(X[:, 1]),
        name="data points",
        mode="markers",
        marker={"color": NEUTRAL, "size": 4, "opacity": 0.8},
        hoverinfo="skip",
    )


def _way(path: Path, name: str, which: int) -> go.Scatter:
    """The whole walk, drawn lightly, so that a change of settings shows before Play."""
    few = path.steps <= 40
    return go.Scatter(
        x=finite(path.points[:, 0]),
        y=finite(path.points[:, 1]),
        name=name,
        mode="lines+markers" if few else "lines",
        line={"color": CATEGORICAL[which], "width": 1.5, "dash": "dot"},
        marker={"color": CATEGORICAL[which], "size": 5, "symbol": SYMBOLS[which % 4]},
        hovertemplate=name + ": (%{x:.5~g}, %{y:.5~g})<extra></extra>",
    )


def _moving(path: Path, step: int) -> list[dict]:
    """The last of the walk, the point, and its next step, at a step."""
    k = at(path, step)
    past = path.points[max(0, k - TAIL) : k + 1]
    to = path.points[min(k + 1, path.steps)]
    here = path.points[k]
    pieces = [past, here[None], np.stack([here, to])]
    return [{"type": "scatter", "x": light(p[:, 0]), "y": light(p[:, 1])} for p in pieces]


def _movers(which: int) -> list[dict]:
    colour, symbol = CATEGORICAL[which], SYMBOLS[which % 4]
    arrow = {"symbol": ["circle", "arrow"], "size": [0, 13], "angleref": "previous", "opacity": 1}
    common = {"hoverinfo": "skip", "showlegend": False}
    return [
        common | {"name": "so far", "mode": "lines", "line": {"color": colour, "width": 3.5}},
        common | {"name": "now", "mode": "markers", "marker": now_marker(colour, symbol, 15)},
        common
        | {"name": "next step", "mode": "lines+markers", "marker": arrow | {"color": colour}}
        | {"line": {"color": colour, "width": 2.5}},
    ]
