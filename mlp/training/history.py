"""What happened in a run: the numbers of each epoch, the states along the way, and its end."""

import csv
import io
from dataclasses import dataclass

import numpy as np

from mlp.training.epoch import (
    COLUMNS,
    ERROR,
    TEST_ACCURACY,
    TEST_ERROR,
    WATCHED,
    known_columns,
)
from mlp.training.state import State


@dataclass(frozen=True)
class Divergence:
    """Where a run's numbers stopped being finite."""

    epoch: int
    step: int
    layer: str


@dataclass(frozen=True)
class Progress:
    """What one call of `train` did.

    state: where the run stands now. rows: the numbers of every epoch finished, (epochs, columns)
    or (epochs, columns, runs), with the columns in COLUMNS. snapshots: the states at the ends of
    the epochs that `stride` divides. previous: the state at the start of the last finished epoch.
    diverged: where the numbers stopped being finite, if they did.
    """

    state: State
    rows: np.ndarray
    snapshots: tuple[State, ...]
    previous: State | None
    diverged: Divergence | None


class Record:
    """What happens in a call of `train`, gathered epoch by epoch into a Progress.

    state: where the call begins. stride: as in `train`.
    """

    def __init__(self, state: State, stride: int):
        self._shape = len(COLUMNS), *state.parameters.shape[:-1]  # of a row
        self._rows: list[np.ndarray] = []
        self._snapshots: list[State] = []
        self._stride = stride
        self._previous: State | None = None
        self._epoch_start = state if state.step == 0 else None

    def add(self, row: np.ndarray, state: State) -> None:
        """An epoch has ended with this row of numbers, and in this state."""
        self._rows.append(row)
        if self._stride and state.epoch % self._stride == 0:
            self._snapshots.append(state)
        self._previous, self._epoch_start = self._epoch_start, state

    def progress(self, state: State, diverged: Divergence | None = None) -> Progress:
        """All of it, with the state where it ended."""
        rows = np.array(self._rows).reshape(len(self._rows), *self._shape)
        return Progress(state, rows, tuple(self._snapshots), self._previous, diverged)


def patience_errors(rows: np.ndarray, watch: str) -> np.ndarray:
    """The errors that patience watches, from rows of a history (..., columns) -> (...).

    watch: a name in WATCHED. Where that error is NaN, for there are no test samples, it is the
    training error.
    """
    errors = WATCHED[watch].of(rows)
    return np.where(np.isnan(errors), ERROR.of(rows), errors)


# Snapshots are thinned to every second one at this many, or at this many bytes. One that was
# thinned away is computed again from the one before it.
MOST_SNAPSHOTS = 1000
MOST_SNAPSHOT_BYTES = 24 * 2**20


@dataclass(frozen=True)
class History:
    """What happened: the numbers of every epoch, and the states along the way.

    rows: (epochs, columns), with the columns in COLUMNS. snapshots: states at epochs 0, stride,
    2 stride, … previous: the state one epoch before the last finished one.
    """

    rows: np.ndarray
    snapshots: tuple[State, ...]
    stride: int = 1
    previous: State | None = None

    @property
    def error(self) -> np.ndarray:
        """The training error of each epoch, (epochs,), measured before each step."""
        return ERROR.of(self.rows)

    @property
    def test_error(self) -> np.ndarray:
        """The error on the test samples after each epoch, (epochs,)."""
        return TEST_ERROR.of(self.rows)

    @property
    def test_accuracy(self) -> np.ndarray:
        """After each epoch, the share of test samples that are answered right, (epochs,)."""
        return TEST_ACCURACY.of(self.rows)

    def extended(self, progress: Progress) -> "History":
        """The history with what `train` has just done, thinned when there is too much of it."""
        if len(progress.rows) == 0:
            return self
        snapshots, stride = self.snapshots + progress.snapshots, self.stride
        while len(snapshots) > most_snapshots(progress.state):
            stride *= 2
            snapshots = tuple(s for s in snapshots if s.epoch % stride == 0)
        rows = np.concatenate([self.rows, progress.rows])
        return History(rows, snapshots, stride, progress.previous or self.previous)

    def until(self, epoch: int) -> "History":
        """The history as it was at the end of an epoch."""
        kept = tuple(s for s in self.snapshots if s.epoch <= epoch)
        return History(self.rows[:epoch], kept, self.stride)


def state_bytes(state: State) -> int:
    """How much a kept state takes, the 624 words of its generator included."""
    return state.parameters.nbytes + state.slots.nbytes + 2500


def most_snapshots(state: State) -> int:
    """How many snapshots of a network of this size are kept."""
    return max(8, min(MOST_SNAPSHOTS, MOST_SNAPSHOT_BYTES // state_bytes(state)))


def history_csv(history: History) -> str:
    """The history as a table in text: the epochs finished, and the numbers of each."""
    text, columns = io.StringIO(), known_columns(history.rows)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epochs", *(column.head for column in columns)])
    for epochs, row in enumerate(history.rows, 1):
        values = (float(column.of(row)) for column in columns)
        writer.writerow([epochs, *("" if np.isnan(value) else repr(value) for value in values)])
    return text.getvalue()
