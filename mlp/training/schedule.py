"""The schedule of a run: its configs, each with the epoch and step from which it holds."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from math import inf

from mlp.training.config import IN_FLIGHT, MAX_EPOCHS, Config
from mlp.training.state import State, fresh_slots

# An epoch, and a step in it.
Place = tuple[int, int]
# The first config holds from (0, 0); all differ in the settings in IN_FLIGHT only.
Schedule = tuple[tuple[Place, Config], ...]

# More changes in flight than this are refused in links and files.
MAX_CHANGES = 1000


def in_order(schedule: Sequence[tuple[Place, Config]]) -> bool:
    """Whether the changes begin at the start and follow one another, at steps that there are."""
    places, steps = [place for place, _ in schedule], schedule[-1][1].batches.steps
    there = all(0 <= epoch <= MAX_EPOCHS and 0 <= step < steps for epoch, step in places)
    return there and places[0] == (0, 0) and places == sorted(set(places))


def unchanged(config: Config) -> Schedule:
    """The schedule of a run that keeps one config."""
    return (((0, 0), config),)


def config_at(schedule: Schedule, place: Place) -> Config:
    """The config of the next step after a place."""
    return schedule[bisect_right(schedule, place, key=_place) - 1][1]


def config_before(schedule: Schedule, place: Place) -> Config:
    """The config of the last step before a place; at the start, that of the first step."""
    return schedule[max(bisect_left(schedule, place, key=_place) - 1, 0)][1]


def _place(entry: tuple[Place, Config]) -> Place:
    return entry[0]


def up_to_change(schedule: Schedule, place: Place) -> tuple[float, float]:
    """How far the config at a place holds at least: a number of epochs, and one of steps.

    Whichever ends first; both are infinite after the last change. Up to a change in a later epoch
    these are whole epochs, and then the steps in its epoch.
    """
    now = bisect_right(schedule, place, key=_place)
    if now == len(schedule):
        return inf, inf
    epoch, step = schedule[now][0]
    return (epoch - place[0], inf) if epoch > place[0] else (inf, step - place[1])


def entered(schedule: Schedule, state: State) -> State:
    """The state of a run as its next step finds it.

    Where the optimiser has just been changed, it starts with no memory.
    """
    config, before = (each(schedule, state.position) for each in (config_at, config_before))
    if config.optimiser == before.optimiser:
        return state
    return replace(state, slots=fresh_slots(config, state.parameters), t=0)


def with_change(schedule: Schedule, place: Place, config: Config) -> Schedule:
    """The schedule in which this config holds from a place on, and what came later is left out.

    Raises ValueError when the config asks for more than can change during a run.
    """
    if not schedule[-1][1].differs_in_flight_only(config):
        raise ValueError(f"only {', '.join(IN_FLIGHT)} can change during a run")
    past = tuple(entry for entry in schedule if _place(entry) < place)
    if past and past[-1][1] == config:
        return past
    return (*past, (place, config))


def until(schedule: Schedule, place: Place) -> Schedule:
    """The schedule without the changes that come after a place."""
    return tuple(entry for entry in schedule if _place(entry) <= place)
