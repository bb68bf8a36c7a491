"""A typed formula in a and b: read against a short list of what may stand in it, never executed.

`read` holds every token against that list, lets Python's `ast` find the order of operations, and
takes over only nodes that it knows; every refusal is a FormulaError that points at a character.
SymPy sees only a tree that has passed every check; see own_surface.py.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

MOST_CHARACTERS = 200
MOST_DEPTH = 16
MOST_NODES = 80
LARGEST = 1e6  # of any number, written or worked out
LARGEST_EXPONENT = 20
VIEW = ((-5.0, 5.0), (-5.0, 5.0))  # where a formula is asked to be real somewhere
PROBES = 12  # a side

VARIABLES = ("a", "b")
CONSTANTS = {"pi": np.pi, "e": np.e}
FUNCTIONS = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "tanh": np.tanh,
}
OPERATORS = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
SPELLINGS = {"**": "^", "−": "-", "·": "*", "×": "*"}

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|[-+*/^()−·×])"
    r"|(?P<blank>[ \t]+)"
)


class FormulaError(ValueError):
    """What is wrong with a formula, and at which character, counted from 0."""

    def __init__(self, message: str, text: str, position: int):
        super().__init__(message)
        self.text, self.position = text, min(position, len(text))

    def pointed(self, width: int = 60) -> str:
        """The formula, or what is around the character, over a caret that points at it."""
        start = max(0, self.position - width // 2)
        shown = self.text[start : start + width]
        shown = "".join(c if c.isprintable() else " " for c in shown)
        before, after = "…" * (start > 0), "…" * (start + width < len(self.text))
        caret = " " * (len(before) + self.position - start) + "^"
        return f"{before}{shown}{after}\n{caret}"


@dataclass(frozen=True)
class Node:
    """A number, a variable, a function of one part, or an operator between two.

    kind: "number", "variable", or the name in FUNCTIONS or OPERATORS, or "negative".
    """

    kind: str
    position: int
    parts: tuple["Node", ...] = ()
    value: float = 0.0
    name: str = ""


def read(text: str) -> Node:
    """The tree of a formula, checked. Raises FormulaError for anything else than a formula."""
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(
            f"A formula has at most {MOST_CHARACTERS} characters; this one has {len(text):,}",
            text,
            MOST_CHARACTERS,
        )
    scan = _Scan(text)
    tree = _tree(ast.parse(scan.run(), mode="eval").body, scan)
    if sum(1 for _ in walk(tree)) > MOST_NODES:
        raise FormulaError(f"This formula has more than {MOST_NODES} parts", text, len(text))
    return _settled(tree, text, _probes())[0]


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
    return _applied(tree.kind, [_evaluated(part, a, b) for part in tree.parts])


def _applied(kind: str, values: list[np.ndarray]) -> np.ndarray:
    if kind == "negative":
        return -values[0]
    return (FUNCTIONS.get(kind) or OPERATORS[kind])(*values)


class _Scan:
    """A formula from left to right: each token is held against what may stand at its place.

    python: the same formula in Python's spelling, for `ast`. places: for the offset of each token
    in it, the token's position in the text.
    """

    def __init__(self, text: str):
        self.text, self.python, self.places = text, "", {}
        self.open: list[tuple[int, int]] = []  # of each open bracket its position and its level
        self.base, self.level = 0, 1  # how deep the bracket and the operand here are nested
        self.complete, self.function = False, ""  # whether an operand has just ended, or a name

    def run(self) -> str:
        """The formula in Python's spelling. Raises FormulaError at the first wrong character."""
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise self.error(f"“{_shown(self.text[at])}” has no place in a formula", at)
            if match.lastgroup != "blank":
                self.take(match.lastgroup, SPELLINGS.get(match[0], match[0]), at)
            at = match.end()
        if not self.places:
            raise self.error("Type a formula in a and b, such as a^2 + 3*b^2", 0)
        if self.function:
            raise self.brackets_missing(at)
        if not self.complete:
            raise self.error("The formula ends where a number, a or b should follow", at)
        if self.open:
            raise self.error("This bracket is never closed", self.open[-1][0])
        return self.python

    def take(self, kind: str, token: str, at: int) -> None:
        """The next token: kind is "number", "name" or "sign"."""
        if self.function and token != "(":
            raise self.brackets_missing(at)
        (self.after_operand if self.complete else self.operand)(kind, token, at)
        self.places[len(self.python)] = at
        # Python reads no whole number that begins with 0.
        spelt = re.sub(r"^0+(?=[0-9])", "", token) if kind == "number" else token
        self.python += {"^": "**"}.get(spelt, spelt) + " "

    def operand(self, kind: str, token: str, at: int) -> None:
        """Where a number, a variable, a function, a bracket or a sign may stand."""
        if self.level > MOST_DEPTH and not self.function:
            raise self.error(f"This formula is nested more than {MOST_DEPTH} deep", at)
        if token == "(":
            self.open.append((at, self.level))
            self.base, self.level, self.function = self.level, self.level + 1, ""
        elif token in ("+", "-"):
            self.level += 1
        elif token in FUNCTIONS:
            self.function = token
        elif kind == "number" or token in VARIABLES or token in CONSTANTS:
            self.complete = True
        elif kind == "name":
            known = ", ".join([*VARIABLES, *CONSTANTS, *FUNCTIONS])
            raise self.error(f"“{token[:30]}” is not known here; known are {known}", at)
        else:
            raise self.error(f"A number, a or b should stand here, not “{token}”", at)

    def after_operand(self, kind: str, token: str, at: int) -> None:
        """Where an operator or a closing bracket may stand."""
        if token == ")":
            if not self.open:
                raise self.error("This bracket was never opened", at)
            _, self.level = self.open.pop()
            self.base = self.open[-1][1] if self.open else 0
        elif token in OPERATORS:
            self.complete = False
            self.level = self.level + 1 if token == "^" else self.base + 1
        else:
            example = "" if self.open else ": write 2*a, not 2a"
            raise self.error(f"An operator is missing before “{token}”{example}", at)

    def brackets_missing(self, at: int) -> FormulaError:
        """What to say of a function that nothing is given to."""
        name = self.function
        return self.error(f"Brackets must follow {name}: write {name}(a)", at)

    def error(self, message: str, at: int) -> FormulaError:
        """What is wrong at a character."""
        return FormulaError(message, self.text, at)


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"


_OPERATIONS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}


def _tree(node: ast.expr, scan: _Scan) -> Node:
    """Python's tree of a scanned formula as ours, node by node; there is no other kind of node."""
    at = scan.places.get(node.col_offset, 0)
    match node:
        case ast.Constant(value=int() | float() as value):
            return Node("number", at, value=float(value))
        case ast.Name(id=name) if name in VARIABLES:
            return Node("variable", at, name=name)
        case ast.Name(id=name) if name in CONSTANTS:
            return Node("number", at, value=CONSTANTS[name])
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in FUNCTIONS:
            return Node(name, at, (_tree(inner, scan),))
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _tree(inner, scan)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return Node("negative", at, (_tree(inner, scan),))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            # Between its two sides stand only brackets, blanks and the operator itself.
            sign = _OPERATIONS[type(op)]
            offset = scan.python.index({"^": "**"}.get(sign, sign), left.end_col_offset)
            return Node(sign, scan.places[offset], (_tree(left, scan), _tree(right, scan)))
    raise FormulaError("This is not a formula", scan.text, at)


def _probes() -> tuple[np.ndarray, np.ndarray]:
    """Places, none of them special, where a formula is tried: (PROBES, PROBES) each."""
    a, b = (np.linspace(low, high, PROBES) for low, high in VIEW)
    return np.meshgrid(a + 0.0137, b - 0.0071)


def _settled(
    tree: Node, text: str, probes: tuple[np.ndarray, np.ndarray]
) -> tuple[Node, np.ndarray]:
    """The tree with every constant part worked out, and its values at the probes.

    A part that has one value everywhere, a - a + 9 too, becomes that number and must be a size
    that SymPy, which works whole numbers out exactly, can take. Raises FormulaError where a part
    is nowhere a finite real number or is a number too large.
    """
    settled = [_settled(part, text, probes) for part in tree.parts]
    with np.errstate(all="ignore"):
        if settled:
            values = _applied(tree.kind, [v for _, v in settled])
        else:
            values = _evaluated(tree, *probes)
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        # 1e999 is read as infinite.
        never = "nowhere" if any(n.kind == "variable" for n in walk(tree)) else "not"
        message = f"{_words(tree)} is {never} a finite real number"
        raise FormulaError(message, text, tree.position)
    spread = finite.max() - finite.min()
    if spread <= 1e-12 * max(1.0, abs(finite).max()) and tree.kind != "variable":
        return _number(tree, float(finite[0]), text), np.full_like(values, finite[0])
    if tree.kind == "^" and settled[1][0].kind == "number":
        exponent = settled[1][0].value
        if abs(exponent) > LARGEST_EXPONENT:
            message = f"An exponent is at most {LARGEST_EXPONENT}; here it is {exponent:g}"
            raise FormulaError(message, text, tree.position)
    return replace(tree, parts=tuple(part for part, _ in settled)), values


def _number(tree: Node, value: float, text: str) -> Node:
    if abs(value) > LARGEST:
        message = f"{_words(tree)} is {value:.3g}; numbers here go up to {LARGEST:,.0f}"
        raise FormulaError(message, text, tree.position)
    near = round(value)
    value = float(near) if abs(value - near) <= 1e-12 * abs(near) else value
    return Node("number", tree.position, value=value)


def _words(tree: Node) -> str:
    """What to call a part in a message."""
    if tree.kind == "number":
        return "This number"
    return f"This {tree.kind}(…)" if tree.kind in FUNCTIONS else "The result here"
