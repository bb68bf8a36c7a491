"""How much of a network stands where its activations are flat, so that it hardly learns."""

from collections.abc import Sequence

import numpy as np

from mlp.network.activation import Activation
from mlp.network.activations import ACTIVATIONS
from mlp.network.network import Network, Trace
from mlp.words import percent

# A slope below this counts as flat: of the error, less than a hundredth passes. For a sigmoid, a
# is then below 0.01 or above 0.99.
FLAT = 0.01
MOSTLY = 0.5  # of all cases, from which on a cure is named


def flat_below(f: Activation, n: int) -> float:
    """The slope da_k / dz_k below which a neuron of a layer of n counts as flat.

    Softmax has small slopes wherever many share, so its measure is the slope where all share
    evenly, 1/n (1 - 1/n): flat is below 4 FLAT of it. For two neurons that is the sigmoid's FLAT.
    A softmax of one neuron always answers 1 and is always flat.
    """
    return FLAT if f.entrywise or n == 1 else 4 * FLAT * (1 - 1 / n) / n


def saturated(network: Network, trace: Trace) -> list[np.ndarray]:
    """The share of the samples on which each hidden neuron is saturated: its slope is flat.

    trace: of a forward pass over m samples, m at least 1. Returns (n,) of 0 to 1 for each hidden
    layer. ReLU's slope is 1 or 0, so there a neuron is flat where it answers 0, and one with a
    share of 1 is dead.
    """
    shares = []
    with np.errstate(all="ignore"):
        for a, f in zip(trace.a[1:-1], network.activations, strict=False):
            slope = f.prime(a, np.empty_like(a))
            shares.append((slope < flat_below(f, a.shape[-1])).mean(axis=0))
    return shares


def saturation_words(hidden: str, shares: Sequence[np.ndarray], samples: str, top: float) -> str:
    """How many neurons are flat how often, in a sentence or two.

    hidden: the name of the activation. shares: of each hidden layer, (n,). samples: all that were
    looked at, such as "4,000 training samples". top: the largest size of an input.
    """
    if not len(shares):
        return "There is no hidden layer here, so there is nothing to saturate."
    flat, share = ACTIVATIONS[hidden].flat, np.concatenate(shares)
    if flat.never and not share.any():
        return flat.never.format(samples=samples)
    sentences = [flat.cases.format(share=percent(share.mean()))]
    if flat.never and len(shares) > 1:
        sentences.append(f"Layer by layer: {', '.join(percent(s.mean()) for s in shares)}.")
    if flat.always:
        count = int((share == 1).sum())
        sentences.append(flat.always[min(count, 2)].format(count=f"{count:,}", samples=samples))
    if flat.by_size and share.mean() >= MOSTLY:
        sentences.append(_cure(shares[0].mean(), top))
    return " ".join(sentences)


def _cure(first: float, top: float) -> str:
    """What would help where z is far from 0. first: the share of the first layer, 0 to 1."""
    if first >= MOSTLY and top > 1:
        return (
            f"The inputs reach {top:g}, which takes z far from 0: try inputs from 0 to 1, or a "
            "smaller factor on the initial weights."
        )
    return "Try a smaller factor on the initial weights, which keeps z closer to 0."
