"""Sweeps: many runs that differ in a few hyperparameters.

A sweep goes Axis -> `grid` -> `plan` -> Work -> `collect` -> `cell_map`: what varies, which cells
that makes, which pieces train them, where, and what each cell came to.
"""

from mlp.sweep.grid import Sweep, closer, finer, grid, random_search, seeds_of
from mlp.sweep.hyperparameters import (
    HYPERPARAMETERS,
    Axis,
    Range,
    axis_from_text,
    range_from_text,
)
from mlp.sweep.outcome import (
    MEASURES,
    Band,
    CellMap,
    Outcome,
    Target,
    band,
    cell_map,
    collect,
    error_bands,
    measures_of,
)
from mlp.sweep.pieces import Piece, PieceResult, calibrate, estimate, plan, train_piece
from mlp.sweep.table import run_table, runs_csv
from mlp.sweep.work import LostPieces, Work, sweep

__all__ = [
    "HYPERPARAMETERS",
    "MEASURES",
    "Axis",
    "Band",
    "CellMap",
    "LostPieces",
    "Outcome",
    "Piece",
    "PieceResult",
    "Range",
    "Sweep",
    "Target",
    "Work",
    "axis_from_text",
    "band",
    "calibrate",
    "cell_map",
    "closer",
    "collect",
    "error_bands",
    "estimate",
    "finer",
    "grid",
    "measures_of",
    "plan",
    "random_search",
    "range_from_text",
    "run_table",
    "runs_csv",
    "seeds_of",
    "sweep",
    "train_piece",
]
