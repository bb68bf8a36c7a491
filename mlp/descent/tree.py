"""A formula as a tree: what it is made of, its values over the plane, and how it is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

VARIABLES = ("a", "b")
CONSTANTS = {"pi": np.pi, "e": np.e}
FUNCTIONS = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "max": np.maximum,
    "min": np.minimum,
}
OF_TWO = ("max", "min")
OPERATORS = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}


@dataclass(frozen=True)
class Node:
    """A number, a variable, a function of its parts, or an operator between two.

    kind: "number", "variable", or the name in FUNCTIONS or OPERATORS, or "negative".
    position: where in the text it stands, an operator at its sign. name: of a variable "a" or "b",
    of a number how it was typed, or "" where it was worked out.
    """

    kind: str
    position: int
    parts: tuple["Node", ...] = ()
    value: float = 0.0
    name: str = ""


def walk(tree: Node) -> Iterator[Node]:
    """Every node of a tree, the root first."""
    yield tree
    for part in tree.parts:
        yield from walk(part)


def evaluated(tree: Node, p: np.ndarray) -> np.ndarray:
    """g at p (..., 2) -> (...); NaN where it is not a real number."""
    with np.errstate(all="ignore"):
        return _evaluated(tree, p[..., 0], p[..., 1])


def _evaluated(tree: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if tree.kind == "number":
        return np.full(np.shape(a), tree.value)
    if tree.kind == "variable":
        return np.asarray({"a": a, "b": b}[tree.name], dtype=float)
    return applied(tree.kind, *(_evaluated(part, a, b) for part in tree.parts))


def applied(kind: str, *values: np.ndarray) -> np.ndarray:
    """What a node of this kind makes of the values of its parts."""
    if kind == "negative":
        return -values[0]
    return (FUNCTIONS.get(kind) or OPERATORS[kind])(*values)


# How tightly each kind holds its parts together, and how tightly each part must hold itself not to
# need brackets: a - b - c is (a - b) - c, and a^b^c is a^(b^c).
_SUM, _PRODUCT, _SIGNED, _POWER, _WHOLE = range(5)
_HOLDS = {
    "+": (_SUM, _SUM, _PRODUCT),
    "-": (_SUM, _SUM, _PRODUCT),
    "*": (_PRODUCT, _PRODUCT, _SIGNED),
    "/": (_PRODUCT, _PRODUCT, _SIGNED),
    "^": (_POWER, _WHOLE, _SIGNED),
}


def written(tree: Node, names: Mapping[str, str] | None = None) -> str:
    """The formula as text, with no more brackets than it needs.

    names: how a and b are spelt, if not so.
    """
    return _written(tree, names or {}, _SUM)


def _written(tree: Node, names: Mapping[str, str], least: int) -> str:
    holds, text = _WHOLE, ""
    if tree.kind == "number":
        text = tree.name or repr(tree.value).removesuffix(".0")
        holds = _SIGNED if text.startswith("-") else _WHOLE
    elif tree.kind == "variable":
        text = names.get(tree.name, tree.name)
    elif tree.kind == "negative":
        holds, text = _SIGNED, "-" + _written(tree.parts[0], names, _SIGNED)
    elif tree.kind in OPERATORS:
        holds, left, right = _HOLDS[tree.kind]
        one, other = tree.parts
        sign = f" {tree.kind} " if holds == _SUM else tree.kind
        text = _written(one, names, left) + sign + _written(other, names, right)
    else:
        text = f"{tree.kind}({', '.join(_written(part, names, _SUM) for part in tree.parts)})"
    return text if holds >= least else f"({text})"
