"""Runs as lines across parallel axes, one axis a setting, and the result at the right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import escaped, figure, note
from mlp.figures.palette import NEUTRAL, SEQUENTIAL, colour_at
from mlp.figures.sweep.map import said
from mlp.words import number, plural

TICKS = 5  # names on an axis of numbers
VEIL = "rgba(128, 128, 128, 0.3)"  # behind a name, where lines cross it
BEYOND = 0.07  # how far off the axis of results a run that diverged ends


@dataclass(frozen=True)
class Coordinate:
    """One axis: its title and the value of every run on it.

    values: numbers, or names. by_factors: equal distances are equal factors, for rates.
    percent: the numbers are shares, 0 to 1, named in per cent.
    """

    title: str
    values: tuple
    by_factors: bool = False
    percent: bool = False


def parallel_coordinates(
    axes: Sequence[Coordinate],
    result: Coordinate,
    diverged: np.ndarray,
    *,
    known: np.ndarray,
    hint: str = "",
    more_is_better: bool = False,
    chosen: int | None = None,
) -> go.Figure:
    """Draw every run as a line through its settings to its result, brighter for better.

    result: a number for every run, NaN where there is none. diverged: (runs,) of bool; those
    lines are dotted and grey, and end in a cross beyond the worst result. known: (runs,) of bool,
    which are finished; the others end at their last setting. hint: what is written over the lines.
    chosen: the run to draw on top, thick.
    On an axis the lowest value is at 0 and the highest at 1; the axes stand at 0, 1, 2, …
    """
    places, marks = zip(*(_placed(axis) for axis in [*axes, result]), strict=True)
    heights = np.array(places).T  # (runs, axes)
    shade = heights[:, -1] if more_is_better else 1 - heights[:, -1]
    order = np.argsort(np.nan_to_num(shade, nan=-1), kind="stable")
    lost = -BEYOND if more_is_better else 1 + BEYOND
    ends = np.where(diverged | np.isnan(heights[:, -1]), lost, heights[:, -1])
    heights[:, -1] = np.where(known, ends, np.nan)
    traces = [_run(heights[i], shade[i], bool(diverged[i]), i == chosen) for i in order]
    if chosen is not None:
        traces.append(traces.pop(int(np.flatnonzero(order == chosen)[0])))
    last = len(axes)
    titles = [escaped(axis.title) for axis in [*axes, result]]
    return figure(
        traces,
        alt=_alt(result, diverged, more_is_better),
        height=420,
        xaxis={
            "tickvals": list(range(last + 1)),
            "ticktext": [title.replace(" ", "<br>", 1) for title in titles],
            "range": [-0.25, last + 0.4],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={"visible": False, "range": [-0.06 - BEYOND, 1.06 + BEYOND], "fixedrange": True},
        shapes=[_upright(i) for i in range(last + 1)],
        annotations=[mark | {"x": i} for i, some in enumerate(marks) for mark in some]
        + ([note(hint)] if hint else []),
        margin={"l": 12, "r": 12, "t": 20, "b": 56},
    )


def heights(axis: Coordinate) -> np.ndarray:
    """Where on its axis every run stands, (runs,), 0 to 1; NaN where it has no value."""
    return _placed(axis)[0]


def _placed(axis: Coordinate) -> tuple[np.ndarray, list[dict]]:
    """The height of every run on an axis, and the names along it."""
    if axis.values and isinstance(axis.values[0], str):
        names = sorted(set(axis.values))
        place = {name: (i + 0.5) / len(names) for i, name in enumerate(names)}
        return np.array([place[v] for v in axis.values]), [_mark(p, n) for n, p in place.items()]
    values = np.array(axis.values, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.log10(values) if axis.by_factors else values
    known = scaled[np.isfinite(scaled)]
    if not len(known):
        return np.full(len(values), np.nan), []
    low, high = float(known.min()), float(known.max())
    at = np.linspace(low, high, TICKS) if high > low else np.array([low])
    real = [float(10**v if axis.by_factors else v) for v in at]
    names = [said(v, percent=True) if axis.percent else number(v) for v in real]
    span = high - low or 1.0
    place = (scaled - low) / span if high > low else np.where(np.isfinite(scaled), 0.5, np.nan)
    marks = np.linspace(0, 1, TICKS) if high > low else [0.5]
    return place, [_mark(float(p), n) for p, n in zip(marks, names, strict=True)]


def _mark(height: float, name: str) -> dict:
    place = {"y": height, "xref": "x", "yref": "y", "xanchor": "left", "xshift": 4}
    return note(escaped(name), **place, font={"size": 11}, bgcolor=VEIL, borderpad=1)


def _run(heights: np.ndarray, shade: float, diverged: bool, chosen: bool) -> go.Scatter:
    """One line: its marker on the last axis is a cross where it diverged."""
    lost = diverged or not np.isfinite(shade)
    colour = NEUTRAL if lost else colour_at(SEQUENTIAL, float(shade))
    symbols = ["circle"] * (len(heights) - 1) + ["x" if diverged else "circle"]
    return go.Scatter(
        x=np.arange(len(heights), dtype=np.uint8),
        y=heights.astype(np.float32),
        mode="lines+markers",
        line={
            "color": colour,
            "width": 4 if chosen else 1.5,
            "dash": "dot" if lost else "solid",
        },
        marker={"symbol": symbols, "size": [2] * (len(heights) - 1) + [7], "color": colour},
        opacity=1.0 if chosen else 0.75,
        hoverinfo="none",
    )


def _upright(place: int) -> dict:
    line = {"color": NEUTRAL, "width": 1}
    return {"x0": place, "x1": place, "y0": 0, "y1": 1, "line": line, "layer": "below"}


def _alt(result: Coordinate, diverged: np.ndarray, more_is_better: bool) -> str:
    values = np.array(result.values, float)
    text = f"{plural(len(values), 'cell')} as lines across their settings to the {result.title}; "
    text += f"{int(np.isfinite(values).sum()):,} of them with a value."
    if np.isfinite(values).any():
        best = np.nanmax(values) if more_is_better else np.nanmin(values)
        text += f" The best is {said(best, result.percent)}."
    lost = int(np.sum(diverged))
    return text + (f" In {plural(lost, 'cell')} half of the runs or more diverged." if lost else "")
