"""Activation functions: a = f(z) for a layer, and how a gradient passes back through f.

Every derivative here can be written with a = f(z) alone, so none of them needs z again.
All functions work on arrays of any leading shape; the last axis holds the neurons.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.network import sums

# The 1 of a formula as an array of no axes: NumPy adds it in half the time of a Python number,
# which for small arrays is the time of the whole addition.
ONE = {np.dtype(precision): np.ones((), precision) for precision in ("float64", "float32")}


@dataclass(frozen=True)
class Activation:
    """One activation function with its derivative.

    function: (z, out) -> a, the values f(z), shape (..., n).
    prime: (a, out) -> f'(z) entry by entry, written with a = f(z), shape (..., n).
        None for softmax, where every output depends on every input.
    pull: (gradient, a, work) -> dE/dz from dE/da, in place, shape (..., n).
    formula: LaTeX of f(z). derivative: LaTeX of f'(z).
    core: the function without its guard against warnings, for a caller who holds np.errstate;
        None where there is no guard.
    """

    name: str
    function: Callable[..., np.ndarray]
    prime: Callable[..., np.ndarray] | None
    pull: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    formula: str
    derivative: str
    core: Callable[..., np.ndarray] | None = None


def sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Squash z into 0 to 1: a = 1 / (1 + exp(-z)).

    For very negative z, exp(-z) overflows to infinity and a is 0, which is right, so the
    overflow is silenced. Source: seed 000, section 5.
    """
    with np.errstate(over="ignore"):
        return _sigmoid(z, out)


def _sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """The sigmoid itself: an errstate costs as much as three of its four operations."""
    out = np.exp(np.negative(z, out), out)
    out += ONE.get(out.dtype, 1.0)
    return np.reciprocal(out, out)


def tanh(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Squash z into -1 to 1: a = tanh(z)."""
    return np.tanh(z, out=out)


def relu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Keep what is positive: a = max(0, z). Source: seeds 001 and 003."""
    return np.maximum(z, 0.0, out=out)


def identity(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Pass z on unchanged: a = z."""
    return np.positive(z, out=out)


def softmax(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Turn n values into n probabilities: a_k = exp(z_k) / sum_j exp(z_j).

    The largest z is taken off first, which changes nothing in the quotient and keeps exp
    from overflowing. Source: seed 003.
    """
    # With the few values of a row on the first axis instead of the last, NumPy runs along many
    # rows at once: a third of the time.
    columns = z.T.copy()
    columns -= columns.max(axis=0)
    np.exp(columns, columns)
    columns /= sums.down_columns(columns)
    out = np.empty_like(z) if out is None else out
    out[...] = columns.T
    return out


def sigmoid_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = a (1 - a)."""
    out = np.subtract(ONE.get(a.dtype, 1.0), a, out)
    out *= a
    return out


def tanh_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = 1 - a^2."""
    out = np.multiply(a, a, out)
    return np.subtract(ONE.get(a.dtype, 1.0), out, out)


def relu_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = 1 where z > 0, else 0; at the kink z = 0 it is taken as 0."""
    return np.sign(a, out)


def identity_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = 1."""
    out = np.empty_like(a) if out is None else out
    out.fill(1.0)
    return out


def _elementwise(
    prime: Callable[..., np.ndarray],
) -> Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """The chain rule where the Jacobian is diagonal: dE/dz = dE/da * f'(z)."""

    def pull(gradient: np.ndarray, a: np.ndarray, work: np.ndarray) -> np.ndarray:
        gradient *= prime(a, work)
        return gradient

    return pull


def _pull_identity(gradient: np.ndarray, a: np.ndarray, work: np.ndarray) -> np.ndarray:
    """dE/dz = dE/da, since f'(z) = 1."""
    return gradient


def _pull_softmax(gradient: np.ndarray, a: np.ndarray, work: np.ndarray) -> np.ndarray:
    """dE/dz = (diag(a) - a a^T) dE/da, without building the Jacobian. Source: seed 003."""
    gradient -= np.einsum("...k,...k->...", gradient, a)[..., None]
    gradient *= a
    return gradient


ACTIVATIONS: dict[str, Activation] = {
    each.name: each
    for each in (
        Activation(
            "sigmoid",
            sigmoid,
            sigmoid_prime,
            _elementwise(sigmoid_prime),
            r"\sigma(z) = \frac{1}{1 + e^{-z}}",
            r"\sigma'(z) = \sigma(z)\,(1 - \sigma(z))",
            _sigmoid,
        ),
        Activation(
            "tanh",
            tanh,
            tanh_prime,
            _elementwise(tanh_prime),
            r"\tanh(z)",
            r"1 - \tanh^2(z)",
        ),
        Activation(
            "relu",
            relu,
            relu_prime,
            _elementwise(relu_prime),
            r"\max(0, z)",
            r"1 \text{ where } z > 0 \text{, else } 0",
        ),
        Activation("identity", identity, identity_prime, _pull_identity, "z", "1"),
        Activation(
            "softmax",
            softmax,
            None,
            _pull_softmax,
            r"\frac{e^{z_k}}{\sum_j e^{z_j}}",
            r"\operatorname{diag}(a) - a\,a^{\mathsf T}",
        ),
    )
}
