"""A reader of written mathematics: LaTeX to numbers, by precedence alone.

Numbers, names with indices, fractions, roots, powers, sums over an index, functions of one letter
or of many, matrix products, transposes and ⊙. It knows nothing of the code that writes.
"""

import re
from collections.abc import Callable, Mapping

import numpy as np

TOKEN = re.compile(r"\\[a-zA-Z]+'?|\\[!,;]|\d+(?:\.\d+)?|[a-zA-Z]'?|\S")
SPACES = {r"\,", r"\!", r"\;", r"\left", r"\right", r"\Big", r"\big"}
CONSTANTS = {"e": np.e}
FUNCTIONS: dict[str, Callable] = {
    "tanh": np.tanh,
    "log": np.log,
    "max": max,
    "diag": lambda v: np.diag(np.ravel(v)),
}


class Reader:
    """Reads one expression. names: the value of every name that stands in it."""

    def __init__(self, text: str, names: Mapping):
        text = re.sub(r"\\operatorname\{(\w+)\}", r"\\\1", text)
        text = re.sub(r"\\frac\{\\partial E_i\}\{\\partial p\}", r"\\grad_i ", text)
        text = re.sub(r"\\tfrac(\w)(\w)", r"\\frac{\1}{\2}", text).replace(r"\tfrac", r"\frac")
        self.tokens = [t for t in TOKEN.findall(text) if t not in SPACES]
        self.names, self.at = {**CONSTANTS, **names}, 0

    def value(self):
        """The value of the whole text."""
        found = self.sum()
        assert self.at == len(self.tokens), f"not read: {self.tokens[self.at :]}"
        return found

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.peek()
        assert not expected or token in expected, f"{expected}, not {token!r}, in {self.tokens}"
        self.at += 1
        return token

    def sum(self):
        negative = self.peek() == "-" and self.take() == "-"
        found = -self.hadamard() if negative else self.hadamard()
        while self.peek() in ("+", "-"):
            sign, right = self.take(), self.hadamard()
            alike = np.shape(found) == np.shape(right) or () in (np.shape(found), np.shape(right))
            assert alike, "a sum of different shapes"
            found = found + right if sign == "+" else found - right
        return found

    def hadamard(self):
        found = self.product()
        while self.peek() == r"\odot":
            self.take()
            right = self.product()
            assert np.shape(found) == np.shape(right), "⊙ of different shapes"
            found = found * right
        return found

    def product(self):
        found = self.power()
        while self.peek() and self.peek() not in ("+", "-", ")", "]", "}", ",", r"\odot"):
            self.take(r"\times") if self.peek() == r"\times" else None
            right = self.power()
            plain = np.ndim(found) == 0 or np.ndim(right) == 0
            found = found * right if plain else found @ right
        return found

    def power(self):
        found = self.atom()
        while self.peek() == "^":
            self.take()
            if self.peek() == "{" and self.tokens[self.at + 1] == r"\mathsf":
                self.at += 4
                found = found.T
            else:
                found = found ** self.group()
        return found

    def group(self):
        """What stands in braces, or one sign."""
        if self.peek() != "{":
            return Reader(self.take(), self.names).value()
        return self.bracket("{", "}")

    def bracket(self, opening: str, closing: str):
        self.take(opening)
        found = self.sum()
        self.take(closing)
        return found

    def atom(self):
        token = self.peek()
        if token in ("(", "["):
            return self.bracket(token, {"(": ")", "[": "]"}[token])
        self.take()
        if token[0].isdigit():
            return float(token)
        match token:
            case r"\frac":
                return self.group() / self.group()
            case r"\sqrt":
                return np.sqrt(self.group())
            case r"\hat":
                return self.names[f"hat {self.take()}"]
            case r"\sum":
                return self.total()
        return self.named(token.removeprefix("\\"))

    def total(self):
        """A sum over an index, from what follows up to the next + or −."""
        self.take("_")
        index, begin = self.take(), self.at
        found = []
        for k in range(self.names["range", index]):
            self.at, self.names = begin, {**self.names, index: k}
            found.append(self.product())
        return sum(found)

    def named(self, name: str):
        """A name with its indices and its layer, or a function of what follows."""
        inner = ""
        while self.peek() in ("_", "^"):
            sign = self.peek()
            if sign == "^" and not self._is_layer():
                break
            self.take()
            if sign == "^":
                name += "^" + "".join(self.tokens[self.at + 2 : self.at + 3])
                self.at += 5
            else:
                inner = self.take()
        if inner and f"{name}_{inner}" in self.names:
            name, inner = f"{name}_{inner}", ""
        if inner in self.names:
            return float(np.ravel(self.names[name])[self.names[inner]])
        function = self.names.get(name, FUNCTIONS.get(name))
        return self.applied(function) if callable(function) else function

    def _is_layer(self) -> bool:
        """Whether ^{(2)} comes next, the number of a layer."""
        return self.tokens[self.at + 1 : self.at + 3] == ["{", "("]

    def applied(self, function: Callable):
        """A function of what follows: of brackets, or of the next letter, perhaps to a power."""
        exponent = 1.0
        if self.peek() == "^":
            self.take()
            exponent = self.group()
        if self.peek() != "(":
            return function(self.power())
        self.take("(")
        arguments = [self.sum()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.sum())
        self.take(")")
        found = function(*arguments)
        return found**exponent if exponent != 1 else found


def read(text: str, names: Mapping):
    """The value of an expression; "A where x > 0, else B" is either of them."""
    parts = re.fullmatch(r"(.*) \\text\{ where \} (\w) > 0 \\text\{, else \} (.*)", text)
    if parts:
        text = parts[1] if names[parts[2]] > 0 else parts[3]
    return Reader(text, names).value()
