"""Two to six runs side by side: what differs, whether it is one thing alone, and which one wins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mlp import datasets
from mlp.network.shape import layer_name, layer_shapes
from mlp.training.config import Config, flat_settings
from mlp.training.epoch import COLUMNS, Column
from mlp.training.state import start
from mlp.words import listed, plural

MOST_COMPARED = 6


@dataclass(frozen=True)
class Difference:
    """A setting in which configs differ, and its value in each; None where a config lacks it."""

    name: str
    values: tuple


def differences(configs: Sequence[Config]) -> tuple[Difference, ...]:
    """The settings that are not the same in all configs, in the order of Config, data first."""
    settings = [flat_settings(config) for config in configs]
    names = dict.fromkeys(name for each in settings for name in each)
    rows = (Difference(name, tuple(each.get(name) for each in settings)) for name in names)
    return tuple(row for row in rows if any(value != row.values[0] for value in row.values))


@dataclass(frozen=True)
class Pairing:
    """What runs share from the start.

    weights: whether all begin with the same parameters. order: whether all see the same samples
    in the same batches. differs: the names of the settings that differ.
    """

    weights: bool
    order: bool
    differs: tuple[str, ...]

    @property
    def fair(self) -> bool:
        """Whether one thing was changed and nothing else: same start, same batches."""
        return self.weights and self.order and len(self.differs) == 1


def pairing(configs: Sequence[Config]) -> Pairing:
    """What these runs share, by looking at their starts themselves."""
    first, *others = (start(config) for config in configs)
    weights = all(np.array_equal(first.parameters, each.parameters) for each in others)
    same = all(_same_samples(configs[0], each) for each in configs[1:])
    cuts = {_cut(config) for config in configs}
    drawn = all(_same_generator(first, each) for each in others)
    names = tuple(row.name for row in differences(configs))
    return Pairing(weights, same and drawn and len(cuts) == 1, names)


def _same_samples(one: Config, other: Config) -> bool:
    """Whether two configs train on the same samples; other settings may make the same."""
    if one.data == other.data:
        return True
    if type(one.data) is not type(other.data) or one.data.train_count != other.data.train_count:
        return False
    a, b = (datasets.load(config.data, config.precision) for config in (one, other))
    same = np.array_equal(a.X_train, b.X_train) and a.scale == b.scale
    return same and np.array_equal(a.y_train, b.y_train)


def _cut(config: Config) -> tuple:
    """How many samples each batch of an epoch has."""
    cut = config.batches
    return cut.full, cut.size * bool(cut.full), cut.last


def _same_generator(one, other) -> bool:
    """Whether the shuffles of two runs will be the same."""
    (a,), (b,) = one.generators, other.generators
    same_place = a["state"]["pos"] == b["state"]["pos"]
    return same_place and np.array_equal(a["state"]["key"], b["state"]["key"])


def paired(configs: Sequence[Config]) -> tuple[Config, ...]:
    """The configs with the first one's seed, so that where sizes agree they begin alike."""
    return tuple(replace(config, seed=configs[0].seed) for config in configs)


def letters(count: int) -> list[str]:
    """What runs side by side are called: A, B, C, …"""
    return [chr(ord("A") + i) for i in range(count)]


def run_names(configs: Sequence[Config]) -> list[str]:
    """A name for each config: a letter, and its values of up to three settings that differ."""
    rows = differences(configs)
    names = []
    for i, (letter, config) in enumerate(zip(letters(len(configs)), configs, strict=True)):
        own = [f"{row.name.replace('_', ' ')} {_value_text(row.values[i])}" for row in rows[:3]]
        text = ", ".join(own) or f"{config.data.name}, {layer_shapes(config.sizes)}"
        names.append(f"{letter}: {text}")
    return names


def _value_text(value) -> str:
    """The value of a setting as people write it; "none" where a config lacks the setting."""
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return "none" if value is None else str(value)


def columns_in_common(configs: Sequence[Config]) -> dict[str, Column]:
    """The numbers of an epoch that the runs of all configs have, by name."""
    return {
        name: column
        for name, column in COLUMNS.items()
        if all(name in config.columns for config in configs)
    }


def layers_in_common(configs: Sequence[Config]) -> list[list[str]]:
    """The layers that all have, from the first after the input on: its name in each config."""
    depths = [len(config.sizes) - 1 for config in configs]
    return [[layer_name(layer, depth) for depth in depths] for layer in range(min(depths))]


def table(configs: Sequence[Config]) -> dict[str, list[str]]:
    """What differs, as columns: the names of the settings, then a column for each config."""
    rows = differences(configs)
    columns = {"setting": [row.name.replace("_", " ") for row in rows]}
    return columns | {
        letter: [_value_text(row.values[i]) for row in rows]
        for i, letter in enumerate(letters(len(configs)))
    }


START, ORDER = "start from the same weights", "see the same samples in the same batches"


def pairing_words(configs: Sequence[Config]) -> str:
    """Whether the comparison is fair, in one sentence."""
    shared = pairing(configs)
    differ = [name.replace("_", " ") for name in shared.differs]
    if not differ:
        return "They have the same settings."
    if shared.fair:
        kind = "pair" if len(configs) == 2 else "comparison"
        return f"A fair {kind}: they {START} and {ORDER}, and only the {differ[0]} differs."
    alike = {
        (True, True): f"they {START} and {ORDER}, but",
        (True, False): f"they {START}, but do not {ORDER}, and",
        (False, True): f"they {ORDER}, but do not {START}, and",
        (False, False): "neither start nor batches agree, and",
    }[shared.weights, shared.order]
    verb = "differs" if len(differ) == 1 else "differ"
    return f"Not one thing alone: {alike} {plural(len(differ), 'setting')} {verb}."


def changed_words(changed: Sequence[bool]) -> str:
    """What seeds do with runs that were changed on their way; "" where none was."""
    names = [name for name, was in zip(letters(len(changed)), changed, strict=True) if was]
    if not names:
        return ""
    verb, whose = ("was", "its") if len(names) == 1 else ("were", "their")
    way = f"{listed(names)} {verb} changed on the way"
    return f"{way}; the seeds train with {whose} last settings from the start."
