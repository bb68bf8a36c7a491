"""What every data set is: inputs and targets to train on, and others to test on."""

from dataclasses import dataclass

import numpy as np


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


def asked(dataset: Dataset) -> tuple[np.ndarray, np.ndarray, str]:
    """The samples to question a network with, X (m, n_in) and y (m, n_out), and their name.

    They are the "test" samples, or the "training" samples where there are no others.
    """
    if len(dataset.X_test):
        return dataset.X_test, dataset.y_test, "test"
    return dataset.gather(np.arange(len(dataset.X_train))), dataset.y_train, "training"


def spread(X: np.ndarray, y: np.ndarray, most: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """At most `most` of the samples, evenly spread over all of them.

    X: (m, n_in). y: (m, n_out). Returns all of them where m is small enough.
    """
    step = -(-len(X) // most)
    return X[:: max(step, 1)], y[:: max(step, 1)]


def chance(y: np.ndarray) -> float:
    """The accuracy, 0 to 1, of always saying the commonest class of y (m, n_out), one-hot."""
    return float(y.mean(axis=0).max()) if len(y) else np.nan
