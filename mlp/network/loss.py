"""What a loss is: its numbers, its formulas and its lines in a script.

The losses themselves stand in losses.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One loss with its gradient.

    name: of the registry, select boxes, addresses, files and the command line.
    value: (y, a, z) -> the loss of each sample, shape (...), from arrays of shape (..., n).
    gradient: (y, a, out) -> its gradient, shape (..., n). With respect to a when `output` is
        None; otherwise with respect to z, the output activation's own derivative included.
    short_gradient: the same, bit for bit and quicker, where the targets of every sample sum to 1;
        None where there is nothing shorter.
    by_output: (y, a) -> dE/da of each sample, shape (..., n), whatever `output` is.
    output: the output activation this loss needs, or None when any will do.
    targets_sum_to_one: whether the targets of a sample are probabilities, which do; where they do
        not, `gradient` has their sum before a.
    formula: LaTeX for one sample. gradient_latex: LaTeX of `gradient` at the output layer L, for
        targets that sum to 1.
    index_latex: (total, y, a, n) -> LaTeX of one sample's loss with indices. total: the sign of
        the sum over the n outputs. y, a: one target and one output, with their indices.
    slope_latex: (y, a, n) -> LaTeX of dE/da for one of the n outputs.
    factor: (n) -> the number before a - y in dE/da, as LaTeX and as a number; None where no
        number stands there, or where `output` cancels the rest of dE/da.
    script: NumPy lines of the loss of each sample, a row each, from y and the outputs `a`, or `z`
        where it needs its own output activation. script_gradient: NumPy text of the gradient from
        y and the list of activations `a`. Both have the operations of `value` and `gradient` in
        their order, for one-hot targets.
    """

    name: str
    value: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    gradient: Callable[..., np.ndarray]
    short_gradient: Callable[..., np.ndarray] | None = None
    by_output: Callable[[np.ndarray, np.ndarray], np.ndarray]
    output: str | None = None
    targets_sum_to_one: bool = False
    formula: str
    gradient_latex: str
    index_latex: Callable[[str, str, str, int], str]
    slope_latex: Callable[[str, str, int], str]
    factor: Callable[[int], tuple[str, float]] | None = None
    script: tuple[str, ...]
    script_gradient: str

    def on(self, y: np.ndarray) -> "Loss":
        """This loss for targets y (..., n): with the short gradient where all of them sum to 1."""
        if self.short_gradient and (np.einsum("...k->...", y) == 1).all():
            return self._short
        return self

    @cached_property
    def _short(self) -> "Loss":
        return replace(self, gradient=self.short_gradient)
