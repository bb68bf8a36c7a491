"""What is so of a network, worked out sample by sample with formulas written anew."""

from dataclasses import dataclass

import numpy as np

from mlp.network.network import Network


def digit(said: str) -> int:
    """The digit that is told with its article: a 7, an 8."""
    article, name = said.split()
    assert article == ("an" if name == "8" else "a"), said
    return int(name)


def sigma(z):
    return np.exp(-np.logaddexp(0, -z))


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


# f(z) and the Jacobian da / dz of one sample, in z.
ACTIVATIONS = {
    "sigmoid": (sigma, lambda z: np.diag(sigma(z) * sigma(-z))),
    "tanh": (np.tanh, lambda z: np.diag(4 * sigma(2 * z) * sigma(-2 * z))),
    "relu": (lambda z: z * (z > 0), lambda z: np.diag(1.0 * (z > 0))),
    "leaky relu": (
        lambda z: np.where(z > 0, z, z / 100),
        lambda z: np.diag(np.where(z > 0, 1, 0.01)),
    ),
    "softplus": (lambda z: np.logaddexp(0, z), lambda z: np.diag(sigma(z))),
    "identity": (lambda z: z, lambda z: np.eye(len(z))),
    "softmax": (softmax, lambda z: np.diag(softmax(z)) - np.outer(softmax(z), softmax(z))),
}
# dE / da of one sample; of the cross-entropies dE / dz, for targets that sum to 1.
LOSSES = {
    "squared error": lambda y, a: 2 * (a - y),
    "half squared error": lambda y, a: a - y,
    "mean squared error": lambda y, a: 2 * (a - y) / len(y),
    "cross-entropy": lambda y, a: a - y,
    "binary cross-entropy": lambda y, a: a - y,
}


@dataclass
class Passed:
    """A network asked about samples. slopes: of each hidden layer, da_k / dz_k, (m, n).

    gradients: the root mean square of dE/dW in each layer.
    """

    slopes: list[np.ndarray]
    gradients: list[float]


def passed(network: Network, hidden: str, output: str, loss: str, X, y) -> Passed:
    """Forward and back, sample by sample."""
    kinds = [hidden] * (len(network.weights) - 1) + [output]
    slopes = [np.empty((len(X), n)) for n in network.sizes[1:-1]]
    sums = [np.zeros_like(W) for W in network.weights]
    for i, (x, target) in enumerate(zip(X, y, strict=True)):
        a, jacobians = [x], []
        for kind, W, b in zip(kinds, network.weights, network.biases, strict=True):
            z = W @ a[-1] + b
            a.append(ACTIVATIONS[kind][0](z))
            jacobians.append(ACTIVATIONS[kind][1](z))
        for slope, J in zip(slopes, jacobians, strict=False):
            slope[i] = np.diag(J)
        back = LOSSES[loss](target, a[-1])
        for l in range(len(kinds) - 1, -1, -1):
            cancelled = l == len(kinds) - 1 and loss.endswith("cross-entropy")
            delta = back if cancelled else jacobians[l].T @ back
            sums[l] += np.outer(delta, a[l]) / len(X)
            back = network.weights[l].T @ delta
    # Squares of numbers as small as 1e-200 are lost but in numbers of more digits.
    return Passed(slopes, [float(np.sqrt(np.mean(s.astype(np.longdouble) ** 2))) for s in sums])


def named(layer: int, layers: int) -> str:
    """A layer as a sentence names it, from 0 at the first with weights."""
    if layer == layers - 1:
        return "the output layer"
    return "the hidden layer" if layers == 2 else f"hidden layer {layer + 1}"
