"""The address of a run: its settings, its changes on the way, and the place where it rests.

An address has only what differs from what its page opens with. Opened later or on another machine,
it gives the same run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from mlp import checks
from mlp.datasets import DATASETS
from mlp.datasets.dataset import titles
from mlp.training.config import (
    IN_FLIGHT,
    MAX_EPOCHS,
    Config,
    config_from_settings,
    flat_settings,
    sizes_from_text,
    sizes_text,
)
from mlp.training.presets import presets_of
from mlp.training.run import Run, begin
from mlp.training.schedule import MAX_CHANGES, Place, Schedule, in_order, unchanged

MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Address:
    """What it takes to train a run again. It holds no weights: `begin` draws them.

    schedule: the configs of the run, each with the epoch and step from which it holds.
    place: the epoch and step at which the run rests.
    """

    schedule: Schedule
    place: Place = (0, 0)

    @classmethod
    def of(cls, run: Run) -> Self:
        """The address of a run, to rest where it stands now."""
        return cls(run.schedule, place_of(run))

    @classmethod
    def of_config(cls, config: Config, place: Place = (0, 0)) -> Self:
        """The address of a run that keeps one config all the way to its place."""
        return cls(unchanged(config), place)

    @classmethod
    def read(cls, text: str) -> Self:
        """The address in a text, which may begin with that of a server: "parity?seed=3&at=12".

        Parameters that are not about a run are ignored. Raises ValueError for a text that is not
        the address of a run, and for settings that no run can have.
        """
        if len(text) > MOST_CHARACTERS:
            raise ValueError(f"a link must have at most {MOST_CHARACTERS:,} characters")
        try:
            url = urlsplit(text.strip())
        except ValueError:
            raise ValueError(f"a link must be an address, got {text[:40]!r}") from None
        page = checks.one_of("the page of a link", url.path.rstrip("/").split("/")[-1], DATASETS)
        parameters = dict(parse_qsl(url.query, keep_blank_values=True))
        config = _config(presets_of(page)[0].config, parameters)
        schedule = schedule_from_text(config, parameters.get("changes", ""))
        return cls(schedule, place_from_text(config, parameters.get("at", "")) or (0, 0))

    @property
    def config(self) -> Config:
        """The config that the run ends in."""
        return self.schedule[-1][1]

    @property
    def text(self) -> str:
        """The address on the page that trains on the run's data: "parity?seed=3&at=12"."""
        way = {"changes": changes_text(self.schedule), "at": place_text(self.place)}
        parameters = setting_parameters(self.config)
        parameters |= {name: text for name, text in way.items() if text}
        page = self.config.data.name
        return f"{page}?{urlencode(parameters)}" if parameters else page

    def begin(self) -> Run:
        """The run at its very start, with its first weights drawn."""
        return begin(self.config, self.schedule)


def setting_parameters(config: Config) -> dict[str, str]:
    """The settings that differ from what the page of this data opens with, as an address has them.

    {"hidden_sizes": "16, 8", "seed": "3", "rule": "parity of the ones"}
    """
    default, shown = _settings(presets_of(config.data.name)[0].config), titles(config.data)
    differing = {name: v for name, v in _settings(config).items() if v != default[name]}
    return {name: _value_text(name, v, shown.get(name, {})) for name, v in differing.items()}


def _settings(config: Config) -> dict:
    """The settings in the order of an address: those of the data last; the page names the data."""
    settings = flat_settings(config)
    del settings["data"]
    of_data = {f.name: settings.pop(f.name) for f in fields(config.data)}
    return settings | of_data


def _config(default: Config, parameters: dict[str, str]) -> Config:
    """The default with the settings that the parameters of an address give it."""
    shown = titles(default.data)
    given = {
        name: _value(name, parameters[name], type(before), shown.get(name, {}))
        for name, before in _settings(default).items()
        if name in parameters
    }
    return config_from_settings(flat_settings(default) | given)


def _value_text(name: str, value, shown: Mapping[str, str]) -> str:
    """A setting as an address has it. shown: what the page shows in place of names, if it does."""
    if name == "hidden_sizes":
        return sizes_text(value)
    return shown.get(value, str(value))


def _value(name: str, text: str, kind: type, shown: Mapping[str, str]):
    """The setting that an address has as this text. Raises ValueError for a text that is none."""
    if name == "hidden_sizes":
        return sizes_from_text(text)
    values = {title: value for value, title in shown.items()}
    text = values.get(text, text)
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"{name} must be a number, got {text[:40]!r}") from None


def place_of(run: Run) -> Place:
    """Where a run stands; of one that diverged, the step that broke it, so that a replay does."""
    lost = run.diverged
    return (lost.epoch, lost.step + 1) if lost else run.position


def place_text(place: Place) -> str:
    """A place for an address: `12` after epoch 12, `12.5` five steps later; "" for the start."""
    epoch, step = place
    return f"{epoch}.{step}" if step else f"{epoch}" if epoch else ""


def place_from_text(config: Config, text: str) -> Place | None:
    """The epoch and step that `place_text` wrote, or None for "".

    Raises ValueError for any other text, and for a place that no run of this config reaches.
    """
    if not text:
        return None
    parts, steps = text.split("."), config.batches.steps
    if len(parts) <= 2 and all(p.isascii() and p.isdecimal() and len(p) <= 9 for p in parts):
        epoch, step = (*map(int, parts), 0)[:2]
        if epoch <= MAX_EPOCHS and step <= steps:
            return epoch, step
    raise ValueError(
        f"at must be an epoch up to {MAX_EPOCHS:,}, or an epoch and a step up to {steps:,} like "
        f"12.5, got {text!r}"
    )


def changes_text(schedule: Schedule) -> str:
    """What held before each change in flight, as one line for an address; "" without changes.

    `learning_rate:0.3@12.5` says that until 5 steps after epoch 12 the learning rate was 0.3.
    """
    parts = []
    for (_, before), (position, after) in zip(schedule, schedule[1:], strict=False):
        for name in IN_FLIGHT:
            if getattr(before, name) != getattr(after, name):
                parts.append(f"{name}:{getattr(before, name)}@{position[0]}.{position[1]}")
    return ",".join(parts)


def schedule_from_text(config: Config, text: str) -> Schedule:
    """The schedule of a run that ends in this config, from the line that `changes_text` wrote.

    Raises ValueError for any other line.
    """
    schedule: list = []
    parts = text.split(",") if text else []
    if len(parts) > MAX_CHANGES:
        raise ValueError(f"changes must be at most {MAX_CHANGES:,}, got {len(parts):,}")
    for part in reversed(parts):
        try:
            name, rest = part.split(":")
            value, place = rest.split("@")
            epoch, step = (int(n) for n in place.split("."))
            if name not in IN_FLIGHT:
                raise ValueError
            value = value if name == "optimiser" else float(value)
        except ValueError:
            raise ValueError(
                f"changes must read like learning_rate:0.3@12.0, got {part!r}"
            ) from None
        if not schedule or schedule[0][0] != (epoch, step):
            schedule.insert(0, ((epoch, step), config))
        config = replace(config, **{name: value})
    schedule.insert(0, ((0, 0), config))
    if not in_order(schedule):
        raise ValueError(f"changes must be at steps of the run, in their order, got {text!r}")
    return tuple(schedule)
