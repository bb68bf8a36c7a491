"""The networks that the backpropagation page opens with: the seeds' own, with their stories."""

from dataclasses import dataclass

import numpy as np

from mlp.datasets import one_hot
from mlp.datasets.parity import to_bits
from mlp.derivation.notation import Notation
from mlp.derivation.problem import Key
from mlp.examples.exercise import Exercise, drawn
from mlp.examples.slips import ARTICLE_SLIPS, QUESTION_SLIPS, STUDENT_SLIPS, Slip
from mlp.network.initialisation import initialise
from mlp.network.shape import parameter_count


@dataclass(frozen=True)
class Example:
    """An exercise with its title, its story, the notation of its text, and that text's slips."""

    title: str
    story: str
    notation: Notation
    batch: int
    exercise: Exercise
    inputs: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()


def _flat(sizes: tuple[int, ...], *arrays) -> np.ndarray:
    """Parameters from W, b, W, b, … as nested lists."""
    flat = np.concatenate([np.ravel(a) for a in arrays]).astype(float)
    assert flat.size == parameter_count(sizes)
    return flat


def _question() -> Exercise:
    """Seed 001's network, with weights for which every hidden z is above 0, as it assumes."""
    W1, b1 = [[0.5, 0.3], [0.4, 0.8], [0.2, 0.6]], [0.1, 0.2, 0.1]
    W2, b2 = [[0.6, -0.4, 0.9], [-0.3, 0.7, 0.5]], [0.1, -0.2]
    X = [[1, 0.5], [0.2, 0.9], [0.7, 0.1], [0.4, 0.4], [0.9, 0.8], [0.1, 0.3], [0.6, 1], [0.3, 0.6]]
    y = one_hot(np.array([0, 1, 0, 1, 0, 1, 0, 1]), 2)
    parameters = _flat((2, 3, 2), W1, b1, W2, b2)
    return Exercise((2, 3, 2), "relu", "sigmoid", "half squared error", np.array(X), y, parameters)


def _parity() -> Exercise:
    """Seed 000's network as it starts with seed 0, and the numbers 5, 6, 12, …"""
    numbers = np.array([5, 6, 12, 77, 300, 511, 640, 1001])
    parameters = initialise((10, 3, 2), "normal", np.random.RandomState(0))
    y = one_hot((numbers % 2 == 0).astype(int), 2)
    return Exercise((10, 3, 2), "sigmoid", "sigmoid", "squared error", to_bits(numbers, 10), y,
                 parameters)  # fmt: skip


def _first_part() -> Exercise:
    """The [5, 4, 2] network of seed 000's first part: numbers of five bits."""
    numbers = np.array([5, 6, 12, 19, 23, 30, 8, 1])
    y = one_hot((numbers % 2 == 0).astype(int), 2)
    return Exercise((5, 4, 2), "sigmoid", "sigmoid", "squared error", to_bits(numbers, 5), y,
                 drawn((5, 4, 2), 1))  # fmt: skip


def _students() -> Exercise:
    """Seed 002's design matrix: GPA of 4, GRE of 340 and class rank of 1, each as a share."""
    X = [[0.95, 0.96, 0.1], [0.75, 0.89, 0.5], [0.88, 0.93, 0.2], [0.6, 0.85, 0.8],
         [0.7, 0.94, 0.4], [0.98, 0.91, 0.1], [0.65, 0.88, 0.7], [0.82, 0.9, 0.3]]  # fmt: skip
    y = np.array([[1], [0], [1], [0], [1], [1], [0], [0]], float)
    parameters = drawn((3, 2, 1), 3)
    return Exercise(
        (3, 2, 1), "sigmoid", "sigmoid", "binary cross-entropy", np.array(X), y, parameters
    )


def _deep() -> Exercise:
    """Seed 003's four layers: ReLU, then softmax over three classes."""
    X = np.random.RandomState(5).uniform(-1, 1, (8, 2)).round(1)
    y = one_hot(np.array([0, 1, 2, 0, 1, 2, 0, 1]), 3)
    sizes = (2, 3, 4, 3)
    return Exercise(sizes, "relu", "softmax", "cross-entropy", X, y, drawn(sizes, 19))


EXAMPLES: dict[str, Example] = {
    "question": Example(
        "2-3-2, the question",
        "Someone wrote out this network by hand and got stuck: “I get 2×1 2×3 3×1 1×2…”. Watch the "
        "shapes under the braces: they fit in every step.",
        Notation("columns", "denominator", 1, letter="L"),
        1,
        _question(),
        slips=QUESTION_SLIPS,
    ),
    "parity": Example(
        "10-3-2, parity",
        "Ten bits go in, and two outputs say odd or even. These are the article's own weights "
        "before its first step, and the numbers 5, 6, 12, …",
        Notation("columns", "denominator", 1),
        1,
        _parity(),
        tuple(f"bit {i}" for i in range(9, -1, -1)),
        ARTICLE_SLIPS,
    ),
    "first part": Example(
        "5-4-2, the first part",
        "The smaller network of the article's first part, with weights that are easy to read.",
        Notation("columns", "denominator", 1),
        1,
        _first_part(),
        tuple(f"bit {i}" for i in range(4, -1, -1)),
        ARTICLE_SLIPS,
    ),
    "students": Example(
        "3-2-1, students",
        "Each row is a student: GPA, GRE and class rank, each as a share of the best mark. The "
        "target says who was admitted. The cost is the mean over the students.",
        Notation("rows", "denominator", 0, "[]", "index", "J"),
        4,
        _students(),
        ("GPA", "GRE", "rank"),
        STUDENT_SLIPS,
    ),
    "deep": Example(
        "2-3-4-3, four layers",
        "Every Jacobian between the layers written out, first for one sample. Then set the batch "
        "to 3: only the sums change. (The post adds the samples up; here L is their mean, so 1/m "
        "stands before the sums.)",
        Notation("rows", "denominator", 0, "()", "jacobians", "L"),
        1,
        _deep(),
    ),
}


def slips_at(example: Example, key: Key, last: int) -> list[Slip]:
    """The slips that belong to a step; last: the number of the output layer."""
    layers = (None, key.layer, key.layer - last - 1)
    return [s for s in example.slips if key.kind in s.kinds and s.layer in layers]
