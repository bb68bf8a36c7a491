"""Where an activation has no derivative, so that central differences say nothing there."""

import numpy as np

from mlp.network.activation import Activation


def has_kink(f: Activation, h: float = 1e-6) -> bool:
    """Whether the slope of an activation jumps at z = 0, by differences from both sides."""
    below, at, above = f.function(np.array([[-h], [0.0], [h]])).ravel()
    return f.entrywise and abs((above - at) - (at - below)) > 1e-3 * h


def clear_of_kinks(network, X: np.ndarray, distance: float) -> bool:
    """Whether every z of a network is at least this far from the kink of its activation."""
    pairs = zip(network.forward(X).z, network.activations, strict=True)
    return all(abs(z).min() > distance for z, f in pairs if has_kink(f))
