"""The losses: the number each one shows, and that its gradient is of exactly that number."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import initialise
from mlp.network.losses import LOSSES
from mlp.network.network import Network

pytestmark = pytest.mark.filterwarnings("error")

# The textbook definition of each, for one sample, in plain Python.
PLAIN = {
    "squared error": lambda y, a: sum((t - v) ** 2 for t, v in zip(y, a, strict=True)),
    "half squared error": lambda y, a: sum((v - t) ** 2 for t, v in zip(y, a, strict=True)) / 2,
    "mean squared error": lambda y, a: (
        sum((t - v) ** 2 for t, v in zip(y, a, strict=True)) / len(y)
    ),
    "cross-entropy": lambda y, a: -sum(t * math.log(v) for t, v in zip(y, a, strict=True)),
    "binary cross-entropy": lambda y, a: (
        -sum(t * math.log(v) + (1 - t) * math.log(1 - v) for t, v in zip(y, a, strict=True))
    ),
}
SQUARED = [name for name, loss in LOSSES.items() if loss.output is None]


def example(name, outputs=3):
    """Targets, outputs and z of four samples: y of the first two sum to 1, the others do not."""
    generator = np.random.RandomState(outputs)
    z, y = generator.randn(4, outputs), generator.rand(4, outputs)
    y[:2] /= y[:2].sum(axis=1, keepdims=True)
    return y, ACTIVATIONS[LOSSES[name].output or "identity"].function(z), z


def test_there_is_a_definition_here_for_every_loss():
    assert set(PLAIN) == set(LOSSES)


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_its_textbook_definition(name, outputs):
    y, a, z = example(name, outputs)
    expected = [PLAIN[name](*sample) for sample in zip(y.tolist(), a.tolist(), strict=True)]
    np.testing.assert_allclose(LOSSES[name].value(y, a, z), expected, rtol=1e-13)


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_a_gradient_is_of_exactly_the_number_shown(name, outputs):
    loss, (y, a, z) = LOSSES[name], example(name, outputs)
    f = ACTIVATIONS[loss.output or "identity"].function
    numerical = np.empty_like(z)
    for k in range(outputs):
        h = 1e-5 * np.eye(outputs)[k]
        above, below = loss.value(y, f(z + h), z + h), loss.value(y, f(z - h), z - h)
        numerical[:, k] = (above - below) / 2e-5
    np.testing.assert_allclose(loss.gradient(y, a), numerical, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_a_network_follows_the_gradient_of_the_error_that_it_shows(name, outputs):
    loss = LOSSES[name]
    sizes, generator = (4, 5, outputs), np.random.RandomState(7)
    network = Network(sizes, "tanh", loss.output or "tanh", initialise(sizes, "normal", generator))
    X, (y, _, _) = generator.randn(4, 4), example(name, outputs)
    gradient = network.backward(network.forward(X), y, loss).flat.copy()
    kept, direction = network.parameters.copy(), generator.randn(network.parameters.size)

    def error_at(distance):
        network.parameters[:] = kept + distance * direction
        return float(network.error(X, y, loss))

    slope = (error_at(1e-5) - error_at(-1e-5)) / 2e-5
    assert gradient @ direction == pytest.approx(slope, rel=1e-7, abs=1e-9)


def exact_cross_entropy(y, z):
    """L = -sum_k y_k log a_k in 50 digits, and its derivatives by z."""
    with mpmath.workdps(50):
        y, powers = list(map(mpmath.mpf, y)), [mpmath.exp(v) for v in z]
        a = [power / mpmath.fsum(powers) for power in powers]
        loss = -mpmath.fsum(t * mpmath.log(v) for t, v in zip(y, a, strict=True))
        # by the chain rule: dL/da_p = -y_p / a_p, and da_p/dz_i = a_p (1 - a_i) or -a_p a_i
        slopes = [
            mpmath.fsum(-y[p] * (1 - a[i] if p == i else -a[i]) for p in range(len(y)))
            for i in range(len(y))
        ]
        return float(loss), [float(slope) for slope in slopes]


targets = st.sampled_from([0.0, 1.0]) | st.floats(-3, 5).map(lambda v: round(v, 2))


@given(st.lists(st.tuples(targets, st.floats(-50, 50)), min_size=1, max_size=6))
def test_cross_entropy_and_its_gradient_are_right_for_any_targets(pairs):
    y, z = (np.array([row]) for row in zip(*pairs, strict=True))
    loss, a = LOSSES["cross-entropy"], ACTIVATIONS["softmax"].function(z)
    value, slopes = exact_cross_entropy(y[0], z[0])
    size = abs(y).sum() * (1 + abs(z).max())
    assert loss.value(y, a, z)[0] == pytest.approx(value, rel=1e-13, abs=1e-14 * size)
    for gradient in (loss.gradient, loss.on(y).gradient):
        np.testing.assert_allclose(gradient(y, a)[0], slopes, rtol=1e-13, atol=1e-14 * size)
    np.testing.assert_allclose(
        jacobian_of_softmax(z[0]) @ loss.by_output(y, a)[0], slopes, rtol=1e-12, atol=1e-13 * size
    )


def jacobian_of_softmax(z):
    """da/dz, written out entry by entry."""
    a = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    return np.array([[a[p] * ((p == i) - a[i]) for p in range(len(a))] for i in range(len(a))])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", LOSSES)
def test_one_hot_targets_have_the_same_gradient_bit_for_bit_in_its_short_form(name, dtype):
    generator = np.random.RandomState(3)
    y = np.eye(4, dtype=dtype)[generator.randint(0, 4, (5, 6))]  # (batches, samples, outputs)
    a = generator.rand(*y.shape).astype(dtype)
    loss, short = LOSSES[name], LOSSES[name].on(y)
    assert loss.gradient(y, a).tobytes() == short.gradient(y, a).tobytes()
    y[2, 3, 0] += 1  # one sample among others
    np.testing.assert_array_equal(loss.on(y).gradient(y, a), loss.gradient(y, a))


@pytest.mark.parametrize(("name", "n"), [("cross-entropy", 3), ("binary cross-entropy", 1)])
def test_an_output_at_its_end_has_a_slope_where_its_target_asks_for_none(name, n):
    sure, y = np.eye(n)[:1], np.eye(n)[:1]
    assert LOSSES[name].by_output(y, sure).tolist() == [[-1.0] + [0.0] * (n - 1)]
    assert np.isinf(LOSSES[name].by_output(1 - y, sure)).any()


def test_the_three_squared_errors_differ_by_their_named_factors_only():
    y, a, z = example("squared error")
    whole, half, mean = (LOSSES[name] for name in SQUARED)
    np.testing.assert_allclose(half.value(y, a, z) * 2, whole.value(y, a, z))
    np.testing.assert_allclose(mean.value(y, a, z) * 3, whole.value(y, a, z))
    np.testing.assert_allclose(half.gradient(y, a) * 2, whole.gradient(y, a))
    np.testing.assert_allclose(mean.gradient(y, a) * 3, whole.gradient(y, a))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_both_cross_entropies_are_exact_at_a_thousand(dtype):
    z = np.array([[1000.0, -1000.0]], dtype)
    right, wrong, even = (np.array([y], dtype) for y in ([1, 0], [0, 1], [0.5, 0.5]))
    for name, worst in (("cross-entropy", 2000.0), ("binary cross-entropy", 2000.0)):
        loss = LOSSES[name]
        a = ACTIVATIONS[loss.output].function(z)
        values = [float(loss.value(y, a, z)[0]) for y in (right, wrong, even)]
        assert values == [0.0, worst, worst / 2]
        assert loss.gradient(wrong, a).tolist() == [[1.0, -1.0]]
        assert loss.gradient(right, a).tolist() == [[0.0, 0.0]]


def test_cross_entropy_stays_exact_where_the_probabilities_have_run_out_of_digits():
    z, y = np.array([[800.0, 0.0, -800.0]]), np.array([[0.0, 1.0, 0.0]])
    assert LOSSES["cross-entropy"].value(y, ACTIVATIONS["softmax"].function(z), z) == [800.0]


def test_binary_cross_entropy_keeps_the_last_digits_of_an_almost_perfect_answer():
    z, y = np.array([[40.0]]), np.array([[1.0]])
    value = LOSSES["binary cross-entropy"].value(y, ACTIVATIONS["sigmoid"].function(z), z)
    assert value[0] == pytest.approx(math.exp(-40), rel=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_a_stack_of_batches_has_the_losses_of_each(name):
    loss, (y, a, z) = LOSSES[name], example(name)
    np.testing.assert_array_equal(
        loss.value(np.stack([y, y]), np.stack([a, a]), np.stack([z, z])),
        [loss.value(y, a, z)] * 2,
    )


@pytest.mark.parametrize("name", LOSSES)
def test_a_gradient_goes_into_the_array_given_for_it_and_the_outputs_stay(name):
    loss, (y, a, _) = LOSSES[name], example(name)
    before, out = a.copy(), np.empty_like(a)
    assert loss.gradient(y, a, out) is out
    assert (a == before).all()
