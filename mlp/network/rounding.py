"""The forward pass beside a bound of what rounding may have done to it, to first order.

Each operation adds at most half of EPS times the size of what it adds up, and what the operations
before it have done comes through with the slope of the layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlp.network.activation import Activation
from mlp.network.loss import Loss

EPS = np.finfo(float).eps


@dataclass(frozen=True)
class Passed:
    """What a forward pass came to.

    losses: of each sample, (..., m). doubt: how far rounding may have moved them, (..., m).
    z, a: of each layer that was passed, (..., m, n).
    """

    losses: np.ndarray
    doubt: np.ndarray
    z: list[np.ndarray]
    a: list[np.ndarray]


def weighted_sums(
    a: np.ndarray, doubt: np.ndarray, W: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """z = a W^T + b, and its doubt from that of a: both (..., m, n_out)."""
    roundings = (a.shape[-1] + 3) / 2 * EPS
    z = a @ W.mT + b[..., None, :]
    return z, (doubt + roundings * abs(a)) @ abs(W).mT + roundings * abs(b)[..., None, :]


def passed(
    z: np.ndarray,
    doubt: np.ndarray,
    activations: Sequence[Activation],
    weights: Sequence[np.ndarray],
    biases: Sequence[np.ndarray],
    y: np.ndarray,
    loss: Loss,
) -> Passed:
    """From the weighted sums of a layer, z and doubt (..., m, n), to the loss of each sample.

    activations: of this layer and all behind it. weights, biases: of the layers behind it.
    """
    zs, outputs = [], []
    for k, f in enumerate(activations):
        if k:
            z, doubt = weighted_sums(outputs[-1], doubt, weights[k - 1], biases[k - 1])
        a = f.function(z)
        zs.append(z)
        outputs.append(a)
        doubt_z, slope = doubt, f.prime(a)
        # A row of softmax's Jacobian sums up to 2 a (1 - a) in size.
        doubt = slope * (doubt if f.entrywise else 2 * doubt.max(axis=-1, keepdims=True))
        doubt += 4 * EPS * abs(a)
    losses = loss.value(y, a, z)
    size = abs(losses)
    if loss.output:  # computed from z, out of terms that may cancel
        doubt, size = doubt_z, size + (abs(y) * (1 + abs(z))).sum(axis=-1)
    doubt = ((abs(loss.gradient(y, a)) + doubt) * doubt).sum(axis=-1)
    return Passed(losses, doubt + (y.shape[-1] + 5) / 2 * EPS * size, zs, outputs)
