"""The losses: how wrong the outputs are, each with all that the app knows of it in one entry.

Every loss is a number for each sample, reduced over the outputs as its name says. Over the
samples of a batch it is always the mean. Both cross-entropies are computed from z, the values
before the output activation, which keeps them exact for any z; they name that activation.
"""

import numpy as np

from mlp.network import sums
from mlp.network.loss import Loss

SCRIPT_SQUARES = 'np.einsum("ik,ik->i", a - y, a - y)'


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


SQUARED_ERROR = Loss(
    name="squared error",
    value=squared_error,
    gradient=squared_error_gradient,
    by_output=squared_error_gradient,
    formula=r"E = \sum_k (y_k - a_k)^2",
    gradient_latex=r"2 (a^{(L)} - y)",
    index_latex=lambda total, y, a, n: rf"{total} \left( {y} - {a} \right)^2",
    slope_latex=lambda y, a, n: rf"2 \left( {a} - {y} \right)",
    factor=lambda n: ("2", 2.0),
    script=(f"return {SCRIPT_SQUARES}",),
    script_gradient="2 * (a[-1] - y)",
)


def half_squared_error(y: np.ndarray, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """E = 1/2 sum_k (a_k - y_k)^2. Source: seed 001."""
    return squared_error(y, a, z) / 2


def half_squared_error_gradient(
    y: np.ndarray, a: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    """dE/da = a - y."""
    return np.subtract(a, y, out=out)


HALF_SQUARED_ERROR = Loss(
    name="half squared error",
    value=half_squared_error,
    gradient=half_squared_error_gradient,
    by_output=half_squared_error_gradient,
    formula=r"E = \tfrac12 \sum_k (a_k - y_k)^2",
    gradient_latex=r"(a^{(L)} - y)",
    index_latex=lambda total, y, a, n: rf"\tfrac12 {total} \left( {a} - {y} \right)^2",
    slope_latex=lambda y, a, n: rf"\left( {a} - {y} \right)",
    script=(f"return {SCRIPT_SQUARES} / 2",),
    script_gradient="(a[-1] - y)",
)


def mean_squared_error(y: np.ndarray, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """E = 1/n sum_k (y_k - a_k)^2 over the n outputs."""
    return squared_error(y, a, z) / a.shape[-1]


def mean_squared_error_gradient(
    y: np.ndarray, a: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    """dE/da = 2/n (a - y): the 1/n of the value is in the gradient too."""
    return np.multiply(np.subtract(a, y, out=out), 2.0 / a.shape[-1], out=out)


MEAN_SQUARED_ERROR = Loss(
    name="mean squared error",
    value=mean_squared_error,
    gradient=mean_squared_error_gradient,
    by_output=mean_squared_error_gradient,
    formula=r"E = \tfrac1n \sum_k (y_k - a_k)^2",
    gradient_latex=r"\tfrac2n (a^{(L)} - y)",
    index_latex=lambda total, y, a, n: rf"\tfrac{{1}}{{{n}}} {total} \left( {y} - {a} \right)^2",
    slope_latex=lambda y, a, n: rf"\tfrac{{2}}{{{n}}} \left( {a} - {y} \right)",
    factor=lambda n: (rf"\tfrac{{2}}{{{n}}}", 2.0 / n),
    script=(f"return {SCRIPT_SQUARES} / y.shape[1]",),
    script_gradient="(a[-1] - y) * (2 / y.shape[1])",
)


def cross_entropy(y: np.ndarray, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """E = -sum_k y_k log a_k with a = softmax(z), for any targets y.

    Computed as (sum_k y_k) log(sum_k exp z_k) - sum_k y_k z_k, with the largest z taken off
    first, so that no logarithm of 0 can occur. Source: seed 003, whose targets sum to 1.
    """
    shifted = z.T.copy()  # (n, ...): NumPy is quick along many rows, slow along short ones
    shifted -= shifted.max(axis=0)
    log_sum = np.log(sums.down_columns(np.exp(shifted)))
    return np.einsum("...k->...", y) * log_sum.T - np.einsum("...k,...k->...", y, shifted.T)


def cross_entropy_gradient(
    y: np.ndarray, a: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    """dE/dz = (sum_k y_k) a - y, for softmax with cross-entropy."""
    out = np.multiply(np.einsum("...k->...", y)[..., None], a, out)
    return np.subtract(out, y, out)


def output_minus_target(y: np.ndarray, a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """dE/dz = a - y, for sigmoid with the binary cross-entropy.

    Also for softmax with the other cross-entropy, where the targets sum to 1.
    """
    return np.subtract(a, y, out=out)


CROSS_ENTROPY = Loss(
    name="cross-entropy",
    value=cross_entropy,
    gradient=cross_entropy_gradient,
    short_gradient=output_minus_target,
    by_output=lambda y, a: -_quotient(y, a),
    output="softmax",
    targets_sum_to_one=True,
    formula=r"E = -\sum_k y_k \log a_k",
    gradient_latex=r"a^{(L)} - y",
    index_latex=lambda total, y, a, n: rf"\Big( -{total} {y} \log {a} \Big)",
    slope_latex=lambda y, a, n: rf"\left( -\frac{{{y}}}{{{a}}} \right)",
    script=(
        "s = z - z.max(axis=1, keepdims=True)",
        "return np.log(sum(np.exp(s).T)) - (y * s).sum(axis=1)",
    ),
    script_gradient="(a[-1] - y)",
)


def _quotient(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """above / below, and 0 where `above` is: there it is the derivative of nothing at all."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.divide(above, below, out=np.zeros_like(below), where=above != 0)


def binary_cross_entropy(y: np.ndarray, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """E = -sum_k [y_k log a_k + (1 - y_k) log(1 - a_k)] with a = sigmoid(z).

    Computed as max(z, 0) - y z + log(1 + exp(-|z|)), which neither overflows nor takes the
    logarithm of 0.
    """
    return sums.over_rows(np.maximum(z, 0.0) - y * z + np.log1p(np.exp(-np.abs(z))))


def binary_cross_entropy_by_output(y: np.ndarray, a: np.ndarray) -> np.ndarray:
    """dE/da = (a - y) / (a (1 - a)); where a = y = 0 or 1, what it tends to, 1 or -1."""
    slope = _quotient(a - y, a * (1 - a))
    return np.where(a == y, _quotient(1 - y, 1 - a) - _quotient(y, a), slope)


BINARY_CROSS_ENTROPY = Loss(
    name="binary cross-entropy",
    value=binary_cross_entropy,
    gradient=output_minus_target,
    by_output=binary_cross_entropy_by_output,
    output="sigmoid",
    formula=r"E = -\sum_k \left[ y_k \log a_k + (1 - y_k) \log (1 - a_k) \right]",
    gradient_latex=r"a^{(L)} - y",
    index_latex=lambda total, y, a, n: (
        rf"\Big( -{total} \left[ {y} \log {a} + (1 - {y}) \log(1 - {a}) \right] \Big)"
    ),
    slope_latex=lambda y, a, n: rf"\frac{{{a} - {y}}}{{{a} (1 - {a})}}",
    script=("return (np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))).sum(axis=1)",),
    script_gradient="(a[-1] - y)",
)


LOSSES: dict[str, Loss] = {
    each.name: each
    for each in (
        SQUARED_ERROR,
        HALF_SQUARED_ERROR,
        MEAN_SQUARED_ERROR,
        CROSS_ENTROPY,
        BINARY_CROSS_ENTROPY,
    )
}
