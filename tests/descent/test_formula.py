"""The typed formula: what is read, what is refused and where, and that nothing is ever executed."""

import contextlib
import random
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy.core.cache import clear_cache

from mlp.descent.formula import MOST_CHARACTERS, read
from mlp.descent.own_surface import own_surface
from mlp.descent.spelling import FormulaError
from mlp.descent.tree import FUNCTIONS, OF_TWO, evaluated

POINTS = np.random.RandomState(4).uniform(-3, 3, (50, 2))
A, B = POINTS.T
MOST_CALLS = 1_000_000  # of functions, for one formula: about a tenth of a second


@pytest.fixture
def no_sympy(monkeypatch):
    """SymPy is never asked: what it would work out may take for ever."""

    def asked(tree, text):
        raise AssertionError("SymPy was asked")

    monkeypatch.setattr("mlp.descent.own_surface._derived", asked)


def refusal(text: str) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        own_surface(text)
    return caught.value


def tried(text: str) -> None:
    """A surface, or a refusal that points into the text."""
    try:
        own_surface(text)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)
        error.pointed()


def calls(text: str) -> int:
    """How many functions are called for one formula, with SymPy's memory empty.

    It measures the work as a clock would, and is the same on a busy machine.
    """
    clear_cache()
    count = 0

    def called(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        tried(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a^2 + b**2", A**2 + B**2),
        ("-a^2", -(A**2)),
        ("2^3^2 * a", 512 * A),
        ("a - b - 1", A - B - 1),
        ("a / b / 2", A / B / 2),
        ("2 * -a", -2 * A),
        ("a^-2", A**-2.0),
        ("--a", A),
        ("sin(pi * a) + e", np.sin(np.pi * A) + np.e),
        ("abs(a) * tanh(b)", abs(A) * np.tanh(B)),
        ("a·b − 1.5e1", A * B - 15),
        (".5 * exp(cos(a))", 0.5 * np.exp(np.cos(A))),
    ],
)
def test_a_formula_means_what_mathematics_means(text, expected):
    np.testing.assert_allclose(evaluated(read(text), POINTS), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "Type a formula"),
        ("a +", 3, "ends where"),
        ("2 3", 2, "operator is missing"),
        ("(a + b", 0, "never closed"),
        ("a + b)", 5, "never opened"),
        ("a * * b", 4, "should stand here"),
        ("c^2", 0, "not known"),
        ("sin", 3, "Brackets must follow"),
        ("max a", 4, "write max(a, b)"),
        ("max(a)", 5, "write max(a, b)"),
        ("a + 0,5", 5, "a decimal point is a point"),
        ("|a + b", 0, "no other to close it"),
        ("(a|b)", 2, "no other to close it"),
        ("a + x", 4, "some of both"),
        ("g(x, y) = a", 10, "some of both"),
        ("g(a, c) = a", 0, "not known"),
        ("sin⁻¹(a)", 3, "the inverse of sin"),
        ("asin(a)", 0, "inverse of sin"),
        ("a.__class__", 1, "“.” has no place"),
        ("__import__('os')", 0, "not known"),
        ("a; b", 1, "“;” has no place"),
        ("9**9**9**9", 7, "numbers here go up to"),
        ("a^21", 1, "exponent is at most 20"),
        ("2 * 1e999", 4, "This number is 1e999; numbers here go up to 1,000,000"),
        ("1000001*a", 0, "This number is 1000001; numbers here go up to 1,000,000"),
        ("(1000000 + 1)*a", 9, "The result here is 1,000,001; numbers here go"),
        ("exp(1000) + a", 0, "This exp(…) is more than 10³⁰⁸; numbers here go"),
        ("sqrt(-1) + a", 0, "not a finite real number"),
        ("a + 1 / 0", 6, "not a finite real number"),
        ("a + log(0)", 4, "not a finite real number"),
        ("a" * 10_000, MOST_CHARACTERS, "at most 200 characters"),
        ("(" * 90 + "a" + ")" * 90, 16, "nested"),
        ("-" * 150 + "a", 16, "nested"),
        ("a" + "+a" * 60, 121, "parts"),
        ("a + \x00", 4, "U+0000"),
    ],
)
def test_a_refusal_says_what_and_points_where_before_sympy_is_asked(
    no_sympy, text, position, words
):
    error = refusal(text)
    assert (error.position, words in str(error)) == (position, True), str(error)


@pytest.mark.parametrize("text", ["a + $", "1+" * 20 + "$" + "+a" * 60, "$" + "a" * 150])
def test_the_caret_stands_under_the_character(text):
    line, caret = refusal(text).pointed().split("\n")
    assert line[caret.index("^")] == "$"
    assert len(line) <= 62


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("exp(exp(exp(exp(9 + a - a))))", 8, "more than 10³⁰⁸; numbers here go"),
        ("exp(1000000 * log(9 + a - a))", 12, "numbers here go"),
        ("9^(9^(9^(9 + a - a)))", 7, "numbers here go"),
        ("9^(20 + a - a)", 1, "numbers here go"),
        ("1^(21 + a - a)", 1, "exponent is at most 20"),
        ("((((a + a) / a)^20)^20)^20", 15, "numbers here go"),
        ("exp(exp(4*log(4)) * log(exp(4*log(4))) * a / a)", 0, "numbers here go"),
        ("((((9*a)^20)^20)^20)^20", 12, "too long"),
        ("((((a/9)^20)^20)^20)^20", 12, "too long"),
        ("9^(a + 1000000) * 9^(-a)", 1, "go up to 1,000"),
        ("(9*a)^(50*(50*(b + 50))) * (9*a)^(-2500*b)", 5, "go up to 1,000"),
        ("1 / (a - a)", 2, "not a finite real number"),
        ("a * sqrt(a - a - 1)", 4, "not a finite real number"),
        ("log(a - a)", 0, "not a finite real number"),
        ("max(a - a, abs(b - b - 1000000 - 1))", 31, "numbers here go"),
    ],
)
def test_a_number_in_disguise_keeps_the_limits_and_sympy_has_little_to_do(text, position, words):
    error = refusal(text)
    assert (error.position, words in str(error)) == (position, True), str(error)
    assert calls(text) < MOST_CALLS


def test_nothing_heavy_is_imported_before_a_formula_is_typed():
    code = (
        "import sys, mlp.descent.own_surface, mlp.descent.formula; sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Formulas that are formulas.

OF_ONE = sorted(set(FUNCTIONS) - set(OF_TWO))
numbers = st.sampled_from(["1", "2", "3", "0.5", "1.7", "pi", "e"])
formulas = st.recursive(
    numbers | st.sampled_from(["a", "b"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from(["2", "3", "0.5", "-1"])).map(
            lambda t: f"({t[0]})^{t[1]}"
        ),
        st.tuples(st.sampled_from(OF_ONE), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(OF_TWO), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        inner.map(lambda t: f"-{t}"),
    ),
    max_leaves=8,
)


@given(formulas)
def test_a_formula_in_pythons_spelling_is_what_python_reads(text):
    names = {name: getattr(np, name) for name in OF_ONE}
    names |= {"max": np.maximum, "min": np.minimum, "pi": np.float64(np.pi), "e": np.float64(np.e)}
    python = re.sub(r"(?<![a-z\d.])\d+\.?\d*", r"np.float64(\g<0>)", text.replace("^", "**"))
    with np.errstate(all="ignore"):
        expected = eval(python, names | {"a": A, "b": B, "np": np}) + 0 * A
        # Where a number is too large, it is refused: what is left has no huge one in it.
        try:
            values = evaluated(read(text), POINTS)
        except FormulaError:
            assume(False)
        np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-9)


def numeric_gradient(surface, p, h):
    shifts = h * np.eye(2)
    with np.errstate(all="ignore"):
        return np.stack(
            [(surface.value(p + s) - surface.value(p - s)) / (2 * h) for s in shifts], axis=-1
        )


@given(formulas)
def test_a_symbolic_gradient_is_the_numeric_one(text):
    try:
        surface = own_surface(text)
    except FormulaError:
        assume(False)
    symbolic = surface.gradient(POINTS)
    coarse, fine = (numeric_gradient(surface, POINTS, h) for h in (2e-5, 1e-5))
    with np.errstate(all="ignore"):
        scale = 1 + abs(fine) + 1e-4 * abs(surface.value(POINTS))[:, None]
        # Only where the formula is smooth enough for differences to mean anything.
        smooth = abs(coarse - fine) < 1e-6 * scale
    tame = smooth & np.isfinite(symbolic) & (scale < 1e6)
    np.testing.assert_array_less((abs(symbolic - fine) / scale)[tame], 1e-4)


def test_a_wrong_gradient_would_be_seen():
    surface = own_surface("a^2 * b")
    wrong = surface.gradient(POINTS) * [1, 1.001]
    assert (abs(wrong - numeric_gradient(surface, POINTS, 1e-5)) > 1e-4).any()


# Strings that are anything.

PIECES = [
    *"ab0123456789+-*/^(). ,=_'\"\\[]{}<>!@#$%&|~`?:;\n\t",
    *FUNCTIONS,
    *("**", "pi", "e", "1e9", "1e999", "9**9", "import", "__", "lambda", "os.", "exp(", "log("),
    *("²", "⁻¹", "√", "π", "−", "½", "\u00a0", "ln", "sin a", "g(a, b) =", "x"),
    *("é", "∞", "\x00", "\u202e", "𝒂", "１"),
]


def random_text(generator: random.Random) -> str:
    """Half of them pieces at random, half grown as formulas and then bitten into."""
    if generator.random() < 0.5:
        return "".join(generator.choices(PIECES, k=generator.randint(0, 60)))
    text = generator.choice("ab")
    for _ in range(generator.randint(1, 14)):
        part = generator.choice(["a", "b", "2", "9", "0.5", text])
        text = generator.choice(
            [
                f"{text}{generator.choice(['+', '-', '*', '/', '^'])}{part}",
                f"{generator.choice(sorted(FUNCTIONS))}({text})",
                f"({text})",
            ]
        )[:210]
    if generator.random() < 0.3:
        at = generator.randrange(len(text))
        text = text[:at] + generator.choice(PIECES) + text[at + 1 :]
    return text


def test_20_000_random_strings_raise_nothing_but_formula_errors_and_none_takes_much_work():
    generator = random.Random(11)
    texts = [random_text(generator) for _ in range(20_000)]
    for text in texts:
        tried(text)
    most = max(calls(text) for text in sorted(texts, key=len)[-30:])
    assert most < MOST_CALLS, f"{most:,} calls"


def test_the_fuzz_tries_formulas_too():
    generator, good = random.Random(11), 0
    for _ in range(1000):
        with contextlib.suppress(FormulaError):
            read(random_text(generator))
            good += 1
    assert 200 < good < 800
