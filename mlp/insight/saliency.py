"""What an input does to an output: its gradient, and the input that makes an output largest."""

import numpy as np

from mlp.network.network import Network, Trace


def input_gradient(network: Network, trace: Trace, outputs: np.ndarray) -> np.ndarray:
    """How each input moves one chosen output: da_k / dx for every sample, (m, n_in).

    Start with 1 at output k and pass it back as the error is passed back in training:
    g = dE/da_L;  g <- (g * f'(z_l)) W_l, layer by layer.
    trace: of a forward pass over m samples. outputs: (m,), the k of each.
    """
    gradient = np.eye(network.sizes[-1], dtype=network.parameters.dtype)[outputs]  # (m, n_out)
    layers = zip(network.weights, network.activations, trace.a[1:], strict=True)
    for W, f, a in reversed(list(layers)):
        gradient = f.pull(gradient, a, np.empty_like(a)) @ W  # (m, n of the layer below)
    return gradient


def ascend_input(
    network: Network, start: np.ndarray, steps: int, top: float, rate: float
) -> np.ndarray:
    """Inputs that make each output larger and larger: gradient ascent on the input.

    x <- clip(x + rate g / max |g|, 0, top) with g = da_k / dx: the gradient only says where to go,
    since its length is close to 0 where the network saturates.
    start: (n_in,), where every output begins. steps: at least 0. top: the largest value of an
    input. rate: the most that an input moves in one step. Returns (n_out, n_in).
    """
    n_out = network.sizes[-1]
    X = np.tile(np.asarray(start, network.parameters.dtype), (n_out, 1))
    with np.errstate(all="ignore"):
        for _ in range(steps):
            gradient = input_gradient(network, network.forward(X), np.arange(n_out))
            largest = abs(gradient).max(axis=1, keepdims=True)
            step = np.nan_to_num(gradient / np.where(largest > 0, largest, 1))
            X = np.clip(X + rate * step, 0, top).astype(X.dtype)
    return X


def class_means(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean sample of each class, (n_out, n_in); NaN for a class with none.

    X: (m, n_in), of any kind of number. y: (m, n_out), one-hot.
    """
    # Class by class, because a product would first make floats of all the bytes at once.
    labels, means = y.argmax(axis=1), np.full((y.shape[1], X.shape[1]), np.nan)
    for k in np.unique(labels):
        X[labels == k].mean(axis=0, out=means[k])
    return means
