"""Where a run stands, as a short text from which it can be replayed: its settings and the place."""

import json

from mlp import checks
from mlp.config import MAX_EPOCHS, Config, from_plain, plain
from mlp.run import MAX_CHANGES, Run, begin, in_order

MOST_CHARACTERS = 20_000


def text_of(run: Run) -> str:
    """The run's settings with their changes on the way, and its place: JSON for an address."""
    schedule = [[*place, _short(config)] for place, config in run.schedule]
    return json.dumps({"at": run.position, "run": schedule}, separators=(",", ":"))


def _short(config: Config) -> dict:
    """The config as plain values without those that any config starts with."""
    usual = plain(Config())
    needed = ("data", "hidden_sizes")
    return {k: v for k, v in plain(config).items() if k in needed or v != usual[k]}


def run_from(text: str) -> tuple[Run, tuple[int, int]]:
    """The run that `text_of` wrote at its very start, and the epoch and step where it stood.

    Raises ValueError for any other text.
    """
    try:
        if len(text) > MOST_CHARACTERS:
            raise ValueError("too long")
        values = json.loads(text)
        schedule = tuple(((epoch, step), from_plain(c)) for epoch, step, c in values["run"])
        epoch, step = values["at"]
        checks.whole("epoch", epoch, 0, MAX_EPOCHS)
        checks.whole("step", step, 0, schedule[-1][1].data.train_count)
        if len(schedule) > MAX_CHANGES or not in_order(schedule):
            raise ValueError("changes out of order")
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError) as error:
        raise ValueError(f"run must be the text of a run, got {text[:40]!r}") from error
    config = schedule[-1][1]
    if any(not config.differs_in_flight_only(earlier) for _, earlier in schedule):
        raise ValueError("run must keep its network while its settings change")
    return begin(config, schedule), (epoch, step)
