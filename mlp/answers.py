"""What a network answers, counted against the truth, and its mistakes, the most certain first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlp.insight import answered, outputs
from mlp.network import Network

Array = np.ndarray


@dataclass(frozen=True)
class Answers:
    """The answers to m samples, each with what it is.

    outputs: (m, n_out). answer, truth: (m,), class numbers; an answer is -1 where an output is
    not a number.
    """

    outputs: Array
    answer: Array
    truth: Array

    @property
    def confidence(self) -> Array:
        """The output of each answer, (m,): how certain the network is."""
        return self.outputs.max(axis=1)

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0 to 1; NaN without samples."""
        return float((self.answer == self.truth).mean()) if len(self.truth) else np.nan


def answers(network: Network, X: Array, truth: Array) -> Answers:
    """Ask a network about samples X (m, n_in) whose classes are truth (m,)."""
    a = outputs(network, X)
    return Answers(a, answered(a), np.asarray(truth))


def confusion(given: Answers) -> Array:
    """How often each class (rows) got each answer (columns), (n_out, n_out), whole numbers."""
    n = given.outputs.shape[1]
    known = given.answer >= 0
    pairs = given.truth[known] * n + given.answer[known]
    return np.bincount(pairs, minlength=n * n).reshape(n, n)


def in_cell(given: Answers, truth: int, answer: int) -> Array:
    """The samples of this class that got this answer, the most certain first: their numbers."""
    some = np.flatnonzero((given.truth == truth) & (given.answer == answer))
    return some[np.argsort(-given.confidence[some], kind="stable")]


def mistakes(given: Answers) -> Array:
    """The samples answered wrong, the most certain first: their numbers."""
    some = np.flatnonzero(given.answer != given.truth)
    return some[np.argsort(-np.nan_to_num(given.confidence[some]), kind="stable")]


def in_words(counts: Array, classes: Sequence[str], which: str) -> str:
    """How many answers are right, which class is hardest, and which mix-up is the commonest.

    counts: as `confusion` gives them. which: the name of the samples, such as "test".
    """
    m, right = int(counts.sum()), int(np.trace(counts))
    if not m:
        return "There are no answers to count."
    text = f"**{right:,}** of {m:,} {which} images are read right, {100 * right / m:.1f} %."
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    if not wrong.any():
        return text
    i, j = np.unravel_index(wrong.argmax(), wrong.shape)
    shares = np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
    hardest = int(np.where(counts.any(axis=1), shares, np.inf).argmin())
    times = f"{wrong[i, j]:,} times" if wrong[i, j] > 1 else "once"
    return (
        f"{text} The {classes[hardest]} is the hardest, {100 * shares[hardest]:.0f} % of them are "
        f"right. The commonest mistake is to take a {classes[i]} for a {classes[j]}, {times}."
    )
