"""What every data set is: inputs and targets to train on, and others to test on."""

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Dataset:
    """Samples to train on and samples to test on, rows as samples.

    X_train: (m, n_in). y_train: (m, n_out), one-hot. X_test, y_test: the same, m may be 0.
    inputs: the name of each input. classes: the name of each class.
    """

    X_train: Array
    y_train: Array
    X_test: Array
    y_test: Array
    inputs: tuple[str, ...]
    classes: tuple[str, ...]


def one_hot(labels: Array, classes: int, dtype: str = "float64") -> Array:
    """Turn class numbers (m,) into rows with a single 1, (m, classes)."""
    return np.eye(classes, dtype=dtype)[labels]
