"""Where the reading of a formula stands: the next token, and what to say if it has no place."""

from mlp.descent.spelling import FormulaError, Token, in_x_and_y, tokens
from mlp.descent.tree import OF_TWO, Node, written


class Cursor:
    """The tokens of a formula one after the other.

    next: the token to be read. last: the one taken before it.
    """

    def __init__(self, text: str):
        self.text, self.coming = text, tokens(text)
        self.next = next(self.coming)
        self.last = self.next

    def take(self) -> Token:
        """The next token, which has its place here."""
        self.last, self.next = self.next, next(self.coming, self.next)
        return self.last

    def number(self) -> Node:
        """The number that is next."""
        token = self.take()
        return Node("number", token.at, value=token.value, name=token.name)

    def number_beside(self, left: Node) -> FormulaError:
        """2 3 is no formula, and a 2 could be a product or a power."""
        if self.last.kind == "number":
            return self.error(f"An operator is missing before “{self.next.name}”")
        number = self.number()
        one, other = (Node(kind, number.position, (left, number)) for kind in "*^")
        return self.two(number.position, one, other)

    def brackets_missing(self, name: str) -> FormulaError:
        """What to say of a function that nothing is given to."""
        parts = "a, b" if name in OF_TWO else "a"
        return self.error(f"Brackets must follow {name}: write {name}({parts})")

    def left_over(self) -> FormulaError:
        """What to say of a token that can stand nowhere here."""
        if self.next.kind != ",":
            return self.error(f"“{self.next.name}” has no place here")
        message = "A comma stands only between the parts of max(a, b) and min(a, b)"
        return self.error(f"{message}; a decimal point is a point, as in 0.5")

    def two(self, at: int, one: Node, other: Node) -> FormulaError:
        """What can be read in two ways, and how to write each of them."""
        other_names = in_x_and_y(self.text[: self.next.at])
        names = {"a": "x", "b": "y"} if other_names else {}
        ways = f"{written(one, names)} or {written(other, names)}"
        return self.error(f"This could mean {ways}; write the one you mean", at)

    def error(self, message: str, at: int | None = None) -> FormulaError:
        """What is wrong at a character, by default at the next token."""
        return FormulaError(message, self.text, self.next.at if at is None else at)
