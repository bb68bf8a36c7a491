"""What a derivation works on: a network, a batch, a notation, and the matrices found so far."""

from dataclasses import dataclass, field

import numpy as np

from mlp.algebra.expression import Matrix
from mlp.derivation.notation import Notation
from mlp.network.activation import Activation
from mlp.network.loss import Loss
from mlp.network.network import Network
from mlp.words import Name, number_latex

MISTAKES = ("transpose", "prime", "z for a", "sign", "sum", "updated weights")


@dataclass
class Scene:
    """A network, a batch and a notation, and the matrices found so far, each as a leaf.

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
    found: dict[str, Matrix] = field(default_factory=dict)

    @property
    def m(self) -> int:
        """Samples in the batch."""
        return len(self.X)

    @property
    def last(self) -> int:
        """The number of the output layer, the input being 0."""
        return len(self.network.weights)

    def activation(self, k: int) -> Activation:
        """The activation of layer k."""
        return self.network.activations[k - 1]

    def name(self, key: str) -> Name:
        """The symbol of "z 2", "W 1", "delta 2", "y", … in the scene's notation."""
        kind, *number = key.split()
        k = int(number[0]) if number else None
        notation = self.notation
        if kind == "delta":
            return notation.symbol(notation.error(self.m), k)
        if kind in ("z", "a", "y"):
            return notation.symbol(notation.vector(kind, self.m), k)
        return notation.symbol(kind, k)

    def matrix(self, key: str, base: np.ndarray, how=None) -> Matrix:
        """Keep a matrix of the forward pass as a leaf; base: as samples in columns show it."""
        kind = key.split()[0]
        change = None
        if kind in ("W", "b") or key in ("a 0", "y"):
            # A place as a learner writes it: W and b by neuron, a and y by sample.
            by_sample = kind in ("a", "y")
            upright = self.notation.columns != by_sample
            array = "x" if key == "a 0" else key.replace(" ", "")

            def change(i, j):
                i, j = (i, j) if upright else (j, i)
                return f"{array}:{i + 1}" if kind == "b" else f"{array}:{i + 1},{j + 1}"

        leaf = Matrix(self.name(key), self.notation.show(base), how, change)
        self.found[key] = leaf
        return leaf

    def slope(self, k: int) -> Matrix:
        """f'(z) of layer k, entry by entry."""
        f, z, a = self.activation(k), self.found[f"z {k}"], self.found[f"a {k}"]
        prime, symbol = f.prime(a.value), f.symbol

        def how(i, j):
            x, v = number_latex(a.value[i, j]), number_latex(z.value[i, j])
            return rf"{symbol.latex}'({v}) {f.slope_latex(x)} = {number_latex(prime[i, j])}"

        name = Name(
            rf"{symbol.latex}'({z.name.latex})",
            f"{symbol.html}′({z.name.html})",
        )
        return Matrix(name, prime, how)
