"""Configs worth starting from, and what each is good for: made of the presets of a data set."""

from dataclasses import dataclass
from functools import cache
from typing import Self

from mlp.datasets import DATASETS, DataSettings
from mlp.datasets.dataset import PresetSettings
from mlp.training.config import Config, Stop, config_from_settings


@dataclass(frozen=True)
class Preset:
    """A config with its title, one or two sentences on it, and the rules that end its run.

    name: what it is called in a terminal, if it can be had there.
    """

    title: str
    help: str
    config: Config
    stop: Stop = Stop()
    name: str = ""

    @classmethod
    def of(cls, kind: type[DataSettings], plain: PresetSettings) -> Self:
        """The preset that a data set of this kind describes. Raises ValueError as Config does."""
        config = config_from_settings({"data": kind.name} | plain.settings)
        return cls(plain.title, plain.help, config, Stop(**plain.stop), plain.name)


def presets_of(data: str) -> tuple[Preset, ...]:
    """The presets of the data set of this name.

    The first is what its page opens with, and what its links leave out.
    """
    return _presets(DATASETS[data])


@cache
def _presets(kind: type[DataSettings]) -> tuple[Preset, ...]:
    return tuple(Preset.of(kind, plain) for plain in kind.presets)


def preset(data: str, name: str) -> Preset:
    """The preset that a terminal knows by this name. Raises KeyError where there is none."""
    return {each.name: each for each in presets_of(data)}[name]
