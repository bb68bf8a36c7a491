"""The size of the gradient by layer, and of the next step beside the weights."""

from dataclasses import replace

import numpy as np
import pytest

from mlp import Config, Parity, advance, begin, datasets
from mlp.descent.optimisers import OPTIMISERS
from mlp.insight.gradients import gradient_sizes, gradient_words, most_samples, update_sizes
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from mlp.network.shape import parameter_count
from mlp.training.loop import train
from mlp.training.presets import preset
from mlp.training.run import changed, next_update, state_at
from mlp.training.state import network_of

SMALL = Config(data=Parity(bits=4, train_share=0.8), hidden_sizes=(5, 4), batch_size=5)


def slopes(network: Network, X: np.ndarray, y: np.ndarray, loss) -> np.ndarray:
    """dE/dp of every parameter, by nudging each of them: nothing is passed back."""
    p, found, h = network.parameters, np.empty_like(network.parameters), 1e-6
    for k in range(len(p)):
        kept = p[k]
        p[k] = kept + h
        above = network.error(X, y, loss)
        p[k] = kept - h
        found[k] = (above - network.error(X, y, loss)) / (2 * h)
        p[k] = kept
    return found


def by_layer(values: np.ndarray, sizes: tuple[int, ...]) -> list[np.ndarray]:
    """The weights of each layer out of a flat array, cut by hand: W, then b, in turn."""
    parts, lo = [], 0
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        parts.append(values[lo : lo + n_in * n_out])
        lo += n_in * n_out + n_out
    return parts


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "softplus", "identity", "softmax"])
def test_the_size_of_a_gradient_is_that_of_the_slopes_found_by_nudging(hidden, loss):
    rng = np.random.RandomState(3)
    sizes, output = (4, 5, 3, 2), LOSSES[loss].output or "sigmoid"
    network = Network(sizes, hidden, output, rng.randn(parameter_count(sizes)))
    X, y = rng.rand(7, 4), np.eye(2)[rng.randint(2, size=7)]
    sizes_by_layer = gradient_sizes(network, network.forward(X), y, LOSSES[loss])
    parts = by_layer(slopes(network, X, y, LOSSES[loss]), sizes)
    expected = [np.sqrt(np.mean(part**2)) for part in parts]
    np.testing.assert_allclose(sizes_by_layer, expected, rtol=1e-5, atol=1e-10)


def stepped(name: str, p, g, memory, rate: float, t: int):
    """One step by the formulas of the optimisers, written out anew."""
    if name == "sgd":
        return p - rate * g
    if name == "momentum":
        return p - rate * (0.9 * memory[0] + g)
    s = 0.9 * memory[0] + 0.1 * g**2
    if name == "rmsprop":
        return p - rate * g / (np.sqrt(s) + 1e-8)
    m, s = 0.9 * memory[0] + 0.1 * g, 0.999 * memory[1] + 0.001 * g**2
    return p - rate * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("l2", [0.0, 0.01])
@pytest.mark.parametrize("steps", [0, 1, 2, 4])
def test_the_next_step_is_the_optimisers_own_with_its_memory(optimiser, l2, steps):
    config = replace(SMALL, optimiser=optimiser, learning_rate=0.05, l2=l2)
    run = advance(begin(config), steps=steps)
    data = datasets.load(config.data, config.precision)
    # The mini-batch that comes next, from NumPy's own shuffle.
    random, order = np.random.RandomState(), np.arange(len(data.y_train))
    random.set_state(run.state.generators[0])
    random.shuffle(order)
    m, size, step = len(order), config.batch_size, run.state.step
    end = m if m - (step + 1) * size < size else (step + 1) * size
    rows = order[step * size : end]
    network = network_of(config, run.state)
    X, y = data.X_train[rows], data.y_train[rows]
    g = slopes(network, X, y, LOSSES[config.loss]) * len(rows) / size
    p = run.state.parameters
    decays = np.concatenate(
        [np.r_[np.full(a * b, l2), np.zeros(b)] for a, b in zip((4, 5, 4), (5, 4, 2), strict=True)]
    )
    after = stepped(optimiser, p, g + decays * p, run.state.slots, 0.05, run.state.t + 1)
    np.testing.assert_allclose(next_update(run, run.state), after - p, rtol=1e-4, atol=1e-8)
    beside = [
        np.linalg.norm(dw) / np.linalg.norm(w)
        for dw, w in zip(by_layer(after - p, config.sizes), by_layer(p, config.sizes), strict=True)
    ]
    np.testing.assert_allclose(
        update_sizes(network, next_update(run, run.state)), beside, rtol=1e-4
    )


def test_looking_back_the_next_step_is_the_one_that_the_run_took():
    run = advance(begin(SMALL), epochs=2)
    run = advance(changed(run, replace(SMALL, learning_rate=0.01, optimiser="adam")), epochs=2)
    for epoch in range(4):
        past = state_at(run, epoch)
        config = SMALL if epoch < 2 else run.config
        if epoch == 2:  # the new optimiser begins there without a memory
            past = replace(past, slots=np.zeros((2, *past.parameters.shape)), t=0)
        after = train(config, past, steps=1).state.parameters
        np.testing.assert_array_equal(
            next_update(run, state_at(run, epoch)), after - past.parameters
        )


def test_sizes_of_numbers_whose_squares_no_computer_holds_are_right():
    network = Network((1, 1, 1), "identity", "identity", np.array([1e200, 0, 1e-200, 0]))
    np.testing.assert_allclose(update_sizes(network, np.array([1e199, 0, 1e-201, 0])), 0.1)
    np.testing.assert_array_equal(update_sizes(network, np.array([np.nan, 0, np.inf, 0])), np.inf)
    network.weights[0][:] = 0
    assert np.isnan(update_sizes(network, np.ones(4))[0])


def test_three_layers_of_sigmoids_vanish_and_are_told_so():
    """Gradients of about 5e-6, 1e-5, 6e-5 and 7e-4, and an accuracy of 10 %."""
    modern = preset("digits", "modern").config
    deep = {"hidden_sizes": (200, 200, 200), "hidden": "sigmoid", "initialisation": "xavier"}
    deep |= {"output": "sigmoid", "loss": "half squared error", "optimiser": "sgd"}
    run = advance(begin(replace(modern, **deep, learning_rate=0.1)), epochs=1)
    assert run.history.test_accuracy[-1] == pytest.approx(0.1, abs=0.02)
    data = datasets.load(modern.data, modern.precision)
    network, rows = network_of(run.config, run.state), np.arange(0, 4000, 8)
    trace = network.forward(data.gather(rows))
    sizes = gradient_sizes(network, trace, data.y_train[rows], LOSSES[run.config.loss])
    assert (sizes[:-1] < sizes[1:]).all() and sizes[0] * 100 < sizes[-1]
    np.testing.assert_allclose(np.log10(sizes), np.log10([5e-6, 1e-5, 6e-5, 7e-4]), atol=0.5)
    said = gradient_words(sizes, update_sizes(network, next_update(run, run.state)))
    assert "**Vanishing**: the gradient of hidden layer 1 is" in said


def test_the_digits_of_the_page_are_looked_at_all_and_a_wide_network_on_fewer():
    for sizes, least, most in (
        ((784, 32, 10), 4000, 9000),
        ((784, 64, 10), 4000, 5000),
        ((784, 1024, 1024, 10), 100, 120),
        ((16, 3, 2), 65_536, 10**6),
    ):
        for dtype in ("float32", "float64"):
            network = Network(sizes, "relu", "softmax", np.zeros(parameter_count(sizes), dtype))
            assert least <= most_samples(network) <= most
