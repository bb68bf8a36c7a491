"""What an activation is: its numbers, its formulas, its words and its lines in a script.

The activations themselves stand in activations.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.words import Name

Pull = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Flat:
    """What is said of hidden neurons where an activation is flat, as `saturated` defines it.

    title: what the neurons are called there, for the title of a figure.
    cases: a sentence on the share of all cases, with {share} in its place; without it where the
        activation is never flat, and then it is always said.
    never: the sentence where no neuron is flat on any sample, with {samples}; empty where cases
        has no share.
    always: sentences on the neurons that are flat on every sample, for none, one and several of
        them, with {samples}, all that were looked at, and the last with {count}; None where the
        text does not count them.
    by_size: whether the size of z decides, so that smaller weights or inputs help.
    """

    title: str
    cases: str
    never: str = ""
    always: tuple[str, str, str] | None = None
    by_size: bool = False


@dataclass(frozen=True, kw_only=True)
class Activation:
    """One activation function, a = f(z) for a layer.

    name: of the registry, select boxes, addresses, files and the command line.
    symbol: f in a formula.
    function: (z, out) -> a, the values f(z), shape (..., n).
    core: the function without its guard against warnings, for a caller who holds np.errstate;
        None where there is no guard.
    prime: (a, out) -> da_k / dz_k of every entry, written with a, shape (..., n). It is f'(z)
        where the activation is entrywise.
    entrywise: whether every output depends on its own z alone. Where not, the Jacobian is that of
        softmax, diag(a) - a a^T.
    kink: whether the slope jumps at z = 0.
    pull: (gradient, a, work) -> dE/dz from dE/da, in place, shape (..., n).
    formula: LaTeX of f(z). derivative: LaTeX of f'(z).
    effect: a sentence on what f does to the weighted sums.
    slope: a sentence on f'(z), with its symbol; empty where the activation is not entrywise.
    slope_latex: (LaTeX of a number a) -> LaTeX of f'(z) with this number, after the sign "=";
        empty where nothing is computed from a.
    flat: what is said of neurons where f is flat.
    script: NumPy text of f(z). script_pull: NumPy text of dE/dz from `delta`, dE/da, and `a`;
        both for rows of samples, with the operations of `function` and `pull` in their order.
    """

    name: str
    symbol: Name
    function: Callable[..., np.ndarray]
    core: Callable[..., np.ndarray] | None = None
    prime: Callable[..., np.ndarray]
    entrywise: bool = True
    kink: bool = False
    pull: Pull
    formula: str
    derivative: str
    effect: str
    slope: str
    slope_latex: Callable[[str], str] = lambda a: ""
    flat: Flat
    script: str
    script_pull: str

    @property
    def identifier(self) -> str:
        """The name as Python can call a function: words joined by underscores."""
        return self.name.replace(" ", "_")


def entrywise_pull(prime: Callable[..., np.ndarray]) -> Pull:
    """The chain rule where the Jacobian is diagonal: dE/dz = dE/da * f'(z)."""

    def pull(gradient: np.ndarray, a: np.ndarray, work: np.ndarray) -> np.ndarray:
        gradient *= prime(a, work)
        return gradient

    return pull
