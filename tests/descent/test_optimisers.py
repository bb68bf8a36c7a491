"""The optimisers: each against the lines of its textbook, on one number at a time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp.descent.optimisers import OPTIMISERS

# seed 000, section 3.1: down a^2 + b^2 from (10, 10) at a learning rate of 0.3.
PUBLISHED_A = [4.0, 1.6, 0.64, 0.26, 0.1, 0.041, 0.016]
PUBLISHED_ERROR = [200.0, 32.0, 5.12, 0.8192, 0.13107, 0.020972, 0.0033554]


def textbook(name, p, gradients, eta):
    """Where a single number stands after steps along these gradients, in plain Python."""
    v = m = s = 0.0
    for t, g in enumerate(gradients, start=1):
        if name == "sgd":
            p = p - eta * g
        elif name == "momentum":
            v = 0.9 * v + g
            p = p - eta * v
        elif name == "rmsprop":
            s = 0.9 * s + 0.1 * g**2
            p = p - eta * g / (math.sqrt(s) + 1e-8)
        elif name == "adam":
            m = 0.9 * m + 0.1 * g
            s = 0.999 * s + 0.001 * g**2
            p = p - eta * (m / (1 - 0.9**t)) / (math.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return p


def follow(name, p, gradients, eta):
    """Where an array of parameters stands after the same steps by mlp. gradients: (steps, ...)."""
    optimiser, p = OPTIMISERS[name], np.array(p, float)
    state = np.zeros((optimiser.slots, *p.shape))
    for t, g in enumerate(gradients, start=1):
        optimiser.step(p, np.array(g, float), state, eta, t)
    return p


@pytest.mark.parametrize("name", OPTIMISERS)
def test_an_optimiser_steps_as_its_textbook_says(name):
    generator = np.random.RandomState(3)
    start, gradients = generator.randn(6), generator.randn(40, 6)
    expected = [textbook(name, p, gradients[:, i], 0.05) for i, p in enumerate(start.tolist())]
    np.testing.assert_allclose(follow(name, start, gradients, 0.05), expected, rtol=1e-12)


@given(st.floats(-100, 100), st.floats(0.001, 0.999), st.integers(0, 30))
def test_sgd_down_a_parabola_shrinks_by_one_factor_a_step(x, eta, steps):
    """On x^2 the gradient is 2x, so x after n steps is x (1 - 2 eta)^n."""
    at = np.array([x])
    for t in range(steps):
        OPTIMISERS["sgd"].step(at, 2 * at, np.zeros((0, 1)), eta, t + 1)
    assert at[0] == pytest.approx(x * (1 - 2 * eta) ** steps, rel=1e-9, abs=1e-12)


def test_sgd_takes_the_steps_of_the_article_down_its_paraboloid():
    p, a, error = np.array([10.0, 10.0]), [], []
    for t in range(7):
        error.append(float(f"{p @ p:.5}"))
        OPTIMISERS["sgd"].step(p, 2 * p, np.zeros((0, 2)), 0.3, t + 1)
        a.append(float(f"{p[0]:.2}"))
    assert (a, error) == (PUBLISHED_A, PUBLISHED_ERROR)


@given(st.floats(-1e3, 1e3).filter(lambda g: abs(g) > 1e-3), st.floats(0.001, 1))
def test_adam_first_steps_by_the_learning_rate_whatever_the_gradient(g, eta):
    assert follow("adam", [0.0], [[g]], eta)[0] == pytest.approx(-math.copysign(eta, g), rel=1e-4)


@given(st.floats(-1e3, 1e3).filter(lambda g: abs(g) > 1e-3), st.floats(0.001, 1))
def test_rmsprop_first_steps_by_root_ten_learning_rates(g, eta):
    expected = -math.copysign(eta * math.sqrt(10), g)
    assert follow("rmsprop", [0.0], [[g]], eta)[0] == pytest.approx(expected, rel=1e-4)


def test_momentum_in_a_steady_slope_comes_to_step_ten_times_as_far():
    far, further = (follow("momentum", [0.0], [[1.0]] * n, 0.1)[0] for n in (200, 201))
    assert far - further == pytest.approx(0.1 / (1 - 0.9))


@pytest.mark.parametrize("name", OPTIMISERS)
def test_every_optimiser_comes_down_a_long_valley(name):
    p, state = np.array([3.0, -2.0]), np.zeros((OPTIMISERS[name].slots, 2))
    for t in range(500):
        OPTIMISERS[name].step(p, np.array([1.0, 10.0]) * p, state, 0.02, t + 1)
    assert np.abs(p).max() < 0.03


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_stack_with_a_learning_rate_each_goes_where_each_goes_alone(name):
    generator = np.random.RandomState(5)
    start, gradients, eta = generator.randn(3, 4), generator.randn(20, 3, 4), [0.001, 0.1, 2.0]
    alone = [follow(name, start[i], gradients[:, i], eta[i]) for i in range(3)]
    stacked = follow(name, start, gradients, np.array(eta)[:, None])
    np.testing.assert_allclose(stacked, alone, rtol=1e-12)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_step_with_no_gradient_stays_where_it_is(name):
    assert follow(name, [1.5, -2.0], np.zeros((3, 2)), 0.3).tolist() == [1.5, -2.0]


@pytest.mark.parametrize("name", OPTIMISERS)
def test_float32_parameters_stay_float32(name):
    optimiser, p = OPTIMISERS[name], np.ones(3, "float32")
    before, state = p, np.zeros((optimiser.slots, 3), "float32")
    optimiser.step(p, np.ones(3, "float32"), state, 0.1, 1)
    assert p is before
    assert p.dtype == state.dtype == "float32"
    assert (p < 1).all()
