"""How much of a network is saturated. What is said of it stands among the claims."""

import numpy as np
import pytest

from mlp import begin, datasets
from mlp.insight.saturation import saturated
from mlp.network.network import Network
from mlp.training.presets import presets_of
from mlp.training.state import network_of


def one_neuron_each(z: list[float], hidden: str) -> tuple[Network, np.ndarray]:
    """A network whose hidden neurons have these z for every sample of 0, as their biases."""
    n = len(z)
    net = Network((1, n, 1), hidden, "identity", np.zeros(3 * n + 1))
    net.biases[0][:] = z
    return net, np.zeros((4, 1))


@pytest.mark.parametrize(
    ("hidden", "z", "expected"),
    [
        ("sigmoid", [0, 4, 5, -5], [0, 0, 1, 1]),
        ("tanh", [0, 2, 4, -4], [0, 0, 1, 1]),
        ("relu", [1, 0.001, 0, -1], [0, 0, 1, 1]),
        ("leaky relu", [1, 0, -1, -100], [0, 0, 0, 0]),
        ("softplus", [0, 100, -4, -5], [0, 0, 0, 1]),
        ("identity", [0, 100, -100, 1], [0, 0, 0, 0]),
    ],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_neuron_is_saturated_where_its_slope_is_below_a_hundredth(hidden, z, expected, dtype):
    network, X = one_neuron_each(z, hidden)
    network = Network(network.sizes, hidden, "identity", network.parameters.astype(dtype))
    np.testing.assert_array_equal(saturated(network, network.forward(X))[0], expected)


def test_the_share_is_over_the_samples():
    net, _ = one_neuron_each([0], "sigmoid")
    net.weights[0][:] = 1
    assert saturated(net, net.forward(np.array([[0.0], [10], [-10], [1]])))[0] == 0.5


def test_raw_pixels_saturate_nearly_every_neuron_and_pixels_up_to_one_do_not():
    shares = []
    for preset in presets_of("digits"):
        X = datasets.load(preset.config.data, "float32").X_test[:200]
        run = begin(preset.config)
        network = network_of(run.config, run.state)
        shares.append(saturated(network, network.forward(X))[0].mean())
    modern, article = shares
    assert article > 0.95 and modern < 0.9


@pytest.mark.parametrize("n", [2, 3, 10, 99, 1024])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_softmax_neurons_are_not_saturated_because_they_are_many(n, dtype):
    network, X = one_neuron_each([0.0] * n, "softmax")
    network = Network(network.sizes, "softmax", "identity", network.parameters.astype(dtype))
    assert not saturated(network, network.forward(X))[0].any()
    network.biases[0][0] = 30  # now one answers next to 1, and every other next to 0
    assert saturated(network, network.forward(X))[0].all()


def test_two_softmax_neurons_are_saturated_where_a_sigmoid_of_their_difference_is():
    for z in np.linspace(-8, 8, 65):
        pair, X = one_neuron_each([z, 0.0], "softmax")
        alone, _ = one_neuron_each([z], "sigmoid")
        a, b = (saturated(net, net.forward(X))[0] for net in (pair, alone))
        np.testing.assert_array_equal(a, [b[0], b[0]])


def test_a_softmax_neuron_alone_always_answers_one_and_is_flat():
    network, X = one_neuron_each([0.5], "softmax")
    assert saturated(network, network.forward(X))[0] == 1
