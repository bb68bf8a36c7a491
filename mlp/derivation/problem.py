"""What is derived: a network with a batch and a loss, in a notation, with mistakes or without.

Nothing in here changes while the steps are made: what they have found so far is passed to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

import numpy as np

from mlp.algebra.expression import Matrix
from mlp.derivation.notation import Notation
from mlp.network.activation import Activation
from mlp.network.loss import Loss
from mlp.network.network import Network
from mlp.words import Name

MISTAKES = ("transpose", "prime", "z for a", "sign", "sum", "updated weights")
PARAMETERS = {"dW": "W", "db": "b"}  # what each gradient is the gradient of


@dataclass(frozen=True)
class Key:
    """What a matrix or a step is about, the same in every notation.

    kind: "input", "z", "a", "y", "loss", "W" or "b"; of gradients, "delta" for dE/dz, "dW" or "db".
    layer: the layer it belongs to, 0 for the input; the last layer for "y" and "loss".
    """

    kind: str
    layer: int


Found = Mapping[Key, Matrix]


@dataclass(frozen=True, eq=False)
class Problem:
    """A network, a batch and a loss, and how the derivation is to be written.

    X: (m, n_in). y: (m, n_out). sample: whose contribution is shown, from 0. mistakes: some of
    MISTAKES. rate: the learning rate of the updated weights.
    """

    network: Network
    X: np.ndarray
    y: np.ndarray
    loss: Loss
    notation: Notation
    sample: int = 0
    mistakes: frozenset[str] = frozenset()
    rate: float = 0.5

    @property
    def m(self) -> int:
        """Samples in the batch."""
        return len(self.X)

    @property
    def last(self) -> int:
        """The number of the output layer, the input being 0."""
        return len(self.network.weights)

    @property
    def totals(self) -> list[float]:
        """What the targets of each sample add up to."""
        return [fsum(targets) for targets in self.y]

    @property
    def weighed(self) -> bool:
        """Whether the sum of a sample's targets stands before its outputs in the error.

        It does for a loss of probabilities where that sum is not 1, up to the last digit in which
        the targets themselves are rounded.
        """
        off = abs(np.array(self.totals) - 1) > np.finfo(float).eps * abs(self.y).sum(axis=1)
        return self.loss.targets_sum_to_one and bool(off.any())

    def activation(self, k: int) -> Activation:
        """The activation of layer k."""
        return self.network.activations[k - 1]

    def name(self, key: Key) -> Name:
        """The symbol of a matrix or of what a step finds, in the notation."""
        notation, k = self.notation, key.layer
        match key.kind:
            case "input":
                return self.name(Key("a", 0))
            case "y":
                return notation.symbol(notation.vector("y", self.m))
            case "z" | "a":
                return notation.symbol(notation.vector(key.kind, self.m), k)
            case "loss":
                return notation.cost
            case "delta":
                return notation.symbol(notation.error(self.m), k)
            case "dW" | "db":
                return self.gradient(notation.cost, key)
        return notation.symbol(key.kind, k)

    def gradient(self, loss: Name, key: Key) -> Name:
        """The derivative of a loss by the weights or biases whose gradient the key names."""
        return self.notation.partial(loss, self.name(Key(PARAMETERS[key.kind], key.layer)))

    def given(self) -> Found:
        """The matrices that the steps start from: the input as "a" of layer 0, y, W and b."""
        leaves = {
            Key("a", 0): self._leaf(Key("a", 0), self.X.T, "x"),
            Key("y", self.last): self._leaf(Key("y", self.last), self.y.T, "y"),
        }
        parameters = zip(self.network.weights, self.network.biases, strict=True)
        for k, (W, b) in enumerate(parameters, 1):
            leaves[Key("W", k)] = self._leaf(Key("W", k), W, f"W{k}")
            leaves[Key("b", k)] = self._leaf(Key("b", k), b[:, None], f"b{k}")
        return leaves

    def _leaf(self, key: Key, base: np.ndarray, array: str) -> Matrix:
        """A given matrix, every entry with its place among the numbers changed by hand.

        base: as samples in columns show it. array: its name in a place, where W and b count by
        neuron, x and y by sample.
        """
        by_sample = array in ("x", "y")
        turned = self.notation.columns == by_sample

        def place(i: int, j: int) -> str:
            i, j = (j, i) if turned else (i, j)
            return f"{array}:{i + 1}" if key.kind == "b" else f"{array}:{i + 1},{j + 1}"

        return Matrix(self.name(key), self.notation.show(base), place=place)
