"""The map of a sweep: one cell for each pair of values, its colour the median over the seeds."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import escaped, figure, note
from mlp.figures.palette import CATEGORICAL, DARK, LIGHT, NEUTRAL, SEQUENTIAL, finite
from mlp.words import first_upper, number, plural

MOST_LABELS = 16
# A scale of magnitudes goes by factors where its ends lie this far apart.
BY_FACTORS = 20.0


@dataclass(frozen=True)
class Scale:
    """An axis of the map: what it is called, and the name of each value."""

    title: str
    labels: tuple[str, ...]


def sweep_map(
    values: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    diverged: np.ndarray,
    across: Scale,
    up: Scale,
    quantity: str,
    *,
    known: np.ndarray,
    hint: str = "",
    percent: bool = False,
    more_is_better: bool = False,
    best: tuple[int, int] | None = None,
    chosen: tuple[int, int] | None = None,
) -> go.Figure:
    """Draw the cells, brighter for better, with a cross where runs diverged.

    values: (rows, columns), the median over a cell's seeds, NaN where there is none yet or none at
    all. low, high: the same shape, the spread over the seeds. diverged: the same shape, the share
    of a cell's runs that diverged, 0 to 1. across, up: the axes, of as many labels as there are
    columns and rows; the first row is at the bottom. quantity: what the colours show.
    known: the same shape, whether any run of a cell is finished. hint: what is written over the
    map.
    percent: values are shares, 0 to 1, shown in per cent.
    best, chosen: row and column of a cell to star, and of one to frame.
    """
    values = np.asarray(values, float)
    rows, columns = values.shape
    traces = [_cells(values, low, high, across, up, quantity, percent, more_is_better)]
    traces.append(_crosses(np.asarray(diverged, float), across, up))
    if best:
        traces.append(_star(best))
    shapes = [_border(rows, columns)] + ([_frame(*chosen)] if chosen else [])
    longest = max(len(label) for label in up.labels)
    return figure(
        traces,
        title=escaped(first_upper(quantity)),
        alt=_alt(values, known, diverged, best, across, up, quantity, percent),
        height=146 + min(max(34 * rows, 60), 420),
        xaxis=_axis(across) | {"range": [-0.5, columns - 0.5]},
        yaxis=_axis(up) | {"range": [-0.5, rows - 0.5]},
        shapes=shapes,
        annotations=[note(hint)] if hint else [],
        margin={"l": 34 + 7 * min(longest, 12), "r": 12, "t": 84, "b": 62},
    )


def _cells(values, low, high, across, up, quantity, percent, more_is_better) -> go.Heatmap:
    shown, bar = _colours(values, percent)
    words = [
        [
            f"{said(values[i, j], percent)}, from {said(low[i][j], percent)} to "
            f"{said(high[i][j], percent)}"
            for j in range(values.shape[1])
        ]
        for i in range(values.shape[0])
    ]
    return go.Heatmap(
        z=shown,
        customdata=np.array(words, dtype=object),
        colorscale=SEQUENTIAL,
        reversescale=not more_is_better,
        colorbar=bar,
        zmin=bar["tickvals"][0],
        zmax=bar["tickvals"][-1],
        xgap=1,
        ygap=1,
        hoverongaps=False,
        text=_names(across, up),
        hovertemplate=f"%{{text}}<br>{escaped(quantity)} %{{customdata}}<extra></extra>",
    )


def _names(across: Scale, up: Scale) -> list[list[str]]:
    """What every cell stands for."""
    return [
        [
            "<br>".join(escaped(f"{s.title} {label}") for s, label in pair if s.title)
            for pair in (((across, column), (up, row)) for column in across.labels)
        ]
        for row in up.labels
    ]


def _colours(values: np.ndarray, percent: bool) -> tuple[np.ndarray, dict]:
    """The values as colours are laid over them, by factors where they span many, and their bar."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if percent:
        low, high = (0.0, 1.0) if high - low > 0.5 else (low, high)
    by_factors = not percent and spans_factors(values)
    ends = np.array([low, high if high > low else low + (abs(low) or 1) * 1e-3])
    ticks = np.log10(ends) if by_factors else ends
    middle = ticks.mean()
    real = [low, float(10**middle if by_factors else middle), high]
    words = [said(value, percent) for value in real]
    bar = {
        "orientation": "h",
        "thickness": 9,
        "len": 0.75,
        "x": 0.5,
        "y": 1,
        "yanchor": "bottom",
        "ypad": 4,
        "outlinewidth": 0.5,
        "outlinecolor": NEUTRAL,
        "tickvals": [float(ticks[0]), float(middle), float(ticks[1])],
        "ticktext": words,
        "tickfont": {"size": 11},
        "tickangle": 0,
    }
    return finite(np.log10(values) if by_factors else values), bar


def spans_factors(values: np.ndarray) -> bool:
    """Whether values lie so far apart that a scale of them goes by factors."""
    known = values[np.isfinite(values)]
    return bool(len(known) and known.min() > 0 and known.max() / known.min() > BY_FACTORS)


def said(value: float, percent: bool) -> str:
    """A value of the map as text, in per cent or to three digits."""
    return f"{100 * value:.1f} %" if percent else number(float(value), 3)


def _crosses(diverged: np.ndarray, across: Scale, up: Scale) -> go.Scatter:
    """A cross on every cell of which some runs diverged, large where all of them did."""
    rows, columns = np.nonzero(diverged > 0)
    share = diverged[rows, columns]
    return go.Scatter(
        x=columns,
        y=rows,
        mode="markers",
        marker={
            "symbol": "x",
            "size": np.where(share == 1, 12, 8),
            "color": np.where(share == 1, NEUTRAL, LIGHT),
            "line": {"color": np.where(share == 1, NEUTRAL, DARK), "width": 1},
        },
        customdata=np.round(100 * share),
        text=[_names(across, up)[i][j] for i, j in zip(rows, columns, strict=True)],
        hovertemplate="%{text}<br>%{customdata} % of its runs diverged<extra></extra>",
    )


def _star(best: tuple[int, int]) -> go.Scatter:
    return go.Scatter(
        x=[best[1]],
        y=[best[0]],
        mode="markers",
        marker={
            "symbol": "star",
            "size": 11,
            "color": LIGHT,
            "line": {"color": DARK, "width": 1},
        },
        hoverinfo="skip",
    )


def _frame(row: int, column: int) -> dict:
    line = {"color": CATEGORICAL[1], "width": 3}
    edges = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    return edges | {"line": line}


def _border(rows: int, columns: int) -> dict:
    line = {"color": NEUTRAL, "width": 0.75}
    return {"x0": -0.5, "x1": columns - 0.5, "y0": -0.5, "y1": rows - 0.5, "line": line}


def _axis(scale: Scale) -> dict:
    """The names of the values, thinned where there are many."""
    step = -(-len(scale.labels) // MOST_LABELS)
    places = list(range(0, len(scale.labels), step))
    return {
        "title": {"text": escaped(scale.title)},
        "tickmode": "array",
        "tickvals": places,
        "ticktext": [escaped(scale.labels[i]) for i in places],
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "fixedrange": True,
        "tickfont": {"size": 11},
    }


def _alt(values, known, diverged, best, across, up, quantity, percent) -> str:
    """How far the map is filled, and its best cell."""
    done = int(np.sum(known))
    text = f"Map of the {quantity}: {done:,} of {plural(values.size, 'cell')} have finished runs."
    if best:
        at = f"{across.title} {across.labels[best[1]]}"
        at += f" and {up.title} {up.labels[best[0]]}" if up.title else ""
        text += f" The best, {said(values[best], percent)}, is at {at}."
    lost = int((np.asarray(diverged) == 1).sum())
    return text + (f" In {plural(lost, 'cell')} every run diverged." if lost else "")
