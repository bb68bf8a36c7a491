"""A surface in three dimensions, with the walks on it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.descent.grid import grid
from mlp.descent.path import Path
from mlp.descent.surfaces import Surface
from mlp.figures.descent.frames import at, light, now_marker, shown_steps, walking
from mlp.figures.descent.heights import Scale, alternative, scale_of, steps_in_words, view_of
from mlp.figures.frame import figure
from mlp.figures.palette import CATEGORICAL, NEUTRAL, SEQUENTIAL, finite

POINTS = 41  # a side, of the surface
MOST = 150  # points of a way


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
    view = view_of(surface, paths)
    a, b, g = grid(surface, view, POINTS)
    scale = scale_of(surface, g)
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
            _way(surface, p, name, i, scale)
            for i, (p, name) in enumerate(zip(paths, names, strict=True))
        ),
    ]
    steps = shown_steps(paths)
    moving = [[_here(surface, p, s, scale) for p in paths] for s in steps]
    movers = [_mover(i) for i in range(len(paths))]
    axis = {"showbackground": False, "showspikes": False}
    fig = figure(
        [*still, *(look | where for look, where in zip(movers, moving[0], strict=True))],
        alt=alternative("Surface", surface, g, paths, names),
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
    texts = steps_in_words(paths, names, rates, steps)
    return walking(fig, moving, steps, texts, "walk", controls=controls, redraw=True)


def _way(surface: Surface, path: Path, name: str, which: int, scale: Scale) -> go.Scatter3d:
    stride = max(1, -(-path.steps // MOST))
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


def _here(surface: Surface, path: Path, step: int, scale: Scale) -> dict:
    here = path.points[at(path, step)][None]
    z = scale(surface.value(here))
    return {"type": "scatter3d", "x": light(here[:, 0]), "y": light(here[:, 1]), "z": light(z)}


def _mover(which: int) -> dict:
    marker = now_marker(CATEGORICAL[which], "circle", 9)
    return {"name": "now", "mode": "markers", "marker": marker, "hoverinfo": "skip"}
