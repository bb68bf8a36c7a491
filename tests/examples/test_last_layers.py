"""The end of a large network computes what the whole one does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp.derivation.derive import derive, summary
from mlp.derivation.notation import Notation
from mlp.examples.last_layers import last_layers
from mlp.network.initialisation import initialise
from mlp.network.losses import LOSSES
from mlp.network.network import Network


def network_of(sizes, output="sigmoid", seed=0):
    """A network of these sizes, and eight samples with their targets."""
    generator = np.random.RandomState(seed)
    network = Network(sizes, "tanh", output, initialise(sizes, "xavier", generator))
    return network, generator.rand(8, sizes[0]), np.eye(sizes[-1])[[0] * 8]


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=7),
    st.integers(1, 10),
    st.sampled_from(["softmax", "sigmoid"]),
)
def test_the_outputs_are_those_of_the_whole_network(hidden, n_out, output):
    network, X, y = network_of((*hidden, n_out), output)
    part = last_layers(network, "squared error", X, y, most=10, keep=4)
    right = network.forward(X[: len(part.exercise.X)]).a[-1]
    np.testing.assert_allclose(
        part.exercise.network.forward(part.exercise.X).a[-1], right, rtol=1e-12
    )
    assert max(part.exercise.sizes) <= 10 and len(part.exercise.sizes) <= 6
    assert len(part.kept) == part.exercise.sizes[0]


def test_digits_are_cut_to_the_strongest_hidden_neurons_and_all_outputs():
    network, X, y = network_of((784, 32, 10), "softmax")
    part = last_layers(network, "cross-entropy", X, y)
    assert part.exercise.sizes == (8, 10) and (part.exercise.first, part.of) == (1, 32)
    a, W = network.forward(X).a[1][0], network.weights[1]
    winner = network.forward(X).a[-1][0].argmax()
    strength = abs(W[winner] * a)
    assert set(part.kept) == set(np.argsort(-strength)[:8])
    np.testing.assert_array_equal(part.exercise.X[0], a[list(part.kept)])
    steps = derive(
        part.exercise.network, part.exercise.X, part.exercise.y, part.exercise.loss, Notation()
    )
    assert summary(steps)[0]


def test_its_gradients_are_those_of_the_whole_network_for_that_sample():
    network, X, y = network_of((30, 20, 5, 3))
    part, loss = last_layers(network, "squared error", X, y), LOSSES["squared error"]
    small = part.exercise.network
    whole = network.backward(network.forward(X[:1]), y[:1], loss)
    found = small.backward(small.forward(part.exercise.X), part.exercise.y, loss)
    np.testing.assert_allclose(found.weights[-1], whole.weights[-1], rtol=1e-12)
    np.testing.assert_allclose(found.weights[0], whole.weights[1][:, list(part.kept)], rtol=1e-12)


def test_a_network_that_fits_stays_whole_with_all_its_samples():
    network, X, y = network_of((10, 3, 2))
    part = last_layers(network, "squared error", X, y)
    assert part.whole and part.exercise.sizes == (10, 3, 2) and len(part.exercise.X) == 8
    np.testing.assert_array_equal(part.exercise.parameters, network.parameters)


def test_more_outputs_than_fit_are_refused():
    network, X, y = network_of((3, 12))
    with pytest.raises(ValueError, match="at least the 12 outputs, got 10"):
        last_layers(network, "squared error", X, y, most=10)
