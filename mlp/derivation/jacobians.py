"""The long way: every Jacobian of the chain rule as a full matrix, for one sample.

With the vectors of one sample upright, dE/dz = (da/dz) (dz'/da) (dE/dz') in denominator layout;
transposed, the product runs the other way. The tensor dz/dW is unrolled to a matrix, with one row
or column for every weight. Source: seed 003; seed 001's answer on layouts.
"""

import numpy as np

from mlp.algebra.expression import Formula, Matrix, Product, Reshaped
from mlp.derivation.problem import Found, Key, Problem
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


class _Sample:
    """The vectors of one sample, their symbols, and Jacobians between them, as a notation has them.

    s: the number of the sample, from 0.
    """

    def __init__(self, problem: Problem, found: Found, s: int):
        self.problem, self.found, self.notation, self.s = problem, found, problem.notation, s
        self.below = "" if problem.m == 1 else f"s={s + 1}"

    def name(self, letter: str, k: int | None = None) -> Name:
        """The symbol of a vector of this sample."""
        return self.notation.symbol(letter, k, self.below)

    @property
    def loss(self) -> Name:
        """The symbol of this sample's loss."""
        return self.notation.cost_of(self.below) if self.below else self.notation.cost

    def values(self, key: Key) -> np.ndarray:
        """The numbers of a, y or delta for this sample, (n,)."""
        notation = self.notation
        show = notation.show_gradient if key.kind == "delta" else notation.show
        return show(self.found[key].value)[:, self.s]

    def vector(self, name: Name, values: np.ndarray) -> Matrix:
        """A gradient by one vector, (n,), standing or lying as the notation has it."""
        return Matrix(name, values[:, None] if self.notation.upright else values[None, :])

    def delta(self, k: int) -> Matrix:
        """The error of layer k."""
        name = self.name(self.notation.error(1), k)
        return self.vector(name, self.values(Key("delta", k)))

    def jacobian(self, of: Name, by: Name, upright: np.ndarray) -> Matrix:
        """A Jacobian. upright: with a row for each entry of what one differentiates by."""
        value = upright if self.notation.upright else upright.T
        return Matrix(self.notation.partial(of, by), value)

    def product(self, first: Formula, second: Formula) -> Formula:
        """A factor of the chain rule times the next; where gradients lie, the other way round."""
        upright = self.notation.upright
        return Product(first, second) if upright else Product(second, first)


def chain(problem: Problem, found: Found, key: Key, s: int) -> Formula:
    """The error, or the gradient of weights or biases, of a layer for sample s by Jacobians."""
    by_kind = {"delta": _error, "dW": _weight_gradient, "db": _bias_gradient}
    return by_kind[key.kind](_Sample(problem, found, s), key.layer)


def _error(x: _Sample, k: int) -> Formula:
    """dE/dz = (da/dz) (dE/da), where dE/da = (dz'/da) (dE/dz') if another layer follows."""
    problem, a, z = x.problem, x.name("a", k), x.name("z", k)
    a_values = x.values(Key("a", k))
    da_dz = x.jacobian(a, z, of_activation(problem.activation(k), a_values))
    if k == problem.last:
        by_output = problem.loss.by_output(x.values(Key("y", k)), a_values)
        return x.product(da_dz, x.vector(x.notation.partial(x.loss, a), by_output))
    dz_da = x.jacobian(x.name("z", k + 1), a, problem.network.weights[k].T)
    return x.product(da_dz, x.product(dz_da, x.delta(k + 1)))


def _weight_gradient(x: _Sample, k: int) -> Formula:
    """dE/dW = (dz/dW) (dE/dz), the tensor dz/dW unrolled, and the product rolled up again."""
    n_in, n_out = x.problem.network.sizes[k - 1 : k + 1]
    upright = x.notation.upright
    unrolled = of_weights(x.values(Key("a", k - 1)), n_out, upright)
    dz_dW = Matrix(x.notation.partial(x.name("z", k), x.notation.symbol("W", k)), unrolled)
    product = x.product(dz_dW, x.delta(k))
    return Reshaped(product, (n_out, n_in) if upright else (n_in, n_out))


def _bias_gradient(x: _Sample, k: int) -> Formula:
    """dE/db = (dz/db) (dE/dz), where dz/db is the identity."""
    identity = np.eye(x.problem.network.sizes[k])
    dz_db = x.jacobian(x.name("z", k), x.notation.symbol("b", k), identity)
    return x.product(dz_db, x.delta(k))


def saving(problem: Problem, key: Key) -> str:
    """What the short form saves: the zeros that stand in a Jacobian whatever the numbers."""
    largest = max(_may_differ_from_zero(problem, key), key=np.size)
    zeros = int((largest == 0).sum())
    if not zeros:
        return ""
    return (
        f"The largest Jacobian here is {shape_text(largest.shape)}. Of its {largest.size} numbers, "
        f"{zeros} are 0 whatever the data. The short form never writes them."
    )


def _may_differ_from_zero(problem: Problem, key: Key) -> list[np.ndarray]:
    """Every Jacobian of a step as the notation has it, with 0 where it is 0 for any numbers."""
    (n_in, n), upright = (
        problem.network.sizes[key.layer - 1 : key.layer + 1],
        problem.notation.upright,
    )
    if key.kind == "dW":
        return [of_weights(np.ones(n_in), n, upright)]
    entrywise = key.kind == "db" or problem.activation(key.layer).entrywise
    jacobians = [np.eye(n) if entrywise else np.ones((n, n))]
    if key.kind == "delta" and key.layer < problem.last:
        over_weights = np.ones((n, problem.network.sizes[key.layer + 1]))
        jacobians.append(over_weights if upright else over_weights.T)
    return jacobians
