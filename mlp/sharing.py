"""A history as a table, and what a link says of a run in words: sizes, and changes on the way."""

import csv
import io
from dataclasses import replace

import numpy as np

from mlp.config import IN_FLIGHT, Config
from mlp.run import MAX_CHANGES, Run, in_order


def history_csv(run: Run) -> str:
    """The history as a table: epochs finished, error, test error and test accuracy."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epochs", "error", "test_error", "test_accuracy"])
    for epochs, row in enumerate(run.history.rows, 1):
        writer.writerow([epochs, *("" if np.isnan(value) else repr(float(value)) for value in row)])
    return text.getvalue()


def sizes_from_text(text: str) -> tuple[int, ...]:
    """Hidden layer sizes as people type them: "3", "16, 8", or nothing for no hidden layer."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    for part in parts:
        if not (part.isascii() and part.isdecimal() and len(part) <= 9):
            raise ValueError(f"hidden_sizes must be whole numbers with commas, got {text!r}")
    return tuple(int(part) for part in parts)


def changes_text(run: Run) -> str:
    """What held before each change in flight, as one line for a link; "" without changes.

    `learning_rate:0.3@12.5` says that until 5 steps after epoch 12 the learning rate was 0.3.
    """
    parts = []
    for (_, before), (position, after) in zip(run.schedule, run.schedule[1:], strict=False):
        for name in IN_FLIGHT:
            if getattr(before, name) != getattr(after, name):
                parts.append(f"{name}:{getattr(before, name)}@{position[0]}.{position[1]}")
    return ",".join(parts)


def schedule_from_text(config: Config, text: str) -> tuple:
    """The schedule of a run that ends in this config, from the line that `changes_text` wrote.

    Raises ValueError for a line that is not one.
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
