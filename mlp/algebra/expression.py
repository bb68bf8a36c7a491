"""Formulas of matrices as small trees: what they are made of, and what they come to.

Nothing in here knows a network: mlp.derivation builds the trees. Every matrix has two axes, so
that every shape can be written under its brace. How a formula is written stands in
mlp/algebra/latex.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mlp.words import Name, plural, shape_text


class ShapeError(ValueError):
    """Two matrices that do not fit together; the message names their shapes."""


class Formula:
    """Any formula: its `value` is computed once, and raises ShapeError where nothing fits."""

    tightness = 4  # 1 sum, 2 entrywise product, 3 matrix product, 4 a symbol

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.value.shape


@dataclass(frozen=True, eq=False)
class Matrix(Formula):
    """A matrix with a name.

    how: (row, column) -> LaTeX of how this entry comes about; None where there is nothing to say.
    place: (row, column) -> where this entry stands among the numbers that a learner may change,
        such as "W1:2,3"; None where nobody may.
    """

    name: Name
    value: np.ndarray
    how: Callable[[int, int], str] | None = None
    place: Callable[[int, int], str] | None = None


@dataclass(frozen=True, eq=False)
class Transposed(Formula):
    """The transpose of a matrix."""

    of: Matrix

    @cached_property
    def value(self) -> np.ndarray:
        """Columns made rows."""
        return self.of.value.T


@dataclass(frozen=True, eq=False)
class Product(Formula):
    """The matrix product: row times column."""

    left: Formula
    right: Formula
    tightness = 3

    @cached_property
    def value(self) -> np.ndarray:
        """Raises ShapeError when the inner sizes differ."""
        left, right = self.left.value, self.right.value
        if left.shape[1] != right.shape[0]:
            raise ShapeError(
                f"{shape_text(left.shape)} times {shape_text(right.shape)} does not fit: "
                f"the left matrix has {plural(left.shape[1], 'column')}, "
                f"the right one {plural(right.shape[0], 'row')}"
            )
        return left @ right


@dataclass(frozen=True, eq=False)
class Entrywise(Formula):
    """The Hadamard product: entry times entry."""

    left: Formula
    right: Formula
    tightness = 2

    @cached_property
    def value(self) -> np.ndarray:
        """Raises ShapeError when the shapes differ."""
        return _same_shape(self.left.value, self.right.value, "⊙") * self.right.value


@dataclass(frozen=True, eq=False)
class Sum(Formula):
    """left + right, or left - right."""

    left: Formula
    right: Formula
    sign: int = 1
    tightness = 1

    @cached_property
    def value(self) -> np.ndarray:
        """Raises ShapeError when the shapes differ."""
        left = _same_shape(self.left.value, self.right.value, "+" if self.sign > 0 else "−")
        return left + self.sign * self.right.value


@dataclass(frozen=True, eq=False)
class Scaled(Formula):
    """A number times a formula; latex is how the number is written, such as 1/m."""

    latex: str
    factor: float
    of: Formula
    tightness = 3

    @cached_property
    def value(self) -> np.ndarray:
        """Every entry times the factor."""
        return self.factor * self.of.value


@dataclass(frozen=True, eq=False)
class Reshaped(Formula):
    """The same numbers, row by row, in another shape."""

    of: Formula
    to: tuple[int, int]

    @cached_property
    def value(self) -> np.ndarray:
        """The reshaped matrix."""
        return self.of.value.reshape(self.to)


@dataclass(frozen=True, eq=False)
class Applied(Formula):
    """A function of matrices.

    latex: with @0, @1, … where the matrices stand. html: the name alone.
    how: (row, column) -> LaTeX of this entry with numbers, and the cells of each matrix that it
        is made from.
    """

    latex: str
    html: str
    of: tuple[Formula, ...]
    function: Callable[..., np.ndarray]
    how: Callable[[int, int], tuple[str, tuple[frozenset, ...]]] = field(repr=False)

    @cached_property
    def value(self) -> np.ndarray:
        """The function's values."""
        return self.function(*(part.value for part in self.of))


def parts(formula: Formula) -> tuple[Formula, ...]:
    """What a formula is made of."""
    match formula:
        case Product() | Entrywise() | Sum():
            return formula.left, formula.right
        case Scaled() | Reshaped():
            return (formula.of,)
        case Applied():
            return formula.of
    return ()


def matrices(formula: Formula) -> Iterator[Matrix | Transposed]:
    """The matrices of a formula from left to right, as they stand there."""
    if isinstance(formula, Matrix | Transposed):
        yield formula
    for part in parts(formula):
        yield from matrices(part)


def _same_shape(left: np.ndarray, right: np.ndarray, sign: str) -> np.ndarray:
    if left.shape != right.shape:
        raise ShapeError(
            f"{shape_text(left.shape)} {sign} {shape_text(right.shape)} does not fit: "
            "both sides need the same shape"
        )
    return left
