"""A history as a table, and what a link says of a run: sizes, changes on the way, its place."""

import csv
import io
from dataclasses import replace

import numpy as np

from mlp.config import IN_FLIGHT, MAX_EPOCHS, Config
from mlp.run import MAX_CHANGES, Run, batches_of, in_order


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


def place_text(run: Run) -> str:
    """Where a run stands, for a link: `12` after epoch 12, `12.5` five steps on; "" at the start.

    Of a run that diverged it is the step that broke it, so that a replay breaks there too.
    """
    lost = run.diverged
    epoch, step = (lost.epoch, lost.step + 1) if lost else run.position
    return f"{epoch}.{step}" if step else f"{epoch}" if epoch else ""


def place_from_text(config: Config, text: str) -> tuple[int, int] | None:
    """The epoch and step that `place_text` wrote, or None for "".

    Raises ValueError for a text that is none, and for a place where no run of this config comes.
    """
    if not text:
        return None
    parts, steps = text.split("."), batches_of(config).steps
    if len(parts) <= 2 and all(p.isascii() and p.isdecimal() and len(p) <= 9 for p in parts):
        epoch, step = (*map(int, parts), 0)[:2]
        if epoch <= MAX_EPOCHS and step <= steps:
            return epoch, step
    raise ValueError(
        f"at must be an epoch up to {MAX_EPOCHS:,}, or an epoch and a step up to {steps:,} like "
        f"12.5, got {text!r}"
    )


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
