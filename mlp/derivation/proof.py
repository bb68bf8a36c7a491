"""The proof of a gradient: how far it is from what nudging finds, and what nudging cannot say."""

from dataclasses import dataclass

import numpy as np

from mlp.derivation.problem import Found, Key, Problem
from mlp.network.gradient_check import (
    Estimate,
    error_estimate,
    numerical_gradient,
    relative_error,
)
from mlp.network.shape import views

TOLERANCE = 1e-5  # of a relative error; where rounding allows, nudging is good to about 1e-9


@dataclass(frozen=True)
class Check:
    """The proof of a gradient, in the orientation of its step, entry by entry.

    estimate: what nudging finds. errors: |g - e| / max(|g|, |e|), 0 where both are 0. wrong:
    whether the entry is further off than TOLERANCE and all that nudging leaves open. hidden:
    whether it is not wrong, but nudging leaves more open than TOLERANCE: rounding hides the
    answer, or, where `kink` is true, there is no slope to find.
    overall: the relative error of all entries that are not hidden, as one figure; infinite where
    there is no gradient.
    """

    estimate: np.ndarray
    errors: np.ndarray
    wrong: np.ndarray
    hidden: np.ndarray
    kink: np.ndarray
    overall: float

    @property
    def holds(self) -> bool:
        """Whether no entry is wrong."""
        return not self.wrong.any()


def estimates(problem: Problem, found: Found) -> dict[Key, Estimate]:
    """What nudging finds for every gradient, in the notation's orientation."""
    network, notation, y, loss = problem.network, problem.notation, problem.y, problem.loss
    flat = numerical_gradient(network, problem.X, y, loss)
    parts = [views(part, network.sizes) for part in (flat.value, flat.doubt, flat.kink)]
    nudged = {}
    for k in range(1, problem.last + 1):
        W, b = (Estimate(*(part[i][k - 1] for part in parts)) for i in (0, 1))
        z = notation.show(found[Key("z", k)].value).T
        delta = error_estimate(network, z, k, y, loss)
        nudged[Key("dW", k)] = W.each(notation.show_gradient)
        nudged[Key("db", k)] = b.each(lambda array: notation.show_gradient(array[:, None]))
        nudged[Key("delta", k)] = delta.each(lambda array: notation.show_gradient(array.T))
    return nudged


def check(value: np.ndarray | None, nudged: Estimate) -> Check:
    """Compare a gradient with what nudging finds, entry by entry and as a whole."""
    estimate, everywhere = nudged.value, np.ones(nudged.value.shape, bool)
    if value is None or value.shape != estimate.shape:
        errors = np.full(estimate.shape, np.inf)
        return Check(estimate, errors, everywhere, ~everywhere, ~everywhere, np.inf)
    size, apart = np.maximum(abs(value), abs(estimate)), abs(value - estimate)
    wrong = ~(apart <= TOLERANCE * size + nudged.doubt)
    nothing = (size == 0) & np.isfinite(nudged.doubt)
    hidden = ~wrong & ~nothing & (nudged.doubt > TOLERANCE * size)
    errors = np.divide(apart, size, out=np.zeros_like(size), where=size != 0)
    overall = relative_error(value[~hidden], estimate[~hidden])
    return Check(estimate, errors, wrong, hidden, hidden & nudged.kink, overall)
