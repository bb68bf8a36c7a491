"""Formulas as people write them: drawn as a tree, written in one of many spellings, read back."""

import random
import re

import numpy as np
import pytest

from mlp.descent.formula import read
from mlp.descent.grammar import parsed
from mlp.descent.spelling import FormulaError, in_x_and_y
from mlp.descent.tree import evaluated, written

GENERATOR = np.random.RandomState(6)
# Anywhere, close to the middle, and close to the axes, where some formulas alone are real.
POINTS = np.concatenate([GENERATOR.uniform(-5, 5, (40, 2)), GENERATOR.uniform(-0.2, 0.2, (20, 2))])
A, B = POINTS.T

# The oracle: formulas as nested tuples, with their values worked out here.
OF_ONE = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "log10": lambda x: np.log(x) / np.log(10),
    "sqrt": lambda x: np.where(x < 0, np.nan, abs(x) ** 0.5),
    "abs": lambda x: np.where(x < 0, -x, x),
}
OF_TWO = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "max": lambda x, y: np.where(np.isnan(x + y), np.nan, np.where(x > y, x, y)),
    "min": lambda x, y: np.where(np.isnan(x + y), np.nan, np.where(x < y, x, y)),
}
NUMBERS = {"1": 1, "2": 2, "3": 3, "7": 7, "0.5": 0.5, ".1": 0.1, "1e-13": 1e-13, "100": 100}
NUMBERS |= {"½": 0.5, "pi": np.pi, "e": np.e, "1.5e1": 15, "4.9": 4.9}


def value(tree) -> np.ndarray:
    """The values of a drawn formula at POINTS."""
    kind, *parts = tree
    if kind == "number":
        return np.full(len(POINTS), float(NUMBERS[parts[0]]))
    if kind in ("a", "b"):
        return A if kind == "a" else B
    if kind == "power":
        whole = isinstance(parts[1], int)
        return np.power(value(parts[0]), float(parts[1]) if whole else value(parts[1]))
    values = [value(part) for part in parts]
    if kind == "minus":
        return -values[0]
    return (OF_ONE.get(kind) or OF_TWO[kind])(*values)


def drawn(draw: random.Random, depth: int):
    """A formula of at most this depth."""
    if depth == 0 or draw.random() < 0.15:
        return (draw.choice("ab"),) if draw.random() < 0.6 else ("number", draw.choice([*NUMBERS]))
    kind = draw.choice(["+", "-", "*", "*", "*", "/", "power", "minus", "of one", "of one", "two"])
    if kind == "power":
        return "power", drawn(draw, depth - 1), draw.choice([2, 3, -1, -2])
    if kind == "minus":
        return "minus", drawn(draw, depth - 1)
    if kind == "of one":
        return draw.choice([*OF_ONE]), drawn(draw, depth - 1)
    kind = draw.choice(["max", "min"]) if kind == "two" else kind
    return kind, drawn(draw, depth - 1), drawn(draw, depth - 1)


# How people write: each rank may stand where a lower one is asked for, or goes in brackets.
SUM, TERM, PRODUCT, SIGNED, POWER, WHOLE = range(6)  # a TERM has a function without brackets
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
MINUS, TIMES, OVER = "-−–", "*·⋅×", "/÷"
BLANKS = ("", "", " ", "  ", "\u00a0")


class Writer:
    """Writes a formula in spellings chosen at random."""

    def __init__(self, draw: random.Random):
        self.draw, self.names = draw, draw.choice([("a", "b"), ("a", "b"), ("x", "y")])

    def whole(self, tree) -> str:
        a, b = self.names
        heads = ["", "", "", f"g({a}, {b}) = ", f"g({a},{b})=", "g = ", f"f({a}, {b}) ="]
        return self.draw.choice(heads) + self.text(tree, SUM)

    def text(self, tree, least: int) -> str:
        rank, text = self.ranked(tree)
        return text if rank >= least else f"({text})"

    def sign(self, choices: str) -> str:
        blank = self.draw.choice(BLANKS)
        return blank + self.draw.choice(choices) + blank

    def ranked(self, tree) -> tuple[int, str]:
        kind, *parts = tree
        draw = self.draw
        if kind in ("a", "b"):
            name = self.names["ab".index(kind)]
            return WHOLE, draw.choice([name, name, name.upper()])
        if kind == "number":
            return WHOLE, draw.choice(["π", "pi", "PI"]) if parts[0] == "pi" else parts[0]
        if kind in "+-":
            sign = self.sign("+" if kind == "+" else MINUS)
            return SUM, self.text(parts[0], SUM) + sign + self.text(parts[1], PRODUCT - 1)
        if kind == "minus":
            return SIGNED, draw.choice(MINUS) + self.text(parts[0], SIGNED)
        if kind == "*":
            return PRODUCT, self.product(*parts)
        if kind == "/":
            return PRODUCT, self.text(parts[0], PRODUCT) + self.sign(OVER) + self.over(parts[1])
        if kind == "power":
            return self.power(*parts)
        return self.function(kind, parts)

    def over(self, tree) -> str:
        """What stands below a stroke, where a product without a sign would have two readings."""
        return self.text(tree, SIGNED)

    def product(self, one, other) -> str:
        left, right = self.text(one, PRODUCT), self.text(other, POWER)
        bars = "|" in left and "|" in right
        divided = any(sign in left for sign in "/÷")
        if right[0] in "0123456789.½" or bars or divided or self.draw.random() < 0.4:
            return left + self.sign(TIMES) + self.text(other, SIGNED)
        raised = re.search(r"(\^|\*\*)-?\d+$", left)
        letters = left[-1].isalpha() and len(right) > 1 and right[0].isalpha()
        blank = self.draw.choice([" ", "\u00a0"])
        return left + (blank if letters or raised else self.draw.choice(["", blank])) + right

    def power(self, base, exponent: int) -> tuple[int, str]:
        kind, *parts = base
        draw = self.draw
        small = str(exponent).translate(RAISED)
        if kind in OF_ONE and kind not in ("abs", "sqrt") and exponent > 0 and draw.random() < 0.5:
            head = kind + draw.choice([small, f"^{exponent}"])
            return POWER, f"{head}({self.text(parts[0], SUM)})"
        large = draw.choice(["^", "**"]) + draw.choice([f"{exponent}", f"({exponent})"])
        return POWER, self.text(base, WHOLE) + draw.choice([small, small, large])

    def function(self, kind: str, parts) -> tuple[int, str]:
        draw = self.draw
        names = {"log": ["log", "ln"], "sqrt": ["sqrt", "√"]}
        name = draw.choice(names.get(kind, [kind]))
        inner = ("," + draw.choice(BLANKS)).join(self.text(part, SUM) for part in parts)
        if kind == "abs" and "|" not in inner and draw.random() < 0.6:
            return WHOLE, f"|{inner}|"
        if kind in OF_ONE and parts[0][0] in ("a", "b") and draw.random() < 0.5:
            return TERM, f"{name} {inner}"
        return WHOLE, f"{draw.choice([name, name, name.capitalize()])}({inner})"


def spelt(seed: int):
    """A drawn formula, how it is written, and the values it has."""
    draw = random.Random(seed)
    tree = drawn(draw, draw.randint(1, 4))
    with np.errstate(all="ignore"):
        return tree, Writer(draw).whole(tree), value(tree)


def limits(message: str) -> bool:
    """Whether a formula is refused for its size, which a drawn one may well be."""
    words = ("numbers here go up to", "is not a finite real number", "at most", "more than")
    return any(each in message for each in words)


def test_what_people_write_is_read_as_they_mean_it():
    read_so, refused = 0, 0
    for seed in range(6000):
        tree, text, expected = spelt(seed)
        try:
            values = evaluated(read(text), POINTS)
        except FormulaError as error:
            assert limits(str(error)), f"{text!r}, which is {tree}: {error}"
            refused += 1
            continue
        read_so += 1
        with np.errstate(all="ignore"):
            assert np.allclose(values, expected, rtol=1e-6, atol=1e-9, equal_nan=True), f"{text!r}"
    assert read_so > 10 * refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a²", A**2),
        ("x²+y²", A**2 + B**2),
        ("2a", 2 * A),
        ("3ab", 3 * A * B),
        ("a b", A * B),
        ("2(a+b)", 2 * (A + B)),
        ("(a+b)(a-b)", (A + B) * (A - B)),
        ("sin²(a)", np.sin(A) ** 2),
        ("sin^2(a)", np.sin(A) ** 2),
        ("sin² a", np.sin(A) ** 2),
        ("sin a", np.sin(A)),
        ("sin a + b", np.sin(A) + B),
        ("sin -a", np.sin(-A)),
        ("sin cos a", np.sin(np.cos(A))),
        ("2 sin a", 2 * np.sin(A)),
        ("b sin(a) b", B * np.sin(A) * B),
        ("1/sin a", 1 / np.sin(A)),
        ("ln(a²+1)", np.log(A**2 + 1)),
        ("log10(a^2)", np.log10(A**2)),
        ("√(a²)", abs(A)),
        ("√2", np.sqrt(2) + 0 * A),
        ("√|a|", np.sqrt(abs(A))),
        ("|a|", abs(A)),
        ("2|a||b|", 2 * abs(A) * abs(B)),
        ("||a| − |b||", abs(abs(A) - abs(B))),
        ("|a − b|²", (A - B) ** 2),
        ("π a", np.pi * A),
        ("2πa", 2 * np.pi * A),
        ("a⋅b", A * B),
        ("a – b", A - B),
        ("a − b", A - B),
        ("a\u00a0+\u00a0b", A + B),
        ("A^2 + B^2", A**2 + B**2),
        ("Sin(a)", np.sin(A)),
        ("max(a, b)", np.maximum(A, B)),
        ("min(a, b, 0)", np.minimum(np.minimum(A, B), 0)),
        ("sinh(a) + cosh(b)", np.sinh(A) + np.cosh(B)),
        ("g(a,b) = a² + 3b²", A**2 + 3 * B**2),
        ("g(x, y) = x y", A * B),
        ("a^2 b", A**2 * B),
        ("a²b", A**2 * B),
        ("-a²", -(A**2)),
        ("2^a²", 2 ** (A**2)),
        ("a⁻²", A**-2),
        ("½a²", A**2 / 2),
        ("2e", 2 * np.e + 0 * A),
        ("2e1 a", 20 * A),
        # Formulas that once were taken for constants, or for nowhere real.
        ("-exp(-100*(a^2+b^2))", -np.exp(-100 * (A**2 + B**2))),
        ("abs(a-7)+a+b^2", 7 + B**2),
        ("sqrt(a-4.9)+b^2", np.where(A < 4.9, np.nan, abs(A - 4.9) ** 0.5) + B**2),
        ("1e-13*a", 1e-13 * A),
        ("(1 + 1e-13)*a - a", (1 + 1e-13) * A - A),
        ("a^(0.1*30)", A**3),
        ("sqrt(0.1-abs(a))", np.where(abs(A) > 0.1, np.nan, abs(0.1 - abs(A)) ** 0.5)),
        ("log(a-6)", np.nan * A),
        ("b^2+sqrt(0.2-abs(a))", B**2 + np.where(abs(A) > 0.2, np.nan, abs(0.2 - abs(A)) ** 0.5)),
    ],
)
def test_what_is_natural_is_read(text, expected):
    values = evaluated(read(text), POINTS)
    np.testing.assert_allclose(values, expected, rtol=1e-12, atol=1e-300)


F, U, V, W = "f", ("a",), ("b",), ("number", "3")
TWO_WAYS = {
    # Where it goes on, and its two meanings.
    "{f} {u} ~{v}": (("*", (F, U), V), (F, ("*", U, V))),
    "{f} 3~{v}": (("*", (F, W), V), (F, ("*", W, V))),
    "{f} {u}~*{v}": (("*", (F, U), V), (F, ("*", U, V))),
    "{f} {u} ~/ {v}": (("/", (F, U), V), (F, ("/", U, V))),
    "{f} {u}~^2": (("power", (F, U), 2), (F, ("power", U, 2))),
    "{f} {u}~²": (("power", (F, U), 2), (F, ("power", U, 2))),
    "{f} -{u}~^2": (("power", (F, ("minus", U)), 2), (F, ("minus", ("power", U, 2)))),
    "{f}² {u} ~{v}": (("*", ("power", (F, U), 2), V), ("power", (F, ("*", U, V)), 2)),
    "√{u}~{v}": (("*", ("sqrt", U), V), ("sqrt", ("*", U, V))),
    "3/{u}~{v}": (("*", ("/", W, U), V), ("/", W, ("*", U, V))),
    "{v} / 3 ~({u} + {v})": (
        ("*", ("/", V, W), ("+", U, V)),
        ("/", V, ("*", W, ("+", U, V))),
    ),
    "{u}^2~{v}": (("*", ("power", U, 2), V), ("power", U, ("*", ("number", "2"), V))),
    "{u}~3": (("*", U, W), ("power", U, 3)),
    "({u}+{v})~3": (("*", ("+", U, V), W), ("power", ("+", U, V), 3)),
    "|{u}|{v}~|3|": (
        ("*", ("*", ("abs", U), V), ("abs", W)),
        ("abs", ("*", ("*", U, ("abs", V)), W)),
    ),
    "{u}²~^3": (("power", ("power", U, 2), 3), ("power", U, 8)),
}


def with_function(tree, function: str):
    """A meaning with a function put in for F."""
    kind, *parts = tree
    parts = [with_function(part, function) if isinstance(part, tuple) else part for part in parts]
    return (function if kind == F else kind, *parts)


@pytest.mark.parametrize("names", ["ab", "xy"])
@pytest.mark.parametrize("function", ["sin", "log", "abs", "cosh"])
@pytest.mark.parametrize("template", TWO_WAYS)
def test_what_has_two_readings_is_refused_with_both_and_each_is_read_so(template, function, names):
    typed = template.format(f=function, u=names[0], v=names[1])
    at, typed = typed.index("~"), typed.replace("~", "")
    with pytest.raises(FormulaError) as caught:
        read(typed)
    assert caught.value.position == at
    ways = re.fullmatch(r"This could mean (.+) or (.+); write the one you mean", str(caught.value))
    for way, meaning in zip(ways.groups(), TWO_WAYS[template], strict=True):
        with np.errstate(all="ignore"):
            expected = value(with_function(meaning, function))
        np.testing.assert_allclose(evaluated(read(way), POINTS), expected, rtol=1e-12, atol=1e-12)
        assert in_x_and_y(way) == (names == "xy")


def shape(tree):
    """A tree without its places in a text."""
    return tree.kind, tree.value, tree.name, *map(shape, tree.parts)


def test_a_tree_that_is_written_out_is_read_back_as_the_same():
    for seed in range(3000):
        _, text, _ = spelt(seed)
        tree = parsed(text)
        assert shape(parsed(written(tree))) == shape(tree), f"{text!r} as {written(tree)!r}"
        in_x = parsed(written(tree, {"a": "x", "b": "y"}))
        assert shape(in_x) == shape(tree)


def test_a_formula_says_whether_it_is_in_x_and_y():
    for seed in range(500):
        _, text, _ = spelt(seed)
        body = text.partition("=")[2] or text
        letters = re.sub("exp|max|Exp|Max", "", body)
        assert in_x_and_y(text) == bool(re.search("[xyXY]", letters)), text
