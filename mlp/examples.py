"""The networks that the backpropagation page opens with: the seeds' own, and how to change one.

Also the seeds' slips: where each occurs, what it says, and the right form. An edit is a number
put in by hand, written as W1:2,3=0.5 (neuron, input), b1:2=0.5, x:1,2=0.5 or y:1,2=1 (sample
first); several are joined by semicolons.
"""

import re
from dataclasses import dataclass, replace

import numpy as np

from mlp import checks
from mlp.activations import ACTIVATIONS
from mlp.datasets.parity import to_bits
from mlp.losses import LOSSES, Loss
from mlp.network import Network, initialise, parameter_count, views
from mlp.notation import Notation

Array = np.ndarray

MOST_SAMPLES = 8
MOST_LAYERS, MOST_NEURONS = 6, 8
EDIT = re.compile(r"([Wbxy])(\d*):(\d+)(?:,(\d+))?=(\S+)")


@dataclass(frozen=True)
class Setup:
    """A network with its samples. X: (8, n_in). y: (8, n_out). parameters: flat (P,)."""

    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss_name: str
    X: Array
    y: Array
    parameters: Array

    @property
    def network(self) -> Network:
        """A network over the parameters."""
        return Network(self.sizes, self.hidden, self.output, self.parameters)

    @property
    def loss(self) -> Loss:
        """The loss itself."""
        return LOSSES[self.loss_name]


@dataclass(frozen=True)
class Slip:
    """A slip of a text. kinds: the steps where it belongs, "W" for all or "W 1" for one.

    wrong, right: LaTeX, as the text has it and as it should be. words: what went wrong.
    """

    kinds: tuple[str, ...]
    wrong: str
    right: str
    words: str


@dataclass(frozen=True)
class Example:
    """A setup with its title, its story, the notation of its text, and that text's slips."""

    title: str
    story: str
    notation: Notation
    batch: int
    setup: Setup
    inputs: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()


def _flat(sizes: tuple[int, ...], *arrays) -> Array:
    """Parameters from W, b, W, b, … as nested lists."""
    flat = np.concatenate([np.ravel(a) for a in arrays]).astype(float)
    assert flat.size == parameter_count(sizes)
    return flat


def _drawn(sizes: tuple[int, ...], seed: int) -> Array:
    """Weights and biases that are easy to read: drawn from N(0, 1), to one decimal, never 0."""
    flat = initialise(sizes, "normal", np.random.RandomState(seed)).round(1)
    return np.where(flat == 0, 0.1, flat)


def _one_hot(classes: list[int], n: int) -> Array:
    return np.eye(n)[classes]


def _question() -> Setup:
    """Seed 001's network, with weights for which every hidden z is above 0, as it assumes."""
    W1, b1 = [[0.5, 0.3], [0.4, 0.8], [0.2, 0.6]], [0.1, 0.2, 0.1]
    W2, b2 = [[0.6, -0.4, 0.9], [-0.3, 0.7, 0.5]], [0.1, -0.2]
    X = [[1, 0.5], [0.2, 0.9], [0.7, 0.1], [0.4, 0.4], [0.9, 0.8], [0.1, 0.3], [0.6, 1], [0.3, 0.6]]
    y = _one_hot([0, 1, 0, 1, 0, 1, 0, 1], 2)
    parameters = _flat((2, 3, 2), W1, b1, W2, b2)
    return Setup((2, 3, 2), "relu", "sigmoid", "half squared error", np.array(X), y, parameters)


def _parity() -> Setup:
    """Seed 000's network as it starts with seed 0, and the numbers 5, 6, 12, …"""
    numbers = np.array([5, 6, 12, 77, 300, 511, 640, 1001])
    parameters = initialise((10, 3, 2), "normal", np.random.RandomState(0))
    y = _one_hot(list((numbers % 2 == 0).astype(int)), 2)
    return Setup((10, 3, 2), "sigmoid", "sigmoid", "squared error", to_bits(numbers, 10), y,
                 parameters)  # fmt: skip


def _first_part() -> Setup:
    """The [5, 4, 2] network of seed 000's first part: numbers of five bits."""
    numbers = np.array([5, 6, 12, 19, 23, 30, 8, 1])
    y = _one_hot(list((numbers % 2 == 0).astype(int)), 2)
    return Setup((5, 4, 2), "sigmoid", "sigmoid", "squared error", to_bits(numbers, 5), y,
                 _drawn((5, 4, 2), 1))  # fmt: skip


def _students() -> Setup:
    """Seed 002's design matrix: GPA of 4, GRE of 340 and class rank of 1, each as a share."""
    X = [[0.95, 0.96, 0.1], [0.75, 0.89, 0.5], [0.88, 0.93, 0.2], [0.6, 0.85, 0.8],
         [0.7, 0.94, 0.4], [0.98, 0.91, 0.1], [0.65, 0.88, 0.7], [0.82, 0.9, 0.3]]  # fmt: skip
    y = np.array([[1], [0], [1], [0], [1], [1], [0], [0]], float)
    parameters = _drawn((3, 2, 1), 3)
    return Setup(
        (3, 2, 1), "sigmoid", "sigmoid", "binary cross-entropy", np.array(X), y, parameters
    )


def _deep() -> Setup:
    """Seed 003's four layers: ReLU, then softmax over three classes."""
    X = np.random.RandomState(5).uniform(-1, 1, (8, 2)).round(1)
    y = _one_hot([0, 1, 2, 0, 1, 2, 0, 1], 3)
    sizes = (2, 3, 4, 3)
    return Setup(sizes, "relu", "softmax", "cross-entropy", X, y, _drawn(sizes, 19))


ARTICLE_SLIPS = (
    Slip(
        ("dW", "db"),
        r"\frac{1}{8} \sum_{s=1}^{12} \nabla E_s",
        r"\frac{1}{12} \sum_{s=1}^{12} \nabla E_s",
        "The article's last batch holds the remainder too, 12 numbers, and its code still divides "
        "by 8. Here every batch divides by its own size.",
    ),
    Slip(
        ("loss",),
        r"\frac{\text{right answers}}{\text{wrong answers}}",
        r"\frac{\text{right answers}}{\text{all answers}}",
        "The article's formula for the accuracy divides by the wrong answers; its code divides by "
        "all of them.",
    ),
    Slip(
        ("loss",),
        r"\tfrac{1}{6} \sum_{t=0}^{6} E_t",
        r"\tfrac{1}{7} \sum_{t=0}^{6} E_t",
        "Its program for the paraboloid takes seven steps and divides the sum of their errors by "
        "six, the number of the last one.",
    ),
)

EXAMPLES: dict[str, Example] = {
    "question": Example(
        "2-3-2, the question",
        "Someone wrote out this network by hand and got stuck: “I get 2×1 2×3 3×1 1×2…”. Watch the "
        "shapes under the braces: they fit in every step.",
        Notation("columns", "denominator", 1),
        1,
        _question(),
        slips=(
            Slip(
                ("delta last",),
                r"\nabla_{z^{(L)}} J = z^{(L)} - y",
                r"\nabla_{z^{(L)}} J = a^{(L)} - y",
                "The second answer writes z − y where it means a − y. Alone, a − y is right for "
                "a cross-entropy; with this squared error, σ′(z) stays in it.",
            ),
            Slip(
                ("dW 1",),
                r"\frac{\partial L}{\partial W^{(3)}} = \dots \, (1,1,1)^T a^{(1)T}",
                r"\frac{\partial L}{\partial W^{(2)}} = \dots \, (1,1,1)^T a^{(1)T}",
                "The question names W⁽³⁾ a second time where it derives the gradient of W⁽²⁾, and "
                "has ∂a⁽²⁾/∂z⁽²⁾ in the chain twice.",
            ),
        ),
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
        Notation("rows", "denominator", 0, "[]", "index"),
        4,
        _students(),
        ("GPA", "GRE", "rank"),
        (
            Slip(
                ("dW",),
                r"\sum_{p=1}^{n_1} dZ_p \frac{\partial Z_p}{\partial W_{jk}}",
                r"\sum_{p=1}^{n_l} dZ_p \frac{\partial Z_p}{\partial W_{jk}}",
                "The post lets this sum run to n₁, the size of the first layer. It runs over the "
                "neurons of layer l, so to nₗ.",
            ),
            Slip(
                ("dW",),
                r"(m \times n_{l-1}) \times (m \times n_l) = n_{l-1} \times n_l",
                r"(n_{l-1} \times m)(m \times n_l) = n_{l-1} \times n_l",
                "When it checks the shapes, the post forgets that A is transposed.",
            ),
        ),
    ),
    "deep": Example(
        "2-3-4-3, four layers",
        "Every Jacobian between the layers written out, first for one sample. Then set the batch "
        "to 3: only the sums change. (The post adds the samples up; here E is their mean, so 1/m "
        "stands before the sums.)",
        Notation("rows", "denominator", 0, "()", "jacobians"),
        1,
        _deep(),
    ),
}


def own(sizes: tuple[int, ...], hidden: str, output: str, loss: str, seed: int) -> Setup:
    """A network of any sizes that fit the screen, with weights and samples drawn from a seed.

    sizes: 2 to 6 numbers from 1 to 8. Raises ValueError for what makes no sense together.
    """
    if not 2 <= len(sizes) <= MOST_LAYERS:
        raise ValueError(f"sizes must be 2 to {MOST_LAYERS} numbers, got {len(sizes)}")
    for n in sizes:
        checks.whole("sizes", n, 1, MOST_NEURONS)
    checks.one_of("hidden", hidden, ACTIVATIONS)
    checks.one_of("output", output, ACTIVATIONS)
    checks.one_of("loss", loss, LOSSES)
    needed = LOSSES[loss].output
    if needed and output != needed:
        raise ValueError(f"{loss} needs the output activation {needed}, got {output}")
    generator = np.random.RandomState(checks.whole("seed", seed, 0, 2**32 - 1))
    X = generator.uniform(-1, 1, (MOST_SAMPLES, sizes[0])).round(1)
    classes = generator.randint(0, max(sizes[-1], 2), MOST_SAMPLES)
    y = _one_hot(list(classes), max(sizes[-1], 2))[:, : sizes[-1]]
    if sizes[-1] == 1 and needed == "softmax":
        y = np.ones((MOST_SAMPLES, 1))
    return Setup(sizes, hidden, output, loss, X, y, _drawn(sizes, seed))


def edited(setup: Setup, edits: str) -> Setup:
    """The setup with numbers put in by hand. Raises ValueError naming the edit that fails."""
    X, y, parameters = setup.X.copy(), setup.y.copy(), setup.parameters.copy()
    weights, biases = views(parameters, setup.sizes)
    for text in filter(None, (part.strip() for part in edits.split(";"))):
        found = EDIT.fullmatch(text)
        if not found:
            raise ValueError(f"edits must look like W1:2,3=0.5, got {text!r}")
        kind, layer, i, j, value = found.groups()
        try:
            number = checks.real("the value", float(value), at_least=-1e6, at_most=1e6)
            k = int(layer) - 1 if kind in "Wb" else 0
            if k < 0 or (kind in "xy" and layer) or (j is None) != (kind == "b"):
                raise IndexError
            array = {"W": weights, "b": biases, "x": [X], "y": [y]}[kind][k]
            at = (int(i) - 1,) if j is None else (int(i) - 1, int(j) - 1)
            if min(at) < 0:
                raise IndexError
            array[at] = number
        except (IndexError, ValueError) as error:
            more = f": {error}" if isinstance(error, ValueError) else ""
            raise ValueError(f"edits has no place or number for {text!r}{more}") from None
    return replace(setup, X=X, y=y, parameters=parameters)


def with_edit(edits: str, place: str, value: float) -> str:
    """The edits with one more, in place of an earlier one of the same entry."""
    kept = [e for e in edits.split(";") if e.strip() and e.split("=")[0].strip() != place]
    return ";".join([*kept, f"{place}={value:g}"])


def slips_at(example: Example, key: str, last: int) -> list[Slip]:
    """The slips that belong to a step."""
    names = {key, key.split()[0]} | ({"delta last"} if key == f"delta {last}" else set())
    return [slip for slip in example.slips if names & set(slip.kinds)]
