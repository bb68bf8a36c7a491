"""How much of a network stands where its activations are flat, so that it hardly learns."""

from collections.abc import Sequence

import numpy as np

from mlp.network.activations import ACTIVATIONS
from mlp.network.network import Network

FLAT = 0.01  # a slope f'(z) below this counts as flat: for a sigmoid, a below 0.01 or above 0.99


def saturated(network: Network, X: np.ndarray) -> list[np.ndarray]:
    """The share of the samples on which each hidden neuron is saturated: da / dz below 0.01.

    X: (m, n_in), m at least 1. Returns (n,) of 0 to 1 for each hidden layer. ReLU's slope is 1 or
    0, so there a neuron is flat where it answers 0, and one with a share of 1 is dead.
    """
    shares = []
    with np.errstate(all="ignore"):
        hidden = network.forward(X).a[1:-1]
        for a, f in zip(hidden, network.activations, strict=False):
            slope = f.prime(a, np.empty_like(a))
            shares.append((slope < FLAT).mean(axis=0))
    return shares


def saturation_words(hidden: str, shares: Sequence[np.ndarray], raw: bool) -> str:
    """What these shares mean for learning, in a sentence or two.

    hidden: the name of the activation. shares: of each hidden layer, (n,). raw: whether the inputs
    reach far beyond 1.
    """
    if not len(shares):
        return "There is no hidden layer here, so there is nothing to saturate."
    flat, share = ACTIVATIONS[hidden].flat, np.concatenate(shares)
    sentences = [flat.cases.format(share=f"{100 * share.mean():.0f} %")]
    if flat.always:
        count = int((share == 1).sum())
        sentences.append(flat.always[min(count, 2)].format(count=f"{count:,}"))
    if flat.by_size:
        sentences.append(_remedy(share.mean(), raw))
    return " ".join(sentences)


def _remedy(share: float, raw: bool) -> str:
    """What would help, where neurons are flat because their z are far from 0."""
    if share < 0.5:
        return "The others learn."
    if raw:
        return (
            "Raw pixels reach 255, so every z is far from 0, whatever the weights: that is why the "
            "article's run is slow. Try pixels from 0 to 1."
        )
    return "Smaller first weights would help: try xavier."
