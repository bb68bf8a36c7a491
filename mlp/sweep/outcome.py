"""What a sweep found: each cell in a few numbers over its seeds, and curves.

A diverged run counts as worse than any other. So a cell's median is lost, and the cell has
diverged, when half of its runs have.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from mlp import checks
from mlp.sweep.grid import Sweep
from mlp.sweep.pieces import PieceResult
from mlp.training.config import Config
from mlp.training.epoch import (
    COLUMNS,
    ERROR,
    TEST_ACCURACY,
    WATCHED,
    Column,
    blank_rows,
)


@dataclass(frozen=True)
class Outcome:
    """What is known of a sweep so far.

    rows: (cells, seeds, epochs, columns), NaN where a run is not finished or had diverged.
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
    rows = blank_rows(runs, sweep.epochs)
    finished, diverged = np.zeros(runs, bool), np.full(runs, -1)
    for result in results:
        where = list(result.runs)
        rows[where], finished[where] = result.rows, True
        diverged[where] = [-1 if after is None else after for after in result.diverged]
    shape = cells, sweep.seeds
    return Outcome(
        sweep,
        rows.reshape(*shape, *rows.shape[1:]),
        finished.reshape(shape),
        diverged.reshape(shape),
    )


@dataclass(frozen=True)
class Target:
    """What a run is to reach: an accuracy at or above a value, or an error at or below one.

    column: a name in COLUMNS. value: at least 0; of a share, at most 1.
    Raises ValueError that names the rule and the value.
    """

    column: str = TEST_ACCURACY.name
    value: float = 0.95

    def __post_init__(self):
        column = COLUMNS[checks.one_of("target", self.column, COLUMNS)]
        most = 1.0 if column.is_share else np.inf
        checks.real("target", self.value, at_least=0, at_most=most)

    def epochs(self, rows: np.ndarray) -> np.ndarray:
        """The first epoch that reaches it, counted from 1; infinite where none does.

        rows: (..., epochs, columns) -> (...).
        """
        column = COLUMNS[self.column]
        reached = column.sign * column.of(rows) <= column.sign * self.value
        return np.where(reached.any(axis=-1), reached.argmax(axis=-1) + 1.0, np.inf)


@dataclass(frozen=True)
class Measure:
    """A number for each run that a map shows.

    of: (rows (..., epochs, columns), target) -> (...). is_share: whether it is from 0 to 1, and
    people read it in per cent. needs_target: whether it depends on the target. is_share_of_seeds:
    whether the number of a cell is the share of its runs whose number is 1; it is 0 for the others.
    """

    name: str
    unit: str
    lower_is_better: bool
    of: Callable[[np.ndarray, Target], np.ndarray]
    is_share: bool = False
    needs_target: bool = False
    is_share_of_seeds: bool = False


def _last(column: Column) -> Measure:
    """The number of the last epoch in one column."""
    return Measure(
        column.title,
        "",
        not column.higher_is_better,
        lambda rows, target: column.of(rows)[..., -1],
        is_share=column.is_share,
    )


# The numbers of an epoch, those of the test samples first, and those that depend on a target.
MEASURES: dict[str, Measure] = {
    each.name: each
    for each in (
        *map(_last, sorted(COLUMNS.values(), key=lambda column: not column.of_tests)),
        Measure(
            "epochs to target",
            "epochs",
            True,
            lambda rows, target: target.epochs(rows),
            needs_target=True,
        ),
        Measure(
            "share that reached it",
            "of the seeds",
            False,
            lambda rows, target: np.isfinite(target.epochs(rows)) * 1.0,
            is_share=True,
            needs_target=True,
            is_share_of_seeds=True,
        ),
    )
}


def measures_of(config: Config) -> list[str]:
    """The names in MEASURES of those that the runs of a config have, the first the best to show."""
    titles = {column.title for column in config.columns.values()}
    return [name for name, each in MEASURES.items() if each.needs_target or name in titles]


@dataclass(frozen=True)
class CellMap:
    """One measure over the cells; for a grid, reshape any of these to `sweep.shape`.

    value: (cells,), the median over the finished seeds (of shares, the mean); NaN where none is
    finished, where the cell diverged, and where half of its seeds did not reach the target.
    low, high: (cells,), the least and greatest of the seeds, NaN where there is none.
    finished: (cells,), how many seeds. valued: (cells,), how many of them have a finite number and
    did not diverge. diverged_share: (cells,), of the finished. diverged:
    (cells,), whether that is half of them or more.
    """

    measure: Measure
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    finished: np.ndarray
    valued: np.ndarray
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
    if not how.is_share_of_seeds:
        values = np.where(lost, np.inf if how.lower_is_better else -np.inf, values)
    values = np.where(finished, values, np.nan)
    middle = _over_seeds(np.mean if how.is_share_of_seeds else np.median, values)
    seen = np.where(np.isfinite(values), values, np.nan)
    return CellMap(
        how,
        np.where(np.isfinite(middle), middle, np.nan),
        _over_seeds(np.min, seen),
        _over_seeds(np.max, seen),
        count,
        (np.isfinite(values) & ~lost).sum(axis=1),
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


def band(outcome: Outcome, cell: int, column: str = ERROR.name) -> Band:
    """The band of one column over the seeds of a cell. column: a name in COLUMNS."""
    curves = COLUMNS[checks.one_of("column", column, COLUMNS)].of(outcome.rows[cell]).T
    return Band(*(_over_seeds(how, curves) for how in (np.min, np.median, np.max)))


def error_bands(outcome: Outcome, cell: int) -> dict[str, Band]:
    """The bands of the errors of a cell by the samples they are measured on: training and test."""
    return {column.samples: band(outcome, cell, column.name) for column in WATCHED.values()}
