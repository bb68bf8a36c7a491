"""The training loop: against the article's own loops, batch by batch, and as stacks of networks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp import Config, Parity, datasets
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from mlp.network.shape import views
from mlp.training.batches import Batches
from mlp.training.config import BATCHINGS
from mlp.training.evaluation import evaluate
from mlp.training.loop import next_batch, train
from mlp.training.state import State, fresh_slots, network_of, stack, start
from tests.support.alike import same_bits

pytestmark = pytest.mark.filterwarnings("error")


def textbook_batches(m, size, batching):
    """The samples of every batch of an epoch, and what its sum is divided by, in plain Python."""
    order, cuts = list(range(m)), list(range(0, m, size))
    if batching == "article" and m % size and len(cuts) > 1:
        cuts.pop()  # the remainder goes to the last full batch
    batches = [order[lo:hi] for lo, hi in zip(cuts, [*cuts[1:], m], strict=True)]
    return [(batch, size if batching == "article" else len(batch)) for batch in batches]


def textbook_training(config, epochs):
    """Sigmoid networks trained by SGD one sample at a time, W x + b in columns, as in seed 000.

    Returns the parameters, flat, and the error of each epoch.
    """
    generator = np.random.RandomState(config.seed)
    shapes = list(zip(config.sizes[1:], config.sizes, strict=False))
    layers = [(generator.randn(*shape), generator.randn(shape[0])) for shape in shapes]
    data, errors = config.data.load("float64"), []
    for _ in range(epochs):
        order, error = np.arange(len(data.X_train)), 0
        generator.shuffle(order)
        batches = textbook_batches(len(order), config.batch_size, config.batching)
        for batch, divisor in batches:
            sums = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
            share = 1 / len(batches) if config.batching == "article" else len(batch) / len(order)
            for i in order[batch]:
                a, y = [data.X_train[i]], data.y_train[i]
                for W, b in layers:
                    a.append(1 / (1 + np.exp(-(W @ a[-1] + b))))
                error += np.sum((y - a[-1]) ** 2) / divisor * share
                delta = -2 * (y - a[-1]) * a[-1] * (1 - a[-1])
                for level in range(len(layers) - 1, -1, -1):
                    sums[level][0][:] += np.outer(delta, a[level])
                    sums[level][1][:] += delta
                    delta = (layers[level][0].T @ delta) * a[level] * (1 - a[level])
            for (W, b), (dW, db) in zip(layers, sums, strict=True):
                W -= config.learning_rate * (dW / divisor + config.l2 * W)
                b -= config.learning_rate * db / divisor
        errors.append(error)
    return np.concatenate([part.ravel() for layer in layers for part in layer]), errors


@pytest.mark.parametrize("batching", BATCHINGS)
def test_batches_are_cut_as_the_texts_say_for_every_size(batching):
    for m in range(1, 51):
        for size in range(1, 56):
            batches = Batches.of(m, size, batching)
            cuts = [size] * batches.full + [batches.last] * (batches.last > 0)
            expected = textbook_batches(m, size, batching)
            assert cuts == [len(batch) for batch, _ in expected]
            assert [batches.divisor(n) for n in cuts] == [divisor for _, divisor in expected]
            assert batches.steps == len(cuts)
            assert sum(cuts) == m


def test_the_article_cuts_700_into_86_batches_of_8_and_one_of_12_divided_by_8():
    batches = Batches.of(700, 8, "article")
    assert (batches.steps, batches.full, batches.last) == (87, 86, 12)
    assert batches.divisor(12) == 8


def test_the_standard_cuts_700_into_87_batches_of_8_and_one_of_4_divided_by_4():
    batches = Batches.of(700, 8, "standard")
    assert (batches.steps, batches.full, batches.last) == (88, 87, 4)
    assert batches.divisor(4) == 4


def test_the_error_of_an_epoch_weighs_standard_batches_by_size_and_the_articles_equally():
    errors = np.array([1.0, 1.0, 4.0])
    assert Batches.of(10, 4, "standard").epoch_error(errors) == pytest.approx((4 + 4 + 2 * 4) / 10)
    assert Batches.of(14, 4, "article").epoch_error(errors) == pytest.approx((1 + 1 + 4) / 3)


@given(
    st.integers(1, 16),
    st.integers(1, 20),
    st.sampled_from(BATCHINGS),
    st.sampled_from([(), (3,), (4, 3)]),
    st.sampled_from([0.0, 0.01]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=40)
def test_training_steps_as_the_articles_loops_do(m, size, batching, hidden_sizes, l2, seed):
    config = Config(
        data=Parity(bits=4, train_share=m / 16),
        hidden_sizes=hidden_sizes,
        batch_size=size,
        batching=batching,
        l2=l2,
        seed=seed,
    )
    progress = train(config, start(config), epochs=2)
    parameters, errors = textbook_training(config, 2)
    np.testing.assert_allclose(progress.state.parameters, parameters, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(progress.rows[:, 0], errors, rtol=1e-10)


def test_the_articles_first_epoch_is_that_of_its_own_loops():
    progress = train(Config(), start(Config()), epochs=1)
    parameters, errors = textbook_training(Config(), 1)
    np.testing.assert_allclose(progress.state.parameters, parameters, rtol=1e-11)
    assert f"{errors[0]:.5}" == f"{progress.rows[0, 0]:.5}" == "0.48236"


@pytest.mark.parametrize(
    ("batching", "m", "size"),
    [("article", m, size) for m, size in ((13, 4), (16, 5), (7, 7), (3, 8), (16, 1))]
    + [("standard", m, size) for m, size in ((12, 4), (16, 16), (7, 7), (16, 1))],
)
def test_every_sample_is_used_exactly_once_an_epoch(batching, m, size):
    """With no hidden layer, from zero, each sample moves the biases by its own target.

    The learning rate is so low that nothing else changes on the way, and all batches are divided
    by the same number, so an epoch's step tells how often each class was seen.
    """
    config = Config(
        data=Parity(bits=4, train_share=m / 16),
        hidden_sizes=(),
        output="identity",
        loss="half squared error",
        initialisation="zeros",
        learning_rate=1e-9,
        batch_size=size,
        batching=batching,
    )
    biases = train(config, start(config), epochs=1).state.parameters[-2:]
    targets = config.data.load("float64").y_train.sum(axis=0)
    np.testing.assert_allclose(biases / 1e-9 * size, targets, rtol=1e-6)


@st.composite
def stacks(draw):
    """Configs of one shape that differ in learning rate, L2 and seed."""
    loss = draw(st.sampled_from(list(LOSSES)))
    shape = Config(
        data=Parity(bits=4, train_share=draw(st.sampled_from([0.5, 0.7, 1.0]))),
        hidden_sizes=draw(st.sampled_from([(), (3,), (4, 3), (9,)])),
        hidden=draw(st.sampled_from(["sigmoid", "tanh", "relu", "softmax"])),
        output=LOSSES[loss].output or "sigmoid",
        loss=loss,
        optimiser=draw(st.sampled_from(list(OPTIMISERS))),
        batching=draw(st.sampled_from(BATCHINGS)),
        batch_size=draw(st.integers(1, 17)),
        precision=draw(st.sampled_from(["float64", "float32"])),
    )
    runs = draw(st.integers(1, 4))
    return [
        replace(
            shape,
            learning_rate=draw(st.floats(1e-4, 0.1)),
            l2=draw(st.sampled_from([0.0, 1e-3, 0.1])),
            seed=draw(st.integers(0, 2**32 - 1)),
        )
        for _ in range(runs)
    ]


@given(stacks())
@settings(max_examples=80)
def test_a_stack_trains_to_the_same_parameters_as_each_network_alone(configs):
    together = train(configs, stack([start(config) for config in configs]), epochs=3)
    for i, config in enumerate(configs):
        alone = train(config, start(config), epochs=3)
        assert same_bits(together.state.parameters[i], alone.state.parameters)
        assert same_bits(together.rows[..., i], alone.rows)
        assert same_bits(together.state.generators[i], alone.state.generators[0])


def unstack(state):
    """The states of a stack, one by one."""
    return [
        State(
            state.parameters[i].copy(),
            state.slots[:, i].copy(),
            (state.generators[i],),
            state.epoch,
            state.step,
            state.t,
            state.errors[..., i].copy(),
        )
        for i in range(len(state.generators))
    ]


def test_a_stack_taken_apart_mid_epoch_goes_on_as_single_runs():
    config = Config(data=Parity(bits=4), optimiser="adam", batch_size=3)
    configs = [replace(config, seed=seed) for seed in range(3)]
    states = [start(config) for config in configs]
    assert same_bits(unstack(stack(states)), states)
    half = train(configs, stack(states), steps=1).state
    whole = train(configs, stack(states), epochs=2).state
    for i, (config, state) in enumerate(zip(configs, unstack(half), strict=True)):
        alone = train(config, state, epochs=2).state
        assert same_bits(alone.parameters, whole.parameters[i])


def test_a_network_that_overflows_leaves_the_others_of_its_stack_alone():
    tame = Config(data=Parity(bits=4), hidden="relu", output="identity", learning_rate=0.01)
    configs = [tame, replace(tame, learning_rate=1e6, seed=1), replace(tame, seed=2)]
    progress = train(configs, stack([start(config) for config in configs]), epochs=30)
    assert progress.diverged is None
    lost = train(configs[1], start(configs[1]), epochs=30)
    assert np.isnan(progress.rows[lost.diverged.epoch :, :, 1]).all()
    assert same_bits(progress.rows[: lost.diverged.epoch, :, 1], lost.rows)
    for i in (0, 2):
        alone = train(configs[i], start(configs[i]), epochs=30)
        assert same_bits(progress.state.parameters[i], alone.state.parameters)
        assert same_bits(progress.rows[..., i], alone.rows)


@given(st.integers(1, 7), st.sampled_from(list(OPTIMISERS)))
def test_training_leaves_the_state_that_it_was_given_as_it_was(steps, optimiser):
    config = Config(data=Parity(bits=4), batch_size=3, optimiser=optimiser)
    state = train(config, start(config), steps=1).state
    before = train(config, start(config), steps=1).state
    train(config, state, steps=steps)
    assert same_bits(state, before)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_float32_runs_stay_in_float32_and_near_the_float64_run(optimiser):
    config = Config(
        data=Parity(bits=4), optimiser=optimiser, learning_rate=0.01, l2=0.01, precision="float32"
    )
    progress = train(config, start(config), epochs=5)
    assert progress.state.parameters.dtype == progress.state.slots.dtype == "float32"
    precise = replace(config, precision="float64")
    expected = train(precise, start(precise), epochs=5)
    np.testing.assert_allclose(progress.state.parameters, expected.state.parameters, atol=1e-4)
    np.testing.assert_allclose(progress.rows, expected.rows, atol=1e-4)


def test_a_start_has_the_seeds_parameters_empty_memory_and_no_steps():
    config = Config(optimiser="adam", seed=5)
    state, generator = start(config), np.random.RandomState(5)
    drawn = [generator.randn(n) for n in (30, 3, 6, 2)]
    np.testing.assert_array_equal(state.parameters, np.concatenate(drawn))
    assert (state.slots.shape, state.slots.any()) == ((2, 41), False)
    assert (state.epoch, state.step, state.t, state.errors.shape) == (0, 0, 0, (0,))
    assert same_bits(state.generators[0], generator.get_state(legacy=False))
    assert same_bits(fresh_slots(config, state.parameters), state.slots)


def test_the_error_of_an_epoch_is_measured_before_each_step_and_the_tests_after_it():
    config = Config(data=Parity(bits=4), batch_size=11)  # one batch an epoch
    data = datasets.load(config.data, "float64")
    before, after = start(config), train(config, start(config), epochs=1)
    loss = LOSSES["squared error"]
    error = network_of(config, before).error(data.X_train, data.y_train, loss)
    assert after.rows[0, 0] == pytest.approx(error, rel=1e-13)
    test_error = network_of(config, after.state).error(data.X_test, data.y_test, loss)
    assert after.rows[0, 1] == pytest.approx(test_error, rel=1e-13)


def test_an_answer_is_right_when_its_largest_output_is_the_targets():
    parameters = np.zeros(6)
    network = Network((2, 2), "sigmoid", "identity", parameters)
    weights, _ = views(parameters, (2, 2))
    weights[0][:] = np.eye(2)  # the outputs are the inputs
    X = np.array([[0.9, 0.1], [0.2, 0.7], [0.6, 0.5], [-3.0, -2.0]])
    y = np.array([[1, 0], [0, 1], [0, 1], [0, 1]])
    error, accuracy = evaluate(network, X, y, LOSSES["squared error"])
    assert accuracy == 3 / 4
    assert error == pytest.approx(np.mean([0.02, 0.13, 0.61, 18.0]))


def test_a_large_test_set_is_evaluated_whole_though_in_parts():
    config = Config(data=Parity(bits=14, train_share=0.3))
    data, network = datasets.load(config.data, "float64"), network_of(config, start(config))
    outputs = network.forward(data.X_test).a[-1]
    error, accuracy = evaluate(network, data.X_test, data.y_test, LOSSES["squared error"])
    assert error == pytest.approx(((outputs - data.y_test) ** 2).sum(axis=1).mean(), rel=1e-12)
    assert accuracy == np.mean(outputs.argmax(axis=1) == data.y_test.argmax(axis=1))


def test_without_test_samples_their_error_and_accuracy_are_nan_and_nothing_warns():
    config = Config(data=Parity(bits=3, train_share=1.0))
    row = train(config, start(config), epochs=1).rows[0]
    assert np.isfinite(row[0])
    assert np.isnan(row[1:3]).all()


def test_snapshots_are_kept_at_the_epochs_that_the_stride_divides():
    config = Config(data=Parity(bits=3))
    progress = train(config, start(config), epochs=7, stride=3)
    assert [state.epoch for state in progress.snapshots] == [3, 6]
    assert same_bits(progress.snapshots[1], train(config, start(config), epochs=6).state)
    assert same_bits(progress.previous, progress.snapshots[1])
    assert train(config, start(config), epochs=7).snapshots == ()


@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_zero_weights_keep_every_neuron_of_a_layer_the_same(hidden):
    config = Config(data=Parity(bits=4), hidden=hidden, hidden_sizes=(3,), initialisation="zeros")
    state = train(config, start(config), epochs=5).state
    weights, _ = views(state.parameters, config.sizes)
    np.testing.assert_allclose(weights[0], np.tile(weights[0][:1], (3, 1)), atol=1e-15)


@pytest.mark.parametrize("batching", BATCHINGS)
def test_the_next_batch_is_the_one_that_the_next_step_trains_on(batching):
    config = Config(data=Parity(bits=5), batch_size=6, batching=batching, learning_rate=0.5)
    state, loss = start(config), LOSSES[config.loss]
    for _ in range(8):
        X, y = next_batch(config, state)
        network = network_of(config, state)
        divisor = Batches.of(config.data.train_count, 6, batching).divisor(len(X))
        gradient = network.backward(network.forward(X), y, loss, divisor).flat
        later = train(config, state, steps=1).state
        expected = state.parameters - 0.5 * gradient
        np.testing.assert_allclose(later.parameters, expected, rtol=1e-12)
        state = later
