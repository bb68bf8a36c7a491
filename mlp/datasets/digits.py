"""Handwritten digits: the images of MNIST, those that come with the app or all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from mlp import checks
from mlp.datasets import mnist
from mlp.datasets.cache import kept
from mlp.datasets.dataset import Dataset, one_hot

SIDE = 28  # pixels
EMBEDDED = Path(__file__).with_name("digits.npz")  # see digits.md for where they are from


@dataclass(frozen=True)
class Images:
    """Images (m, 28, 28) of uint8, 0 for paper and 255 for ink, and their labels (m,), 0 to 9."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


@kept(1)
def embedded() -> Images:
    """The images that come with the app: 400 of each digit to train on, 100 of each to test on."""
    with np.load(EMBEDDED, allow_pickle=False) as file:
        return Images(*(file[name] for name in ("X_train", "y_train", "X_test", "y_test")))


def full() -> Images:
    """All of MNIST, 60,000 to train on and 10,000 to test on. Raises mnist.NotHere."""
    return Images(*mnist.arrays())


@dataclass(frozen=True)
class Collection:
    """Images under one name: how many of them are to train on, and where they come from."""

    train_count: int
    read: Callable[[], Images]


# By the names that stand in links and files.
COLLECTIONS = {"embedded": Collection(4000, embedded), "full": Collection(60_000, full)}
# What a network is given for each pixel: its value divided by this.
PIXELS = {"0 to 1": 255, "0 to 255": 1}


def as_inputs(images: np.ndarray, pixels: str, precision: str) -> np.ndarray:
    """What a network is given for images (m, 28, 28) of 0 to 255: (m, 784).

    pixels: a name in PIXELS. precision: "float64" or "float32".
    """
    flat = images.reshape(len(images), -1).astype(precision)
    return flat * np.array(1 / PIXELS[pixels], precision)


@dataclass(frozen=True)
class Digits:
    """Handwritten digits of 28 x 28 pixels, and the number that each one is.

    images: a name in COLLECTIONS. pixels: a name in PIXELS, the range of the inputs.
    Source: seed 000, section 7.2, which takes the pixels as they are, 0 to 255.
    """

    name: ClassVar[str] = "digits"

    images: str = "embedded"
    pixels: str = "0 to 1"

    def __post_init__(self):
        checks.one_of("images", self.images, COLLECTIONS)
        checks.one_of("pixels", self.pixels, PIXELS)

    @property
    def train_count(self) -> int:
        """How many images are for training."""
        return COLLECTIONS[self.images].train_count

    @property
    def n_in(self) -> int:
        """How many inputs a network needs: one a pixel."""
        return SIDE**2

    @property
    def n_out(self) -> int:
        """How many outputs a network needs: one a digit."""
        return 10

    def load(self, precision: str) -> Dataset:
        """Read the images. X (m, 784), row by row from the top left; y (m, 10) one-hot.

        X_train stays in bytes. Raises mnist.NotHere, a ValueError, where all of MNIST is asked for
        and cannot be read.
        """
        images = COLLECTIONS[self.images].read()
        X_train = images.X_train.reshape(len(images.X_train), -1)
        X_test = as_inputs(images.X_test, self.pixels, precision)
        y_train, y_test = (one_hot(y, 10, precision) for y in (images.y_train, images.y_test))
        names = tuple(f"pixel {i + 1}, {j + 1}" for i in range(SIDE) for j in range(SIDE))
        scale = 1 / PIXELS[self.pixels]
        return Dataset(X_train, y_train, X_test, y_test, names, tuple("0123456789"), scale)
