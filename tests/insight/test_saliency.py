"""The gradient of an output with respect to the input, against central differences; the climb."""

import numpy as np
import pytest

from mlp.insight.saliency import ascend_input, class_means, input_gradient
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import initialise
from mlp.network.network import Network

SIZES = {"none": (6, 3), "one": (6, 5, 3), "two": (6, 5, 4, 3)}


def network(sizes, hidden="sigmoid", output="softmax", seed=0) -> Network:
    """A network with weights drawn from a seed."""
    return Network(sizes, hidden, output, initialise(sizes, "normal", np.random.RandomState(seed)))


def by_differences(net: Network, X: np.ndarray, outputs: np.ndarray, h=1e-6) -> np.ndarray:
    """The same gradient, one input at a time."""
    found, rows = np.empty_like(X), np.arange(len(X))
    for i in range(X.shape[1]):
        step = np.zeros_like(X)
        step[:, i] = h
        up, down = (net.forward(X + s).a[-1][rows, outputs] for s in (step, -step))
        found[:, i] = (up - down) / (2 * h)
    return found


@pytest.mark.parametrize("depth", SIZES)
@pytest.mark.parametrize("hidden", ACTIVATIONS)
@pytest.mark.parametrize("output", ACTIVATIONS)
def test_the_gradient_is_that_of_central_differences(depth, hidden, output):
    net, X = network(SIZES[depth], hidden, output), np.random.RandomState(1).randn(4, 6)
    outputs = np.array([0, 1, 2, 1])
    gradient = input_gradient(net, net.forward(X), outputs)
    np.testing.assert_allclose(gradient, by_differences(net, X, outputs), rtol=1e-5, atol=1e-8)


def test_the_check_sees_a_gradient_of_another_output():
    net, X = network(SIZES["one"]), np.random.RandomState(1).randn(4, 6)
    gradient = input_gradient(net, net.forward(X), np.zeros(4, int))
    assert not np.allclose(gradient, by_differences(net, X, np.ones(4, int)), rtol=1e-2)


def test_the_gradient_leaves_the_pass_and_the_network_as_they_were():
    net = network(SIZES["two"])
    trace = net.forward(np.random.RandomState(1).randn(4, 6))
    before = [a.copy() for a in trace.a], net.parameters.copy()
    input_gradient(net, trace, np.zeros(4, int))
    for a, kept in zip(trace.a, before[0], strict=True):
        np.testing.assert_array_equal(a, kept)
    np.testing.assert_array_equal(net.parameters, before[1])


@pytest.mark.parametrize("output", ["softmax", "sigmoid", "identity"])
def test_the_climb_makes_every_output_larger_within_the_range_of_a_pixel(output):
    net = network(SIZES["one"], "tanh", output)
    start = np.full(6, 0.5)
    liked = ascend_input(net, start, 20, top=1.0, rate=0.05)
    assert liked.shape == (3, 6) and liked.min() >= 0 and liked.max() <= 1
    before = net.forward(start[None]).a[-1][0]
    after = np.diag(net.forward(liked).a[-1])
    assert (after > before).all()


def test_no_step_of_the_climb_is_longer_than_its_rate():
    net = network(SIZES["one"])
    one, two = (ascend_input(net, np.full(6, 0.5), n, top=1.0, rate=0.05) for n in (1, 2))
    assert abs(two - one).max() <= 0.05 + 1e-12
    np.testing.assert_array_equal(ascend_input(net, np.zeros(6), 0, 1.0, 0.05), np.zeros((3, 6)))


def test_where_the_network_is_flat_the_climb_stays_where_it_is():
    net = Network((6, 5, 3), "relu", "softmax", np.zeros(5 * 7 + 3 * 6))
    liked = ascend_input(net, np.full(6, 0.5), 10, 1.0, 0.05)
    np.testing.assert_array_equal(liked, np.full((3, 6), 0.5))


def test_the_mean_of_a_class_is_over_its_own_samples():
    X, y = np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([[1.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(class_means(X, y), [[2, 3], [5, 6], [np.nan, np.nan]])
