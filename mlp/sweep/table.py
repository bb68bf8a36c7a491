"""All finished runs of a sweep as a table: what varied, the last numbers, what became of each."""

import csv
import io

import numpy as np

from mlp.sweep.outcome import Outcome, Target
from mlp.training.epoch import known_columns


def run_table(outcome: Outcome, target: Target = Target()) -> dict[str, list]:
    """All finished runs as columns: what varies, the seed, the last numbers, and what became of it.

    A missing number is None.
    """
    sweep, runs = outcome.sweep, outcome.done
    rows = outcome.rows.reshape(-1, *outcome.rows.shape[2:])[list(runs)]
    diverged = outcome.diverged.ravel()[list(runs)]
    points = [sweep.points[run // sweep.seeds] for run in runs]
    table: dict[str, list] = {"cell": [run // sweep.seeds for run in runs]}
    table |= {name: [p[i] for p in points] for i, name in enumerate(sweep.names)}
    table["seed"] = [sweep.configs[run].seed for run in runs]
    table |= {column.head: _known(column.of(rows)[:, -1]) for column in known_columns(rows)}
    epochs = target.epochs(rows)
    table["epochs_to_target"] = [int(n) if np.isfinite(n) else None for n in epochs]
    table["diverged_after_epochs"] = [int(after) if after >= 0 else None for after in diverged]
    return table


def _known(values: np.ndarray) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]


def runs_csv(outcome: Outcome, target: Target = Target()) -> str:
    """The table of all finished runs as text with commas."""
    table, text = run_table(outcome, target), io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue()
