"""A small set in the form of MNIST, for tests: files, sums and all, where the real one may lack."""

import gzip
import struct
from hashlib import md5
from pathlib import Path

import numpy as np

from mlp import datasets
from mlp.datasets import digits, mnist

# Beside the project, where the real files may lie; they are read in place.
SHARED = Path(__file__).parents[3] / "shared"
TRAIN, TEST = 60, 50


def idx_bytes(values: np.ndarray) -> bytes:
    """An array of uint8 as the bytes of an IDX file."""
    return (
        struct.pack(f">{1 + values.ndim}I", 0x800 + values.ndim, *values.shape) + values.tobytes()
    )


def contents() -> dict[str, bytes]:
    """What the four files hold: some of the images that come with the app, the real name each."""
    few = digits.embedded()
    arrays = (few.X_train[:TRAIN], few.y_train[:TRAIN], few.X_test[:TEST], few.y_test[:TEST])
    names = (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    )
    return dict(zip(names, map(idx_bytes, arrays), strict=True))


def install(patch) -> dict[str, bytes]:
    """Put the small set in the place of MNIST: its sizes, its sums, its count; returns its files.

    patch: pytest's monkeypatch, which takes all of it back.
    """
    files = contents()
    known = tuple(
        mnist.File(name, len(gzip.compress(content)), len(content), md5(content).hexdigest())
        for name, content in files.items()
    )
    patch.setattr(mnist, "FILES", known)
    patch.setitem(digits.COLLECTIONS, "full", digits.Collection(TRAIN, digits.full))
    forget()
    return files


def forget() -> None:
    """Let what was loaded be loaded anew."""
    mnist._read.cache_clear()
    datasets.load.cache_clear()


def write(folder: Path, files: dict[str, bytes], packed: bool = True) -> None:
    """The files into a folder, as gzip or plain."""
    for name, content in files.items():
        path = folder / (name + ".gz" * packed)
        path.write_bytes(gzip.compress(content, 1) if packed else content)
