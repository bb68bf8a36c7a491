"""A typed formula as a surface: differentiated by SymPy, its gradient in LaTeX and in NumPy.

SymPy is slow to import, so importing this file does not; it gets a checked tree, never a text.
"""

import sys
from functools import cache, reduce
from math import inf, isnan, nan

import numpy as np

from mlp.descent.formula import not_real, read, refuse_exponent, refuse_size
from mlp.descent.spelling import FormulaError
from mlp.descent.surfaces import Surface
from mlp.descent.tree import FUNCTIONS, OF_TWO, VARIABLES, Node, evaluated

OWN = "your own formula"
VIEW = ((-5.0, 5.0), (-5.0, 5.0))
LONGEST_LATEX = 1500
# SymPy works out 9^(b + 1000) / 9^b to the last digit; from here on that could take for ever.
LARGEST_IN_EXPONENT = 1000


def own_surface(text: str) -> Surface:
    """The surface of a typed formula. Raises FormulaError."""
    tree = read(text)
    formula, slopes = _derived(tree, text)
    numeric = [_to_numpy(slope) for slope in slopes]

    def gradient(p: np.ndarray) -> np.ndarray:
        a, b = p[..., 0], p[..., 1]
        with np.errstate(all="ignore"):
            parts = [part(a, b) for part in numeric]
        slope = np.stack([np.broadcast_to(part, np.shape(a)) for part in parts], axis=-1)
        # Where there is no height there is no slope: 1/a is one of log(a), but not at -1.
        return np.where(np.isfinite(evaluated(tree, p))[..., None], slope, np.nan)

    return Surface(
        OWN,
        f"g(a, b) = {formula}",
        r"\nabla g = " + _latex_gradient([_latex(slope) for slope in slopes]),
        lambda p: evaluated(tree, p),
        gradient,
        minima=(),
        lowest=None,
        view=VIEW,
        start=(3.0, 2.0),
        learning_rate=0.1,
    )


def _derived(tree: Node, text: str) -> tuple[str, list]:
    """The formula in LaTeX, and its two derivatives as SymPy's expressions."""
    kit = _kit()
    expression = _to_sympy(tree, kit, text)
    return _latex(expression), [expression.diff(kit[name]) for name in ("a", "b")]


@cache
def _kit() -> dict:
    """SymPy's side of every name in a formula: two symbols, and functions that know their slope.

    SymPy's own functions ask themselves whether what is in them is real, positive, a multiple of
    pi, …, which takes seconds for a formula of forty characters. These are only what they are;
    the sums, products and powers around them, and the chain rule, are SymPy's.
    """
    import sympy

    def function(name: str, slope, frame: str) -> type:
        def fdiff(self, argindex=1):
            return slope(*self.args) if argindex == 1 else slope(*self.args[::-1])

        def latex(self, printer, exp=None):
            text = frame.replace("…", ", ".join(map(printer._print, self.args)))
            return text if exp is None else rf"{{{text}}}^{{{exp}}}"

        def evalf(self, prec):
            return sympy.Float(_of_numbers(name, [_value(x) for x in self.args]))

        more = {"nargs": 2 if name in OF_TWO else 1}  # SymPy puts factors in order by it
        more |= {"fdiff": fdiff, "_latex": latex, "_eval_evalf": evalf}
        return type(name, (sympy.Function,), more)

    kit, half = {}, sympy.Rational(1, 2)

    def add(name: str, slope, frame: str = "") -> None:
        kit[name] = function(name, slope, frame or rf"\{name}\left(…\right)")

    add("sin", lambda x: kit["cos"](x))
    add("cos", lambda x: -kit["sin"](x))
    add("tan", lambda x: 1 + kit["tan"](x) ** 2)
    add("sinh", lambda x: kit["cosh"](x))
    add("cosh", lambda x: kit["sinh"](x))
    add("tanh", lambda x: 1 - kit["tanh"](x) ** 2)
    add("exp", lambda x: kit["exp"](x), r"\left(e^{…}\right)")
    add("log", lambda x: 1 / x)
    add("log10", lambda x: 1 / (x * sympy.log(10)), r"\log_{10}\left(…\right)")
    add("sign", lambda x: sympy.Integer(0), r"\operatorname{sign}\left(…\right)")
    add("abs", lambda x: kit["sign"](x), r"\left|…\right|")
    # Half of each slope where both are the same, as of (x + y ± |x − y|) / 2.
    add("max", lambda x, y: half + half * kit["sign"](x - y))
    add("min", lambda x, y: half - half * kit["sign"](x - y))
    symbols = {name: sympy.Symbol(name) for name in VARIABLES}
    return kit | symbols | {"sqrt": sympy.sqrt, "sympy": sympy}


def _to_sympy(tree: Node, kit: dict, text: str):
    """The same formula as an expression. Raises FormulaError before SymPy has too much to do.

    SymPy works out what holds numbers only, and finds such parts in disguise, as in 9^(9 + a - a).
    They keep the limits that numbers have which are typed; see formula.py.
    """
    sympy = kit["sympy"]
    if tree.kind == "number":
        whole = tree.value.is_integer()
        return sympy.Integer(int(tree.value)) if whole else _named(tree.value, sympy)
    if tree.kind == "variable":
        return kit[tree.name]
    parts = [_to_sympy(part, kit, text) for part in tree.parts]
    if tree.kind == "^" and parts[1].is_number:
        refuse_exponent(_value(parts[1]), tree, text)
    expression = _joined(tree.kind, parts, kit)
    if expression.is_number:
        refuse_size(_value(expression), tree, text)
    if expression.has(sympy.zoo, sympy.nan) or expression.is_number and isnan(_value(expression)):
        raise not_real(tree, text)
    _refuse_long_numbers(expression, tree, text)
    return expression


def _joined(kind: str, parts: list, kit: dict):
    """A node of SymPy's of its parts, which SymPy simplifies as it makes it."""
    if kind in kit:
        return kit[kind](*parts)
    if kind == "negative":
        return -parts[0]
    one, other = parts
    return {
        "+": lambda: one + other,
        "-": lambda: one - other,
        "*": lambda: one * other,
        "/": lambda: one / other,
        "^": lambda: one**other,
    }[kind]()


def _refuse_long_numbers(expression, tree: Node, text: str) -> None:
    """Raise FormulaError where numbers have become too long to go on with: (9a)^20 of (9a)^20 …"""
    sympy = _kit()["sympy"]
    most = sys.float_info.max
    for number in expression.atoms(sympy.Number):
        long = (number.p, number.q) if number.is_Rational else (number,)
        if any(abs(n) > most for n in long):
            message = "The numbers of this part get too long, multiplied out"
            raise FormulaError(message, text, tree.position)
    for power in expression.atoms(sympy.Pow):
        exponent = power.exp
        if exponent.free_symbols and any(
            abs(number) > LARGEST_IN_EXPONENT for number in exponent.atoms(sympy.Number)
        ):
            message = f"In an exponent with a or b, numbers go up to {LARGEST_IN_EXPONENT:,}"
            raise FormulaError(message, text, tree.position)


def _value(expression) -> float:
    """The value of an expression without a variable; NaN where it is not real."""
    try:
        value = complex(expression.evalf(17))
    except OverflowError:
        return inf
    return value.real if value.imag == 0 else nan


def _of_numbers(name: str, values: list[float]) -> float:
    """A function of numbers; NaN where it has no value."""
    try:
        with np.errstate(over="ignore", under="ignore", divide="raise", invalid="raise"):
            return float(_function(name)(*map(np.float64, values)))
    except FloatingPointError:
        return nan


def _function(name: str):
    return np.sign if name == "sign" else FUNCTIONS[name]


def _named(value: float, sympy):
    """pi and e keep their names, halves stay halves, and other fractions are decimals."""
    if value in (np.pi, np.e):
        return sympy.pi if value == np.pi else sympy.E
    if (2 * value).is_integer():
        return sympy.Rational(int(2 * value), 2)
    return sympy.Float(value)


def _latex(expression) -> str:
    sympy = _kit()["sympy"]
    short = {number: sympy.Float(number, 6) for number in expression.atoms(sympy.Float)}
    text = sympy.latex(expression.xreplace(short), full_prec=False)
    return text if len(text) <= LONGEST_LATEX else r"\text{too long to show}"


def _latex_gradient(slopes: list[str]) -> str:
    """Both derivatives in one bracket, or one under the other where they are long."""
    if sum(map(len, slopes)) < 90:
        return rf"\left[\, {slopes[0]},\; {slopes[1]} \,\right]"
    return rf"\begin{{bmatrix}} {slopes[0]} \\[6pt] {slopes[1]} \end{{bmatrix}}"


def _to_numpy(expression):
    """A function of (a, b) for one of SymPy's expressions, built from the same few operations."""
    if expression.is_Symbol:
        return (lambda a, b: a) if expression.name == "a" else (lambda a, b: b)
    if not expression.free_symbols:
        number = _value(expression)
        return lambda a, b: number
    parts = [_to_numpy(part) for part in expression.args]
    if expression.is_Add:
        return lambda a, b: reduce(np.add, [part(a, b) for part in parts])
    if expression.is_Mul:
        return lambda a, b: reduce(np.multiply, [part(a, b) for part in parts])
    if expression.is_Pow:
        base, exponent = parts
        return lambda a, b: np.power(base(a, b) + 0.0, exponent(a, b))
    function = _function(expression.func.__name__)
    return lambda a, b: function(*(part(a, b) for part in parts))
