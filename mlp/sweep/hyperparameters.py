"""What a sweep can vary: each hyperparameter, how its values are typed, and its place in Config.

A line of values has numbers or names with commas, and ranges: `0.001..10 x 16` is sixteen values
from 0.001 to 10, in equal ratios for a logarithmic hyperparameter and in equal steps for others.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mlp import checks
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.training.config import MAX_HIDDEN_LAYERS, MAX_NEURONS, Config

MAX_VALUES = 256
Value = float | int | str

NUMBER = r"\s*(?P<{}>[^\s.]*(?:\.(?!\.)[^\s.]*)?)\s*"
RANGE = re.compile(NUMBER.format("low") + r"\.\." + NUMBER.format("high"))
RANGE_OF = re.compile(RANGE.pattern + r"[x×]\s*(?P<count>\d{1,9})\s*")


@dataclass(frozen=True)
class Hyperparameter:
    """One thing that a sweep can vary.

    get, put: its value in a config, and the config with another value.
    kind: float, int, or str for one of the `choices`. logarithmic: how a range is spaced.
    example: a line of values worth trying, as one types it.
    """

    name: str
    title: str
    get: Callable[[Config], Value]
    put: Callable[[Config, Value], Config]
    kind: type
    example: str
    logarithmic: bool = False
    choices: tuple[str, ...] = ()


def _setting(name: str, title: str, kind: type, example: str, **more) -> Hyperparameter:
    """A hyperparameter that is a setting of Config as it stands."""
    return Hyperparameter(
        name,
        title,
        lambda config: getattr(config, name),
        lambda config, value: replace(config, **{name: value}),
        kind,
        example,
        **more,
    )


def _choice(name: str, title: str, registry: dict) -> Hyperparameter:
    return _setting(name, title, str, ", ".join(registry), choices=tuple(registry))


def _width(config: Config) -> int:
    return config.hidden_sizes[0] if config.hidden_sizes else 0


def _with_width(config: Config, width: int) -> Config:
    checks.whole("width", width, 1, MAX_NEURONS)
    return replace(config, hidden_sizes=(width,) * max(1, len(config.hidden_sizes)))


def _with_depth(config: Config, depth: int) -> Config:
    """The first `depth` hidden layers; those added are as wide as the last."""
    checks.whole("depth", depth, 0, MAX_HIDDEN_LAYERS)
    sizes = config.hidden_sizes or Config().hidden_sizes
    return replace(config, hidden_sizes=(sizes + sizes[-1:] * depth)[:depth])


# In the order in which they are put into a config: depth repeats the width.
HYPERPARAMETERS: dict[str, Hyperparameter] = {
    each.name: each
    for each in (
        _setting("learning_rate", "Learning rate η", float, "0.001..10 x 16", logarithmic=True),
        Hyperparameter(
            "width", "Neurons a hidden layer", _width, _with_width, int, "1..64 x 7", True
        ),
        Hyperparameter(
            "depth",
            "Hidden layers",
            lambda config: len(config.hidden_sizes),
            _with_depth,
            int,
            "0..4 x 5",
        ),
        _setting("batch_size", "Batch size", int, "1..512 x 10", logarithmic=True),
        _choice("hidden", "Activation of hidden layers", ACTIVATIONS),
        _choice("initialisation", "Initial weights", INITIALISATIONS),
        _setting(
            "scale", "Factor on the initial weights", float, "0.01..100 x 9", logarithmic=True
        ),
        _choice("optimiser", "Optimiser", OPTIMISERS),
        _setting("l2", "L2 (weight decay) λ", float, "0, 1e-05..0.1 x 5", logarithmic=True),
        _setting("seed", "Seed", int, "0..9 x 10"),
    )
}


def _number(of: Hyperparameter, text: str) -> float | int:
    """The number in a typed text. Raises ValueError that says what is allowed there."""
    try:
        if len(text) > 30:
            raise ValueError
        return of.kind(text)
    except ValueError:
        kind = "whole numbers" if of.kind is int else "numbers"
        raise ValueError(
            f"{of.name} must be {kind} with commas, or a range such as 1..10 x 4, got {text!r}"
        ) from None


def rounded(of: Hyperparameter, values) -> tuple[Value, ...]:
    """Numbers that can be typed: whole, or to three digits, each of them once, upwards."""
    digits = (float(f"{value:.3g}") if of.kind is float else round(value) for value in values)
    return tuple(sorted(set(digits)))


def spaced(of: Hyperparameter, low: float, high: float, count: int) -> tuple[Value, ...]:
    """`count` values from low to high, in equal ratios or steps, rounded to what can be typed."""
    space = np.geomspace if of.logarithmic else np.linspace
    return rounded(of, space(low, high, count).tolist())


def check_ends(of: Hyperparameter, low: float, high: float) -> None:
    """Whether a range can have these ends. Raises ValueError that says why not."""
    for end in (low, high):
        of.put(Config(), end)
    if of.logarithmic and low <= 0:
        raise ValueError(
            f"{of.name} must be above 0 where a range begins, for each value is a multiple of the "
            f"one before, got {low!r}"
        )
    if low > high:
        raise ValueError(f"{of.name} must have ranges that go upwards, got {low!r}..{high!r}")


def _part(of: Hyperparameter, text: str) -> tuple[Value, ...]:
    """The values of one part between commas."""
    if of.kind is str:
        return (checks.one_of(of.name, text, of.choices),)
    match = RANGE_OF.fullmatch(text)
    if not match:
        return (_number(of, text),)
    low, high, count = _number(of, match["low"]), _number(of, match["high"]), int(match["count"])
    if not 2 <= count <= MAX_VALUES:
        raise ValueError(f"{of.name} must have ranges of 2 to {MAX_VALUES} values, got {count:,}")
    check_ends(of, low, high)
    return spaced(of, low, high, count)


@dataclass(frozen=True)
class Axis:
    """One hyperparameter and the values that a sweep gives it.

    values: 1 to 256 of them, each one that a config may have; numbers upwards.
    Raises ValueError that names the hyperparameter, the rule and the value.
    """

    name: str
    values: tuple[Value, ...]

    def __post_init__(self):
        of = HYPERPARAMETERS[checks.one_of("axis", self.name, HYPERPARAMETERS)]
        if not self.values:
            raise ValueError(f"{self.name} must have at least one value, got none")
        if len(self.values) > MAX_VALUES:
            raise ValueError(
                f"{self.name} must have at most {MAX_VALUES} values, got {len(self.values):,}"
            )
        for value in self.values:
            of.put(Config(), value)

    @property
    def of(self) -> Hyperparameter:
        """The hyperparameter."""
        return HYPERPARAMETERS[self.name]

    @property
    def text(self) -> str:
        """The values as a line that `axis_from_text` reads."""
        return ", ".join(str(value) for value in self.values)


@dataclass(frozen=True)
class Range:
    """One hyperparameter and the two ends between which a random search draws its values."""

    name: str
    low: float | int
    high: float | int

    def __post_init__(self):
        of = HYPERPARAMETERS[checks.one_of("range", self.name, HYPERPARAMETERS)]
        if of.kind is str:
            raise ValueError(f"{self.name} must be names with commas, it has no range")
        check_ends(of, self.low, self.high)

    @property
    def of(self) -> Hyperparameter:
        """The hyperparameter."""
        return HYPERPARAMETERS[self.name]

    @property
    def text(self) -> str:
        """The range as a line that `range_from_text` reads."""
        return f"{self.low}..{self.high}"


def axis_from_text(name: str, text: str) -> Axis:
    """The axis of a line that people type: "0.01, 0.1, 1", "0.001..10 x 16", or both mixed.

    Raises ValueError with one sentence for anything else.
    """
    of = HYPERPARAMETERS[checks.one_of("axis", name, HYPERPARAMETERS)]
    if len(text) > 10_000:
        raise ValueError(f"{name} must be a line of at most 10,000 characters")
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    values = tuple(dict.fromkeys(value for part in parts for value in _part(of, part)))
    for value in values:
        of.put(Config(), value)  # before they are sorted, since NaN has no place in an order
    return Axis(name, values if of.kind is str else tuple(sorted(values)))


def range_from_text(name: str, text: str) -> Range | Axis:
    """What a random search draws from: "0.001..10" for a range, or else the values of an axis."""
    of = HYPERPARAMETERS[checks.one_of("range", name, HYPERPARAMETERS)]
    match = RANGE.fullmatch(text)
    if of.kind is str or not match:
        return axis_from_text(name, text)
    return Range(name, _number(of, match["low"]), _number(of, match["high"]))
