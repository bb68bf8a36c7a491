"""How numbers, counts, shapes, symbols and times are written, for people and in LaTeX."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def number_latex(value: float) -> str:
    """A number to three significant digits in LaTeX."""
    text = f"{value + 0.0:.3g}"
    if "e" not in text:
        return text.replace("inf", r"\infty").replace("nan", r"\text{not a number}")
    mantissa, exponent = text.split("e")
    return rf"{mantissa}\!\times\!10^{{{int(exponent)}}}"


def number_text(value: float) -> str:
    """A number to three significant digits as plain text: −1.23, 1.2e−7."""
    text = f"{value + 0.0:.3g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


@dataclass(frozen=True)
class Name:
    """A symbol twice: as LaTeX for formulas, and as HTML for the label of a matrix."""

    latex: str
    html: str


def first_upper(text: str) -> str:
    """A text as it begins a sentence; the letters behind the first stay as they are."""
    return text[:1].upper() + text[1:]


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as text: 3 × 2."""
    return " × ".join(str(n) for n in shape)


def plural(n: int, noun: str) -> str:
    """A number with its noun: 1 row, 2 rows, 1,024 rows."""
    return f"{n:,} {noun}" + ("" if abs(n) == 1 else "s")


def number(value: float, digits: int = 2) -> str:
    """A number to a given count of significant digits, written out: 0.0089, 12, −3.1, 1.2e−7."""
    if not math.isfinite(value):
        return "not finite"
    text = f"{value:,.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{value:,.0f}" if 0 < int(exponent) < 6 else f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """A share of 0 to 1 in whole per cent; 0 and 100 only where it is none and all."""
    if 0 < share < 0.005:
        return "less than 1 %"
    return "more than 99 %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"


def one(noun: str) -> str:
    """A noun or a digit with its article: a 7, an 8, an output."""
    return f"an {noun}" if noun[0] in "aeiou8" else f"a {noun}"


def listed(words: Iterable[str]) -> str:
    """Words as a list: A; A and B; A, B and C."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def apart(values: Sequence[float], digits: int = 4) -> list[str]:
    """Numbers as text, with as many significant digits as make different ones look different.

    digits: how many at least. What is not finite is said to be so.
    """
    different = {value for value in values if math.isfinite(value)}
    while len({number(value, digits) for value in different}) < len(different):
        digits += 1
    return [number(value, digits) for value in values]


def value_name(value: float | int | str) -> str:
    """A value of a hyperparameter as text: 0.3, 1e-05, 16, relu."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def about(seconds: float) -> str:
    """A duration that is an estimate: less than a second, about 12 s."""
    return seconds_words(seconds) if seconds < 1 else f"about {seconds_words(seconds)}"


def seconds_words(seconds: float) -> str:
    """A duration as text: less than a second, 12 s, 3 min 5 s, 2 h 10 min."""
    if seconds < 1:
        return "less than a second"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
