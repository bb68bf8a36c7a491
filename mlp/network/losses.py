"""Losses: how wrong the outputs are, and the gradient of exactly that number.

Every loss is a number for each sample, reduced over the outputs as its name says. Over the
samples of a batch it is always the mean. Both cross-entropies are computed from z, the values
before the output activation, which keeps them exact for any z; they name that activation.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.network import sums


@dataclass(frozen=True)
class Loss:
    """One loss with its gradient.

    value: (y, a, z) -> the loss of each sample, shape (...), from arrays of shape (..., n).
    gradient: (y, a, out) -> its gradient, shape (..., n). With respect to a when `output` is
        None; otherwise with respect to z, the output activation's own derivative included.
    output: the output activation this loss needs, or None when any will do.
    formula: LaTeX for one sample. delta: LaTeX of dE/dz at the output layer.
    """

    name: str
    value: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    gradient: Callable[..., np.ndarray]
    output: str | None
    formula: str
    delta: str


def squared_error(y: np.ndarray, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """E = sum_k (y_k - a_k)^2. Source: seed 000, section 1."""
    difference = a - y
    return np.einsum("...k,...k->...", difference, difference)


def squared_error_gradient(
    y: np.ndarray, a: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    """dE/da = 2 (a - y). Source: seed 000, equation 2."""
    out = np.subtract(a, y, out)
    out += out
    return out


def half_squared_error(y: np.ndarray, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """E = 1/2 sum_k (a_k - y_k)^2. Source: seed 001."""
    return squared_error(y, a, z) / 2


def half_squared_error_gradient(
    y: np.ndarray, a: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    """dE/da = a - y."""
    return np.subtract(a, y, out=out)


def mean_squared_error(y: np.ndarray, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """E = 1/n sum_k (y_k - a_k)^2 over the n outputs."""
    return squared_error(y, a, z) / a.shape[-1]


def mean_squared_error_gradient(
    y: np.ndarray, a: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    """dE/da = 2/n (a - y): the 1/n of the value is in the gradient too."""
    return np.multiply(np.subtract(a, y, out=out), 2.0 / a.shape[-1], out=out)


def cross_entropy(y: np.ndarray, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """E = -sum_k y_k log a_k with a = softmax(z), for targets y that sum to 1.

    Computed as log(sum_k exp z_k) - sum_k y_k z_k, with the largest z taken off first, so
    that no logarithm of 0 can occur. Source: seed 003.
    """
    shifted = z.T.copy()  # (n, ...): NumPy is quick along many rows, slow along short ones
    shifted -= shifted.max(axis=0)
    log_sum = np.log(sums.down_columns(np.exp(shifted)))
    return log_sum.T - np.einsum("...k,...k->...", y, shifted.T)


def binary_cross_entropy(y: np.ndarray, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """E = -sum_k [y_k log a_k + (1 - y_k) log(1 - a_k)] with a = sigmoid(z).

    Computed as max(z, 0) - y z + log(1 + exp(-|z|)), which neither overflows nor takes the
    logarithm of 0.
    """
    return sums.over_rows(np.maximum(z, 0.0) - y * z + np.log1p(np.exp(-np.abs(z))))


def cross_entropy_gradient(
    y: np.ndarray, a: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    """dE/dz = a - y, for softmax with cross-entropy and for sigmoid with the binary one."""
    return np.subtract(a, y, out=out)


LOSSES: dict[str, Loss] = {
    each.name: each
    for each in (
        Loss(
            "squared error",
            squared_error,
            squared_error_gradient,
            None,
            r"E = \sum_k (y_k - a_k)^2",
            r"\delta^{(L)} = 2 (a^{(L)} - y) \odot f'(z^{(L)})",
        ),
        Loss(
            "half squared error",
            half_squared_error,
            half_squared_error_gradient,
            None,
            r"E = \tfrac12 \sum_k (a_k - y_k)^2",
            r"\delta^{(L)} = (a^{(L)} - y) \odot f'(z^{(L)})",
        ),
        Loss(
            "mean squared error",
            mean_squared_error,
            mean_squared_error_gradient,
            None,
            r"E = \tfrac1n \sum_k (y_k - a_k)^2",
            r"\delta^{(L)} = \tfrac2n (a^{(L)} - y) \odot f'(z^{(L)})",
        ),
        Loss(
            "cross-entropy",
            cross_entropy,
            cross_entropy_gradient,
            "softmax",
            r"E = -\sum_k y_k \log a_k",
            r"\delta^{(L)} = a^{(L)} - y",
        ),
        Loss(
            "binary cross-entropy",
            binary_cross_entropy,
            cross_entropy_gradient,
            "sigmoid",
            r"E = -\sum_k \left[ y_k \log a_k + (1 - y_k) \log (1 - a_k) \right]",
            r"\delta^{(L)} = a^{(L)} - y",
        ),
    )
}
