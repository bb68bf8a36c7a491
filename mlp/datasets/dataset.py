"""What a data set is: the protocol of its settings, and the arrays that are loaded by them.

Everything about one data set stands in one file: a frozen dataclass that keeps this protocol. Its
entry in DATASETS is all that pages, terminal, sweeps, files, links and scripts need.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np


@dataclass(frozen=True)
class Field:
    """A setting of a data set as a form shows it. name: of the setting. help: what to try."""

    name: str
    label: str
    help: str


@dataclass(frozen=True)
class Choice(Field):
    """A setting that is one of some names. titles: what a form and an address show for each."""

    titles: Mapping[str, str]


@dataclass(frozen=True)
class Slider(Field):
    """A setting that is a whole number from low to high."""

    low: int
    high: int


@dataclass(frozen=True)
class Number(Field):
    """A setting that is a real number. step: how far one press on + or - moves it."""

    step: float


@dataclass(frozen=True)
class PresetSettings:
    """Settings of a run worth starting from; `mlp.training.presets` makes a config of them.

    title, help: of its button. settings: by name, those of the data and those of the training; the
    others have their defaults. stop: the same for the rules that end the run. name: what it is
    called in a terminal, or "" where it cannot be had there.
    """

    title: str
    help: str
    settings: Mapping = field(default_factory=dict)
    stop: Mapping = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Option:
    """An option of the command line that is no setting: `flag` with a text behind it.

    metavar: what the help calls that text. take: does what the option asks for, given the text,
    and returns the settings that follow from it, by name.
    """

    flag: str
    metavar: str
    help: str
    take: Callable[[str], Mapping]


class DataSettings(Protocol):
    """The settings of a data set: a frozen dataclass that answers every question about it.

    Its fields are the settings, all with a default, and no name is one of Config or Stop. It raises
    ValueError, when it is made, for a value that a setting cannot have.

    name: in addresses, files and the command line. about: what the terminal says of it. form: the
    settings as a form shows them. presets: the first is what a page opens with; it has a name, as
    the terminal starts from it too. options: of its command line, beside the settings.
    shows_accuracy: whether the terminal prints the test accuracy of each epoch.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    form: ClassVar[tuple[Field, ...]]
    presets: ClassVar[tuple[PresetSettings, ...]]
    options: ClassVar[tuple[Option, ...]]
    shows_accuracy: ClassVar[bool]

    @property
    def n_in(self) -> int:
        """How many inputs a network needs."""

    @property
    def n_out(self) -> int:
        """How many outputs a network needs."""

    @property
    def train_count(self) -> int:
        """How many samples are for training, m."""

    @property
    def has_tests(self) -> bool:
        """Whether there are samples to test on too."""

    def load(self, precision: str) -> "Dataset":
        """Make or read the data, in "float64" or "float32". Raises ValueError where it cannot."""

    def caption(self) -> str:
        """What a form says below the settings. Raises ValueError where the data are not here."""

    def script_text(self, dtype: str) -> str:
        """The lines of a script that make X, y, X_test and y_test with NumPy alone.

        dtype: that of the arrays, as Python text. Returns "" where the script is to read them from
        a file beside it.
        """


def titles(settings: DataSettings | type[DataSettings]) -> dict[str, Mapping[str, str]]:
    """The settings that are choices, with the title of each name that they can be.

    {"rule": {"even": "even or odd", ...}}
    """
    return {each.name: each.titles for each in settings.form if isinstance(each, Choice)}


@dataclass(frozen=True)
class Dataset:
    """Samples to train on and samples to test on, rows as samples.

    X_train: (m, n_in), in the precision of y_train or as bytes, which take a quarter of the
    memory; `gather` makes inputs of them. y_train: (m, n_out), one-hot. X_test, y_test: the same,
    never bytes, m may be 0.
    inputs: the name of each input. classes: the name of each class. scale: what X_train is
    multiplied by where it is bytes.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    inputs: tuple[str, ...]
    classes: tuple[str, ...]
    scale: float = 1.0

    def neuron_names(self, hidden_sizes: Sequence[int]) -> list[tuple[str, ...]]:
        """What the neurons of every layer are called, the inputs first and the classes last."""
        hidden = [tuple(f"neuron {i + 1}" for i in range(size)) for size in hidden_sizes]
        return [self.inputs, *hidden, self.classes]

    def gather(self, rows: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """The inputs of these training samples as a network takes them, (..., n_in)."""
        if out is None:
            out = np.empty((*rows.shape, self.X_train.shape[1]), self.y_train.dtype)
        if self.X_train.dtype != np.uint8:
            return take(self.X_train, rows, out)
        out[...] = self.X_train.take(rows, axis=0)
        if self.scale != 1:
            out *= np.array(self.scale, out.dtype)
        return out


def take(data: np.ndarray, rows: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Copy these rows of the data, straight into `out`: the other modes of take would buffer."""
    return data.take(rows, axis=0, out=out, mode="clip")


def one_hot(labels: np.ndarray, classes: int, dtype: str = "float64") -> np.ndarray:
    """Turn class numbers (m,) into rows with a single 1, (m, classes)."""
    return np.eye(classes, dtype=dtype)[labels]


def samples_asked(has_tests: bool) -> str:
    """Which samples a network is judged by: "test", or "training" where there are no others."""
    return "test" if has_tests else "training"


def asked(dataset: Dataset) -> tuple[np.ndarray, np.ndarray, str]:
    """The samples to question a network with, X (m, n_in) and y (m, n_out), and their name.

    They are those that `samples_asked` says.
    """
    which = samples_asked(len(dataset.X_test) > 0)
    if which == "test":
        return dataset.X_test, dataset.y_test, which
    X = dataset.X_train
    inputs = X if X.dtype != np.uint8 else dataset.gather(np.arange(len(X)))
    return inputs, dataset.y_train, which


def sample(y: np.ndarray, most: int) -> np.ndarray:
    """The rows of at most `most` samples, drawn by lot with every class in its share, (k,).

    y: (m, n_out), one-hot. Returns all m rows, in order, where m is small enough. The lot is the
    same each time. Every k-th sample would not do: data made by counting fall into step with k, and
    of binary numbers every sixth is even.
    """
    m = len(y)
    if m <= most:
        return np.arange(m)
    rows = np.random.RandomState(0).permutation(m)
    # Class after class, evenly spaced places meet each class as often as its share has it.
    rows = rows[np.argsort(y[rows].argmax(axis=1), kind="stable")]
    return np.sort(rows[np.arange(most) * m // most])


def chance(y: np.ndarray) -> float:
    """The accuracy, 0 to 1, of always saying the commonest class of y (m, n_out), one-hot."""
    return float(y.mean(axis=0).max()) if len(y) else np.nan
