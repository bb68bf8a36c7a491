"""A sweep and its cells in words, for people who look at the map."""

import numpy as np

from mlp.sweep.grid import Sweep
from mlp.sweep.hyperparameters import HYPERPARAMETERS
from mlp.sweep.outcome import CellMap
from mlp.words import first_upper, plural, value_name


def cell_name(sweep: Sweep, cell: int) -> str:
    """What a cell stands for: "learning rate η 0.3, batch size 8"."""
    pairs = zip(sweep.names, sweep.points[cell], strict=True)
    return ", ".join(f"{_lower(HYPERPARAMETERS[n].title)} {value_name(v)}" for n, v in pairs)


def _lower(title: str) -> str:
    return title if title.startswith("L2") else title[0].lower() + title[1:]


def size_words(sweep: Sweep) -> str:
    """How many runs a sweep makes: "16 × 7 cells from 3 seeds: 336 runs of 20 epochs"."""
    cells = " × ".join(f"{n:,}" for n in sweep.shape or (len(sweep.points),))
    cells += " cells" if len(sweep.points) > 1 else " cell"
    cells += f" from {sweep.seeds} seeds" if sweep.seeds > 1 else ""
    return f"{cells}: {plural(len(sweep.configs), 'run')} of {plural(sweep.epochs, 'epoch')}"


def measured_words(cells: CellMap, cell: int) -> str:
    """What a cell came to: its median and its spread, or why there is none."""
    count, measure = int(cells.finished[cell]), cells.measure
    if not count:
        return "No run of this cell is finished yet."
    lost = round(cells.diverged_share[cell] * count)
    text = f"{lost:,} of {plural(count, 'run')} diverged. " if lost else ""
    if without := count - lost - int(cells.valued[cell]):
        why = "did not reach the target" if measure.needs_target else "had no finite number"
        text += f"{without:,} of {plural(count, 'run')} {why}. "
    if np.isnan(cells.value[cell]):
        return text.strip()
    value, low, high = (_said(cells, each[cell]) for each in (cells.value, cells.low, cells.high))
    name = first_upper(measure.name)
    if measure.is_share_of_seeds or low == high:
        return f"{text}{name} {value}."
    return f"{text}{name}: median {value}, from {low} to {high}."


def empty_words(cells: CellMap) -> str:
    """Why a picture of these cells has no value anywhere; "" where it has one."""
    if not np.isnan(cells.value).all():
        return ""
    if not cells.finished.any():
        return "The picture fills as runs finish"
    if cells.measure.needs_target and not cells.diverged_share.any():
        return "In no cell did more than half of the runs reach the target"
    return "No cell has a value"


def _said(cells: CellMap, value: float) -> str:
    return f"{100 * value:.1f} %" if cells.measure.is_share else f"{value:.4g}"
