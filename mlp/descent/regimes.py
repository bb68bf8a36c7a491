"""What the learning rate does to a walk down a parabola: it follows from 1 - eta lambda alone.

With second derivative lambda, each step multiplies the distance from the bottom by this factor.
x^2 has lambda = 2.
"""

import math
from dataclasses import dataclass

import numpy as np

from mlp.descent.path import CLOSE
from mlp.words import listed, number

CREEPING = 0.98  # a factor above this: each step takes off less than two per cent
SAME = 1e-12  # as near as this, a factor counts as 0 or -1


@dataclass(frozen=True)
class Regime:
    """One way to walk: its name, and what it means in a sentence."""

    name: str
    meaning: str


REGIMES = {
    each.name: each
    for each in (
        Regime("creeping", "Every step goes the right way, and takes off less than two per cent."),
        Regime("monotone", "Every step stays on its side and comes closer."),
        Regime("one step", "The very first step lands on the bottom."),
        Regime("oscillating", "Every step jumps over the bottom, and still comes closer."),
        Regime("two-cycle", "Every step jumps to the mirror image, for ever, at the same height."),
        Regime("diverging", "Every step jumps over the bottom and lands higher than before."),
    )
}


def factor(learning_rate: float, curvature: float = 2.0) -> float:
    """1 - eta lambda: what one step leaves of the distance from the bottom."""
    return 1.0 - learning_rate * curvature


def regime(factor: float) -> Regime:
    """The way a walk with this factor goes. A factor of 1 or more only climbs or stays."""
    if abs(factor) <= SAME:
        return REGIMES["one step"]
    if abs(factor + 1) <= SAME:
        return REGIMES["two-cycle"]
    if abs(factor) > 1:
        return REGIMES["diverging"]
    if factor < 0:
        return REGIMES["oscillating"]
    return REGIMES["creeping" if factor > CREEPING else "monotone"]


def predicted(start: np.ndarray, factors: np.ndarray, steps: int) -> np.ndarray:
    """x_n = factor^n x_0 for n = 0 … steps: (steps + 1, d), each axis by its own factor."""
    n = np.arange(steps + 1)[:, None]
    with np.errstate(over="ignore"):
        return np.asarray(factors, dtype=float) ** n * np.asarray(start, dtype=float)


def steps_to_reach(learning_rate: np.ndarray, start: float, within: float = CLOSE) -> np.ndarray:
    """Steps on x^2 until x_n^2 <= within: the first n with |1 - 2 eta|^n |x_0| <= sqrt(within).

    learning_rate: any shape. Infinite where no number of steps is enough.
    """
    left = np.abs(1 - 2 * np.asarray(learning_rate, dtype=float))
    if start**2 <= within:
        return np.zeros_like(left)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.ceil(math.log(math.sqrt(within) / abs(start)) / np.log(left))
    return np.where(left <= SAME, 1.0, np.where(left < 1 - SAME, np.maximum(steps, 1), np.inf))


def axis_told(name: str, learning_rate: float, curvature: float) -> str:
    """One axis of a bowl: its second derivative, its factor, and what that does; in Markdown."""
    left = factor(learning_rate, curvature)
    if curvature <= 0:
        what = "away from the middle, each step longer than the last"
    else:
        what = regime(left).name
    slope = number(curvature, 6)
    times = f"({slope})" if curvature < 0 else slope
    numbers = f"1 − {number(learning_rate, 6)} · {times} = **{number(left, 4)}**"
    return f"along {name}: λ = {slope}, 1 − ηλ = {numbers}, {what}"


def axes_told(curvatures: tuple[float, ...], learning_rate: float) -> str:
    """Each axis of a surface for itself, and what cannot come down; in Markdown.

    At least one of the curvatures is above 0.
    """
    axes = list(zip("ab", curvatures, strict=True))
    told = "; ".join(axis_told(axis, learning_rate, curvature) for axis, curvature in axes)
    most = f"From η = {number(largest_rate(curvatures), 4)} on"
    endless = [axis for axis, curvature in axes if curvature <= 0]
    if not endless:
        return f"Each axis for itself: {told}. {most}, the steepest cannot come down."
    other = max(axes, key=lambda each: each[1])[0]
    return (
        f"Each axis for itself: {told}. Along {listed(endless)} there is no bottom, "
        f"whatever η is. {most}, {other} cannot come down either."
    )


def largest_rate(curvatures: tuple[float, ...]) -> float:
    """2 / lambda of the steepest axis: from here on, it no longer shrinks."""
    return 2.0 / max(curvatures)
