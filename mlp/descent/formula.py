"""A typed formula in a and b: read against a short list of what may stand in it, never executed.

`read` takes the tokens of spelling.py through the grammar of grammar.py, works out what holds no
variable, and keeps the limits; every refusal is a FormulaError that points at a character.
SymPy sees only a tree that has passed every check; see own_surface.py.
"""

import math
from dataclasses import replace

import numpy as np

from mlp.descent.grammar import parsed
from mlp.descent.spelling import FormulaError
from mlp.descent.tree import FUNCTIONS, Node, applied, walk

MOST_CHARACTERS = 200
MOST_NODES = 80
LARGEST = 1e6  # of any number, written or worked out
LARGEST_EXPONENT = 20
ROUNDING = 4 * np.finfo(float).eps  # as near to a whole number as this, 0.1*30, it is taken for one


def read(text: str) -> Node:
    """The tree of a formula, checked. Raises FormulaError for anything else than a formula."""
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(
            f"A formula has at most {MOST_CHARACTERS} characters; this one has {len(text):,}",
            text,
            MOST_CHARACTERS,
        )
    tree = parsed(text)
    if sum(1 for _ in walk(tree)) > MOST_NODES:
        raise FormulaError(f"This formula has more than {MOST_NODES} parts", text, len(text))
    return _settled(tree, text)


def _settled(tree: Node, text: str) -> Node:
    """The tree with every part that holds no variable worked out.

    Such a part becomes a number, of a size that SymPy, which works whole numbers out exactly, can
    take. Raises FormulaError where it is none, or too large.
    """
    parts = tuple(_settled(part, text) for part in tree.parts)
    tree = replace(tree, parts=parts)
    if tree.kind != "variable" and all(part.kind == "number" for part in parts):
        value = tree.value if tree.kind == "number" else _worked_out(tree, text)
        refuse_size(value, tree, text)
        return Node("number", tree.position, value=value, name=tree.name)
    if tree.kind == "^" and parts[1].kind == "number":
        refuse_exponent(parts[1].value, tree, text)
    return tree


def _worked_out(tree: Node, text: str) -> float:
    try:
        # What is too large for NumPy is too large here, and told so; it comes as infinity.
        with np.errstate(over="ignore", under="ignore", divide="raise", invalid="raise"):
            value = float(applied(tree.kind, *(np.float64(part.value) for part in tree.parts)))
    except FloatingPointError as error:
        raise not_real(tree, text) from error
    near = round(value) if math.isfinite(value) else value
    return float(near) if abs(value - near) <= ROUNDING * abs(near) else value


def not_real(tree: Node, text: str) -> FormulaError:
    """What to say of a part that has no value anywhere."""
    return FormulaError(f"{_words(tree)} is not a finite real number", text, tree.position)


def refuse_size(value: float, tree: Node, text: str) -> None:
    """Raise FormulaError for a number that is too large; tree is where it comes from."""
    if abs(value) > LARGEST:
        message = f"{_words(tree)} is {tree.name or _large(value)}"
        message += f"; numbers here go up to {LARGEST:,.0f}"
        raise FormulaError(message, text, tree.position)


def refuse_exponent(value: float, tree: Node, text: str) -> None:
    """Raise FormulaError for an exponent that is too large."""
    if abs(value) > LARGEST_EXPONENT:
        message = f"An exponent is at most {LARGEST_EXPONENT}; here it is {_large(value, 20)}"
        raise FormulaError(message, text, tree.position)


def _large(value: float, limit: float = LARGEST) -> str:
    """A number over a limit, with no more digits than show that it is over it."""
    if math.isinf(value):
        return "more than 10³⁰⁸"
    texts = (f"{value:,.{digits}g}" for digits in range(3, 18))
    text = next(t for t in texts if abs(float(t.replace(",", ""))) > limit)
    return text.replace("e+0", "e").replace("e+", "e").replace("-", "−")


def _words(tree: Node) -> str:
    """What to call a part in a message."""
    if tree.name:
        return "This number"
    return f"This {tree.kind}(…)" if tree.kind in FUNCTIONS else "The result here"
