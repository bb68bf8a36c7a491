"""The first weights of a network, drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from mlp.network.shape import parameter_count, views


@dataclass(frozen=True, kw_only=True)
class Initialisation:
    """How the first weights and biases of a layer are made.

    name: of the registry, select boxes, addresses, files and the command line.
    deviation: (n_in, n_out) -> standard deviation of the weights; None where nothing is drawn and
        every weight is 0.
    biases: whether biases are drawn too, from N(0, 1); where not, they are 0.
    script: NumPy text of the deviation from n_in and n_out; empty where it is 1 or None.
    """

    name: str
    deviation: Callable[[int, int], float] | None
    biases: bool = False
    script: str = ""


INITIALISATIONS: dict[str, Initialisation] = {
    each.name: each
    for each in (
        # The article's way, and the only one that draws the biases too. Source: seed 000.
        Initialisation(name="normal", deviation=lambda n_in, n_out: 1.0, biases=True),
        # Source: Glorot and Bengio (2010), equation 12, with a normal distribution.
        Initialisation(
            name="xavier",
            deviation=lambda n_in, n_out: sqrt(2 / (n_in + n_out)),
            script="np.sqrt(2 / (n_in + n_out))",
        ),
        # Source: He et al. (2015), equation 10.
        Initialisation(
            name="he",
            deviation=lambda n_in, n_out: sqrt(2 / n_in),
            script="np.sqrt(2 / n_in)",
        ),
        Initialisation(name="zeros", deviation=None),
    )
}


def initialise(
    sizes: tuple[int, ...], scheme: str, generator: np.random.RandomState, scale: float = 1.0
) -> np.ndarray:
    """Draw the parameters of a new network, flat (P,), for each layer W then b.

    W = scale * deviation * N(0, 1), and b from N(0, 1) or 0, as the scheme has it.
    scheme: a name in INITIALISATIONS. scale: a factor on the weights, biases stay.
    """
    flat, how = np.zeros(parameter_count(sizes)), INITIALISATIONS[scheme]
    if how.deviation is None:
        return flat
    for W, b in zip(*views(flat, sizes), strict=True):
        n_out, n_in = W.shape
        W[:] = generator.randn(n_out, n_in) * (how.deviation(n_in, n_out) * scale)
        if how.biases:
            b[:] = generator.randn(n_out)
    return flat
