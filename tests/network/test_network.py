"""The network: forward and backward against loops in plain Python, stacks, and how it starts."""

import numpy as np
import pytest

from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS, initialise
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from mlp.network.shape import layer_name, layer_shapes, parameter_count, views, weight_mask

SIZES = (4, 5, 3, 2)


def network_of(seed, sizes=SIZES, hidden="tanh", output="sigmoid"):
    return Network(sizes, hidden, output, initialise(sizes, "normal", np.random.RandomState(seed)))


def samples(seed, m=6, n_in=4, n_out=2):
    generator = np.random.RandomState(seed)
    return generator.randn(m, n_in), generator.rand(m, n_out)


def test_a_forward_pass_weighs_adds_and_squashes_neuron_by_neuron():
    network, (X, _) = network_of(1), samples(2)
    trace = network.forward(X)
    for row, x in enumerate(X.tolist()):
        a = x
        for layer, f in enumerate(["tanh", "tanh", "sigmoid"]):
            W, b = network.weights[layer].tolist(), network.biases[layer].tolist()
            z = [sum(w * v for w, v in zip(W[j], a, strict=True)) + b[j] for j in range(len(b))]
            np.testing.assert_allclose(trace.z[layer][row], z, rtol=1e-12, atol=1e-13)
            a = ACTIVATIONS[f].function(np.array([z]))[0].tolist()
            np.testing.assert_allclose(trace.a[layer + 1][row], a, rtol=1e-12, atol=1e-13)


def test_the_trace_begins_with_the_input():
    X, _ = samples(2)
    assert (network_of(1).forward(X).a[0] == X).all()


def test_a_batch_gives_each_sample_what_it_gets_alone():
    network, (X, _) = network_of(1), samples(2)
    alone = [network.forward(X[i : i + 1]).a[-1][0] for i in range(len(X))]
    np.testing.assert_allclose(network.forward(X).a[-1], alone, rtol=1e-13)


def test_weights_and_biases_are_views_of_the_parameters_w_then_b_layer_by_layer():
    network = network_of(1, (2, 3, 1))
    network.parameters[:] = np.arange(13)
    assert network.weights[0].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert network.biases[0].tolist() == [6, 7, 8]
    assert network.weights[1].tolist() == [[9, 10, 11]]
    assert network.biases[1].tolist() == [12]
    network.weights[1][0, 2] = -1
    assert network.parameters[11] == -1


def test_a_change_of_the_parameters_shows_in_the_next_forward_pass():
    network, (X, _) = network_of(1), samples(2)
    network.forward(X)
    network.parameters[:] = network_of(9).parameters
    np.testing.assert_array_equal(network.forward(X).a[-1], network_of(9).forward(X).a[-1])


def test_arrays_used_again_give_the_very_same_numbers_as_fresh_ones():
    network, loss = network_of(1), LOSSES["squared error"]
    trace, gradients = network.trace(6), network.gradients()
    for seed in (2, 3):
        X, y = samples(seed)
        again = network.backward(network.forward(X, trace), y, loss, gradients=gradients)
        fresh = network.backward(network.forward(X), y, loss)
        assert again is gradients
        np.testing.assert_array_equal(again.flat, fresh.flat)


def test_a_pass_leaves_samples_targets_and_parameters_as_they_were():
    network, (X, y) = network_of(1), samples(2)
    kept = [array.copy() for array in (X, y, network.parameters)]
    network.backward(network.forward(X), y, LOSSES["squared error"])
    for array, before in zip((X, y, network.parameters), kept, strict=True):
        np.testing.assert_array_equal(array, before)


def test_the_gradient_of_a_batch_is_the_mean_of_its_samples_gradients():
    network, (X, y), loss = network_of(1), samples(2), LOSSES["squared error"]
    alone = [
        network.backward(network.forward(X[i : i + 1]), y[i : i + 1], loss).flat for i in range(6)
    ]
    whole = network.backward(network.forward(X), y, loss).flat
    np.testing.assert_allclose(whole, np.mean(alone, axis=0), rtol=1e-12, atol=1e-15)


def test_another_divisor_scales_the_gradient_as_the_article_does_with_its_last_batch():
    network, (X, y), loss = network_of(1), samples(2, m=12), LOSSES["squared error"]
    mean = network.backward(network.forward(X), y, loss).flat
    by_eight = network.backward(network.forward(X), y, loss, divisor=8).flat
    np.testing.assert_allclose(by_eight, mean * 12 / 8, rtol=1e-12)


@pytest.mark.parametrize("own_samples", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_stack_of_networks_computes_what_each_computes_alone(loss, own_samples):
    networks = [network_of(seed, output=LOSSES[loss].output or "sigmoid") for seed in range(3)]
    output = networks[0].activations[-1].name
    stack = Network(SIZES, "tanh", output, np.stack([n.parameters for n in networks]))
    each = [samples(seed if own_samples else 0) for seed in range(3)]
    X = np.stack([x for x, _ in each]) if own_samples else each[0][0]
    y = np.stack([y for _, y in each]) if own_samples else each[0][1]
    trace = stack.forward(X)
    gradients = stack.backward(trace, y, LOSSES[loss])
    errors = stack.error(X, y, LOSSES[loss], l2=0.1)
    for i, (network, (x, t)) in enumerate(zip(networks, each, strict=True)):
        alone = network.forward(x)
        np.testing.assert_allclose(trace.a[-1][i], alone.a[-1], rtol=1e-12)
        flat = network.backward(alone, t, LOSSES[loss]).flat
        np.testing.assert_allclose(gradients.flat[i], flat, rtol=1e-11, atol=1e-14)
        assert errors[i] == pytest.approx(network.error(x, t, LOSSES[loss], l2=0.1), rel=1e-12)


def test_the_error_is_the_mean_loss_plus_half_l2_times_the_squared_weights_without_biases():
    network, (X, y) = network_of(1), samples(2)
    outputs = network.forward(X).a[-1]
    mean = sum(((outputs - y) ** 2).sum(axis=1).tolist()) / 6
    weights = sum(w**2 for W in network.weights for w in W.ravel().tolist())
    error = network.error(X, y, LOSSES["squared error"], l2=0.3)
    assert error == pytest.approx(mean + 0.3 / 2 * weights, rel=1e-13)
    network.biases[0][:] += 1  # and no penalty falls on the biases
    with_l2, without = (network.error(X, y, LOSSES["squared error"], l2) for l2 in (0.3, 0))
    assert with_l2 - without == pytest.approx(0.3 / 2 * weights)


def test_float32_parameters_are_computed_in_float32():
    parameters, (X, y) = network_of(1).parameters.astype("float32"), samples(2)
    network = Network(SIZES, "tanh", "sigmoid", parameters)
    trace = network.forward(X.astype("float32"))
    gradients = network.backward(trace, y.astype("float32"), LOSSES["squared error"])
    assert trace.a[-1].dtype == gradients.flat.dtype == "float32"
    np.testing.assert_allclose(trace.a[-1], network_of(1).forward(X).a[-1], atol=1e-5)


def test_the_articles_start_draws_w_then_b_of_each_layer_from_the_standard_normal():
    generator = np.random.RandomState(0)
    W0, b0 = generator.randn(3, 10), generator.randn(3)
    W1, b1 = generator.randn(2, 3), generator.randn(2)
    flat = initialise((10, 3, 2), "normal", np.random.RandomState(0))
    assert flat.tolist() == [*W0.ravel(), *b0, *W1.ravel(), *b1]


@pytest.mark.parametrize(
    ("scheme", "variances"),
    [("xavier", (2 / (300 + 200), 2 / (200 + 100))), ("he", (2 / 300, 2 / 200))],
)
def test_xavier_and_he_scale_the_weights_and_leave_the_biases_at_zero(scheme, variances):
    sizes = (300, 200, 100)
    weights, biases = views(initialise(sizes, scheme, np.random.RandomState(0)), sizes)
    for W, b, variance in zip(weights, biases, variances, strict=True):
        assert W.mean() == pytest.approx(0, abs=0.001)
        assert W.var() == pytest.approx(variance, rel=0.03)
        assert not b.any()


@pytest.mark.parametrize("scheme", INITIALISATIONS)
def test_the_scale_is_a_factor_on_the_first_weights_and_leaves_the_biases(scheme):
    plain, scaled = (
        views(initialise(SIZES, scheme, np.random.RandomState(1), scale), SIZES)
        for scale in (1.0, 4.0)
    )
    for (W, b), (W4, b4) in zip(zip(*plain, strict=True), zip(*scaled, strict=True), strict=True):
        np.testing.assert_array_equal(W4, 4 * W)
        np.testing.assert_array_equal(b4, b)


def test_zeros_start_at_zero_and_draw_nothing():
    generator, untouched = np.random.RandomState(4), np.random.RandomState(4)
    assert not initialise(SIZES, "zeros", generator).any()
    assert generator.randn() == untouched.randn()


@pytest.mark.parametrize("scheme", INITIALISATIONS)
def test_the_same_seed_gives_the_same_start(scheme):
    first, second = (initialise(SIZES, scheme, np.random.RandomState(8)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_parameters_are_counted_with_one_bias_a_neuron():
    assert parameter_count((10, 3, 2)) == 3 * 10 + 3 + 2 * 3 + 2
    assert parameter_count((4, 2)) == 10


def test_the_weight_mask_marks_the_weights_and_not_the_biases():
    assert weight_mask((2, 1, 2)).tolist() == [1, 1, 0, 1, 1, 0, 0]


def test_layers_have_plain_names():
    assert [layer_name(i, 1) for i in range(1)] == ["output layer"]
    assert [layer_name(i, 2) for i in range(2)] == ["hidden layer", "output layer"]
    assert [layer_name(i, 3) for i in range(3)] == [
        "hidden layer 1",
        "hidden layer 2",
        "output layer",
    ]
    assert layer_shapes((10, 3, 2)) == "10-3-2"
