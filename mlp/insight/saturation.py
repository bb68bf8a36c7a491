"""How much of a network stands where its activations are flat, so that it hardly learns."""

from collections.abc import Sequence

import numpy as np

from mlp.network.activations import sigmoid_prime
from mlp.network.network import Network

FLAT = 0.01  # a slope f'(z) below this counts as flat: for a sigmoid, a below 0.01 or above 0.99


def saturated(network: Network, X: np.ndarray) -> list[np.ndarray]:
    """The share of the samples on which each hidden neuron is saturated: f'(z) below 0.01.

    X: (m, n_in), m at least 1. Returns (n,) of 0 to 1 for each hidden layer. ReLU's slope is 1 or
    0, so there a neuron is flat where it answers 0, and one with a share of 1 is dead.
    """
    shares = []
    with np.errstate(all="ignore"):
        hidden = network.forward(X).a[1:-1]
        for a, f in zip(hidden, network.activations, strict=False):
            # Of a softmax, the slope of each output with respect to its own z.
            slope = (f.prime or sigmoid_prime)(a, np.empty_like(a))
            shares.append((slope < FLAT).mean(axis=0))
    return shares


def in_words(hidden: str, shares: Sequence[np.ndarray], raw: bool) -> str:
    """What these shares mean for learning, in a sentence or two.

    hidden: the name of the activation. shares: of each hidden layer, (n,). raw: whether the inputs
    reach far beyond 1.
    """
    if not len(shares):
        return "There is no hidden layer here, so there is nothing to saturate."
    share = np.concatenate(shares)
    if hidden == "identity":
        return "The identity has the same slope everywhere: it never saturates."
    if hidden == "relu":
        dead = int((share == 1).sum())
        text = f"The hidden neurons answer 0 in **{100 * share.mean():.0f} %** of all cases. "
        if not dead:
            return text + "None of them does so on every image, so all of them can still learn."
        if dead == 1:
            return text + "One is dead: it answers 0 to every image, and so its slope is 0."
        return (
            f"{text}**{dead:,}** are dead: they answer 0 to every image, and so their slope is 0."
        )
    name = {"sigmoid": "σ"}.get(hidden, hidden)
    text = f"**{100 * share.mean():.0f} %** saturated: there {name} is so flat that "
    if share.mean() < 0.5:
        return text + "a step changes next to nothing. The others learn."
    text += "a step changes next to nothing. "
    if raw:
        return text + (
            "Raw pixels reach 255, so every z is far from 0, whatever the weights: that is why the "
            "article's run is slow. Try pixels from 0 to 1."
        )
    return text + "Smaller first weights would help: try xavier."
