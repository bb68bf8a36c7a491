"""How much of a network is saturated, and what the page says about it."""

import numpy as np
import pytest

from mlp import begin, datasets
from mlp.insight.saturation import saturated, saturation_words
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
        shares.append(saturated(network_of(run.config, run.state), X)[0].mean())
    modern, article = shares
    assert article > 0.95 and modern < 0.9


@pytest.mark.parametrize(
    ("hidden", "shares", "raw", "said"),
    [
        ("sigmoid", [np.ones(4)], True, "Raw pixels reach 255"),
        ("sigmoid", [np.ones(4)], False, "xavier"),
        ("tanh", [np.full(4, 0.1)], False, "**10 %** saturated: there tanh is so flat"),
        ("relu", [np.array([0.5, 0.5])], False, "None of them does so on every image"),
        ("relu", [np.array([0.5, 1.0])], False, "One is dead"),
        ("relu", [np.array([1.0, 1.0])], False, "**2** are dead"),
        ("leaky relu", [np.zeros(4)], False, "so no neuron is ever dead"),
        ("softplus", [np.array([0.5, 0.0])], False, "next to 0 in **25 %** of all cases"),
        ("softplus", [np.array([0.5, 0.0])], False, "None of them does so on every image"),
        ("softplus", [np.array([0.5, 1.0])], False, "One hardly learns"),
        ("softplus", [np.array([1.0, 1.0])], True, "**2** hardly learn"),
        ("identity", [np.zeros(4)], True, "never saturates"),
        ("sigmoid", [], True, "no hidden layer"),
    ],
)
def test_the_words_say_what_the_shares_mean(hidden, shares, raw, said):
    assert said in saturation_words(hidden, shares, raw)
