"""Binary numbers with a yes-or-no question about each: is it even, has it an odd sum of bits, …"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mlp import checks
from mlp.datasets.dataset import Choice, Dataset, Number, PresetSettings, Slider, one_hot
from mlp.words import plural


@dataclass(frozen=True)
class Rule:
    """A question about a number: which numbers are in class 1, and what both classes are called.

    holds: (numbers (m,), bits (m, n)) -> (m,) of bool. script: the same as text, for a script.
    """

    title: str
    question: str
    holds: Callable[[np.ndarray, np.ndarray], np.ndarray]
    script: str
    classes: tuple[str, str]


# The names stand in files and on the command line, the titles in links: they stay as they are.
RULES: dict[str, Rule] = {
    "even": Rule(
        "even or odd",
        "Is it even?",
        lambda numbers, bits: numbers % 2 == 0,
        "numbers % 2 == 0",
        ("odd", "even"),
    ),
    "ones": Rule(
        "parity of the ones",
        "Is the number of its ones even?",
        lambda numbers, bits: bits.sum(axis=1) % 2 == 0,
        "bits.sum(axis=1) % 2 == 0",
        ("odd count", "even count"),
    ),
    "three": Rule(
        "divisible by three",
        "Can it be divided by three?",
        lambda numbers, bits: numbers % 3 == 0,
        "numbers % 3 == 0",
        ("indivisible", "divisible"),
    ),
    "majority": Rule(
        "more ones than zeros",
        "Has it more ones than zeros?",
        lambda numbers, bits: 2 * bits.sum(axis=1) > bits.shape[1],
        "2 * bits.sum(axis=1) > bits.shape[1]",
        ("not more 1s", "more 1s"),
    ),
}

FORM = (
    Slider("bits", "Bits", "How long the binary numbers are. 10 bits make 1,024 numbers.", 2, 16),
    Choice(
        "rule",
        "Question about the number",
        "Even or odd hangs on one bit alone. The parity of the ones hangs on all of them.",
        {name: rule.title for name, rule in RULES.items()},
    ),
    Number(
        "train_share",
        "Share for training",
        "0.684 of 1,024 numbers are the article's 700. The rest is for testing.",
        0.05,
    ),
)
MODERN = {
    "hidden_sizes": (8,),
    "hidden": "relu",
    "output": "softmax",
    "loss": "cross-entropy",
    "initialisation": "he",
    "optimiser": "adam",
    "learning_rate": 0.01,
    "batch_size": 16,
    "batching": "standard",
}
# Found by trying sizes, shares and rates: this one gets every test number right, where smaller
# networks learn their training numbers by heart.
HARD = MODERN | {"rule": "ones", "train_share": 0.8, "hidden_sizes": (32, 32)}
PRESETS = (
    PresetSettings(
        "The article's run",
        "10-3-2, sigmoid, seed 0: the numbers of the article.",
        name="article",
    ),
    PresetSettings(
        "Modern defaults",
        "ReLU, softmax with cross-entropy, He weights, Adam.",
        MODERN,
        name="modern",
    ),
    PresetSettings(
        "Hard: parity of the ones",
        "Every bit matters. Two layers of 32 get there.",
        HARD,
        name="hard",
    ),
)
# What the page of this data set says to try next.
EXPERIMENTS = (
    PresetSettings(
        "Learning rate 3",
        "Ten times as bold. Does it find the bit sooner?",
        {"learning_rate": 3.0},
    ),
    PresetSettings(
        "All weights zero",
        "Every hidden neuron gets the same gradient. Can they ever differ?",
        {"initialisation": "zeros"},
    ),
    PresetSettings(
        "The parity of the ones",
        "The same three neurons, but now every bit counts. Do three suffice?",
        {"rule": "ones"},
    ),
)
SCRIPT = """\
numbers = np.arange(2**{bits})
bits = (numbers[:, None] >> np.arange({bits} - 1, -1, -1)) & 1
X = bits.astype({dtype})
y = np.eye(2, dtype={dtype})[({rule}).astype(int)]  # one-hot
X, y, X_test, y_test = X[:{n}], y[:{n}], X[{n}:], y[{n}:]"""


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
    about: ClassVar[str] = "train on a yes-or-no question about binary numbers"
    form: ClassVar = FORM
    presets: ClassVar = PRESETS
    options: ClassVar = ()
    shows_accuracy: ClassVar[bool] = False  # as the article prints its run

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
    def has_tests(self) -> bool:
        """Whether some numbers are left to test on."""
        return self.train_count < 2**self.bits

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

    def caption(self) -> str:
        """How many numbers there are."""
        n, test = self.train_count, 2**self.bits - self.train_count
        return f"{plural(n, 'number')} to train on, {test:,} to test on."

    def script_text(self, dtype: str) -> str:
        """The lines that make the same data in a script."""
        rule = RULES[self.rule].script
        return SCRIPT.format(bits=self.bits, rule=rule, n=self.train_count, dtype=dtype)
