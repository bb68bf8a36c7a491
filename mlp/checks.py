"""Checks where a user's value enters: each error names the parameter, the rule and the value."""

import math
import sys
from collections.abc import Collection


def whole(name: str, value, low: int, high: int) -> int:
    """A whole number from low to high."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, got {value!r}")
    return int(value)


def real(
    name: str,
    value,
    *,
    above: float = -math.inf,
    at_least: float = -math.inf,
    at_most: float = math.inf,
) -> float:
    """A finite number above or at least a lower bound, and at most an upper one."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not abs(value) <= sys.float_info.max:
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    if value <= above:
        raise ValueError(f"{name} must be above {above:g}, got {value!r}")
    if value < at_least:
        raise ValueError(f"{name} must be at least {at_least:g}, got {value!r}")
    if value > at_most:
        raise ValueError(f"{name} must be at most {at_most:g}, got {value!r}")
    return float(value)


def one_of(name: str, value, choices: Collection[str]) -> str:
    """One of the named choices."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
    return value
