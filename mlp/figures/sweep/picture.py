"""The picture of a sweep: a map where one or two hyperparameters vary, else lines; and curves."""

import numpy as np
import plotly.graph_objects as go

from mlp.figures.sweep.map import Scale, spans_factors, sweep_map
from mlp.figures.sweep.parallel import Coordinate, heights, parallel_coordinates
from mlp.figures.training.bands import Curve, several_curves
from mlp.sweep import HYPERPARAMETERS, CellMap, Outcome, Sweep, error_bands
from mlp.sweep.words import empty_words
from mlp.words import value_name


def is_grid(sweep: Sweep) -> bool:
    """Whether the cells are every pair of some values, so that a map can hold them."""
    return sweep.shape is not None


def sweep_picture(sweep: Sweep, cells: CellMap, chosen: int | None = None) -> go.Figure:
    """Draw one measure of all cells. chosen: the number of a cell to point out."""
    measure, known = cells.measure, cells.finished > 0
    more = {"hint": empty_words(cells), "more_is_better": not measure.lower_is_better}
    if not is_grid(sweep):
        axes, result = _coordinates(sweep, cells)
        more |= {"known": known, "chosen": chosen}
        return parallel_coordinates(axes, result, cells.diverged, **more)
    columns = sweep.shape[0]
    values, low, high, lost = (
        each.reshape(columns, -1).T
        for each in (cells.value, cells.low, cells.high, cells.diverged_share)
    )
    scales = [_scale(sweep, i) for i in range(len(sweep.names))]
    across, up = (*scales, Scale("", ("",)))[:2]
    best, framed = (
        None if cell is None else divmod(cell, len(values))[::-1] for cell in (cells.best, chosen)
    )
    return sweep_map(
        values,
        low,
        high,
        lost,
        across,
        up,
        measure.name,
        known=known.reshape(columns, -1).T,
        percent=measure.is_share,
        best=best,
        chosen=framed,
        **more,
    )


def _scale(sweep: Sweep, number: int) -> Scale:
    axis = sweep.axis(number)
    return Scale(axis.of.title, tuple(value_name(value) for value in axis.values))


def _coordinates(sweep: Sweep, cells: CellMap) -> tuple[list[Coordinate], Coordinate]:
    """An axis for each hyperparameter, and one for the measure."""
    axes = []
    for name, values in zip(sweep.names, zip(*sweep.points, strict=True), strict=True):
        of = HYPERPARAMETERS[name]
        by_factors = of.logarithmic and min(values) > 0
        axes.append(Coordinate(of.title, values, by_factors))
    share = cells.measure.is_share
    more = {"by_factors": not share and spans_factors(cells.value), "percent": share}
    return axes, Coordinate(cells.measure.name, tuple(cells.value.tolist()), **more)


def cell_at(sweep: Sweep, cells: CellMap, x: float, y: float) -> int | None:
    """The number of the cell at a place in the picture, in its own units; None beside it."""
    if not is_grid(sweep):
        axes, result = _coordinates(sweep, cells)
        axis = [*axes, result][min(max(round(x), 0), len(axes))]
        away = np.abs(heights(axis) - y)
        return None if np.isnan(away).all() else int(np.nanargmin(away))
    column, row = round(x), round(y)
    rows = len(sweep.points) // sweep.shape[0]
    inside = 0 <= column < sweep.shape[0] and 0 <= row < rows
    return column * rows + row if inside else None


def cell_curves(outcome: Outcome, cell: int, *, logarithmic: bool = False) -> go.Figure:
    """The error curves of a cell: the median over its seeds, and a band from least to greatest."""
    curves = []
    for samples, over_seeds in error_bands(outcome, cell).items():
        if np.isfinite(over_seeds.median).any():
            x = np.arange(1, len(over_seeds.median) + 1)
            edges = (over_seeds.low, over_seeds.high) if outcome.sweep.seeds > 1 else (None, None)
            curves.append(Curve(samples, x, over_seeds.median, *edges))
    return several_curves(
        curves, "epochs", "error", logarithmic=logarithmic, hint="No curve yet", height=300
    )
