"""A typed formula as a surface: differentiated by SymPy, its gradient in LaTeX and in NumPy.

SymPy is slow to import, so importing this file does not; it gets a checked tree, never a text.
"""

from functools import cache, reduce

import numpy as np

from mlp.descent.formula import FUNCTIONS, VARIABLES, VIEW, Node, evaluated, read
from mlp.descent.surfaces import Surface

OWN = "your own formula"
LONGEST_LATEX = 1500


def own_surface(text: str) -> Surface:
    """The surface of a typed formula. Raises FormulaError."""
    tree = read(text)
    formula, slopes = _derived(tree)
    numeric = [_to_numpy(slope) for slope in slopes]

    def gradient(p: np.ndarray) -> np.ndarray:
        a, b = p[..., 0], p[..., 1]
        with np.errstate(all="ignore"):
            parts = [part(a, b) for part in numeric]
        return np.stack([np.broadcast_to(part, np.shape(a)) for part in parts], axis=-1)

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


def _derived(tree: Node) -> tuple[str, list]:
    """The formula in LaTeX, and its two derivatives as SymPy's expressions."""
    kit = _kit()
    expression = _to_sympy(tree, kit)
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
            return slope(self.args[0])

        def latex(self, printer, exp=None):
            text = frame.replace("…", printer._print(self.args[0]))
            return text if exp is None else rf"{{{text}}}^{{{exp}}}"

        return type(name, (sympy.Function,), {"nargs": 1, "fdiff": fdiff, "_latex": latex})

    kit = {}

    def add(name: str, slope, frame: str = "") -> None:
        kit[name] = function(name, slope, frame or rf"\{name}\left(…\right)")

    add("sin", lambda x: kit["cos"](x))
    add("cos", lambda x: -kit["sin"](x))
    add("tan", lambda x: 1 + kit["tan"](x) ** 2)
    add("tanh", lambda x: 1 - kit["tanh"](x) ** 2)
    add("exp", lambda x: kit["exp"](x), r"\left(e^{…}\right)")
    add("log", lambda x: 1 / x)
    add("sign", lambda x: sympy.Integer(0), r"\operatorname{sign}\left(…\right)")
    add("abs", lambda x: kit["sign"](x), r"\left|…\right|")
    symbols = {name: sympy.Symbol(name) for name in VARIABLES}
    return kit | symbols | {"sqrt": sympy.sqrt, "sympy": sympy}


def _to_sympy(tree: Node, kit: dict):
    """The same formula as an expression. Numbers are small and checked; see formula.py."""
    sympy = kit["sympy"]
    if tree.kind == "number":
        whole = tree.value.is_integer()
        return sympy.Integer(int(tree.value)) if whole else _named(tree.value, sympy)
    if tree.kind == "variable":
        return kit[tree.name]
    parts = [_to_sympy(part, kit) for part in tree.parts]
    if tree.kind in kit:
        return kit[tree.kind](*parts)
    if tree.kind == "negative":
        return -parts[0]
    one, other = parts
    return {
        "+": lambda: one + other,
        "-": lambda: one - other,
        "*": lambda: one * other,
        "/": lambda: one / other,
        "^": lambda: one**other,
    }[tree.kind]()


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
        value = complex(expression.evalf(17))
        number = value.real if value.imag == 0 else np.nan
        return lambda a, b: number
    parts = [_to_numpy(part) for part in expression.args]
    if expression.is_Add:
        return lambda a, b: reduce(np.add, [part(a, b) for part in parts])
    if expression.is_Mul:
        return lambda a, b: reduce(np.multiply, [part(a, b) for part in parts])
    if expression.is_Pow:
        base, exponent = parts
        return lambda a, b: np.power(base(a, b) + 0.0, exponent(a, b))
    name = expression.func.__name__
    function, inner = np.sign if name == "sign" else FUNCTIONS[name], parts[0]
    return lambda a, b: function(inner(a, b))
