"""The end of a large network, as a small one that computes the very same outputs."""

from dataclasses import dataclass

import numpy as np

from mlp.examples.exercise import MOST_LAYERS, Exercise
from mlp.network.network import Network


@dataclass(frozen=True)
class LastLayers:
    """What is left of a network.

    exercise: the small network; its X are the activations of the large one's layer
    `exercise.first`, 0 for the input. kept: which neurons of that layer are left, from 0.
    of: how many neurons that layer has.
    """

    exercise: Exercise
    kept: tuple[int, ...]
    of: int

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return self.exercise.first == 0 and len(self.kept) == self.of


def last_layers(
    network: Network, loss_name: str, X: np.ndarray, y: np.ndarray, most: int = 16, keep: int = 8
) -> LastLayers:
    """The last layers of a network, from the first one after which none is wider than `most`.

    If that first layer is wider itself, only the first sample is kept, and of the layer only the
    `keep` neurons that move the answer most, by |w a|. What the others add is the same number
    whatever those do, so it goes into the bias: b + sum over them of w a, and the outputs stay.
    X: (m, n_in). y: (m, n_out). Raises ValueError where the outputs alone are too many.
    """
    sizes = network.sizes
    if sizes[-1] > most:
        raise ValueError(f"most must be at least the {sizes[-1]} outputs, got {most}")
    wide = [k for k, n in enumerate(sizes) if n > most]
    first = max(max(wide, default=0), len(sizes) - MOST_LAYERS)
    a = np.asarray(network.forward(X).a[first], float)  # (m, n)
    weights = [np.array(W, float) for W in network.weights[first:]]
    biases = [np.array(b, float) for b in network.biases[first:]]
    kept = np.arange(sizes[first])
    if sizes[first] > most:
        a, y = a[:1], y[:1]
        shares = weights[0] * a  # (n_out, n)
        kept = np.sort(np.argsort(-_strength(network, X, shares), kind="stable")[:keep])
        biases[0] += np.delete(shares, kept, axis=1).sum(axis=1)
        a, weights[0] = a[:, kept], weights[0][:, kept]
    flat = [part.ravel() for pair in zip(weights, biases, strict=True) for part in pair]
    hidden, output = network.activations[0].name, network.activations[-1].name
    exercise = Exercise((len(kept), *sizes[first + 1 :]), hidden, output, loss_name, a,
                  np.asarray(y, float), np.concatenate(flat), first)  # fmt: skip
    return LastLayers(exercise, tuple(map(int, kept)), sizes[first])


def _strength(network: Network, X: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """How much each neuron moves the winning output, or where more layers follow, the next layer.

    shares: w a of every weight, (n_out, n). Returns (n,).
    """
    if len(shares) == network.sizes[-1]:
        winner = int(network.forward(X[:1]).a[-1][0].argmax())
        shares = shares[winner : winner + 1]
    return abs(shares).sum(axis=0)
