"""A sweep and its cells in words, for people who look at the map."""

import numpy as np

from mlp.sweep.grid import Sweep
from mlp.sweep.hyperparameters import HYPERPARAMETERS
from mlp.sweep.outcome import CellMap
from mlp.words import plural, value_name


def cell_name(sweep: Sweep, cell: int) -> str:
    """What a cell stands for: "learning rate η 0.3, batch size 8"."""
    pairs = zip(sweep.names, sweep.points[cell], strict=True)
    return ", ".join(f"{_lower(HYPERPARAMETERS[n].title)} {value_name(v)}" for n, v in pairs)


def _lower(title: str) -> str:
    return title if title.startswith("L2") else title[0].lower() + title[1:]


def size_words(sweep: Sweep) -> str:
    """How many runs a sweep makes: "16 × 7 cells from 3 seeds: 336 runs of 20 epochs"."""
    cells = " × ".join(map(str, sweep.shape or (len(sweep.points),)))
    cells += " cells" if len(sweep.points) > 1 else " cell"
    cells += f" from {sweep.seeds} seeds" if sweep.seeds > 1 else ""
    return f"{cells}: {plural(len(sweep.configs), 'run')} of {plural(sweep.epochs, 'epoch')}"


def measured_words(cells: CellMap, cell: int) -> str:
    """What a cell came to: its median and its spread, or why there is none."""
    count, name = int(cells.finished[cell]), cells.measure.name
    if not count:
        return "No run of this cell is finished yet."
    lost = round(cells.diverged_share[cell] * count)
    text = f"{lost} of {count} runs diverged. " if lost else ""
    if cells.diverged[cell]:
        return text.strip()
    if np.isnan(cells.value[cell]):
        return text + ("Not reached by half of its runs." if cells.measure.unit else "No value.")
    value, low, high = (_said(cells, each[cell]) for each in (cells.value, cells.low, cells.high))
    if count == 1 or low == high:
        return f"{text}{name[0].upper()}{name[1:]} {value}."
    return f"{text}{name[0].upper()}{name[1:]}: median {value}, from {low} to {high}."


def _said(cells: CellMap, value: float) -> str:
    return f"{100 * value:.1f} %" if cells.measure.is_share else f"{value:.4g}"
