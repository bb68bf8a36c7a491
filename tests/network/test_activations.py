"""The activation functions: their values, their derivatives, and what very large z do to them."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp.network.activations import ACTIVATIONS, sigmoid, softmax
from mlp.network.losses import LOSSES
from mlp.network.network import Network

pytestmark = pytest.mark.filterwarnings("error")

# The textbook definition of each, for one row of numbers, in plain Python.
PLAIN = {
    "sigmoid": lambda row: [1 / (1 + math.exp(-z)) for z in row],
    "tanh": lambda row: [math.tanh(z) for z in row],
    "relu": lambda row: [z if z > 0 else 0.0 for z in row],
    "leaky relu": lambda row: [z if z > 0 else z / 100 for z in row],
    "softplus": lambda row: [math.log1p(math.exp(z)) for z in row],
    "identity": lambda row: list(row),
    "softmax": lambda row: [math.exp(z) / sum(math.exp(v) for v in row) for z in row],
}
ELEMENTWISE = [name for name, f in ACTIVATIONS.items() if f.entrywise]
Z = np.array([[-3.0, -0.5, 0.25], [0.7, 1.5, 4.0], [-9.0, 2.0, 0.1]])  # clear of relu's kink


def slope(f, z, h=1e-6):
    """The derivative of f at z by central differences, entry by entry."""
    return (f(z + h) - f(z - h)) / (2 * h)


def test_there_is_a_definition_here_for_every_activation():
    assert set(PLAIN) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_its_textbook_definition(name):
    expected = [PLAIN[name](row) for row in Z.tolist()]
    np.testing.assert_allclose(ACTIVATIONS[name].function(Z), expected, rtol=1e-14)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_derivative_is_the_slope_of_its_function(name):
    f = ACTIVATIONS[name]
    np.testing.assert_allclose(f.prime(f.function(Z)), slope(f.function, Z), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("name", "slope_at_0"), [("relu", 0.0), ("leaky relu", 0.01)])
def test_at_its_kink_an_activation_has_the_slope_from_below(name, slope_at_0):
    f = ACTIVATIONS[name]
    assert f.prime(f.function(np.array([[0.0, -0.0]]))).tolist() == [[slope_at_0] * 2]


@pytest.mark.parametrize(("dtype", "digits"), [("float64", 1e-15), ("float32", 1e-6)])
@pytest.mark.parametrize("z", [-600, -80, -40, -5, -0.1, 0, 0.1, 5, 40, 80, 600])
def test_softplus_and_its_slope_keep_every_digit_however_small_they_are(z, dtype, digits):
    if dtype == "float32" and z == -600:
        z = -85  # the smallest float32 is about exp(-87)
    softplus, x = ACTIVATIONS["softplus"], np.array([z], dtype)
    with localcontext(prec=300):
        power = Decimal(float(x[0])).exp()
        exact, slope = float((1 + power).ln()), float(power / (1 + power))
    a = softplus.function(x)
    assert (a.dtype, a[0]) == (dtype, pytest.approx(exact, rel=digits, abs=0))
    assert softplus.prime(a)[0] == pytest.approx(slope, rel=3 * digits, abs=0)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_softplus_is_zero_or_the_sum_itself_far_out_and_hands_on_what_is_not_a_number(dtype):
    z = np.array([-np.inf, -1e4, 1e4, np.inf, np.nan], dtype)
    softplus = ACTIVATIONS["softplus"]
    a = softplus.function(z)
    np.testing.assert_array_equal(a, [0, 0, 1e4, np.inf, np.nan])
    np.testing.assert_array_equal(softplus.prime(a), [0, 0, 1, 1, np.nan])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_network_warns_of_nothing_however_far_its_sums_are_from_zero(name, dtype):
    parameters = np.linspace(-1e4, 1e4, 4 * 3 + 4 + 2 * 5).astype(dtype)
    network, X = Network((3, 4, 2), name, "sigmoid", parameters), np.eye(3, dtype=dtype)
    trace = network.forward(X)
    gradient = network.backward(trace, np.ones((3, 2), dtype), LOSSES["squared error"]).flat
    assert gradient.dtype == dtype and np.isfinite(gradient).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_pulling_a_gradient_back_multiplies_it_by_the_jacobian(name):
    f, z, gradient = ACTIVATIONS[name], Z[:1], np.array([[0.3, -2.0, 0.9]])
    h = 1e-6 * np.eye(3)  # row j moves z_j
    rows = (f.function(z + h) - f.function(z - h)) / 2e-6  # row j: da / dz_j
    pulled = f.pull(gradient.copy(), f.function(z), np.empty_like(z))
    np.testing.assert_allclose(pulled, gradient @ rows.T, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_sigmoid_and_softmax_are_exact_at_a_thousand(dtype):
    z = np.array([[-1000.0, 1000.0]], dtype)
    assert sigmoid(z).tolist() == softmax(z).tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("name", ["sigmoid", "softmax", "tanh"])
def test_the_derivative_at_a_thousand_is_zero_and_not_nan(name):
    f, z = ACTIVATIONS[name], np.array([[-1000.0, 1000.0]])
    pulled = f.pull(np.ones((1, 2)), f.function(z), np.empty_like(z))
    assert pulled.tolist() == [[0.0, 0.0]]


def test_softmax_of_equal_values_is_even_however_large_they_are():
    assert softmax(np.full((2, 4), 1000.0)).tolist() == [[0.25] * 4] * 2


@given(st.floats(-800, 800))
def test_sigmoid_is_symmetric_about_one_half(z):
    both = sigmoid(np.array([z, -z]))
    assert both.sum() == pytest.approx(1, abs=1e-15)
    assert both[0] == pytest.approx(0.5 * (1 + math.tanh(z / 2)), rel=1e-9, abs=1e-15)


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=8), st.floats(-1000, 1000))
def test_softmax_gives_probabilities_that_a_common_shift_leaves_alone(row, shift):
    z = np.array([row])
    a = softmax(z)
    assert a.min() >= 0
    assert a.sum() == pytest.approx(1)
    np.testing.assert_allclose(softmax(z + shift), a, atol=1e-11)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_stack_of_batches_is_the_same_as_each_batch_alone(name):
    f = ACTIVATIONS[name].function
    stack = np.stack([Z, -Z, 2 * Z])
    np.testing.assert_array_equal(f(stack), [f(Z), f(-Z), f(2 * Z)])


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_result_goes_into_the_array_given_for_it_and_z_stays(name, dtype):
    f, z = ACTIVATIONS[name], Z.astype(dtype)
    out = np.empty_like(z)
    assert f.function(z, out=out) is out
    assert (z == Z.astype(dtype)).all()
    np.testing.assert_array_equal(out, f.function(z))
    assert f.function(z).dtype == dtype
