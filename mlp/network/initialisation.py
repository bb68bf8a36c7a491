"""The first weights of a network, drawn at random."""

from math import sqrt

import numpy as np

from mlp.network.shape import parameter_count, views


def _scale_normal(n_in: int, n_out: int) -> float:
    return 1.0


def _scale_xavier(n_in: int, n_out: int) -> float:
    return sqrt(2 / (n_in + n_out))


def _scale_he(n_in: int, n_out: int) -> float:
    return sqrt(2 / n_in)


def _scale_zeros(n_in: int, n_out: int) -> float:
    return 0.0


# Standard deviation of the weights from the layer's sizes. Only "normal", the article's way,
# draws the biases too; the others start them at 0.
INITIALISATIONS = {
    "normal": _scale_normal,
    "xavier": _scale_xavier,
    "he": _scale_he,
    "zeros": _scale_zeros,
}


def initialise(
    sizes: tuple[int, ...], scheme: str, generator: np.random.RandomState, scale: float = 1.0
) -> np.ndarray:
    """Draw the parameters of a new network, flat (P,), for each layer W then b.

    normal: every weight and bias from N(0, 1). xavier: weights from N(0, 2 / (n_in + n_out)).
    he: weights from N(0, 2 / n_in). zeros: everything 0, and nothing is drawn.
    scale: a factor on the weights so drawn.
    Source: seed 000 (normal); Glorot and Bengio (2010); He et al. (2015).
    """
    flat = np.zeros(parameter_count(sizes))
    if scheme == "zeros":
        return flat
    for W, b in zip(*views(flat, sizes), strict=True):
        deviation = INITIALISATIONS[scheme](W.shape[1], W.shape[0])
        W[:] = generator.randn(*W.shape) * (deviation * scale)
        if scheme == "normal":
            b[:] = generator.randn(*b.shape)
    return flat
