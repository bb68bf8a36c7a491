"""The activation functions, each with all that the app knows of it in one entry.

Every derivative here can be written with a = f(z) alone, so none of them needs z again.
All functions work on arrays of any leading shape; the last axis holds the neurons.
"""

import numpy as np

from mlp.network import sums
from mlp.network.activation import Activation, Flat, entrywise_pull
from mlp.words import Name

# The 1 of a formula as an array of no axes: NumPy adds it in half the time of a Python number,
# which for small arrays is the time of the whole addition.
ONE = {np.dtype(precision): np.ones((), precision) for precision in ("float64", "float32")}


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


def sigmoid_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = a (1 - a)."""
    out = np.subtract(ONE.get(a.dtype, 1.0), a, out)
    out *= a
    return out


SIGMOID = Activation(
    name="sigmoid",
    symbol=Name(r"\sigma", "σ"),
    function=sigmoid,
    core=_sigmoid,
    prime=sigmoid_prime,
    pull=entrywise_pull(sigmoid_prime),
    formula=r"\sigma(z) = \frac{1}{1 + e^{-z}}",
    derivative=r"\sigma'(z) = \sigma(z)\,(1 - \sigma(z))",
    effect="σ squashes every weighted sum, each on its own, to between 0 and 1.",
    slope="σ′(z), the slope of σ, is a (1 − a).",
    slope_latex=lambda a: rf"= {a}\,(1 - {a})",
    flat=Flat(
        "Saturated",
        "The hidden neurons are saturated in **{share}** of all cases: there the slope σ′ is "
        "below 0.01, so less than a hundredth of the error passes back through them.",
        "No hidden neuron is saturated on any of the {samples} looked at.",
        by_size=True,
    ),
    script="1 / (1 + np.exp(-z))",
    script_pull="delta * ((1 - a) * a)",
)


def tanh(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Squash z into -1 to 1: a = tanh(z)."""
    return np.tanh(z, out=out)


def tanh_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = 1 - a^2."""
    out = np.multiply(a, a, out)
    return np.subtract(ONE.get(a.dtype, 1.0), out, out)


TANH = Activation(
    name="tanh",
    symbol=Name(r"\tanh", "tanh"),
    function=tanh,
    prime=tanh_prime,
    pull=entrywise_pull(tanh_prime),
    formula=r"\tanh(z)",
    derivative=r"1 - \tanh^2(z)",
    effect="tanh squashes every weighted sum, each on its own, to between −1 and 1.",
    slope="tanh′(z), its slope, is 1 − a².",
    slope_latex=lambda a: rf"= 1 - ({a})^2",
    flat=Flat(
        "Saturated",
        "The hidden neurons are saturated in **{share}** of all cases: there the slope tanh′ is "
        "below 0.01, so less than a hundredth of the error passes back through them.",
        "No hidden neuron is saturated on any of the {samples} looked at.",
        by_size=True,
    ),
    script="np.tanh(z)",
    script_pull="delta * (1 - a * a)",
)


def relu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Keep what is positive: a = max(0, z). Source: seeds 001 and 003."""
    return np.maximum(z, 0.0, out=out)


def relu_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = 1 where z > 0, else 0; at the kink z = 0 it is taken as 0."""
    return np.sign(a, out)


RELU = Activation(
    name="relu",
    symbol=Name(r"\operatorname{ReLU}", "ReLU"),
    function=relu,
    prime=relu_prime,
    kink=True,
    pull=entrywise_pull(relu_prime),
    formula=r"\max(0, z)",
    derivative=r"1 \text{ where } z > 0 \text{, else } 0",
    effect="ReLU keeps what is above 0 and turns everything else into 0.",
    slope="ReLU′(z), its slope, is 1 where z is above 0, else 0.",
    flat=Flat(
        "Silent",
        "The hidden neurons answer 0 in **{share}** of all cases: there the slope is 0, and no "
        "error passes back through them.",
        "No hidden neuron answers 0 to any of the {samples} looked at.",
        (
            "None of them does so on all {samples} looked at.",
            "One is dead: it answers 0 to all {samples} looked at.",
            "**{count}** are dead: they answer 0 to all {samples} looked at.",
        ),
    ),
    script="np.maximum(z, 0)",
    script_pull="delta * np.sign(a)",
)


def leaky_relu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Keep what is positive, and a hundredth of the rest: a = max(z, 0.01 z).

    Source: Maas, Hannun and Ng (2013).
    """
    out = np.multiply(z, 0.01, out=out)
    return np.maximum(z, out, out=out)


def leaky_relu_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = 1 where z > 0, else 0.01; at the kink z = 0 it is taken as 0.01."""
    out = np.sign(a, out)
    return np.maximum(out, 0.01, out=out)


LEAKY_RELU = Activation(
    name="leaky relu",
    symbol=Name(r"\operatorname{LeakyReLU}", "LeakyReLU"),
    function=leaky_relu,
    prime=leaky_relu_prime,
    kink=True,
    pull=entrywise_pull(leaky_relu_prime),
    formula=r"\max(z, 0.01\,z)",
    derivative=r"1 \text{ where } z > 0 \text{, else } 0.01",
    effect="LeakyReLU keeps what is above 0, and of everything else a hundredth.",
    slope="LeakyReLU′(z), its slope, is 1 where z is above 0, else 0.01.",
    flat=Flat(
        "Silent",
        "LeakyReLU’s slope is 1 above 0 and 0.01 below, so no neuron is ever dead; below 0 a "
        "hundredth of the error passes back through it.",
    ),
    script="np.maximum(z, z * 0.01)",
    script_pull="delta * np.maximum(np.sign(a), 0.01)",
)


def softplus(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """A smooth ReLU: a = log(1 + exp(z)).

    Computed as max(z, 0) + log(1 + exp(-|z|)), which does not overflow and keeps every digit of
    a small a. Source: Dugas et al. (2001).
    """
    out = np.abs(z, out=out)
    np.negative(out, out)
    np.exp(out, out)
    np.log1p(out, out)
    out += np.maximum(z, 0.0)
    return out


def softplus_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = 1 / (1 + exp(-z)) = 1 - exp(-a), with every digit of a small slope."""
    out = np.negative(a, out)
    np.expm1(out, out)
    return np.negative(out, out)


SOFTPLUS = Activation(
    name="softplus",
    symbol=Name(r"\operatorname{softplus}", "softplus"),
    function=softplus,
    prime=softplus_prime,
    pull=entrywise_pull(softplus_prime),
    formula=r"\log(1 + e^z)",
    derivative=r"\frac{1}{1 + e^{-z}}",
    effect="softplus is a smooth ReLU: close to the sum itself far above 0, close to 0 far below.",
    slope="softplus′(z), its slope, is σ(z), or 1 − e<sup>−a</sup>.",
    slope_latex=lambda a: rf"= 1 - e^{{-{a}}}",
    flat=Flat(
        "Nearly silent",
        "The hidden neurons answer next to 0 in **{share}** of all cases: there the slope is "
        "below 0.01, so less than a hundredth of the error passes back through them.",
        "No hidden neuron answers next to 0 to any of the {samples} looked at.",
        (
            "None of them is so flat on all {samples} looked at.",
            "One is nearly dead: its slope is below 0.01 on all {samples} looked at.",
            "**{count}** are nearly dead: their slope is below 0.01 on all {samples} looked at.",
        ),
    ),
    script="np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))",
    script_pull="delta * -np.expm1(-a)",
)


def identity(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Pass z on unchanged: a = z."""
    return np.positive(z, out=out)


def identity_prime(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """f'(z) = 1."""
    out = np.empty_like(a) if out is None else out
    out.fill(1.0)
    return out


def _pull_identity(gradient: np.ndarray, a: np.ndarray, work: np.ndarray) -> np.ndarray:
    """dE/dz = dE/da, since f'(z) = 1."""
    return gradient


IDENTITY = Activation(
    name="identity",
    symbol=Name(r"\operatorname{id}", "id"),
    function=identity,
    prime=identity_prime,
    pull=_pull_identity,
    formula="z",
    derivative="1",
    effect="The identity passes every sum on as it is.",
    slope="id′(z), its slope, is 1 everywhere.",
    flat=Flat("Saturated", "The identity has the same slope everywhere: it never saturates."),
    script="z",
    script_pull="delta",
)


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


def _pull_softmax(gradient: np.ndarray, a: np.ndarray, work: np.ndarray) -> np.ndarray:
    """dE/dz = (diag(a) - a a^T) dE/da, without building the Jacobian. Source: seed 003."""
    gradient -= np.einsum("...k,...k->...", gradient, a)[..., None]
    gradient *= a
    return gradient


SOFTMAX = Activation(
    name="softmax",
    symbol=Name(r"\operatorname{softmax}", "softmax"),
    function=softmax,
    prime=sigmoid_prime,  # da_k / dz_k = a_k (1 - a_k), as for the sigmoid
    entrywise=False,
    pull=_pull_softmax,
    formula=r"\frac{e^{z_k}}{\sum_j e^{z_j}}",
    derivative=r"\operatorname{diag}(a) - a\,a^{\mathsf T}",
    effect="softmax turns each sample's sums into probabilities that add up to 1. Every output "
    "depends on every sum.",
    slope="",
    flat=Flat(
        "Saturated",
        "The hidden neurons are saturated in **{share}** of all cases: there the slope, a (1 − a), "
        "is at most a twenty-fifth of what it is where all of a layer share evenly.",
        "No hidden neuron is saturated on any of the {samples} looked at.",
        by_size=True,
    ),
    script="(e := np.exp(z - z.max(axis=1, keepdims=True))) / sum(e.T)[:, None]",
    script_pull='(delta - np.einsum("ik,ik->i", delta, a)[:, None]) * a',
)


ACTIVATIONS: dict[str, Activation] = {
    each.name: each for each in (SIGMOID, TANH, RELU, LEAKY_RELU, SOFTPLUS, IDENTITY, SOFTMAX)
}
