"""The proof of a gradient: its central differences, and how far it is from them."""

from dataclasses import dataclass

import numpy as np

from mlp.derivation.problem import Found, Key, Problem
from mlp.network.gradient_check import numerical_gradient, relative_error
from mlp.network.shape import views

TOLERANCE = 1e-5  # of a relative error; central differences are good to about 1e-9


@dataclass(frozen=True)
class Check:
    """The proof of a gradient, in the orientation of its step.

    estimate: central differences. errors: |g - e| / max(|g|, |e|, 1e-4) of every entry.
    overall: the relative error of all entries as one figure; infinite where there is no gradient.
    """

    estimate: np.ndarray
    errors: np.ndarray
    overall: float

    @property
    def holds(self) -> bool:
        """Whether every entry agrees."""
        return bool(self.overall <= TOLERANCE and (self.errors <= TOLERANCE).all())


def estimates(problem: Problem, found: Found) -> dict[Key, np.ndarray]:
    """Central differences for every gradient, in the notation's orientation."""
    network, notation = problem.network, problem.notation
    flat = numerical_gradient(network, problem.X, problem.y, problem.loss)
    nudged = {}
    for k, (W, b) in enumerate(zip(*views(flat, network.sizes), strict=True), 1):
        nudged[Key("dW", k)] = notation.show_gradient(W)
        nudged[Key("db", k)] = notation.show_gradient(b[:, None])
        nudged[Key("delta", k)] = notation.show_gradient(error_estimate(problem, found, k).T)
    return nudged


def error_estimate(problem: Problem, found: Found, k: int, h: float = 1e-5) -> np.ndarray:
    """dE/dz of layer k by nudging z and feeding the rest of the network: (m, n)."""
    z = problem.notation.show(found[Key("z", k)].value).T
    estimate = np.empty_like(z)

    def losses(z: np.ndarray) -> np.ndarray:
        for l in range(k, problem.last):
            a = problem.activation(l).function(z.copy())
            z = a @ problem.network.weights[l].mT + problem.network.biases[l]
        a = problem.activation(problem.last).function(z.copy())
        return problem.loss.value(problem.y, a, z)

    for i in range(z.shape[1]):
        nudge = np.zeros_like(z)
        nudge[:, i] = h
        estimate[:, i] = (losses(z + nudge) - losses(z - nudge)) / (2 * h)
    return estimate


def check(value: np.ndarray | None, estimate: np.ndarray) -> Check:
    """Compare a gradient with its estimate, entry by entry and as a whole."""
    if value is None or value.shape != estimate.shape:
        return Check(estimate, np.full(estimate.shape, np.inf), np.inf)
    size = np.maximum(np.maximum(abs(value), abs(estimate)), 1e-4)
    errors = abs(value - estimate) / size
    return Check(estimate, errors, relative_error(value, estimate))
