"""What every data set is: inputs and targets to train on, and others to test on."""

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Dataset:
    """Samples to train on and samples to test on, rows as samples.

    X_train: (m, n_in), in the precision of y_train or as bytes, which take a quarter of the
    memory; `gather` makes inputs of them. y_train: (m, n_out), one-hot. X_test, y_test: the same,
    never bytes, m may be 0.
    inputs: the name of each input. classes: the name of each class. scale: what X_train is
    multiplied by where it is bytes.
    """

    X_train: Array
    y_train: Array
    X_test: Array
    y_test: Array
    inputs: tuple[str, ...]
    classes: tuple[str, ...]
    scale: float = 1.0

    def gather(self, rows: Array, out: Array | None = None) -> Array:
        """The inputs of these training samples as a network takes them, (..., n_in)."""
        if out is None:
            out = np.empty((*rows.shape, self.X_train.shape[1]), self.y_train.dtype)
        if self.X_train.dtype != np.uint8:
            return take(self.X_train, rows, out)
        out[...] = self.X_train.take(rows, axis=0)
        if self.scale != 1:
            out *= np.array(self.scale, out.dtype)
        return out


def take(data: Array, rows: Array, out: Array) -> Array:
    """Copy these rows of the data, straight into `out`: the other modes of take would buffer."""
    return data.take(rows, axis=0, out=out, mode="clip")


def one_hot(labels: Array, classes: int, dtype: str = "float64") -> Array:
    """Turn class numbers (m,) into rows with a single 1, (m, classes)."""
    return np.eye(classes, dtype=dtype)[labels]
