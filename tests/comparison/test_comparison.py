"""Runs side by side: what differs, what is shared, and who wins by how much."""

import re
from dataclasses import replace

import numpy as np
import pytest

from mlp import Config, Digits, Parity, advance, begin
from mlp.comparison.pairing import (
    Difference,
    differences,
    paired,
    pairing,
    pairing_words,
    run_names,
    table,
)
from mlp.comparison.timing import axes, seconds_an_epoch
from mlp.comparison.verdict import contest, leader, sign_test, verdict
from mlp.sweep import PieceResult, calibrate, plan, train_piece
from mlp.training.presets import preset
from tests.support.alike import same_bits

pytestmark = pytest.mark.filterwarnings("error")

SMALL = Config(data=Parity(bits=4), batch_size=3)
MODERN = preset("parity", "modern").config
FASTER = replace(SMALL, learning_rate=1.0)
LOST = replace(SMALL, hidden="relu", output="identity", learning_rate=1e30)


def trained(configs, seeds=10, epochs=5):
    """The results of a whole contest."""
    runs = contest(configs, seeds)
    return [train_piece(piece) for piece in plan(runs, epochs, calibrate(runs))]


def ended(errors, accuracy=False):
    """Results of runs with these last numbers; None for one that diverged."""
    rows = np.zeros((len(errors), 2, 4))
    rows[:, -1, 1:] = np.array([np.nan if e is None else e for e in errors])[:, None]
    diverged = tuple(1 if e is None else None for e in errors)
    return [PieceResult(tuple(range(len(errors))), rows, diverged, 0.1)]


def test_only_what_differs_is_told_with_the_value_of_each():
    assert differences((SMALL, SMALL)) == ()
    assert differences((SMALL, FASTER, SMALL)) == (Difference("learning_rate", (0.3, 1.0, 0.3)),)
    rows = differences((SMALL, replace(SMALL, data=Parity(bits=5), hidden_sizes=(4,))))
    assert rows == (Difference("bits", (4, 5)), Difference("hidden_sizes", ((3,), (4,))))


def test_settings_that_only_one_kind_of_data_has_are_told_as_none_for_the_other():
    assert table((SMALL, replace(FASTER, data=Digits()))) == {
        "setting": ["data", "bits", "rule", "train share", "learning rate", "images", "pixels"],
        "A": ["parity", "4", "even", "0.684", "0.3", "none", "none"],
        "B": ["digits", "none", "none", "none", "1", "embedded", "0 to 1"],
    }


@pytest.mark.parametrize(
    ("change", "weights", "order", "fair"),
    [
        ({"learning_rate": 1.0}, True, True, True),
        ({"optimiser": "adam"}, True, True, True),
        ({"optimiser": "adam", "learning_rate": 0.01}, True, True, False),
        ({"seed": 1}, False, False, False),
        ({"hidden_sizes": (4,)}, False, False, False),
        ({"scale": 2.0}, False, True, True),
        ({"initialisation": "zeros"}, False, False, False),
        ({"batch_size": 4}, True, False, False),
        ({"batching": "standard"}, True, False, False),
        ({"data": Parity(bits=4, rule="ones")}, True, False, False),
    ],
)
def test_what_is_shared_from_the_start_is_looked_up_and_not_assumed(change, weights, order, fair):
    found = pairing((SMALL, replace(SMALL, **change)))
    assert (found.weights, found.order) == (weights, order)
    assert found.differs == tuple(
        "rule" if name == "data" else name for name in sorted(change, key=list(vars(SMALL)).index)
    )
    assert found.fair == (fair and weights)


def test_paired_runs_have_the_first_ones_seed():
    a, b = paired((replace(SMALL, seed=5), FASTER))
    assert (a.seed, b.seed) == (5, 5)
    assert pairing((a, b)).fair


def test_epochs_lie_at_their_steps_and_at_measured_seconds():
    found = axes(SMALL, 3, 0.5)
    assert found.epochs.tolist() == [1, 2, 3]
    assert found.steps.tolist() == [3, 6, 9]  # 11 numbers in batches of 3, 3 and 5
    assert found.seconds.tolist() == [0.5, 1.0, 1.5]
    assert axes(SMALL, 3).seconds is None


@pytest.mark.parametrize("config", [SMALL, MODERN, LOST, replace(LOST, scale=1e6, l2=1e300)])
def test_the_seconds_of_an_epoch_are_measured_even_of_a_run_that_diverges(config):
    assert 0 < seconds_an_epoch(config) < 5


def test_a_contest_trains_the_same_seeds_of_each_and_its_runs_are_single_runs():
    runs = contest((replace(SMALL, seed=4), FASTER), 3)
    assert [run.seed for run in runs] == [4, 5, 6, 4, 5, 6]
    for result in trained((SMALL, FASTER), seeds=3):
        for run, rows in zip(result.runs, result.rows, strict=True):
            alone = advance(begin(contest((SMALL, FASTER), 3)[run]), epochs=5)
            assert same_bits(rows, alone.history.rows)


@pytest.mark.parametrize("count", [1, 7])
def test_two_to_six_runs_are_compared(count):
    with pytest.raises(ValueError, match=f"runs to compare must be .* 2 to 6, got {count}"):
        contest([SMALL] * count)


def test_the_winner_has_the_lower_median_error_and_the_seeds_are_counted():
    found = verdict(2, ended([0.4, 0.5, 0.6, 0.3, 0.7, 0.2]), "test error", seeds=3)
    assert (found.winner, found.wins, found.ties(0, 1)) == (1, ((0, 1), (2, 0)), 0)
    assert found.medians == (0.5, 0.3)
    assert found.chance(1, 0) == 1.0
    assert found.sentence(["A", "B"]) == (
        "**B** wins: it is better than A in 2 of 3 seeds, which chance alone may do. "
        "The median test error is 0.5 for A and 0.3 for B."
    )


def test_of_accuracies_the_higher_wins():
    accuracies = [0.5] * 10 + [0.9] * 9 + [0.5]
    found = verdict(2, ended(accuracies), "test accuracy")
    assert (found.winner, found.wins[1][0], found.ties(0, 1)) == (1, 9, 1)
    assert found.medians == (0.5, 0.9)
    assert "in 9 of 10 seeds (1 equal), which is more than chance" in found.sentence("AB")


def test_a_run_that_diverges_loses_to_any_other():
    found = verdict(2, trained((SMALL, LOST)))
    assert (found.winner, found.wins[0][1]) == (0, 10)
    assert re.fullmatch(
        r"\*\*tame\*\* wins: it is better than wild in all 10 seeds, which is more than chance. "
        r"The median test error is 0\.\d+ for tame. wild diverges in half of the seeds or more.",
        found.sentence(["tame", "wild"]),
    )


@pytest.mark.parametrize(
    ("errors", "sentence"),
    [
        (
            [0.5, 0.5],
            "Nobody wins: A and B are equal in 1 of 1 seed. "
            "The median test error is 0.5 for A and 0.5 for B.",
        ),
        (
            [None, None],
            "Nobody wins: A and B are equal in 1 of 1 seed. "
            "A and B diverge in half of the seeds or more.",
        ),
    ],
)
def test_equals_have_no_winner(errors, sentence):
    found = verdict(2, ended(errors), seeds=1)
    assert (found.winner, found.sentence("AB")) == (None, sentence)


def test_of_more_than_two_the_winner_is_held_against_every_other():
    """The third is the best of all in four of ten seeds."""
    found = verdict(3, ended([0.1] * 10 + [0.2] * 10 + [0.05] * 4 + [0.3] * 6))
    assert found.sentence("ABC") == (
        "**A** wins: it is better than B in all 10 seeds, which is more than chance; than C in 6 "
        "of 10 seeds, which chance alone may do. "
        "The median test error is 0.1 for A, 0.2 for B and 0.3 for C."
    )


def test_a_median_that_says_otherwise_is_named():
    """All that one seed has lost decides no more than that seed."""
    errors = [float(n) for n in range(1, 11)]
    found = verdict(2, ended([*errors, 100.0, *(each - 0.01 for each in errors[1:])]))
    assert (found.winner, found.contradicted_by) == (1, (0,))
    assert found.chance(1, 0) == pytest.approx(22 / 1024)
    assert found.sentence("AB") == (
        "**B** wins: it is better than A in 9 of 10 seeds, which is more than chance. "
        "Yet by the median A did better: the median test error is 5.5 for A and 6.49 for B."
    )


def test_a_verdict_waits_for_all_runs():
    with pytest.raises(ValueError, match="needs the test error of all 4 runs"):
        verdict(2, ended([0.1, 0.2, 0.3]), seeds=2)


def test_a_verdict_on_test_samples_needs_some():
    empty = replace(SMALL, data=Parity(bits=4, train_share=1.0))
    results = trained((empty, replace(empty, learning_rate=1.0)), seeds=2)
    with pytest.raises(ValueError, match="needs the test error"):
        verdict(2, results, seeds=2)
    assert verdict(2, results, "error", seeds=2).winner is not None


@pytest.mark.parametrize(
    ("wins", "pairs", "chance"),
    [(10, 10, 2 / 1024), (9, 10, 22 / 1024), (5, 10, 1.0), (0, 0, 1.0)],
)
def test_the_sign_test_counts_both_sides(wins, pairs, chance):
    assert sign_test(wins, pairs) == pytest.approx(chance)


def test_runs_are_named_by_what_differs_and_by_their_shape_where_nothing_does():
    one, other = Config(), Config(learning_rate=3.0, hidden_sizes=(4, 2))
    assert run_names([one]) == ["A: parity, 10-3-2"]
    assert run_names([one, other]) == [
        "A: hidden sizes 3, learning rate 0.3",
        "B: hidden sizes 4-2, learning rate 3",
    ]
    assert table([one, other])["setting"] == ["hidden sizes", "learning rate"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"learning_rate": 3.0}, "A fair pair: they start from the same weights and see the same"),
        ({}, "They have the same settings."),
        ({"seed": 5}, "neither start nor batches agree, and 1 setting differs."),
        ({"batch_size": 4}, "weights, but do not see the same samples in the same batches, and 1"),
        ({"learning_rate": 3.0, "l2": 0.1}, "batches, but 2 settings differ."),
    ],
)
def test_whether_a_pair_is_fair_is_said_in_words(changes, words):
    assert words in pairing_words([Config(), replace(Config(), **changes)])


def test_the_leader_is_the_best_after_the_last_epoch_that_all_have():
    fast = np.array([[0.5, 0.4, 0.9, np.nan], [0.1, 0.1, 1.0, np.nan]])
    slow = np.array([[0.6, 0.5, 0.7, np.nan]])
    assert leader([slow, fast], "test error").startswith("After 1 epoch, **B** is ahead")
    assert "test accuracy of 0.9, against 0.7 of A" in leader([slow, fast], "test accuracy")
    assert "same test error: 0.4" in leader([fast, fast[:1]], "test error")
    assert leader([fast[:0], slow[:0]], "test error") == "Press Train to see which is ahead."
    assert leader([fast[:0], slow], "test error") == "Only B has come through an epoch."
    assert "no test error" in leader([fast, np.full((1, 4), np.nan)], "test error")
