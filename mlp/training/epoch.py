"""How an epoch is cut into batches, and what it makes of their errors."""

from dataclasses import dataclass

import numpy as np

from mlp.network import sums


@dataclass(frozen=True)
class Batches:
    """How an epoch of m samples is cut: `full` batches of `size`, then one of `last`, if any."""

    m: int
    size: int
    full: int
    last: int
    article: bool

    @classmethod
    def of(cls, m: int, size: int, batching: str) -> "Batches":
        """The batches of a config. Source: seed 000, section 4, for "article"."""
        full, rest = divmod(m, size)
        if batching == "standard" or rest == 0:
            return cls(m, size, full, rest, batching == "article")
        # The article's last batch takes the remainder too.
        return cls(m, size, max(full - 1, 0), size + rest if full else rest, True)

    @property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return self.full + (self.last > 0)

    def divisor(self, size: int) -> int:
        """What the sum over a batch of `size` samples is divided by."""
        return self.size if self.article else size

    def epoch_error(self, errors: np.ndarray) -> np.ndarray:
        """The error of an epoch from those of its batches, (steps, ...) -> (...)."""
        if self.article or not self.last:
            return sums.over_rows(errors.T) / self.steps
        weights = np.full(self.steps, self.size / self.m)
        weights[-1] = self.last / self.m
        return sums.over_rows(weights * errors.T)


# The errors that patience may watch, in the order of a history's columns.
WATCHED = ("training error", "test error")


# The columns of a run's rows, by name.
COLUMNS = {"error": 0, "test error": 1, "test accuracy": 2}
