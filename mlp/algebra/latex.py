"""How a formula of matrices is written: its LaTeX, its shapes, its signs in a row, its numbers."""

import re
from collections.abc import Iterator

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
)


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
            left, right = (inside(part, least) for part, least in factors(formula))
            return rf"{left} \odot {right}"
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


def factors(formula: Entrywise) -> Iterator[tuple[Formula, int]]:
    """Both sides of ⊙, and how tight each must be to stand there without brackets.

    A matrix product needs them on either side, so that nobody has to know which goes first.
    """
    for part, least in ((formula.left, 2), (formula.right, 3)):
        inner = part.of if isinstance(part, Scaled) else part
        yield part, 4 if isinstance(inner, Product) else least


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
                left, right = (inside(child, least) for child, least in factors(part))
                return [*left, "⊙", *right]
            case Sum():
                sign = "+" if part.sign > 0 else "−"
                return [*inside(part.left, 1), sign, *inside(part.right, 2)]
            case Scaled():
                return [_plain(part.latex), "·", *inside(part.of, 3)]
            case Reshaped():
                return ["reshape (", *walk(part.of), ")"]
            case Applied():
                rows = [walk(child) for child in part.of]
                inner = [piece for row in rows for piece in [",", *row]][1:]
                return [part.html, "(", *inner, ")"]
        raise TypeError(type(part).__name__)

    return walk(formula)


def _plain(latex: str) -> str:
    """A factor without LaTeX: 1/3 for a fraction."""
    return re.sub(r"\\tfrac\{(\d+)\}\{(\d+)\}", r"\1/\2", latex)


def braced(text: str, shape: tuple[int, int], shapes: bool = True) -> str:
    """LaTeX with its shape under a brace."""
    return rf"\underbrace{{{text}}}_{{{shape_latex(shape)}}}" if shapes else text


def shape_latex(shape: tuple[int, ...]) -> str:
    """A shape in LaTeX."""
    return r" \times ".join(str(n) for n in shape)
