"""What a sweep found, in numbers that were worked out by hand."""

import csv
import io

import numpy as np
import pytest

from mlp import Config
from mlp.sweep import MEASURES, Axis, Outcome, PieceResult, Target, band, cell_map, collect, grid
from mlp.sweep.table import run_table, runs_csv

pytestmark = pytest.mark.filterwarnings("error")

ASKED = grid(Config(), (Axis("learning_rate", (0.1, 0.3, 1.0)),), seeds=3, epochs=2)
NONE = float("nan")


def result(run, errors, accuracies, diverged=None):
    """A run with these test errors and accuracies; its training error is twice its test error."""
    rows = np.array(
        [[2 * error, error, right, NONE] for error, right in zip(errors, accuracies, strict=True)]
    )
    return PieceResult((run,), rows[None], (diverged,), 0.1)


RESULTS = (
    result(0, (0.5, 0.4), (0.6, 0.9)),
    result(1, (0.5, 0.2), (0.8, 1.0)),
    result(2, (0.3, NONE), (0.7, NONE), diverged=1),
    result(4, (NONE, NONE), (NONE, NONE), diverged=0),
)


def outcome(results=RESULTS) -> Outcome:
    return collect(ASKED, results)


def test_results_are_put_where_they_belong_in_any_order():
    found = outcome(RESULTS[::-1])
    assert found.done == (0, 1, 2, 4)
    assert found.finished.tolist() == [[True, True, True], [False, True, False], [False] * 3]
    assert found.diverged.tolist() == [[-1, -1, 1], [-1, 0, -1], [-1] * 3]
    assert found.rows[0, 1, :, 2].tolist() == [0.8, 1.0]
    assert np.isnan(found.rows[2]).all()


def test_a_cells_median_counts_a_diverged_run_as_worse_than_any_other():
    error, accuracy = (cell_map(outcome(), name) for name in ("test error", "test accuracy"))
    np.testing.assert_array_equal(error.value, [0.4, NONE, NONE])
    np.testing.assert_array_equal(accuracy.value, [0.9, NONE, NONE])
    np.testing.assert_array_equal(error.low, [0.2, NONE, NONE])
    np.testing.assert_array_equal(error.high, [0.4, NONE, NONE])


def test_a_cell_has_diverged_when_half_of_its_runs_have_and_is_known_when_one_has_ended():
    found = cell_map(outcome(), "test error")
    assert found.finished.tolist() == [3, 1, 0]
    assert found.diverged_share.tolist() == pytest.approx([1 / 3, 1, 0])
    assert found.diverged.tolist() == [False, True, False]
    half = cell_map(outcome(RESULTS[1:3]), "test error")
    assert half.diverged.tolist() == [True, False, False]
    assert np.isnan(half.value).all()


def test_epochs_to_a_target_are_counted_from_one_and_no_number_when_it_is_not_reached():
    target = Target("test accuracy", 0.9)
    found = cell_map(outcome(), "epochs to target", target)
    np.testing.assert_array_equal(found.value, [2, NONE, NONE])
    share = cell_map(outcome(), "share that reached it", target)
    np.testing.assert_allclose(share.value, [2 / 3, 0, NONE])
    assert cell_map(outcome(), "epochs to target", Target("test accuracy", 0.8)).low[0] == 1
    assert cell_map(outcome(), "epochs to target", Target("test error", 0.3)).low[0] == 2
    assert np.isnan(cell_map(outcome(), "epochs to target", Target("error", 0.1)).value).all()


def test_the_best_cell_is_the_lowest_error_or_the_highest_accuracy():
    results = [
        result(3 * cell, (1, error), (0, 1 - error)) for cell, error in enumerate((0.3, 0.1, 0.2))
    ]
    for measure in ("test error", "test accuracy", "training error"):
        assert cell_map(outcome(results), measure).best == 1
    assert cell_map(outcome(()), "test error").best is None


@pytest.mark.parametrize("measure", MEASURES)
def test_nothing_is_known_of_a_sweep_that_has_not_begun(measure):
    found = cell_map(outcome(()), measure)
    assert np.isnan(found.value).all() and not found.diverged.any()
    assert run_table(outcome(()))["seed"] == []


def test_a_band_is_the_least_the_middle_and_the_greatest_of_each_epoch():
    found = band(outcome(), 0, "test error")
    np.testing.assert_allclose(found.low, [0.3, 0.2])
    np.testing.assert_allclose(found.median, [0.5, 0.3])
    np.testing.assert_allclose(found.high, [0.5, 0.4])
    assert np.isnan(band(outcome(), 2).median).all()


def test_the_table_has_a_row_for_each_finished_run_and_reads_back_exactly():
    rows = list(csv.DictReader(io.StringIO(runs_csv(outcome(), Target(value=0.9)))))
    assert rows[0] == {
        "cell": "0",
        "learning_rate": "0.1",
        "seed": "0",
        "error": "0.8",
        "test_error": "0.4",
        "test_accuracy": "0.9",
        "epochs_to_target": "2",
        "diverged_after_epochs": "",
    }
    assert [row["learning_rate"] for row in rows] == ["0.1", "0.1", "0.1", "0.3"]
    assert [row["diverged_after_epochs"] for row in rows] == ["", "", "1", "0"]
    assert rows[3]["error"] == ""


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            {"column": "speed"},
            "target must be one of error, test error, test accuracy, training accuracy, "
            "got 'speed'",
        ),
        ({"value": 1.5}, "target must be at most 1, got 1.5"),
        ({"value": "high"}, "target must be a finite number, got 'high'"),
    ],
)
def test_a_bad_target_gets_one_clear_message(bad, message):
    with pytest.raises(ValueError) as error:
        Target(**bad)
    assert str(error.value) == message
