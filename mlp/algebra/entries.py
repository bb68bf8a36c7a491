"""How one entry of a formula comes about: the sum with its numbers, and the cells behind it."""

from dataclasses import dataclass

from mlp.algebra.expression import (
    Applied,
    Entrywise,
    Formula,
    Matrix,
    Product,
    Reshaped,
    Scaled,
    Sum,
    Transposed,
    matrices,
)
from mlp.words import number_latex

MOST_TERMS = 12  # of a sum written out


@dataclass(frozen=True)
class How:
    """How one entry comes about: the sum with its numbers, and the cells it was made from.

    cells: for each matrix of the formula, counted as `matrices` gives them, its (row, column)s.
    """

    latex: str
    cells: dict[int, frozenset[tuple[int, int]]]
    is_sum: bool = False


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
