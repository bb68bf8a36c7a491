"""Formulas of matrices: what is written down means what is computed, entry by entry.

The oracle is a reader of the written formula, with the precedence that a person reads by: a
matrix product binds closer than ⊙, and ⊙ closer than + and −.
"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp.algebra.entries import MOST_TERMS, how
from mlp.algebra.expression import (
    Applied,
    Entrywise,
    Matrix,
    Product,
    Reshaped,
    Scaled,
    ShapeError,
    Sum,
    Transposed,
    matrices,
)
from mlp.algebra.latex import latex, pieces, shape_latex
from mlp.words import Name

SIZES = st.integers(1, 3)
ENTRIES = st.integers(-9, 9).filter(bool)  # whole, so that what is printed is exact


@st.composite
def formulas(draw, depth=3, shape=None):
    """A formula of this shape, of matrices called A, B, C, … from left to right."""
    count = iter(range(26))

    def matrix(rows, columns):
        values = draw(st.lists(ENTRIES, min_size=rows * columns, max_size=rows * columns))
        name = chr(ord("A") + next(count))
        return Matrix(Name(name, name), np.array(values, float).reshape(rows, columns))

    def formula(depth, rows, columns):
        kind = draw(st.sampled_from("MTPESDCR" if depth else "MT"))
        if kind == "M":
            return matrix(rows, columns)
        if kind == "T":
            return Transposed(matrix(columns, rows))
        if kind == "P":
            inner = draw(SIZES)
            return Product(formula(depth - 1, rows, inner), formula(depth - 1, inner, columns))
        if kind == "C":
            return Scaled(r"\tfrac{1}{4}", 0.25, formula(depth - 1, rows, columns))
        if kind == "R":
            return Reshaped(formula(depth - 1, columns, rows), (rows, columns))
        sides = formula(depth - 1, rows, columns), formula(depth - 1, rows, columns)
        if kind == "E":
            return Entrywise(*sides)
        return Sum(*sides, sign=1 if kind == "S" else -1)

    return formula(depth, *(shape or (draw(SIZES), draw(SIZES))))


def tokens_of(text):
    """The signs and the names of a formula in LaTeX; the transpose of A is A', a quarter is ¼."""
    text = re.sub(
        r"\\operatorname\{reshape\}_\{(\d) \\times (\d)\}\\!\\left\(", r"reshape\1\2 (", text
    )
    text = text.replace(r"\tfrac{1}{4} \,", "¼ ·").replace(r"^{\mathsf T}", "'")
    for written, sign in ((r"\left(", "("), (r"\right)", ")"), (r"\,", "·"), (r"\odot", "⊙")):
        text = text.replace(written, sign)
    return text.replace("-", "−").split()


USUAL = ("+−", "⊙", "·")  # what binds loosest comes first


def read(tokens, values, order=USUAL):
    """The matrix that a row of signs and names says, by precedence alone."""
    if len(tokens) > 1:
        for signs in order:
            depth = 0
            for i in reversed(range(len(tokens))):  # the last one of equals is done last
                depth += (tokens[i] == ")") - (tokens[i] == "(")
                if depth == 0 and tokens[i] in tuple(signs):
                    left = read(tokens[:i], values, order)
                    right = read(tokens[i + 1 :], values, order)
                    match tokens[i]:
                        case "+":
                            return left + right
                        case "−":
                            return left - right
                        case "⊙":
                            return left * right
                    scalar = np.ndim(left) == 0 or np.ndim(right) == 0
                    return left * right if scalar else left @ right
        assert tokens[-1] == ")", tokens
        if tokens[0] == "(":
            return read(tokens[1:-1], values, order)
        size = tuple(map(int, tokens[0].removeprefix("reshape")))
        return read(tokens[2:-1], values, order).reshape(size)
    (name,) = tokens
    if name == "¼":
        return 0.25
    return values[name[0]].T if name.endswith("'") else values[name]


def values_of(formula):
    """The numbers of each matrix by its name."""
    plain = [m.of if isinstance(m, Transposed) else m for m in matrices(formula)]
    return {m.name.latex: m.value for m in plain}


@given(formulas())
def test_what_is_written_in_latex_is_what_is_computed(formula):
    tokens = tokens_of(latex(formula))
    np.testing.assert_allclose(read(tokens, values_of(formula)), formula.value, rtol=1e-12)


@given(formulas())
def test_nobody_has_to_know_whether_a_matrix_product_or_the_entrywise_one_goes_first(formula):
    tokens = tokens_of(latex(formula))
    other = read(tokens, values_of(formula), ("+−", "·", "⊙"))
    np.testing.assert_allclose(other, formula.value, rtol=1e-12)


@given(formulas(depth=2))
def test_the_row_of_signs_and_matrices_is_what_is_computed(formula):
    numbered = {chr(ord("a") + k): m.value for k, m in enumerate(matrices(formula))}
    reshaped = iter(re.findall(r"reshape\}_\{(\d) \\times (\d)\}", latex(formula)))
    tokens = []
    for piece in pieces(formula):
        if piece == "reshape (":
            tokens += ["reshape" + "".join(next(reshaped)), "("]
        else:
            tokens.append(chr(ord("a") + piece) if isinstance(piece, int) else piece)
    tokens = ["¼" if token == "1/4" else token for token in tokens]
    np.testing.assert_allclose(read(tokens, numbered), formula.value, rtol=1e-12)


@given(formulas())
def test_the_braces_say_the_shape_of_every_matrix(formula):
    said = re.findall(r"_\{(\d) \\times (\d)\}", latex(formula, shapes=True))
    reshaped = len(re.findall("reshape", latex(formula)))
    assert len(said) - reshaped == len(list(matrices(formula)))
    for matrix in matrices(formula):
        name = latex(matrix)
        braced = rf"\underbrace{{{name}}}_{{{shape_latex(matrix.shape)}}}"
        assert braced in latex(formula, shapes=True)


@given(formulas(depth=2), st.data())
def test_the_sum_of_an_entry_comes_to_the_entry(formula, data):
    i, j = (data.draw(st.integers(0, n - 1)) for n in formula.shape)
    text = how(formula, i, j).latex.replace(r"\tfrac{1}{4}", "0.25").replace(r"\cdot", "*")
    text = text.replace(r"\left(", "(").replace(r"\right)", ")")
    assert re.fullmatch(r"[-+*(). 0-9]+", text), text
    assert eval(text) == pytest.approx(formula.value[i, j], rel=1e-12)


@given(formulas(depth=2), st.data())
def test_an_entry_is_made_from_the_cells_that_change_it(formula, data):
    """With generic numbers in all other places, so that no two effects cancel."""
    i, j = (data.draw(st.integers(0, n - 1)) for n in formula.shape)
    cells = how(formula, i, j).cells
    tokens, values = tokens_of(latex(formula)), values_of(formula)
    for k, matrix in enumerate(matrices(formula)):
        name = latex(matrix)[0]
        transposed = isinstance(matrix, Transposed)
        for cell in np.ndindex(matrix.shape):
            row, column = reversed(cell) if transposed else cell
            generic = {n: np.random.RandomState(ord(n)).randn(*v.shape) for n, v in values.items()}
            before = read(tokens, generic)[i, j]
            generic[name][row, column] += 1
            moved = read(tokens, generic)[i, j] != before
            assert moved == (cell in cells.get(k, ()))


def numbered(name, rows, columns):
    """A matrix with this name, and 1, 2, 3, … in it."""
    return Matrix(Name(name, name), np.arange(1.0, rows * columns + 1).reshape(rows, columns))


def test_a_long_sum_leaves_out_its_middle():
    n = MOST_TERMS + 5
    text = how(Product(numbered("A", 1, n), numbered("B", n, 1)), 0, 0).latex
    terms = text.split(" + ")
    assert len(terms) == MOST_TERMS and terms[-2] == r"\dots"
    assert terms[0] == r"1 \cdot 1" and terms[-1] == rf"{n} \cdot {n}"


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (Product(numbered("A", 2, 3), numbered("B", 2, 1)), "2 × 3 times 2 × 1 does not fit"),
        (Product(numbered("A", 2, 1), numbered("B", 2, 1)), "1 column, the right one 2 rows"),
        (Sum(numbered("A", 2, 1), numbered("B", 1, 2)), "2 × 1 + 1 × 2 does not fit"),
        (Sum(numbered("A", 2, 1), numbered("B", 1, 2), sign=-1), "2 × 1 − 1 × 2 does not fit"),
        (Entrywise(numbered("A", 2, 2), numbered("B", 1, 2)), "2 × 2 ⊙ 1 × 2 does not fit"),
    ],
)
def test_matrices_that_do_not_fit_are_named_by_their_shapes(formula, message):
    with pytest.raises(ShapeError, match=re.escape(message)):
        _ = formula.value


def test_a_function_of_matrices_is_written_around_them():
    def cells(i, j):
        return f"{i}{j}", (frozenset({(i, j)}), frozenset({(j, i)}))

    a, b = numbered("A", 2, 2), numbered("B", 2, 2)
    formula = Applied(r"\max(@0, @1)", "max", (a, Transposed(b)), np.maximum, cells)
    assert latex(formula) == r"\max(A, B^{\mathsf T})"
    assert pieces(formula) == ["max", "(", 0, ",", 1, ")"]
    np.testing.assert_array_equal(formula.value, [[1, 3], [3, 4]])
    assert how(formula, 0, 1).cells == {0: frozenset({(0, 1)}), 1: frozenset({(1, 0)})}
