"""An epoch's numbers: what each is called, where it stands in a row, and which way is better."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Column:
    """One of the numbers that every epoch ends with: a column in the rows of a history.

    name: in the parameters of an address, in select boxes and in the heads of tables.
    title: in full, for sentences and wherever the name alone would not be clear.
    index: where the number stands in a row; saved files rely on it.
    of_tests: whether it is measured on the test samples after the epoch. It is NaN where there are
        none.
    stands_in: whether it is measured after the epoch on the training samples, and only where there
        are no test samples; it is NaN where there are some. Without `of_tests` and `stands_in`, a
        number is measured on the training samples before each step.
    higher_is_better: else the lowest is the best. is_share: whether it is from 0 to 1, and people
        read it in per cent.
    In a stack, every number of a network is NaN from the epoch on in which it diverged.
    """

    name: str
    title: str
    index: int
    of_tests: bool = False
    stands_in: bool = False
    higher_is_better: bool = False
    is_share: bool = False

    def of(self, rows: np.ndarray) -> np.ndarray:
        """This number of each epoch, from rows (..., columns) -> (...)."""
        return rows[..., self.index]

    @property
    def head(self) -> str:
        """The head of this column in a table, one word: "test_error"."""
        return self.name.replace(" ", "_")

    @property
    def samples(self) -> str:
        """Which samples it is measured on: "test" or "training"."""
        return "test" if self.of_tests else "training"

    def measured(self, has_tests: bool) -> bool:
        """Whether runs have this number. has_tests: whether there are samples to test on."""
        return has_tests if self.of_tests else not (self.stands_in and has_tests)

    @property
    def sign(self) -> float:
        """The factor, 1 or -1, after which the lowest number is the best."""
        return -1.0 if self.higher_is_better else 1.0


ERROR = Column("error", "training error", 0)
TEST_ERROR = Column("test error", "test error", 1, of_tests=True)
TEST_ACCURACY = Column(
    "test accuracy", "test accuracy", 2, of_tests=True, higher_is_better=True, is_share=True
)
TRAINING_ACCURACY = Column(
    "training accuracy",
    "training accuracy",
    3,
    stands_in=True,
    higher_is_better=True,
    is_share=True,
)
# All the numbers of an epoch, by name, in the order of a row.
COLUMNS: dict[str, Column] = {
    each.name: each for each in (ERROR, TEST_ERROR, TEST_ACCURACY, TRAINING_ACCURACY)
}
# Those that are errors, by title: the ones that patience may watch.
WATCHED: dict[str, Column] = {
    each.title: each for each in COLUMNS.values() if not each.higher_is_better
}


def known_columns(rows: np.ndarray) -> list[Column]:
    """The columns that a table of these rows (..., columns) has.

    Those are all but the ones that stand in for others and have no number, so that tables of runs
    with test samples have no column without any.
    """
    return [
        column
        for column in COLUMNS.values()
        if not column.stands_in or not np.isnan(column.of(rows)).all()
    ]


def blank_rows(*shape: int) -> np.ndarray:
    """Rows in which no number is known yet: NaN, (*shape, columns)."""
    return np.full((*shape, len(COLUMNS)), np.nan)
