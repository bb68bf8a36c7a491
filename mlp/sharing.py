"""The history of a run as a table."""

import csv
import io

import numpy as np

from mlp.run import Run


def history_csv(run: Run) -> str:
    """The history as a table: epochs finished, error, test error and test accuracy."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epochs", "error", "test_error", "test_accuracy"])
    for epochs, row in enumerate(run.history.rows, 1):
        writer.writerow([epochs, *("" if np.isnan(value) else repr(float(value)) for value in row)])
    return text.getvalue()
