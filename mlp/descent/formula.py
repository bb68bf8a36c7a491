"""A typed formula in a and b: read against a short list of what may stand in it, never executed.

`read` takes the text apart by hand, into a tree of nodes; every refusal is a FormulaError that
points at a character. SymPy sees only a tree that has passed every check; see derivative.py.
"""

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


@dataclass(frozen=True)
class _Token:
    kind: str  # "number", "name", a sign, "stranger" for what has no place here, or "end"
    text: str
    position: int


def read(text: str) -> Node:
    """The tree of a formula, checked. Raises FormulaError for anything else than a formula."""
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(
            f"A formula has at most {MOST_CHARACTERS} characters; this one has {len(text):,}",
            text,
            MOST_CHARACTERS,
        )
    tree = _Parser(text).formula()
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


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:  # the parser says so when it comes to it
            return [*found, _Token("stranger", _shown(text[at]), at)]
        if match.lastgroup != "blank":
            word = SPELLINGS.get(match[0], match[0])
            found.append(_Token(match.lastgroup if match["sign"] is None else word, word, at))
        at = match.end()
    return [*found, _Token("end", "", len(text))]


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"


class _Parser:
    """Recursive descent: sum, product, sign, power, atom; one method each."""

    def __init__(self, text: str):
        self.text, self.tokens, self.at, self.depth = text, _tokens(text), 0, 0

    def formula(self) -> Node:
        if self.now.kind == "end":
            raise FormulaError("Type a formula in a and b, such as a^2 + 3*b^2", self.text, 0)
        tree = self.sum()
        if self.now.kind == ")":
            raise self.error("This bracket was never opened")
        if self.now.kind != "end":
            raise self.error(f"An operator is missing before “{self.now.text}”: write 2*a, not 2a")
        return tree

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def error(self, message: str) -> FormulaError:
        if self.now.kind == "stranger":
            message = f"“{self.now.text}” has no place in a formula"
        return FormulaError(message, self.text, self.now.position)

    def sum(self) -> Node:
        tree = self.product()
        while self.now.kind in ("+", "-"):
            sign = self.take()
            tree = Node(sign.kind, sign.position, (tree, self.product()))
        return tree

    def product(self) -> Node:
        tree = self.signed()
        while self.now.kind in ("*", "/"):
            sign = self.take()
            tree = Node(sign.kind, sign.position, (tree, self.signed()))
        return tree

    def signed(self) -> Node:
        """A sign binds less than a power: -a^2 is -(a^2)."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self.error(f"This formula is nested more than {MOST_DEPTH} deep")
        if self.now.kind in ("+", "-"):
            sign = self.take()
            inner = self.signed()
            tree = inner if sign.kind == "+" else Node("negative", sign.position, (inner,))
        else:
            tree = self.power()
        self.depth -= 1
        return tree

    def power(self) -> Node:
        """Powers group from the right: 2^3^2 is 2^(3^2)."""
        base = self.atom()
        if self.now.kind != "^":
            return base
        sign = self.take()
        return Node("^", sign.position, (base, self.signed()))

    def atom(self) -> Node:
        token = self.now
        if token.kind == "number":
            self.take()
            return Node("number", token.position, value=float(token.text))
        if token.kind == "name":
            return self.named()
        if token.kind == "(":
            return self.bracketed()
        if token.kind == "end":
            raise self.error("The formula ends where a number, a or b should follow")
        raise self.error(f"A number, a or b should stand here, not “{token.text}”")

    def named(self) -> Node:
        token = self.now
        if token.text in VARIABLES:
            self.take()
            return Node("variable", token.position, name=token.text)
        if token.text in CONSTANTS:
            self.take()
            return Node("number", token.position, value=CONSTANTS[token.text])
        if token.text not in FUNCTIONS:
            known = ", ".join([*VARIABLES, *CONSTANTS, *FUNCTIONS])
            raise self.error(f"“{token.text[:30]}” is not known here; known are {known}")
        self.take()
        if self.now.kind != "(":
            raise self.error(f"Brackets must follow {token.text}: write {token.text}(a)")
        return Node(token.text, token.position, (self.bracketed(),))

    def bracketed(self) -> Node:
        opening = self.take()
        tree = self.sum()
        if self.now.kind != ")":
            if self.now.kind == "end":
                raise FormulaError("This bracket is never closed", self.text, opening.position)
            raise self.error(f"An operator is missing before “{self.now.text}”")
        self.take()
        return tree


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
