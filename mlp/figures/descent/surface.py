"""Walks over a surface: on its contour map, and on the surface itself in three dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from mlp.descent.path import Path
from mlp.descent.surfaces import Surface, grid
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
from mlp.figures.palette import CATEGORICAL, NEUTRAL, POSITIVE, SEQUENTIAL, finite
from mlp.words import number

FINE, COARSE, ARROWS = 61, 41, 11  # points a side: of the map, of the surface, of the slopes
BAR = {"orientation": "h", "thickness": 10, "outlinewidth": 0, "y": -0.2, "ypad": 0}
BAR |= {"tickprefix": "g = ", "showtickprefix": "first"}
STEEP = 4  # how many times the middle height the highest may be on a linear scale
ROUND = (1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 1e5, 1e6)
TAIL = 24  # points of the solid line behind a walker; all of its way is there as a dotted one
MOST_3D = 150  # points of a way in three dimensions


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
    view = _view(surface, paths)
    a, b, g = grid(surface, view, FINE)
    scale = _scale(surface, g)
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
        alt=_alt("Contour map", surface, paths, names),
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
        showlegend=True,
        legend=LEGEND,
        clickanywhere=True,
        hovermode="closest",
        margin={"l": 50, "r": 8, "t": 44, "b": 100},
    )
    texts = _texts(paths, names, rates, steps)
    # Contours stay only where the picture is drawn anew.
    return walking(fig, moving, steps, texts, group, redraw=True)


def surface_3d(
    surface: Surface,
    paths: Sequence[Path],
    names: Sequence[str],
    rates: Sequence[float | None],
    *,
    controls: bool = True,
) -> go.Figure:
    """The surface in three dimensions, turned by hand, with every walk on it.

    names, rates: as for the map. controls: whether it plays by itself.
    """
    view = _view(surface, paths)
    a, b, g = grid(surface, view, COARSE)
    scale = _scale(surface, g)
    still = [
        go.Surface(
            x=finite(a),
            y=finite(b),
            z=finite(scale(g)),
            colorscale=SEQUENTIAL,
            opacity=0.85,
            showscale=False,
            hoverinfo="skip",
            contours={"z": {"show": True, "color": NEUTRAL, "width": 1}},
        ),
        *(
            _way_3d(surface, p, name, i, scale)
            for i, (p, name) in enumerate(zip(paths, names, strict=True))
        ),
    ]
    steps = shown_steps(paths)
    moving = [[_here_3d(surface, p, s, scale) for p in paths] for s in steps]
    movers = [_mover_3d(i) for i in range(len(paths))]
    axis = {"showbackground": False, "showspikes": False}
    fig = figure(
        [*still, *(look | where for look, where in zip(movers, moving[0], strict=True))],
        alt=_alt("Surface", surface, paths, names),
        height=560,
        scene={
            "xaxis": axis | {"title": {"text": "a"}, "range": view[0]},
            "yaxis": axis | {"title": {"text": "b"}, "range": view[1]},
            "zaxis": axis | {"title": {"text": "g"}} | scale.ticks(g),
            "camera": {"eye": {"x": 1.5, "y": -1.65, "z": 1.05}},
            "aspectmode": "cube",
            "uirevision": "keep",
        },
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
    )
    texts = _texts(paths, names, rates, steps)
    return walking(fig, moving, steps, texts, "walk", controls=controls, redraw=True)


def _view(surface: Surface, paths: Sequence[Path]) -> tuple:
    """The surface's own view, wider where a walk leaves it, up to three times as wide."""
    points = np.concatenate([p.points for p in paths])
    view = []
    for side, (low, high) in enumerate(surface.view):
        width, x = high - low, points[:, side]
        x = x[(x >= low - width) & (x <= high + width)]
        room = 0.04 * width
        view.append((min(low, x.min(initial=low) - room), max(high, x.max(initial=high) + room)))
    return tuple(view)


@dataclass(frozen=True)
class _Scale:
    """From g to the height drawn: g itself, or log10(1 + g - low) where deep valleys need it."""

    low: float
    logarithmic: bool

    def __call__(self, g: np.ndarray) -> np.ndarray:
        return np.log10(1 + np.maximum(g - self.low, 0)) if self.logarithmic else g

    def ticks(self, g: np.ndarray) -> dict:
        """Round numbers of g at their heights."""
        if not self.logarithmic:
            return {"nticks": 7}
        over = [0.0, *(v for v in ROUND if v < np.nanmax(g) - self.low)]
        over = over[:: 2 if len(over) > 8 else 1]
        texts = [number(self.low + v, 3) for v in over]
        return {"tickvals": self(self.low + np.array(over)).tolist(), "ticktext": texts}


def _scale(surface: Surface, g: np.ndarray) -> _Scale:
    """Logarithmic where the highest place is much higher than the middle one, but for bowls."""
    low = float(np.nanmin(g)) if surface.lowest is None else surface.lowest
    steep = np.nanmax(g) - low > STEEP * (np.nanmedian(g) - low)
    return _Scale(low, bool(steep) and not surface.curvatures)


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


def _way_3d(surface: Surface, path: Path, name: str, which: int, scale: _Scale) -> go.Scatter3d:
    stride = max(1, -(-path.steps // MOST_3D))
    points = np.vstack([path.points[::stride], path.points[-1]])
    return go.Scatter3d(
        x=finite(points[:, 0]),
        y=finite(points[:, 1]),
        z=finite(scale(surface.value(points))),
        name=name,
        mode="lines+markers",
        line={"color": CATEGORICAL[which], "width": 5},
        marker={"color": CATEGORICAL[which], "size": 3},
        hoverinfo="name",
    )


def _here_3d(surface: Surface, path: Path, step: int, scale: _Scale) -> dict:
    here = path.points[at(path, step)][None]
    z = scale(surface.value(here))
    return {"type": "scatter3d", "x": light(here[:, 0]), "y": light(here[:, 1]), "z": light(z)}


def _mover_3d(which: int) -> dict:
    marker = now_marker(CATEGORICAL[which], "circle", 9)
    return {"name": "now", "mode": "markers", "marker": marker, "hoverinfo": "skip"}


def _texts(
    paths: Sequence[Path], names: Sequence[str], rates: Sequence[float | None], steps: list[int]
) -> list[str]:
    """The step of every walk in words, a line each; with its name where there are several."""
    said = [f"{name}: " if len(paths) > 1 else "" for name in names]
    return [
        "\n".join(
            head + step_in_words(path, step, "(a, b)", rate)
            for head, path, rate in zip(said, paths, rates, strict=True)
        )
        for step in steps
    ]


def _alt(kind: str, surface: Surface, paths: Sequence[Path], names: Sequence[str]) -> str:
    parts = []
    for path, name in zip(paths, names, strict=True):
        (a0, b0), (a1, b1) = path.points[0], path.points[-1]
        ends = [f"({number(float(a), 3)}, {number(float(b), 3)})" for a, b in ((a0, b0), (a1, b1))]
        parts.append(f"{name} from {ends[0]} to {ends[1]} in {path.steps:,} steps")
    return f"{kind} of the {surface.name}. Walks: " + "; ".join(parts) + "."
