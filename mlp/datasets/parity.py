"""Binary numbers with a yes-or-no question about each: is it even, has it an odd sum of bits, …"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mlp import checks
from mlp.datasets.dataset import Dataset, one_hot


@dataclass(frozen=True)
class Rule:
    """A question about a number: who is in class 1, and what both classes are called."""

    title: str
    question: str
    holds: Callable[
        [np.ndarray, np.ndarray], np.ndarray
    ]  # (numbers (m,), bits (m, n)) -> (m,) of bool
    classes: tuple[str, str]


# The names stand in files and on the command line, the titles in links: they stay as they are.
RULES: dict[str, Rule] = {
    "even": Rule(
        "even or odd", "Is it even?", lambda number, bits: number % 2 == 0, ("odd", "even")
    ),
    "ones": Rule(
        "parity of the ones",
        "Is the number of its ones even?",
        lambda number, bits: bits.sum(axis=1) % 2 == 0,
        ("odd count", "even count"),
    ),
    "three": Rule(
        "divisible by three",
        "Can it be divided by three?",
        lambda number, bits: number % 3 == 0,
        ("indivisible", "divisible"),
    ),
    "majority": Rule(
        "more ones than zeros",
        "Has it more ones than zeros?",
        lambda number, bits: 2 * bits.sum(axis=1) > bits.shape[1],
        ("not more 1s", "more 1s"),
    ),
}


def to_bits(numbers: np.ndarray, bits: int, dtype: str = "float64") -> np.ndarray:
    """Write whole numbers (m,) as rows of bits (m, bits), the most significant first."""
    shifts = np.arange(bits - 1, -1, -1)
    return ((np.asarray(numbers)[:, None] >> shifts) & 1).astype(dtype)


@dataclass(frozen=True)
class Parity:
    """All numbers of some bits; the first part of them to train on, the rest to test on.

    bits: 2 to 16. rule: a name in RULES. train_share: above 0 up to 1; of 2^bits numbers the
    first round(train_share * 2^bits) are for training, in their order, as in the article, whose
    700 of 1,024 are a share of 0.684.
    Source: seed 000, section 7.1.
    """

    name: ClassVar[str] = "parity"

    bits: int = 10
    rule: str = "even"
    train_share: float = 0.684

    def __post_init__(self):
        checks.whole("bits", self.bits, 2, 16)
        checks.one_of("rule", self.rule, RULES)
        checks.real("train_share", self.train_share, above=0, at_most=1)
        if self.train_count < 1:
            raise ValueError(
                f"train_share must leave at least 1 number to train on, got {self.train_share!r}"
            )

    @property
    def train_count(self) -> int:
        """How many numbers are for training."""
        return round(self.train_share * 2**self.bits)

    @property
    def n_in(self) -> int:
        """How many inputs a network needs: one a bit."""
        return self.bits

    @property
    def n_out(self) -> int:
        """How many outputs a network needs: one a class."""
        return 2

    def load(self, precision: str) -> Dataset:
        """Make the data. X (2^bits, bits) of 0 and 1, y (2^bits, 2) one-hot, by number."""
        rule, numbers = RULES[self.rule], np.arange(2**self.bits)
        X = to_bits(numbers, self.bits, precision)
        y = one_hot(rule.holds(numbers, X).astype(int), 2, precision)
        n = self.train_count
        names = tuple(f"bit {i}" for i in range(self.bits - 1, -1, -1))
        return Dataset(X[:n], y[:n], X[n:], y[n:], names, rule.classes)
