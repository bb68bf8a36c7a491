"""What a sweep found: each cell in a few numbers over its seeds, curves, and a table of all runs.

A diverged run counts as worse than any other. So a cell's median is lost, and the cell has
diverged, when half of its runs have.
"""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from mlp import checks
from mlp.sweep.grid import Sweep
from mlp.sweep.pieces import PieceResult
from mlp.training.epoch import COLUMNS


@dataclass(frozen=True)
class Outcome:
    """What is known of a sweep so far.

    rows: (cells, seeds, epochs, 3), NaN where a run is not finished or had diverged.
    finished: (cells, seeds). diverged: (cells, seeds), after how many epochs, or -1.
    """

    sweep: Sweep
    rows: np.ndarray
    finished: np.ndarray
    diverged: np.ndarray

    @property
    def done(self) -> tuple[int, ...]:
        """The numbers of the runs that are finished, for `plan`."""
        return tuple(np.flatnonzero(self.finished).tolist())


def collect(sweep: Sweep, results: Iterable[PieceResult]) -> Outcome:
    """Put the results of pieces, in any order, where they belong."""
    cells, runs = len(sweep.points), len(sweep.configs)
    rows = np.full((runs, sweep.epochs, 3), np.nan)
    finished, diverged = np.zeros(runs, bool), np.full(runs, -1)
    for result in results:
        where = list(result.runs)
        rows[where], finished[where] = result.rows, True
        diverged[where] = [-1 if after is None else after for after in result.diverged]
    shape = cells, sweep.seeds
    return Outcome(
        sweep, rows.reshape(*shape, -1, 3), finished.reshape(shape), diverged.reshape(shape)
    )


@dataclass(frozen=True)
class Target:
    """What a run is to reach: an accuracy at or above a value, or an error at or below one."""

    column: str = "test accuracy"
    value: float = 0.95

    def __post_init__(self):
        checks.one_of("target", self.column, COLUMNS)
        most = 1.0 if self.column == "test accuracy" else np.inf
        checks.real("target", self.value, at_least=0, at_most=most)

    def epochs(self, rows: np.ndarray) -> np.ndarray:
        """The first epoch that reaches it, counted from 1; infinite where none does.

        rows: (..., epochs, 3) -> (...).
        """
        values = rows[..., COLUMNS[self.column]]
        there = values >= self.value if self.column == "test accuracy" else values <= self.value
        return np.where(there.any(axis=-1), there.argmax(axis=-1) + 1.0, np.inf)


@dataclass(frozen=True)
class Measure:
    """A number for each run that a map shows. of: (rows (..., epochs, 3), target) -> (...)."""

    name: str
    unit: str
    lower_is_better: bool
    of: Callable[[np.ndarray, Target], np.ndarray]

    @property
    def is_share(self) -> bool:
        """Whether it is a share, 0 to 1, that people read in per cent."""
        return self.name in ("test accuracy", "share that reached it")

    @property
    def needs_target(self) -> bool:
        """Whether it depends on the target."""
        return self.name in ("epochs to target", "share that reached it")


def _last(column: str) -> Callable[[np.ndarray, Target], np.ndarray]:
    return lambda rows, target: rows[..., -1, COLUMNS[column]]


MEASURES: dict[str, Measure] = {
    each.name: each
    for each in (
        Measure("test error", "", True, _last("test error")),
        Measure("test accuracy", "", False, _last("test accuracy")),
        Measure("training error", "", True, _last("error")),
        Measure("epochs to target", "epochs", True, lambda rows, target: target.epochs(rows)),
        Measure(
            "share that reached it",
            "of the seeds",
            False,
            lambda rows, target: np.isfinite(target.epochs(rows)) * 1.0,
        ),
    )
}


@dataclass(frozen=True)
class CellMap:
    """One measure over the cells; for a grid, reshape any of these to `sweep.shape`.

    value: (cells,), the median over the finished seeds (of shares, the mean); NaN where none is
    finished, where the cell diverged, and where half of its seeds did not reach the target.
    low, high: (cells,), the least and greatest of the seeds, NaN where there is none.
    finished: (cells,), how many seeds. diverged_share: (cells,), of the finished. diverged:
    (cells,), whether that is half of them or more.
    """

    measure: Measure
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    finished: np.ndarray
    diverged_share: np.ndarray
    diverged: np.ndarray

    @property
    def best(self) -> int | None:
        """The number of the best cell, the first of equals; None while there is none."""
        if np.isnan(self.value).all():
            return None
        return int((np.nanargmin if self.measure.lower_is_better else np.nanargmax)(self.value))


def cell_map(outcome: Outcome, measure: str, target: Target = Target()) -> CellMap:
    """A measure's median and spread over the seeds of each cell."""
    how = MEASURES[checks.one_of("measure", measure, MEASURES)]
    finished, lost = outcome.finished, outcome.diverged >= 0
    count = finished.sum(axis=1)
    share = np.divide(lost.sum(axis=1), count, out=np.zeros(len(count)), where=count > 0)
    values = how.of(outcome.rows, target).astype(float)
    is_share = how.name == "share that reached it"
    if not is_share:
        values = np.where(lost, np.inf if how.lower_is_better else -np.inf, values)
    values = np.where(finished, values, np.nan)
    middle = _over_seeds(np.mean if is_share else np.median, values)
    seen = np.where(np.isfinite(values), values, np.nan)
    return CellMap(
        how,
        np.where(np.isfinite(middle), middle, np.nan),
        _over_seeds(np.min, seen),
        _over_seeds(np.max, seen),
        count,
        share,
        (share >= 0.5) & (count > 0),
    )


def _over_seeds(how: Callable[[np.ndarray], float], values: np.ndarray) -> np.ndarray:
    """One number from those of each row that are not NaN; NaN where a row has none.

    The median of a finite and an infinite number is infinite, as half of them are.
    """
    rows = [row[~np.isnan(row)] for row in values]
    with np.errstate(invalid="ignore"):
        return np.array([how(row) if len(row) else np.nan for row in rows])


@dataclass(frozen=True)
class Band:
    """The curves of a cell's seeds: least, median and greatest in each epoch, (epochs,) each.

    An epoch counts the runs that are finished and had not diverged by then; NaN without any.
    """

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray


def band(outcome: Outcome, cell: int, column: str = "error") -> Band:
    """The band of one column over the seeds of a cell."""
    curves = outcome.rows[cell, :, :, COLUMNS[checks.one_of("column", column, COLUMNS)]].T
    return Band(*(_over_seeds(how, curves) for how in (np.min, np.median, np.max)))


def run_table(outcome: Outcome, target: Target = Target()) -> dict[str, list]:
    """All finished runs as columns: what varies, the seed, the last numbers, and what became of it.

    A missing number is None.
    """
    sweep, runs = outcome.sweep, outcome.done
    rows = outcome.rows.reshape(-1, sweep.epochs, 3)[list(runs)]
    diverged = outcome.diverged.ravel()[list(runs)]
    points = [sweep.points[run // sweep.seeds] for run in runs]
    table: dict[str, list] = {"cell": [run // sweep.seeds for run in runs]}
    table |= {name: [p[i] for p in points] for i, name in enumerate(sweep.names)}
    table["seed"] = [sweep.configs[run].seed for run in runs]
    table |= {name.replace(" ", "_"): _known(rows[:, -1, i]) for name, i in COLUMNS.items()}
    epochs = target.epochs(rows)
    table["epochs_to_target"] = [int(n) if np.isfinite(n) else None for n in epochs]
    table["diverged_after_epochs"] = [int(after) if after >= 0 else None for after in diverged]
    return table


def _known(values: np.ndarray) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]


def runs_csv(outcome: Outcome, target: Target = Target()) -> str:
    """The table of all finished runs as text with commas."""
    table, text = run_table(outcome, target), io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue()
