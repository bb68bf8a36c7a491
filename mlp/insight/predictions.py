"""What a network answers, counted against the truth, and its mistakes, the most certain first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlp.network.network import Network
from mlp.words import one, percent, plural


@dataclass(frozen=True)
class Answers:
    """The answers to m samples, each with what it is.

    outputs: (m, n_out). answer, truth: (m,), class numbers; an answer is -1 where an output is
    not a number.
    """

    outputs: np.ndarray
    answer: np.ndarray
    truth: np.ndarray

    @property
    def confidence(self) -> np.ndarray:
        """The output of each answer, (m,): how certain the network is."""
        return self.outputs.max(axis=1)

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0 to 1; NaN without samples."""
        return float((self.answer == self.truth).mean()) if len(self.truth) else np.nan


def answers(network: Network, X: np.ndarray, truth: np.ndarray) -> Answers:
    """Ask a network about samples X (m, n_in) whose classes are truth (m,)."""
    a = outputs(network, X)
    return Answers(a, answered(a), np.asarray(truth))


def confusion(given: Answers) -> np.ndarray:
    """How often each class (rows) got each answer (columns), (n_out, n_out), whole numbers."""
    n = given.outputs.shape[1]
    known = given.answer >= 0
    pairs = given.truth[known] * n + given.answer[known]
    return np.bincount(pairs, minlength=n * n).reshape(n, n)


def in_cell(given: Answers, truth: int, answer: int) -> np.ndarray:
    """The samples of this class that got this answer, the most certain first: their numbers."""
    some = np.flatnonzero((given.truth == truth) & (given.answer == answer))
    return some[np.argsort(-given.confidence[some], kind="stable")]


def mistakes(given: Answers) -> np.ndarray:
    """The samples answered wrong, the most certain first: their numbers."""
    some = np.flatnonzero(given.answer != given.truth)
    return some[np.argsort(-np.nan_to_num(given.confidence[some]), kind="stable")]


def confusion_words(given: Answers, classes: Sequence[str], which: str) -> str:
    """How many answers are right, which class is hardest, and which mix-up is the commonest.

    which: the name of the samples, such as "test".
    """
    m, counts = len(given.truth), confusion(given)
    if not m:
        return "There are no answers to count."
    right, none = int(np.trace(counts)), m - int(counts.sum())
    text = (
        f"**{right:,}** of {plural(m, f'{which} image')} are read right, {100 * right / m:.1f} %."
    )
    if none:
        text += f" To {none:,} there is no answer: an output is not a number."
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    return f"{text} {_worst(given, counts, wrong, classes)}" if wrong.any() else text


def _worst(given: Answers, counts: np.ndarray, wrong: np.ndarray, classes: Sequence[str]) -> str:
    """The class with the least share of right answers, and the commonest mistake."""
    asked = np.bincount(given.truth, minlength=len(counts))
    shares = np.where(asked > 0, np.diag(counts) / np.maximum(asked, 1), np.inf)
    worst = int(shares.argmin())
    alone = (shares == shares[worst]).sum() == 1
    hardest = (
        f"The {classes[worst]} is the hardest"
        if alone
        else f"None is harder than the {classes[worst]}"
    )
    i, j = np.unravel_index(wrong.argmax(), wrong.shape)
    alone = (wrong == wrong[i, j]).sum() == 1
    commonest = "The commonest mistake is" if alone else "No mistake is commoner than"
    times = f"{wrong[i, j]:,} times" if wrong[i, j] > 1 else "once"
    return (
        f"{hardest}, {percent(shares[worst])} of them are right. {commonest} to take "
        f"{one(classes[i])} for {one(classes[j])}, {times}."
    )


PASS_BYTES = 2**25  # the arrays of one forward pass stay below this


def outputs(network: Network, X: np.ndarray) -> np.ndarray:
    """The outputs for samples X (m, n_in), (m, n_out), computed in parts of bounded memory."""
    rows = _rows(network)
    parts = [np.empty((0, network.sizes[-1]), network.parameters.dtype)]
    with np.errstate(all="ignore"):
        parts += [network.forward(X[lo : lo + rows]).a[-1] for lo in range(0, len(X), rows)]
    return np.concatenate(parts)


def _rows(network: Network) -> int:
    """How many samples one forward pass may take: a trace holds four arrays a layer."""
    numbers = 4 * sum(network.sizes) + network.sizes[0]
    return max(1, PASS_BYTES // (numbers * network.parameters.itemsize))


def answered(a: np.ndarray) -> np.ndarray:
    """The class of the largest output, (m,); -1, no answer, where an output is not a number."""
    return np.where(np.isnan(a).any(axis=-1), -1, np.nan_to_num(a).argmax(axis=-1))


def truth_table(
    network: Network, X: np.ndarray, y: np.ndarray, classes: Sequence[str]
) -> dict[str, np.ndarray]:
    """Question and answer for every sample, as columns of equal length, the mistakes first.

    X: (m, n_in) of bits, the most significant first. y: (m, n_out), one-hot. Columns: number,
    bits, truth, predicted, one a class with the network's output for it, and right.
    """
    a, truth = outputs(network, X), y.argmax(axis=1)
    predicted = answered(a)
    right = predicted == truth
    named = np.array([*classes, "no answer"])  # -1 is the last
    bits = np.ascontiguousarray(X.astype(np.uint8) + ord("0"))
    columns = {
        "number": X.astype(np.int64) @ (1 << np.arange(X.shape[1])[::-1]),
        "bits": bits.view(f"S{X.shape[1]}")[:, 0].astype(str),
        "truth": named[truth],
        "predicted": named[predicted],
    }
    columns |= {f"output: {name}": a[:, k] for k, name in enumerate(classes)}
    order = np.argsort(right, kind="stable")
    return {name: column[order] for name, column in (columns | {"right": right}).items()}


def table_words(right: np.ndarray) -> str:
    """How many of the answers are wrong. right: (m,) of bool, m at least 1."""
    wrong, m = int((~right).sum()), len(right)
    if not wrong:
        return f"All {m:,} are right."
    return f"**{wrong:,}** of {m:,} {'is' if wrong == 1 else 'are'} wrong."


def own_words(given: Answers) -> str:
    """How many of a learner's own digits are read right, m at least 1."""
    m, right = len(given.truth), int((given.answer == given.truth).sum())
    return f"**A test set of your own**: {right} of {m} read right, {percent(right / m)}."
