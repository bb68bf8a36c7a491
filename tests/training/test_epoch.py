"""The numbers of an epoch: named once, and everything else is made from their names."""

import subprocess
import sys
from pathlib import Path

import pytest

from mlp import Stop
from mlp.sweep import MEASURES
from mlp.training.epoch import COLUMNS, WATCHED

# A number that is not there yet, put in before anything is made from the table. Nothing measures
# it, so it is NaN in a trained run, and the tables have an empty cell.
WITH_ANOTHER = """
from mlp.training import epoch
new = epoch.Column("r2", "score", 4, higher_is_better=True)
epoch.COLUMNS[new.name] = new

import numpy as np
from mlp import Config, Parity, Stop, advance, begin, load, save
from mlp.comparison.verdict import leader, verdict
from mlp.sweep import Axis, PieceResult, Target, cell_map, collect, grid, run_table
from mlp.training.history import history_csv

config = Config(data=Parity(bits=4))
run = advance(begin(config), epochs=2)
print(run.history.rows.shape, history_csv(run.history).split()[:2])
print(load(save(run)).history.rows.shape)

rows = np.zeros((2, 3, 5))
rows[:, :, 4] = [[0.1, 0.5, 0.2], [0.3, 0.1, 0.4]]
sweep = grid(config, (Axis("seed", (0, 1)),), epochs=3)
results = [PieceResult((0, 1), rows, (None, None), 1.0)]
found = collect(sweep, results)
print(run_table(found)["r2"], cell_map(found, "score").best)
print(Target("r2", 0.3).epochs(rows).tolist())
print(verdict(2, results, "r2", seeds=1).winner, leader(rows, "r2"))
"""


def test_each_number_of_an_epoch_has_its_place_in_a_row_by_its_order():
    assert [column.index for column in COLUMNS.values()] == list(range(len(COLUMNS)))
    heads = ["error", "test_error", "test_accuracy", "training_accuracy"]
    assert [column.head for column in COLUMNS.values()] == heads


def test_the_names_in_addresses_and_on_the_command_line_are_those_of_the_first_version():
    assert list(COLUMNS)[:3] == ["error", "test error", "test accuracy"]
    assert list(COLUMNS)[3:] == ["training accuracy"]  # which came later
    assert list(WATCHED) == ["training error", "test error"]
    assert Stop().watch == "training error"
    assert list(MEASURES) == [
        "test error",
        "test accuracy",
        "training error",
        "training accuracy",
        "epochs to target",
        "share that reached it",
    ]


@pytest.mark.parametrize(
    ("name", "lower_is_better", "is_share"),
    [
        ("test error", True, False),
        ("test accuracy", False, True),
        ("training error", True, False),
        ("training accuracy", False, True),
        ("epochs to target", True, False),
        ("share that reached it", False, True),
    ],
)
def test_a_map_knows_of_each_number_which_is_best_and_whether_it_is_a_share(
    name, lower_is_better, is_share
):
    assert (MEASURES[name].lower_is_better, MEASURES[name].is_share) == (lower_is_better, is_share)


def test_another_number_is_one_entry_and_every_table_map_and_verdict_has_it():
    done = subprocess.run(
        [sys.executable, "-c", WITH_ANOTHER],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=120,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("(2, 5) ['epochs,error,test_error,test_accuracy,r2', '1,0.")
    assert lines[0].endswith(",']")
    assert lines[1:] == [
        "(2, 5)",
        "[0.2, 0.4] 1",
        "[2.0, 1.0]",
        "1 After 3 epochs, **B** is ahead with a score of 0.4, against 0.2 of A.",
    ]
