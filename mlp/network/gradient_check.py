"""The proof of a gradient: central differences beside backpropagation's own answer."""

import numpy as np

from mlp.network.loss import Loss
from mlp.network.network import Network


def numerical_gradient(
    network: Network, X: np.ndarray, y: np.ndarray, loss: Loss, l2: float = 0.0, h: float = 1e-5
) -> np.ndarray:
    """The gradient of network.error by central differences, flat (P,).

    dE/dp = (E(p + h) - E(p - h)) / 2h, one parameter at a time. The network's parameters are
    put back. h: the step, small against the parameters and large against rounding.
    """
    estimate = np.empty_like(network.parameters)
    for i, kept in enumerate(network.parameters.copy()):
        network.parameters[i] = kept + h
        above = network.error(X, y, loss, l2)
        network.parameters[i] = kept - h
        below = network.error(X, y, loss, l2)
        network.parameters[i] = kept
        estimate[i] = (above - below) / (2 * h)
    return estimate


def relative_error(analytic: np.ndarray, numerical: np.ndarray, floor: float = 1e-4) -> float:
    """The distance of two gradients over their size: |a - n| / max(|a|, |n|, floor).

    The floor is for gradients that are zero, where a quotient would only measure rounding.
    """
    size = max(np.linalg.norm(analytic), np.linalg.norm(numerical), floor)
    return float(np.linalg.norm(analytic - numerical) / size)
