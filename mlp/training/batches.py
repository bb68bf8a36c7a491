"""Batches: how an epoch is cut into them, and how their samples are drawn and gathered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from mlp.datasets.dataset import Dataset, take
from mlp.network import sums
from mlp.words import plural

# Batches are gathered from the shuffled data in blocks of about this number of bytes: large enough
# that a small network does not pay for it in every step, small enough to stay in the cache.
BLOCK_BYTES = 2**19


@dataclass(frozen=True)
class Batches:
    """How an epoch of m samples is cut: `full` batches of `size`, then one of `last`, if any.

    article: whether the sum over a batch is divided by `size` even where the batch is larger.
    """

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

    def words(self) -> str:
        """How an epoch is cut into batches, and by what the sum over each is divided."""
        if self.steps == 1:
            all_of_them, by = plural(self.m, "sample"), f"{self.divisor(self.m):,}"
            return f"An epoch is one batch of all {all_of_them}, the sum divided by {by}."
        full = f"{self.full:,} batches" if self.full > 1 else "one batch"
        full = f"An epoch is {full} of {plural(self.size, 'sample')}"
        if not self.last:
            return f"{full}, each sum divided by {self.size:,}."
        by = self.divisor(self.last)
        return f"{full} and one of {self.last:,}, whose sum is divided by {by:,}."

    def epoch_error(self, errors: np.ndarray) -> np.ndarray:
        """The error of an epoch from those of its batches, (steps, ...) -> (...)."""
        if self.article or not self.last:
            return sums.over_rows(errors.T) / self.steps
        weights = np.full(self.steps, self.size / self.m)
        weights[-1] = self.last / self.m
        return sums.over_rows(weights * errors.T)


class Block(NamedTuple):
    """Some batches of one size, gathered.

    X: the inputs of one batch after another, (..., size, n_in), in arrays that are used again.
    y: the targets of all, (k, ..., size, n_out). outputs: room for what a network computes from
    each batch, (k, ..., size, n_out).
    """

    X: Iterator[np.ndarray]
    y: np.ndarray
    outputs: np.ndarray


class ShuffledBatches:
    """The batches of one epoch after another, for a network, or for each network of a stack.

    cut: how an epoch is cut. generators: of each network, the state of its RandomState before it
    drew this epoch.
    """

    def __init__(
        self, data: Dataset, cut: Batches, generators: Sequence[dict], leading: tuple[int, ...]
    ):
        """leading: () for one network, (runs,) for a stack."""
        self.cut = cut
        self._data, self._leading = data, leading
        self._random = [np.random.RandomState() for _ in generators]
        for random, generator in zip(self._random, generators, strict=True):
            random.set_state(generator)
        self._rooms: dict[int, tuple[np.ndarray, ...]] = {}
        self.draw()

    def draw(self) -> None:
        """Shuffle the samples for an epoch, each network its own."""
        self.generators = tuple(random.get_state(legacy=False) for random in self._random)
        cut, orders = self.cut, np.tile(np.arange(self.cut.m), (len(self._random), 1))
        for random, order in zip(self._random, orders, strict=True):
            random.shuffle(order)
        order, end = orders.reshape(*self._leading, cut.m), cut.full * cut.size  # (..., m)
        full = order[..., :end].reshape(*self._leading, cut.full, cut.size)
        self._full = full.swapaxes(0, -2)  # (full, ..., size)
        self._last = order[None, ..., end:]  # (1, ..., last)

    def block(self, step: int, most: int) -> Block:
        """The batches of one size from this step of the epoch on, at most `most` of them."""
        samples = self._full[step:] if step < self.cut.full else self._last
        X, y, outputs = self._room(samples.shape[-1])
        samples = samples[: min(most, len(y))]
        y, outputs = y[: len(samples)], outputs[: len(samples)]
        take(self._data.y_train, samples, y)
        return Block(chain.from_iterable(self._gathered(samples, X)), y, outputs)

    def _gathered(self, samples: np.ndarray, room: np.ndarray) -> Iterator[np.ndarray]:
        """The inputs of these batches, as many at a time as there is room for, (k, ..., n_in)."""
        for lo in range(0, len(samples), len(room)):
            X = room[: len(samples) - lo]
            yield self._data.gather(samples[lo : lo + len(X)], X)

    def _room(self, size: int) -> tuple[np.ndarray, ...]:
        """Arrays for the X, the y and the outputs of batches of this size, (k, ..., size, n)."""
        if size not in self._rooms:
            X, y = self._data.X_train, self._data.y_train
            self._rooms[size] = tuple(self._empty(size, each.shape[1]) for each in (X, y, y))
        return self._rooms[size]

    def _empty(self, size: int, n: int) -> np.ndarray:
        """An array of as many batches of n columns as fit into a block, but at least one."""
        dtype = self._data.y_train.dtype
        one = dtype.itemsize * len(self._random) * size * n
        k = max(1, min(BLOCK_BYTES // one, self.cut.full))
        return np.empty((k, *self._leading, size, n), dtype)
