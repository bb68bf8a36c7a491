"""Formulas of matrices: each knows its LaTeX, its shapes, its numbers, and how one entry is made.

A formula is a small tree. Nothing in here knows a network: mlp.derivation builds the trees.
Every matrix has two axes, so that every shape can be written under its brace.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

Array = np.ndarray
MOST_TERMS = 12  # of a sum written out


class ShapeError(ValueError):
    """Two matrices that do not fit together, said as people say it."""


@dataclass(frozen=True)
class Name:
    """A symbol twice: as LaTeX for formulas, and as HTML for the label of a matrix."""

    latex: str
    html: str


@dataclass(frozen=True)
class How:
    """How one entry comes about: the sum with its numbers, and the cells it was made from.

    cells: for each matrix of the formula, counted as `matrices` gives them, its (row, column)s.
    """

    latex: str
    cells: dict[int, frozenset[tuple[int, int]]]
    is_sum: bool = False


class Formula:
    """Any formula: its `value` is computed once, and raises ShapeError where nothing fits."""

    tightness = 4  # 1 sum, 2 entrywise product, 3 matrix product, 4 a symbol

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.value.shape


@dataclass(frozen=True, eq=False)
class Matrix(Formula):
    """A matrix with a name. shown: the name of its transpose is written as one symbol.

    how: (i, j) -> LaTeX of where an entry comes from, if there is something to say.
    place: (array, row, column) of the number itself, where a learner may change it.
    """

    name: Name
    value: Array
    how: Callable[[int, int], str] | None = None
    place: Callable[[int, int], str] | None = None


@dataclass(frozen=True, eq=False)
class Transposed(Formula):
    """The transpose of a matrix."""

    of: Matrix

    @cached_property
    def value(self) -> Array:
        """Columns made rows."""
        return self.of.value.T


@dataclass(frozen=True, eq=False)
class Product(Formula):
    """The matrix product: row times column."""

    left: Formula
    right: Formula
    tightness = 3

    @cached_property
    def value(self) -> Array:
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
    def value(self) -> Array:
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
    def value(self) -> Array:
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
    def value(self) -> Array:
        """Every entry times the factor."""
        return self.factor * self.of.value


@dataclass(frozen=True, eq=False)
class Reshaped(Formula):
    """The same numbers, row by row, in another shape."""

    of: Formula
    to: tuple[int, int]

    @cached_property
    def value(self) -> Array:
        """The reshaped matrix."""
        return self.of.value.reshape(self.to)


@dataclass(frozen=True, eq=False)
class Applied(Formula):
    """A function of matrices. latex: with {0}, {1} where they stand. html: the name alone.

    how: (i, j) -> LaTeX with numbers, and the cells of each matrix it looks at.
    """

    latex: str
    html: str
    of: tuple[Formula, ...]
    function: Callable[..., Array]
    how: Callable[[int, int], tuple[str, tuple[frozenset, ...]]] = field(repr=False)

    @cached_property
    def value(self) -> Array:
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


def latex(formula: Formula, shapes: bool = False) -> str:
    """The formula in LaTeX; with shapes, a brace under every matrix says its size."""

    def inside(part: Formula, least: int) -> str:
        text = latex(part, shapes)
        return rf"\left( {text} \right)" if part.tightness < least else text

    match formula:
        case Matrix():
            return braced(formula.name.latex, formula.value.shape, shapes)
        case Transposed():
            inner = formula.of.name.latex
            plain = "^" not in inner and "frac" not in inner
            text = inner if plain else rf"\left({inner}\right)"
            return braced(rf"{text}^{{\mathsf T}}", formula.shape, shapes)
        case Product():
            return rf"{inside(formula.left, 3)} \, {inside(formula.right, 3)}"
        case Entrywise():
            left = inside(formula.left, 4 if isinstance(formula.left, Product) else 2)
            return rf"{left} \odot {inside(formula.right, 3)}"
        case Sum():
            sign = "+" if formula.sign > 0 else "-"
            return rf"{inside(formula.left, 1)} {sign} {inside(formula.right, 2)}"
        case Scaled():
            return rf"{formula.latex} \, {inside(formula.of, 3)}"
        case Reshaped():
            size = shape_latex(formula.to)
            return (
                rf"\operatorname{{reshape}}_{{{size}}}\!\left( {latex(formula.of, shapes)} \right)"
            )
        case Applied():
            # replaced, not formatted: LaTeX is full of braces
            text = formula.latex
            for k, part in enumerate(formula.of):
                text = text.replace(f"@{k}", latex(part, shapes))
            return text
    raise TypeError(type(formula).__name__)


def pieces(formula: Formula) -> list[str | int]:
    """The formula as a row of HTML signs and matrices, each matrix by its number."""
    count = iter(range(10**6))

    def walk(part: Formula) -> list[str | int]:
        def inside(child: Formula, least: int) -> list[str | int]:
            return ["(", *walk(child), ")"] if child.tightness < least else walk(child)

        match part:
            case Matrix() | Transposed():
                return [next(count)]
            case Product():
                return [*inside(part.left, 3), "·", *inside(part.right, 3)]
            case Entrywise():
                least = 4 if isinstance(part.left, Product) else 2
                return [*inside(part.left, least), "⊙", *inside(part.right, 3)]
            case Sum():
                sign = "+" if part.sign > 0 else "−"
                return [*inside(part.left, 1), sign, *inside(part.right, 2)]
            case Scaled():
                return [number_text(part.factor), "·", *inside(part.of, 3)]
            case Reshaped():
                return ["reshape (", *walk(part.of), ")"]
            case Applied():
                rows = [walk(child) for child in part.of]
                inner = [piece for row in rows for piece in [",", *row]][1:]
                return [part.html, "(", *inner, ")"]
        raise TypeError(type(part).__name__)

    return walk(formula)


def how(formula: Formula, i: int, j: int) -> How:
    """How entry (i, j) of a formula comes about, with the numbers in place."""
    at = {id(matrix): k for k, matrix in enumerate(matrices(formula))}

    def walk(part: Formula, i: int, j: int) -> How:
        match part:
            case Matrix() | Transposed():
                cell = frozenset({(i, j)})
                return How(number_latex(part.value[i, j]), {at[id(part)]: cell})
            case Product():
                n = part.left.shape[1]
                terms = [(walk(part.left, i, k), walk(part.right, k, j)) for k in range(n)]
                texts = [rf"{_factor(a)} \cdot {_factor(b)}" for a, b in terms]
                if n > MOST_TERMS:
                    texts[MOST_TERMS - 2 : -1] = [r"\dots"]
                return How(" + ".join(texts), _union(*(h for pair in terms for h in pair)), n > 1)
            case Entrywise():
                a, b = walk(part.left, i, j), walk(part.right, i, j)
                return How(rf"{_factor(a)} \cdot {_factor(b)}", _union(a, b))
            case Sum():
                a, b = walk(part.left, i, j), walk(part.right, i, j)
                sign = "+" if part.sign > 0 else "-"
                b_text = _factor(b) if part.sign < 0 or not b.is_sum else b.latex
                return How(f"{a.latex} {sign} {b_text}", _union(a, b), True)
            case Scaled():
                a = walk(part.of, i, j)
                return How(rf"{part.latex} \cdot {_factor(a)}", a.cells)
            case Reshaped():
                return walk(part.of, *divmod(i * part.to[1] + j, part.of.shape[1]))
            case Applied():
                text, cells = part.how(i, j)
                inner = list(matrices(part))
                return How(text, {at[id(x)]: c for x, c in zip(inner, cells, strict=True)})
        raise TypeError(type(part).__name__)

    return walk(formula, i, j)


def _factor(how: How) -> str:
    """A factor of a product: in parentheses when it is a sum or below zero."""
    loose = how.is_sum or how.latex.startswith("-")
    return rf"\left({how.latex}\right)" if loose else how.latex


def _union(*hows: How) -> dict[int, frozenset]:
    cells: dict[int, frozenset] = {}
    for one in hows:
        for k, some in one.cells.items():
            cells[k] = cells.get(k, frozenset()) | some
    return cells


def _same_shape(left: Array, right: Array, sign: str) -> Array:
    if left.shape != right.shape:
        raise ShapeError(
            f"{shape_text(left.shape)} {sign} {shape_text(right.shape)} does not fit: "
            "both sides need the same shape"
        )
    return left


def braced(text: str, shape: tuple[int, int], shapes: bool = True) -> str:
    """LaTeX with its shape under a brace."""
    return rf"\underbrace{{{text}}}_{{{shape_latex(shape)}}}" if shapes else text


def shape_latex(shape: tuple[int, ...]) -> str:
    """A shape in LaTeX."""
    return r" \times ".join(str(n) for n in shape)


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as people write it: 3 × 2."""
    return " × ".join(str(n) for n in shape)


def plural(n: int, noun: str) -> str:
    """1 row, 2 rows."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def number_latex(value: float) -> str:
    """A number to three significant digits in LaTeX."""
    text = f"{value + 0.0:.3g}"
    if "e" not in text:
        return text.replace("inf", r"\infty").replace("nan", r"\text{not a number}")
    mantissa, exponent = text.split("e")
    return rf"{mantissa}\!\times\!10^{{{int(exponent)}}}"


def number_text(value: float) -> str:
    """A number to three significant digits as people write it."""
    text = f"{value + 0.0:.3g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")
