"""What a claim is: a sentence that the app may say, when it is said, and a check of its own."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any


def _true(facts: Any, **values: str) -> bool:
    """For a sentence that prints no value: the condition under which it is said is all of it."""
    return True


@dataclass(frozen=True)
class Claim:
    """A sentence, or an end of one, that the app may say.

    words: as they are said, with {name} in the place of a value that is printed. when: (facts) ->
    whether it must be said; where it is false, it must not be. true: (facts, **values) -> whether
    the printed values, as text, are those of the facts. Both are worked out in another way than
    the app's, from facts that the app has not computed.
    """

    words: str
    when: Callable[[Any], bool]
    true: Callable[..., bool] = _true

    def read(self, text: str) -> Iterator[tuple[dict[str, str], str]]:
        """Each way in which a text begins with this claim: its values, and the rest of the text.

        A value may be short or long; the shortest comes first.
        """
        tail = self._parts[-1]
        for end in (m.end() for m in re.finditer(re.escape(tail), text)):
            if re.fullmatch(r"[\d.,]\d", text[end - 1 : end + 1]):
                continue  # no claim ends within a number
            if match := self._pattern.fullmatch(text, 0, end):
                yield match.groupdict(), text[end:].lstrip()

    @cached_property
    def _parts(self) -> list[str]:
        """The words and, between them, the names of the holes."""
        return re.split(r"\{(\w+)\}", self.words.strip())

    @cached_property
    def _pattern(self) -> re.Pattern:
        parts = [re.escape(part) for part in self._parts]
        parts[1::2] = (f"(?P<{name}>.+?)" for name in self._parts[1::2])
        return re.compile("".join(parts), re.DOTALL)


class Claims:
    """All that one place of the app may say, and which of it has been heard in a test.

    A text is read by the first claims that fit, so a narrower one stands before a wider one.
    """

    def __init__(self, *claims: Claim):
        self.claims = claims
        self.heard: set[str] = set()

    def hold(self, text: str, facts: Any) -> None:
        """Every sentence of the text is a claim that is true of the facts, and none is missing."""
        said = self._read(text.strip())
        assert said is not None, f"no claim reads this: {text!r}"
        for claim, values in said:
            self.heard.add(claim.words)
            assert claim.when(facts), f"said, but not so: {claim.words!r} in {text!r}, {facts}"
            assert claim.true(facts, **values), f"not so: {values} in {text!r}, {facts}"
        missing = [c.words for c in self.claims if c not in dict(said) and c.when(facts)]
        assert not missing, f"not said: {missing} in {text!r}, {facts}"

    def all_heard(self) -> None:
        """No claim has gone untested: each was said at least once."""
        silent = [claim.words for claim in self.claims if claim.words not in self.heard]
        assert not silent, f"never said in this test: {silent}"

    def _read(self, text: str) -> list[tuple[Claim, dict[str, str]]] | None:
        """The text as claims one after the other; None where it cannot be read so."""
        if not text:
            return []
        for claim in self.claims:
            for values, rest in claim.read(text):
                if (more := self._read(rest)) is not None:
                    return [(claim, values), *more]
        return None


NUMBER = re.compile(r"[−-]?[\d,]*\.?\d+(?:e[−-]?\d+)?")


def reads(text: str, value: float) -> bool:
    """Whether a number in a text, such as 1,024 or 66.7 % or −3.1e−7, is this value rounded."""
    found = NUMBER.search(text)
    if found is None:
        return False
    digits = found.group().replace("−", "-").replace(",", "")
    mantissa, _, exponent = digits.partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    half = 0.5 * 10.0**-decimals
    return abs(float(digits) - value) <= half * (1 + 1e-6) + 1e-12 * abs(value)
