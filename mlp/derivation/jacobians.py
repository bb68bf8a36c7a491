"""The long way: every Jacobian of the chain rule as a full matrix, for one sample.

With the vectors of one sample upright, dE/dz = (da/dz) (dz'/da) (dE/dz') in denominator layout;
transposed, the product runs the other way. The tensor dz/dW is unrolled to a matrix, with one row
or column for every weight. Source: seed 003; seed 001's answer on layouts.
"""

import numpy as np

from mlp.algebra.expression import Formula, Matrix, Product, Reshaped, matrices
from mlp.derivation.scene import Scene
from mlp.network.activation import Activation
from mlp.words import Name, shape_text


def of_activation(f: Activation, a: np.ndarray) -> np.ndarray:
    """da/dz for one sample, a (n,): diagonal, or diag(a) - a a^T for softmax: (n, n)."""
    return np.diag(f.prime(a.copy())) if f.entrywise else np.diag(a) - np.outer(a, a)


def of_weights(a: np.ndarray, n_out: int, upright: bool) -> np.ndarray:
    """dz/dW for one sample, a (n_in,), unrolled: (n_out n_in, n_out), or transposed.

    Entry dz_k / dW_ij is a_j where k = i, else 0. The weights stand in the order in which their
    gradient is read row by row, which for a transposed gradient is the other one.
    """
    tensor = np.einsum("ki,j->ijk", np.eye(n_out), a)  # (i, j, k)
    if upright:
        return tensor.reshape(-1, n_out)
    return tensor.transpose(1, 0, 2).reshape(-1, n_out).T


def chain(scene: Scene, key: str, s: int) -> Formula:
    """The step `key` of a scene for sample s, by full Jacobians."""
    kind, k = key.split()[0], int(key.split()[1])
    up, found, notation = scene.notation.upright, scene.found, scene.notation
    below = "" if scene.m == 1 else f"s={s + 1}"

    def one(name: str, gradient: bool = False) -> np.ndarray:
        """The vector of one sample, (n,)."""
        show = notation.show_gradient if gradient else notation.show
        return show(found[name].value)[:, s]

    def symbol(letter: str, k: int | None = None) -> Name:
        return notation.symbol(letter, k, below)

    def vector(name: Name, values: np.ndarray) -> Matrix:
        return Matrix(name, values[:, None] if up else values[None, :])

    def jacobian(of: Name, by: Name, upright_value: np.ndarray) -> Matrix:
        value = upright_value if up else upright_value.T
        return Matrix(notation.partial(of, by), value)

    def multiplied(first: Formula, second: Formula) -> Formula:
        return Product(first, second) if up else Product(second, first)

    z, a = symbol("z", k), symbol("a", k)
    if kind == "delta":
        slope = jacobian(a, z, of_activation(scene.activation(k), one(f"a {k}")))
        if k == scene.last:
            loss = notation.cost_of(below) if below else notation.cost
            by_a = vector(notation.partial(loss, a), scene.loss.by_output(one("y"), one(f"a {k}")))
            return multiplied(slope, by_a)
        W = scene.network.weights[k]
        weights = jacobian(symbol("z", k + 1), a, W.T)
        delta = vector(symbol(notation.error(scene.m), k + 1), one(f"delta {k + 1}", True))
        if up:
            return Product(slope, Product(weights, delta))
        return Product(Product(delta, weights), slope)
    delta = vector(symbol(notation.error(scene.m), k), one(f"delta {k}", True))
    n_in, n_out = scene.network.sizes[k - 1 : k + 1]
    if kind == "b":
        identity = jacobian(z, notation.symbol("b", k), np.eye(n_out))
        return multiplied(identity, delta)
    tensor = Matrix(
        notation.partial(z, notation.symbol("W", k)), of_weights(one(f"a {k - 1}"), n_out, up)
    )
    return Reshaped(multiplied(tensor, delta), (n_out, n_in) if up else (n_in, n_out))


def saving(formula: Formula, value: np.ndarray) -> str:
    """What the short form saves."""
    largest = max((part.value for part in matrices(formula)), key=np.size)
    zeros = int((largest == 0).sum())
    if not zeros:
        return ""
    return (
        f"The largest Jacobian here is {shape_text(largest.shape)}, with {zeros} zeros among its "
        f"{largest.size} numbers. The short form never writes them."
    )
