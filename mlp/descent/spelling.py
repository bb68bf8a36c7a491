"""What people type for a formula, as tokens: one for each sign, name and number, at its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlp.descent.tree import CONSTANTS, FUNCTIONS, VARIABLES

OTHER_NAMES = {"x": "a", "y": "b"}  # instead of a and b
# One sign for each meaning, in all the ways that keyboards, pages and books have for it.
SIGNS = {"**": "^"}
SIGNS |= dict.fromkeys("\u2212\u2013\u2012\u2010\u2011", "-")  # minus, dashes, hyphens
SIGNS |= dict.fromkeys("\u00b7\u22c5\u2219\u00d7\u2217", "*")  # dots, a cross, a star
SIGNS |= dict.fromkeys("\u00f7\u2215\u2044", "/")  # a division sign, slashes
FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
WORDS = {"√": "sqrt", "π": "pi", "ln": "log"}
INVERSES = ("asin", "acos", "atan", "asinh", "acosh", "atanh")
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")

_BLANK = r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]"
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[½¼¾])"
    r"|(?P<word>[A-Za-z_]*[lL][oO][gG]10(?![0-9.])|[A-Za-z_]+|[√π])"
    r"|(?P<power>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    rf"|(?P<sign>\*\*|[-+*/^(),|{''.join(SIGNS)[2:]}])"
    rf"|(?P<blank>{_BLANK}+)"
)
_HEAD = re.compile(
    rf"{_BLANK}*[gf]{_BLANK}*(\({_BLANK}*(?:a{_BLANK}*,{_BLANK}*b|x{_BLANK}*,{_BLANK}*y)"
    rf"{_BLANK}*\){_BLANK}*)?=",
    re.IGNORECASE,
)
# 3ab is a product of three; in b sin(a) the blank may be missing.
_TOGETHER = re.compile(rf"((?:pi|[abexy])+)({'|'.join(FUNCTIONS)}|ln|)")


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
class Token:
    """A piece of a formula.

    kind: "number", "constant", "variable", "function", "power" for a raised number, "end", or the
    sign itself. name: as typed; of variables and functions what it means. spaced: whether a blank
    stands before it.
    """

    kind: str
    name: str
    at: int
    spaced: bool = False
    value: float = 0.0


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a formula, the last one its end; what stands before g(a, b) = is left out.

    Raises FormulaError, when it comes to it, at a character or a name that has no place here.
    """
    head = _HEAD.match(text)
    at, spaced, used = head.end() if head else 0, False, ""
    if head and head[1]:
        used = "xy" if "x" in head[1].lower() else "ab"
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormulaError(f"“{_shown(text[at])}” has no place in a formula", text, at)
        for token in _meant(match, spaced):
            if token.kind == "variable":
                names = "xy" if text[token.at].lower() in OTHER_NAMES else "ab"
                if used and names != used:
                    raise FormulaError(_MIXED, text, token.at)
                used = names
            yield token
        at, spaced = match.end(), match.lastgroup == "blank"
    yield Token("end", "", len(text), spaced)


_MIXED = "A formula is in a and b, or in x and y; this one has some of both"


def _meant(match: re.Match, spaced: bool) -> Iterator[Token]:
    """The tokens of one piece of text: none for a blank, several for ab."""
    typed, at = match[0], match.start()
    if match.lastgroup == "number":
        value = FRACTIONS.get(typed)
        yield Token("number", typed, at, spaced, float(typed) if value is None else value)
    elif match.lastgroup == "power":
        yield Token("power", typed, at, spaced, float(typed.translate(RAISED)))
    elif match.lastgroup == "sign":
        yield Token(SIGNS.get(typed, typed), typed, at, spaced)
    elif match.lastgroup == "word":
        for name in _names(match):
            yield _named(name, at, spaced)
            at, spaced = at + len(name), False


def _names(match: re.Match) -> list[str]:
    """A word as the known names in it. Raises FormulaError where it is none, or could be two."""
    word = match[0].lower()
    if _means(word) is not None:
        return [word]
    if word in INVERSES:
        message = f"The inverse of {word[1:]} is not known here; for a times {word[1:]}, write "
        raise FormulaError(f"{message}a*{word[1:]}(…)", match.string, match.start())
    together = _TOGETHER.fullmatch(word)
    if together is None:
        known = ", ".join([*VARIABLES, *CONSTANTS, *FUNCTIONS, "ln"])
        message = f"“{match[0][:30]}” is not known here; known are {known}"
        raise FormulaError(message, match.string, match.start())
    product, function = together.groups()
    return [*re.findall("pi|[abexy]", product), *filter(None, [function])]


def _means(name: str) -> str | None:
    """The name that the tree has for what is typed, if it is one."""
    name = WORDS.get(name) or OTHER_NAMES.get(name) or name
    return name if name in (*VARIABLES, *CONSTANTS, *FUNCTIONS) else None


def _named(typed: str, at: int, spaced: bool) -> Token:
    name = _means(typed)
    if name in CONSTANTS:
        return Token("constant", name, at, spaced, CONSTANTS[name])
    return Token("variable" if name in VARIABLES else "function", name, at, spaced)


def in_x_and_y(text: str) -> bool:
    """Whether a formula that can be read is spelt with x and y for a and b."""
    return any(t.kind == "variable" and text[t.at].lower() in OTHER_NAMES for t in tokens(text))


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"
