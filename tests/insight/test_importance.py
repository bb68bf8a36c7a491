"""What is said about a trained network, checked on networks whose behaviour is known."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlp import Config, Network, Parity, advance, begin, datasets
from mlp.datasets import one_hot
from mlp.datasets.dataset import asked, chance
from mlp.datasets.parity import to_bits
from mlp.insight.importance import accuracy_when_flipped, conclusion, mean_absolute_weights
from mlp.insight.predictions import outputs, truth_table
from mlp.network.shape import parameter_count
from mlp.training.state import network_of

pytestmark = pytest.mark.filterwarnings("error")

BITS = ["bit 3", "bit 2", "bit 1", "bit 0"]


def reads_last_bit(n_in: int = 4, scale: float = 5.0) -> Network:
    """A network without a hidden layer that says even (class 1) when the last bit is 0."""
    network = Network((n_in, 2), "sigmoid", "sigmoid", np.zeros(parameter_count((n_in, 2))))
    network.weights[0][:, -1] = scale, -scale
    network.biases[0][:] = -scale / 2, scale / 2
    return network


def numbers(n_in: int = 4):
    """Every number of this many bits, and whether it is even."""
    every = np.arange(2**n_in)
    return to_bits(every, n_in), one_hot((every % 2 == 0).astype(int), 2)


def say(weight, drops, accuracy=0.9, chance=0.5, names=None) -> str:
    return conclusion(names or BITS[-len(weight) :], weight, drops, accuracy, chance)


def test_the_mean_weight_of_an_input_is_over_all_neurons_of_the_first_layer():
    np.testing.assert_array_equal(mean_absolute_weights(reads_last_bit()), [0, 0, 0, 5])


def test_flipping_the_only_bit_that_is_read_turns_every_answer_wrong():
    accuracy, drops = accuracy_when_flipped(reads_last_bit(), *numbers())
    assert accuracy == 1
    np.testing.assert_array_equal(drops, [0, 0, 0, 1])


def test_flipping_equals_flipping_one_input_at_a_time_and_leaves_the_samples_alone():
    config = Config(data=Parity(bits=6), hidden_sizes=(5, 4))
    network = network_of(config, begin(config).state)
    X, y = numbers(6)
    before = X.copy()
    accuracy, drops = accuracy_when_flipped(network, X, y)
    for i in range(6):
        flipped = X.copy()
        flipped[:, i] = 1 - flipped[:, i]
        right = network.forward(flipped).a[-1].argmax(axis=1) == y.argmax(axis=1)
        assert accuracy - drops[i] == pytest.approx(right.mean())
    np.testing.assert_array_equal(X, before)


def test_flipping_many_samples_in_a_wide_network_stays_below_fifty_megabytes():
    sizes = (16, 1024, 2)
    parameters = np.random.RandomState(0).randn(parameter_count(sizes)).astype(np.float32)
    network = Network(sizes, "relu", "sigmoid", parameters)
    X, y = (a[:4000].astype(np.float32) for a in numbers(16))
    tracemalloc.start()
    accuracy_when_flipped(network, X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6


def test_without_samples_the_accuracy_and_every_fall_are_nan():
    accuracy, drops = accuracy_when_flipped(reads_last_bit(), np.empty((0, 4)), np.empty((0, 2)))
    assert np.isnan(accuracy)
    assert np.isnan(drops).all()
    assert drops.shape == (4,)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e308])
def test_weights_that_are_not_finite_raise_nothing_and_are_never_called_right(bad):
    network = reads_last_bit()
    network.parameters[:] = bad
    X, y = numbers()
    assert mean_absolute_weights(network).shape == (4,)
    accuracy, _ = accuracy_when_flipped(network, X, y)
    assert accuracy <= 0.5
    assert set(truth_table(network, X, y, ("odd", "even"))["predicted"]) <= {"odd", "no answer"}


def test_chance_is_the_share_of_the_commonest_class():
    assert chance(one_hot(np.array([0, 1, 1, 1]), 2)) == 0.75
    assert np.isnan(chance(np.empty((0, 2))))


def test_the_test_samples_are_asked_and_the_training_samples_where_there_are_no_others():
    some, none = Parity(bits=4), Parity(bits=4, train_share=1.0)
    X, y, name = asked(datasets.load(some, "float64"))
    assert (len(X), len(y), name) == (5, 5, "test")
    X, y, name = asked(datasets.load(none, "float64"))
    assert (len(X), len(y), name) == (16, 16, "training")


def test_outputs_in_parts_equal_one_forward_pass():
    network, (X, _) = reads_last_bit(), numbers()
    np.testing.assert_array_equal(outputs(network, X), network.forward(X).a[-1])
    assert outputs(network, X[:0]).shape == (0, 2)


def test_the_truth_table_has_a_row_a_sample_and_puts_the_mistakes_first():
    X, y = numbers()
    y = y.copy()
    y[6] = y[6, ::-1]  # a target that the network gets wrong
    table = truth_table(reads_last_bit(), X, y, ("odd", "even"))
    assert list(table) == [
        "number", "bits", "truth", "predicted", "output: odd", "output: even", "right",
    ]  # fmt: skip
    first = {name: column[0] for name, column in table.items()}
    assert (first["number"], first["bits"]) == (6, "0110")
    assert (first["truth"], first["predicted"], first["right"]) == ("odd", "even", False)
    assert first["output: even"] == pytest.approx(1 / (1 + np.exp(-2.5)))
    assert table["number"][1:].tolist() == [n for n in range(16) if n != 6]
    assert table["right"][1:].all()


def test_the_truth_table_of_no_samples_is_empty_columns():
    table = truth_table(reads_last_bit(), np.empty((0, 4)), np.empty((0, 2)), ("odd", "even"))
    assert {len(column) for column in table.values()} == {0}


def test_the_article_s_run_ends_with_bit_0_as_its_conclusion():
    run = advance(begin(Config()), epochs=10)
    network, data = network_of(run.config, run.state), datasets.load(run.config.data, "float64")
    X, y, _ = asked(data)
    accuracy, drops = accuracy_when_flipped(network, X, y)
    text = conclusion(data.inputs, mean_absolute_weights(network), drops, accuracy, chance(y))
    assert text.startswith("Bit 0 carries ")
    assert text.endswith(" times the weight of the next, and flipping it costs 100 points of "
                         "accuracy.")  # fmt: skip


@pytest.mark.parametrize(
    ("weight", "drops", "text"),
    [
        ([1, 2.6], [0, 1], "Bit 0 carries 2.6 times the weight of the next, and flipping it "
                           "costs 100 points of accuracy."),
        ([0, 2.6], [0, 0.01], "Only bit 0 carries any weight, and flipping it costs 1 point of "
                              "accuracy."),
        ([1, 25], [0, 0], "Bit 0 carries 25 times the weight of the next, and flipping it costs "
                          "no accuracy."),
        ([1e-9, 1], [0, -0.02], "Bit 0 carries more than 1,000 times the weight of the next, and "
                                "flipping it gains 2 points of accuracy."),
        ([1, 2], [0, 0.001], "Bit 0 carries 2.0 times the weight of the next, and flipping it "
                             "costs less than half a point of accuracy."),
        ([2, 2], [0.3, 0.3], "Both inputs carry about the same weight, and flipping one of them "
                             "costs 30 points of accuracy."),
        ([2, 2.2, 2.1], [0.3, 0.4, 0.1], "All 3 inputs carry about the same weight, and flipping "
                                         "one of them costs from 10 to 40 points of accuracy."),
        ([0.1, 2, 2], [0, 0.5, 0.5], "Bit 1 and bit 0 carry about the same weight, more than the "
                                     "others, and flipping one of them costs 50 points of "
                                     "accuracy."),
        ([1, 2], [0.4, 0.1], "Bit 0 carries 2.0 times the weight of the next, but flipping bit 1 "
                             "costs more accuracy: 40 points against 10 points."),
        ([3], [0.5], "Bit 0 is the only input, and flipping it costs 50 points of accuracy."),
        ([0, 0], [0, 0], "No input matters: every weight of the first layer is zero."),
        ([np.inf, 1], [0, 0], "Nothing can be read here: some weights are no longer finite "
                              "numbers."),
    ],
)  # fmt: skip
def test_the_conclusion_says_what_the_numbers_say(weight, drops, text):
    assert say(weight, drops) == text


def test_an_accuracy_no_better_than_chance_means_that_nothing_was_found():
    for accuracy in (0.52, 0.4):
        text = say([1, 2], [0, 0.1], accuracy=accuracy, chance=0.52)
        assert text.startswith(f"Nothing found yet: the accuracy, {100 * accuracy:.0f} %, is no")


def test_an_accuracy_just_above_chance_is_called_little():
    text = say([1, 2], [0, 0.1], accuracy=0.53, chance=0.5)
    assert text == (
        "Little found yet: the accuracy, 53 %, is hardly better than the 50 % of always saying "
        "the commonest class."
    )


@given(
    st.integers(1, 16).flatmap(
        lambda n: st.tuples(
            arrays(float, n, elements=st.floats(0, None) | st.just(np.nan)),
            arrays(float, n, elements=st.floats(-1, 1) | st.just(np.nan)),
        )
    ),
    st.floats(0, 1) | st.just(np.nan),
    st.floats(0, 1) | st.just(np.nan),
)
def test_the_conclusion_is_always_one_sentence(weight_and_drops, accuracy, chance):
    weight, drops = weight_and_drops
    text = conclusion([f"bit {i}" for i in range(len(weight))], weight, drops, accuracy, chance)
    assert text[0].isupper()
    assert text.endswith(".")
    assert "nan" not in text


def test_without_samples_the_conclusion_rests_on_weights_and_says_so():
    text = say([1, 3], [np.nan] * 2, accuracy=np.nan, chance=np.nan)
    assert (
        text
        == "Bit 0 carries 3.0 times the weight of the next; there are no samples to test it on."
    )
