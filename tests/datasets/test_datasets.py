"""The parity data: every rule against plain Python on every number, and the article's split."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp import datasets
from mlp.datasets import DATASETS, Parity, one_hot
from mlp.datasets.parity import RULES, to_bits

# What each rule asks, in plain Python, of a number written with this many binary digits.
PLAIN = {
    "even": lambda number, digits: number % 2 == 0,
    "ones": lambda number, digits: digits.count("1") % 2 == 0,
    "three": lambda number, digits: number % 3 == 0,
    "majority": lambda number, digits: digits.count("1") > digits.count("0"),
}


def everything(parity, precision="float64"):
    """Inputs and targets of all numbers, training first."""
    data = parity.load(precision)
    return np.concatenate([data.X_train, data.X_test]), np.concatenate([data.y_train, data.y_test])


@pytest.mark.parametrize("bits", [2, 3, 10, 16])
@pytest.mark.parametrize("rule", RULES)
def test_every_number_is_written_and_answered_as_plain_python_does(rule, bits):
    X, y = everything(Parity(bits=bits, rule=rule))
    digits = [f"{number:0{bits}b}" for number in range(2**bits)]
    assert X.astype(int).tolist() == [[int(d) for d in row] for row in digits]
    answers = [PLAIN[rule](number, row) for number, row in enumerate(digits)]
    assert y.tolist() == [[0, 1] if yes else [1, 0] for yes in answers]


def test_there_is_a_plain_answer_here_for_every_rule():
    assert set(PLAIN) == set(RULES)


def test_the_most_significant_bit_comes_first_and_bit_0_is_the_last_column():
    assert to_bits(np.array([6]), 4).tolist() == [[0, 1, 1, 0]]
    data = Parity(bits=4).load("float64")
    assert data.inputs == ("bit 3", "bit 2", "bit 1", "bit 0")
    assert data.X_train[1].tolist() == [0, 0, 0, 1]


def test_class_1_of_the_article_is_even():
    data = Parity().load("float64")
    assert data.classes == ("odd", "even")
    assert data.y_train[:3].tolist() == [[0, 1], [1, 0], [0, 1]]


def test_the_article_trains_on_the_first_700_numbers_and_tests_on_the_other_324():
    data = Parity().load("float64")
    assert data.X_train.shape == (700, 10)
    assert data.X_test.shape == (324, 10)
    assert data.y_train.shape == (700, 2)
    assert data.y_test.shape == (324, 2)
    powers = 2 ** np.arange(9, -1, -1)
    assert (data.X_train @ powers).tolist() == list(range(700))
    assert (data.X_test @ powers).tolist() == list(range(700, 1024))


@given(st.integers(2, 8), st.floats(0.2, 1))
def test_every_number_is_used_once_for_training_or_for_testing(bits, share):
    parity = Parity(bits=bits, train_share=share)
    data = parity.load("float64")
    assert len(data.X_train) == len(data.y_train) == parity.train_count == round(share * 2**bits)
    powers = 2 ** np.arange(bits - 1, -1, -1)
    assert (everything(parity)[0] @ powers).tolist() == list(range(2**bits))


def test_a_share_of_one_leaves_nothing_to_test_on():
    data = Parity(bits=3, train_share=1.0).load("float64")
    assert data.X_train.shape == (8, 3)
    assert data.X_test.shape == (0, 3)


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_inputs_and_targets_come_in_the_precision_asked_for(precision):
    data = Parity(bits=4).load(precision)
    arrays = (data.X_train, data.y_train, data.X_test, data.y_test)
    assert {array.dtype.name for array in arrays} == {precision}


def test_a_network_for_it_has_an_input_a_bit_and_an_output_a_class():
    assert (Parity(bits=7).n_in, Parity(bits=7).n_out) == (7, 2)


def test_data_once_made_is_kept_for_the_next_caller():
    first = datasets.load(Parity(bits=5), "float64")
    assert datasets.load(Parity(bits=5), "float64") is first
    assert datasets.load(Parity(bits=5), "float32") is not first


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"bits": 1}, "bits must be a whole number from 2 to 16, got 1"),
        ({"bits": 17}, "bits must be a whole number from 2 to 16, got 17"),
        ({"bits": 10.0}, "bits must be a whole number from 2 to 16, got 10.0"),
        ({"bits": True}, "bits must be a whole number from 2 to 16, got True"),
        ({"bits": "10"}, "bits must be a whole number from 2 to 16, got '10'"),
        ({"bits": None}, "bits must be a whole number from 2 to 16, got None"),
        ({"rule": "odd"}, "rule must be one of even, ones, three, majority, got 'odd'"),
        ({"rule": None}, "rule must be one of even, ones, three, majority, got None"),
        ({"rule": ["even"]}, "rule must be one of even, ones, three, majority, got ['even']"),
        ({"train_share": 0}, "train_share must be above 0, got 0"),
        ({"train_share": -0.5}, "train_share must be above 0, got -0.5"),
        ({"train_share": 1.01}, "train_share must be at most 1, got 1.01"),
        ({"train_share": float("nan")}, "train_share must be a finite number, got nan"),
        ({"train_share": "0.5"}, "train_share must be a finite number, got '0.5'"),
        (
            {"bits": 2, "train_share": 0.1},
            "train_share must leave at least 1 number to train on, got 0.1",
        ),
    ],
)
def test_a_bad_setting_is_named_with_its_rule_and_its_value(bad, message):
    with pytest.raises(ValueError) as error:
        Parity(**bad)
    assert str(error.value) == message


def test_one_hot_puts_a_single_one_into_each_row():
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize("kind", DATASETS.values(), ids=DATASETS)
def test_a_form_has_every_setting_of_its_data_set(kind):
    assert [field.name for field in kind.form] == [f.name for f in fields(kind)]


@pytest.mark.parametrize("kind", DATASETS.values(), ids=DATASETS)
def test_the_sizes_that_a_data_set_tells_are_those_of_its_data(kind):
    settings = kind()
    data = settings.load("float32")
    assert data.X_train.shape == (settings.train_count, settings.n_in)
    assert data.y_train.shape == (settings.train_count, settings.n_out)
    assert (len(data.inputs), len(data.classes)) == (settings.n_in, settings.n_out)
