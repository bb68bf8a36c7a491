"""A small data set that only tests know: three inputs, and whether an odd number of them is on."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mlp import checks
from mlp.datasets.dataset import Choice, Dataset, Number, PresetSettings, Slider, one_hot

LOW = {"zero": 0, "minus": -1}  # what an input is that is off; one that is on is 1
TITLES = {"zero": "0 and 1", "minus": "-1 and 1"}
SCRIPT = """\
corners = (np.arange(8)[:, None] >> np.arange(2, -1, -1)) & 1
odd = np.eye(2, dtype={dtype})[corners.sum(axis=1) % 2]
X_test = (np.where(corners, 1, {low}) + {shift}).astype({dtype})
X, y, y_test = np.tile(X_test, ({copies}, 1)), np.tile(odd, ({copies}, 1)), odd"""


@dataclass(frozen=True)
class Xor:
    """The eight corners of a cube, each several times to train on and once to test on.

    copies: 1 to 9, of each corner. off: a name in LOW. shift: -1 to 1, added to every input.
    """

    name: ClassVar[str] = "xor"
    about: ClassVar[str] = "train on the exclusive or of three inputs"
    form: ClassVar = (
        Slider("copies", "Copies", "Of each corner.", 1, 9),
        Choice("off", "Inputs", "Try -1 and 1.", TITLES),
        Number("shift", "Shift", "Try 0.5.", 0.25),
    )
    presets: ClassVar = (
        PresetSettings(
            "Five neurons",
            "They get there.",
            {"hidden_sizes": (5,), "learning_rate": 1.0, "copies": 3},
            {"epochs": 30},
            "five",
        ),
        PresetSettings("Two neurons", "Do they?", {"hidden_sizes": (2,)}, name="two"),
    )
    options: ClassVar = ()
    shows_accuracy: ClassVar[bool] = True

    copies: int = 2
    off: str = "zero"
    shift: float = 0.0

    def __post_init__(self):
        checks.whole("copies", self.copies, 1, 9)
        checks.one_of("off", self.off, LOW)
        checks.real("shift", self.shift, at_least=-1, at_most=1)

    @property
    def n_in(self) -> int:
        """Three inputs."""
        return 3

    @property
    def n_out(self) -> int:
        """Two classes."""
        return 2

    @property
    def train_count(self) -> int:
        """Eight corners, each of them `copies` times."""
        return 8 * self.copies

    @property
    def has_tests(self) -> bool:
        """Every corner is tested on."""
        return True

    def load(self, precision: str) -> Dataset:
        """X (8 copies, 3) and y (8 copies, 2); X_test (8, 3) and y_test (8, 2)."""
        corners = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])
        X = (np.where(corners, 1, LOW[self.off]) + self.shift).astype(precision)
        y = one_hot(corners.sum(axis=1) % 2, 2, precision)
        many = (self.copies, 1)
        return Dataset(np.tile(X, many), np.tile(y, many), X, y, ("a", "b", "c"), ("even", "odd"))

    def caption(self) -> str:
        """How many samples there are."""
        return f"{self.train_count} corners."

    def script_text(self, dtype: str) -> str:
        """The same data in a script."""
        low = LOW[self.off]
        return SCRIPT.format(dtype=dtype, low=low, shift=self.shift, copies=self.copies)
