"""The examples of the backpropagation page: what they promise, edits by hand, and slips."""

import numpy as np
import pytest

from mlp import Config, begin
from mlp.derivation.derive import derive
from mlp.derivation.notation import Notation
from mlp.derivation.problem import MISTAKES
from mlp.examples.edits import edited, with_edit
from mlp.examples.exercise import own
from mlp.examples.mistakes import TEXTS, training_error, without_effect
from mlp.examples.texts import EXAMPLES, slips_at


def test_the_sizes_are_those_of_the_texts():
    sizes = [example.exercise.sizes for example in EXAMPLES.values()]
    assert sizes == [(2, 3, 2), (10, 3, 2), (5, 4, 2), (3, 2, 1), (2, 3, 4, 3)]


def test_the_question_assumes_that_every_hidden_sum_is_above_zero():
    exercise = EXAMPLES["question"].exercise
    assert (exercise.network.forward(exercise.X[:1]).z[0] > 0).all()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_has_eight_samples_and_learns(name):
    example = EXAMPLES[name]
    assert len(example.exercise.X) == len(example.exercise.y) == 8
    error = training_error(example.exercise, 3, example.notation, (), 0.1, 60)
    assert error[-1] < 0.85 * error[0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_slip_is_marked_at_a_step(name):
    example = EXAMPLES[name]
    exercise, last = example.exercise, len(example.exercise.sizes) - 1
    steps = derive(
        exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss, example.notation
    )
    shown = {slip for step in steps for slip in slips_at(example, step.key, last)}
    assert shown == set(example.slips)
    assert all(slip.wrong != slip.right for slip in shown)


def test_an_edit_changes_the_one_number_and_the_example_stays():
    exercise = EXAMPLES["question"].exercise
    before = exercise.parameters.copy()
    changed = edited(exercise, "W1:2,1=9; b2:1=-3;x:1,2=4;y:2,1=0.5")
    assert changed.network.weights[0][1, 0] == 9 and changed.network.biases[1][0] == -3
    assert changed.X[0, 1] == 4 and changed.y[1, 0] == 0.5
    assert (exercise.parameters == before).all() and np.count_nonzero(changed.X != exercise.X) == 1


def test_the_last_edit_of_a_place_wins():
    edits = with_edit(with_edit(with_edit("", "W1:1,1", 2), "b1:1", 3), "W1:1,1", 5)
    assert edits == "b1:1=3;W1:1,1=5"


@pytest.mark.parametrize(
    "edits",
    ["W1", "W9:1,1=2", "W1:0,1=2", "W1:1,9=2", "W1:1=2", "b1:1,1=2", "x1:1,1=2", "W0:1,1=2",
     "x:9,1=1", "W1:1,1=nan", "W1:1,1=two", "y:1,1=1e999"],
)  # fmt: skip
def test_a_bad_edit_is_named(edits):
    with pytest.raises(ValueError, match="edits .*" + edits[:2]):
        edited(EXAMPLES["question"].exercise, edits)


@pytest.mark.parametrize(
    ("sizes", "hidden", "output", "loss", "said"),
    [
        ((3,), "tanh", "tanh", "squared error", "2 to 6"),
        ((3, 9), "tanh", "tanh", "squared error", "1 to 8"),
        ((3, 2), "tanh", "tanh", "cross-entropy", "softmax"),
        ((3, 2), "soft", "tanh", "squared error", "hidden"),
    ],
)
def test_an_own_network_that_makes_no_sense_is_refused(sizes, hidden, output, loss, said):
    with pytest.raises(ValueError, match=said):
        own(sizes, hidden, output, loss, 0)


@pytest.mark.parametrize("sizes", [(1, 1), (8,) * 6, (2, 3, 1)])
@pytest.mark.parametrize("loss", ["squared error", "cross-entropy", "binary cross-entropy"])
def test_an_own_network_of_any_size_is_derived(sizes, loss):
    output = {"cross-entropy": "softmax", "binary cross-entropy": "sigmoid"}.get(loss, "tanh")
    exercise = own(sizes, "tanh", output, loss, 1)
    steps = derive(exercise.network, exercise.X, exercise.y, exercise.loss, Notation())
    assert len(steps) == 2 + 5 * (len(sizes) - 1)
    assert all(step.check.holds for step in steps if step.check)


def test_every_mistake_has_its_words_and_its_curve():
    exercise, notation = EXAMPLES["students"].exercise, Notation("rows")
    assert tuple(TEXTS) == MISTAKES
    right = training_error(exercise, 3, notation, (), 0.2, 20)
    for mistake in MISTAKES:
        broken = training_error(exercise, 3, notation, [mistake], 0.2, 20)
        assert broken is None if mistake == "transpose" else not np.allclose(broken, right)
    assert training_error(exercise, 3, notation, ["sign"], 0.2, 20)[-1] > right[0]


def test_every_text_comes_with_its_letter_for_the_loss():
    assert [example.notation.letter for example in EXAMPLES.values()] == ["L", "E", "E", "J", "L"]


def test_mistakes_that_change_nothing_are_told_from_those_that_do():
    exercise, notation = EXAMPLES["question"].exercise, Notation()
    assert list(without_effect(exercise, 1, notation, ["sum", "sign"], 0.2)) == ["sum"]
    assert without_effect(exercise, 3, notation, ["sum", "sign"], 0.2) == {}


def test_the_weights_of_parity_are_those_that_the_articles_run_starts_with():
    start = begin(Config()).state.parameters
    np.testing.assert_array_equal(EXAMPLES["parity"].exercise.parameters, start)
