"""Tokens to a tree, from left to right, with the order of operations that books have.

Each method reads one rank of it: sums, products, products without a sign, signs, powers, and what
holds together by itself. What people read in two ways is refused, with both ways written out.
"""

from mlp.descent.cursor import Cursor
from mlp.descent.spelling import RAISED, Token
from mlp.descent.tree import OF_TWO, Node

MOST_DEPTH = 16
_STARTS = ("number", "constant", "variable", "function", "(")


def parsed(text: str) -> Node:
    """The tree of a formula as it is typed. Raises FormulaError at the first wrong character."""
    return _Reader(text).whole()


class _Reader(Cursor):
    """One formula being read. level: how deep in brackets, signs and powers an operand stands."""

    def __init__(self, text: str):
        super().__init__(text)
        self.bars = 0  # that are open since the last bracket

    def whole(self) -> Node:
        if self.next.kind == "end":
            raise self.error("Type a formula in a and b, such as a^2 + 3*b^2")
        tree = self.sum(1)
        if self.next.kind == ")":
            raise self.error("This bracket was never opened")
        if self.next.kind != "end":
            raise self.left_over()
        return tree

    def sum(self, level: int) -> Node:
        left = self.product(level)
        while self.next.kind in ("+", "-"):
            sign = self.take()
            left = Node(sign.kind, sign.at, (left, self.product(level)))
        return left

    def product(self, level: int) -> Node:
        left = self.beside(level)
        while self.next.kind in ("*", "/"):
            sign = self.take()
            if sign.kind == "*":
                left = Node("*", sign.at, (left, self.beside(level)))
                continue
            right = self.signed(level)
            if self.starts():
                at, more = self.next.at, self.power(level)
                quotient = Node("/", sign.at, (left, right))
                below = Node("*", at, (right, more))
                one, other = Node("*", at, (quotient, more)), Node("/", sign.at, (left, below))
                raise self.two(at, one, other)
            left = Node("/", sign.at, (left, right))
        return left

    def beside(self, level: int) -> Node:
        """Factors that stand beside each other without a sign: 3ab."""
        factors = [self.signed(level)]
        while self.starts():
            if self.next.kind == "number":
                raise self.number_beside(factors[-1])
            at = self.next.at
            factors.append(self.power(level))
            self.refuse_bars(at, factors)
        return _multiplied(factors)

    def signed(self, level: int) -> Node:
        if self.next.kind not in ("+", "-"):
            return self.power(level)
        self.refuse_depth(level)
        sign = self.take()
        inner = self.signed(level + 1)
        return inner if sign.kind == "+" else Node("negative", sign.at, (inner,))

    def power(self, level: int) -> Node:
        base = self.atom(level)
        raised = self.next.kind == "power"
        if raised:
            base = Node("^", self.next.at, (base, self.raised()))
        if self.next.kind != "^":
            return base
        sign = self.take()
        exponent = self.signed(level + 1)
        if raised:
            number = Node("^", sign.at, (base.parts[1], exponent))
            one = Node("^", sign.at, (base, exponent))
            raise self.two(sign.at, one, Node("^", sign.at, (base.parts[0], number)))
        power = Node("^", sign.at, (base, exponent))
        if self.starts() and not self.next.spaced and self.last.kind not in (")", "|"):
            if self.next.kind == "number":
                raise self.number_beside(power)
            at, more = self.next.at, self.power(level)
            above = Node("^", sign.at, (base, Node("*", at, (exponent, more))))
            raise self.two(at, Node("*", at, (power, more)), above)
        return power

    def atom(self, level: int) -> Node:
        """A number, a variable, a function of something, or what stands in brackets or bars."""
        self.refuse_depth(level)
        token = self.next
        if token.kind in ("number", "constant"):
            return self.number()
        if token.kind == "variable":
            self.take()
            return Node("variable", token.at, name=token.name)
        if token.kind == "function":
            return self.function(level)
        if token.kind == "(":
            return self.bracketed(level)[0]
        if token.kind == "|":
            return self.between_bars(level)
        if token.kind == "end":
            raise self.error("The formula ends where a number, a or b should follow")
        raise self.error(f"A number, a or b should stand here, not “{token.name}”")

    def function(self, level: int) -> Node:
        token = self.take()
        exponent = self.function_power(token.name)
        if self.next.kind == "(":
            parts = self.bracketed(level, token.name)
            inner = Node(token.name, token.at, tuple(parts[:2]))
            for part in parts[2:]:
                inner = Node(token.name, token.at, (inner, part))
        else:
            inner = self.without_brackets(token, exponent, level)
        return inner if exponent is None else Node("^", exponent.position, (inner, exponent))

    def raised(self) -> Node:
        """A raised number: ², ⁻¹."""
        token = self.take()
        digits = token.name.translate(RAISED).lstrip("+-")
        number = Node("number", token.at, value=abs(token.value), name=digits)
        return Node("negative", token.at, (number,)) if token.value < 0 else number

    def function_power(self, name: str) -> Node | None:
        """The power that stands between a function and what it is of: sin²(a), sin^2(a)."""
        if self.next.kind not in ("power", "^"):
            return None
        at = self.next.at
        if self.next.kind == "^":
            self.take()
            if self.next.kind not in ("number", "-"):
                raise self.brackets_missing(name)
        if self.next.kind == "-" or self.next.value < 0:
            message = f"This could mean 1/{name}(a) or the inverse of {name}"
            raise self.error(f"{message}; only the first is known here", at)
        return self.raised() if self.next.kind == "power" else self.number()

    def without_brackets(self, token: Token, exponent: Node | None, level: int) -> Node:
        """sin a: a function of what stands behind it, if it is clear where that ends."""
        minus = self.next.kind == "-"
        if token.name in OF_TWO or not (minus or self.starts()):
            raise self.brackets_missing(token.name)
        minus = self.take() if minus else None

        def of(inner: Node) -> Node:
            return Node(token.name, token.at, (inner,))

        def signed(inner: Node) -> Node:
            return Node("negative", minus.at, (inner,)) if minus else inner

        inner = self.atom(level + 1)
        whole = of(signed(inner))
        if self.next.kind not in ("^", "power", "*", "/") and not self.starts():
            return whole
        if exponent is not None:
            whole = Node("^", exponent.position, (whole, exponent))
        at, (kind, more) = self.next.at, self.further(level)
        within = of(signed(Node(kind, at, (inner, more))))
        if exponent is not None:
            within = Node("^", exponent.position, (within, exponent))
        raise self.two(at, Node(kind, at, (whole, more)), within)

    def further(self, level: int) -> tuple[str, Node]:
        """How an operand goes on, and with what: a power, a product, a quotient."""
        if self.next.kind == "power":
            return "^", self.raised()
        if self.next.kind in ("^", "*", "/"):
            return self.take().kind, self.signed(level + 1)
        return "*", self.power(level)

    def bracketed(self, level: int, name: str = "") -> list[Node]:
        """What stands in brackets; for max and min two parts or more."""
        opened, bars = self.take(), self.bars
        self.bars = 0
        parts = [self.sum(level + 1)]
        while name in OF_TWO and self.next.kind == ",":
            self.take()
            parts.append(self.sum(level + 1))
        if self.next.kind == "end":
            raise self.error("This bracket is never closed", opened.at)
        if self.next.kind != ")":
            raise self.left_over()
        if name in OF_TWO and len(parts) == 1:
            raise self.error(f"The {name} is of two parts: write {name}(a, b)")
        self.take()
        self.bars = bars
        return parts

    def between_bars(self, level: int) -> Node:
        """|a|, the same as abs(a)."""
        opened = self.take()
        self.bars += 1
        inner = self.sum(level + 1)
        if self.next.kind in ("end", ")"):
            raise self.error("This bar has no other to close it", opened.at)
        if self.next.kind != "|":
            raise self.left_over()
        self.take()
        self.bars -= 1
        return Node("abs", opened.at, (inner,))

    def starts(self) -> bool:
        """Whether an operand can begin here; a bar closes the one that is open, if one is."""
        return self.next.kind in _STARTS or (self.next.kind == "|" and not self.bars)

    def refuse_depth(self, level: int) -> None:
        if level > MOST_DEPTH:
            raise self.error(f"This formula is nested more than {MOST_DEPTH} deep")

    def refuse_bars(self, at: int, factors: list[Node]) -> None:
        """|a|b|c| could be the size of a · |b| · c."""
        last = factors[-1].parts[0] if factors[-1].kind == "^" else factors[-1]
        before = [i for i, factor in enumerate(factors[:-1]) if self.is_bars(factor)]
        if not before or before[-1] == len(factors) - 2 or not self.is_bars(last):
            return
        first, *middle = [_unsigned(factor) for factor in factors[before[-1] : -1]]
        size = Node("abs", at, (_multiplied(middle),))
        other = Node("abs", at, (_multiplied([first.parts[0], size, last.parts[0]]),))
        raise self.two(at, _multiplied([first, *middle, last]), other)

    def is_bars(self, factor: Node) -> bool:
        return self.text[_unsigned(factor).position] == "|"


def _multiplied(factors: list[Node]) -> Node:
    product, *others = factors
    for factor in others:
        product = Node("*", factor.position, (product, factor))
    return product


def _unsigned(node: Node) -> Node:
    return _unsigned(node.parts[0]) if node.kind == "negative" else node
