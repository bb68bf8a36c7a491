"""Walks down surfaces: the article's table, closed forms, gradients, and how a walk ends."""

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mlp.descent.gradient_noise import (
    batch_gradient,
    cloud,
    expected_noise,
    mean_error,
    measured_noise,
)
from mlp.descent.grid import grid
from mlp.descent.optimisers import OPTIMISERS, SETTINGS
from mlp.descent.path import CLOSE, Method, descend, race
from mlp.descent.regimes import REGIMES, factor, predicted, regime, steps_to_reach
from mlp.descent.surfaces import PARABOLA, SURFACES, stretched_bowl
from mlp.descent.tables import article_table, path_csv
from tests.support.published import WALK

EVERY_SURFACE = [PARABOLA, *SURFACES.values(), stretched_bowl(1), stretched_bowl(100)]


def each_surface(test):
    return pytest.mark.parametrize("surface", EVERY_SURFACE, ids=lambda s: s.formula)(test)


def forever(surface, start, learning_rate, steps):
    """A walk that does not stop at the bottom."""
    return descend(surface, start, Method(learning_rate=learning_rate), steps, within=-1)


# The article.


def test_the_default_walk_prints_the_published_table():
    surface = SURFACES["paraboloid"]
    path = descend(surface, surface.start, Method(learning_rate=surface.learning_rate), 7)
    assert article_table(path) == WALK


def test_seven_errors_divided_by_six_are_what_the_article_returns():
    path = descend(SURFACES["paraboloid"], (10, 10), Method(learning_rate=0.3), 7)
    assert path.error[:7].sum() / 6 == pytest.approx(200 * (1 - 0.16**7) / 0.84 / 6)


# Closed forms.


@given(st.floats(-10, 10), st.floats(0.001, 1.5), st.integers(0, 60))
def test_on_the_parabola_every_step_multiplies_by_one_minus_two_eta(x, eta, steps):
    path = forever(PARABOLA, [x], eta, steps)
    exact = predicted([x], [factor(eta)], steps)
    np.testing.assert_allclose(path.points, exact, rtol=1e-12, atol=1e-300)


@given(st.floats(1, 100), st.floats(0.0001, 0.0199), st.floats(-10, 10), st.floats(-10, 10))
def test_on_the_stretched_bowl_each_axis_has_its_own_factor(kappa, eta, a, b):
    surface = stretched_bowl(kappa)
    # Near a factor of 0 the rounding of 1 - eta lambda itself is large beside it.
    assume(all(abs(factor(eta, c)) > 1e-2 for c in surface.curvatures))
    path = forever(surface, [a, b], eta, 20)
    exact = predicted([a, b], [factor(eta, c) for c in surface.curvatures], 20)
    np.testing.assert_allclose(path.points, exact, rtol=1e-12, atol=1e-300)


@each_surface
def test_a_gradient_is_the_central_difference(surface):
    d = len(surface.start)
    low, high = np.array(surface.view).T
    p = np.random.RandomState(7).uniform(low, high, (200, d))
    h = 1e-5
    numeric = np.stack(
        [(surface.value(p + h * e) - surface.value(p - h * e)) / (2 * h) for e in np.eye(d)],
        axis=-1,
    )
    scale = 1 + abs(numeric) + abs(surface.value(p))[:, None]
    assert (abs(surface.gradient(p) - numeric) / scale).max() < 1e-8
    assert (abs(1.001 * surface.gradient(p) - numeric) / scale).max() > 1e-6


@each_surface
def test_at_a_minimum_the_gradient_is_zero_and_nowhere_is_lower(surface):
    around = np.random.RandomState(8).uniform(-4, 4, (1000, len(surface.start)))
    for minimum in np.array(surface.minima):
        assert abs(surface.gradient(minimum)).max() < 1e-9
        assert surface.value(minimum) == pytest.approx(surface.lowest, abs=1e-18)
        assert (surface.value(around) >= surface.lowest).all()


@each_surface
def test_where_the_curvatures_are_constant_they_are_the_slope_of_the_gradient(surface):
    ones = np.eye(len(surface.start))
    rise = surface.gradient(3 + ones) - surface.gradient(3 + 0 * ones)
    if surface.curvatures:
        np.testing.assert_allclose(rise, np.diag(surface.curvatures), rtol=1e-12, atol=1e-9)


# How a walk is put into words.


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_path_is_what_the_optimiser_does_step_by_step(name):
    surface, method = SURFACES["Rosenbrock"], Method(optimiser=name, learning_rate=1e-4)
    path = descend(surface, (-1.5, 1.5), method, 30)
    p, state = np.array([-1.5, 1.5]), np.zeros((OPTIMISERS[name].slots, 2))
    for t in range(30):
        np.testing.assert_array_equal(path.points[t], p)
        np.testing.assert_array_equal(path.gradients[t], surface.gradient(p))
        OPTIMISERS[name].step(p, surface.gradient(p), state, 1e-4, t + 1)
    np.testing.assert_array_equal(path.points[30], p)
    np.testing.assert_allclose(path.points[0] + path.nudges.sum(axis=0), p)


@pytest.mark.parametrize(
    ("name", "setting"), [(n, s) for n, names in SETTINGS.items() for s in names]
)
def test_every_setting_of_an_optimiser_changes_its_walk(name, setting):
    one, other = (
        descend(SURFACES["Beale"], (-1, 1.5), Method(optimiser=name, learning_rate=0.01, **more), 9)
        for more in ({}, {setting: 0.5})
    )
    assert (one.points[-1] != other.points[-1]).all()


@pytest.mark.parametrize(
    ("eta", "steps", "bound", "ended", "made"),
    [
        (0.3, 3, math.inf, "steps", 3),
        (0.5, 60, math.inf, "close", 1),
        (0.3, 60, math.inf, "close", 10),
        (1.5, 60, 50.0, "bound", 4),
        (1.5, 10_000, math.inf, "no height", 509),
    ],
)
def test_a_walk_says_why_it_ended(eta, steps, bound, ended, made):
    path = descend(PARABOLA, [4.0], Method(learning_rate=eta), steps, bound=bound)
    assert (path.ended, path.steps) == (ended, made)
    assert np.isfinite(path.points).all()
    assert np.isfinite(path.values).all()
    assert (abs(path.points[:-1]) <= bound).all()


def test_a_walk_that_ends_close_is_close_only_at_the_end():
    path = descend(SURFACES["Himmelblau"], (0, 0), Method(learning_rate=0.01), 1000)
    assert path.ended == "close"
    assert (path.error <= CLOSE).tolist() == [False] * path.steps + [True]


def test_a_start_where_the_surface_has_no_height_is_refused():
    with pytest.raises(ValueError, match="start must be where g and its slope are finite numbers"):
        descend(PARABOLA, [1e200], Method(), 3)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"optimiser": "newton"}, "optimiser must be one of"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0"),
        ({"learning_rate": math.nan}, "learning_rate must be a finite number"),
        ({"beta": 1.0}, "beta must be at most"),
        ({"rho": -0.1}, "rho must be at least 0"),
    ],
)
def test_a_method_that_makes_no_sense_is_refused(wrong, rule):
    with pytest.raises(ValueError, match=rule):
        Method(**wrong)


def test_in_the_race_each_walks_alone():
    methods = [Method(optimiser=name, learning_rate=0.1) for name in OPTIMISERS]
    together = race(SURFACES["paraboloid"], (10, 10), methods, 500)
    for method, path in zip(methods, together, strict=True):
        alone = descend(SURFACES["paraboloid"], (10, 10), method, 500)
        np.testing.assert_array_equal(path.points, alone.points)


def test_a_path_as_csv_reads_back_exactly():
    path = descend(SURFACES["Beale"], (-1, 1.5), Method(learning_rate=0.01), 5)
    rows = list(csv.DictReader(io.StringIO(path_csv(path, ("a", "b")))))
    assert [int(r["step"]) for r in rows] == list(range(6))
    assert [[float(r["a"]), float(r["b"])] for r in rows] == path.points.tolist()
    assert [float(r["nudge b"]) for r in rows[:-1]] == path.nudges[:, 1].tolist()
    assert rows[-1]["nudge a"] == ""


def test_a_grid_has_b_along_its_rows():
    a, b, g = grid(SURFACES["stretched bowl"], ((-1, 1), (-2, 2)), 5)
    assert g[4, 0] == a[0] ** 2 + 10 * b[4] ** 2


# Regimes.


@pytest.mark.parametrize(
    ("eta", "name"),
    [
        (0.001, "creeping"),
        (0.1, "monotone"),
        (0.5, "one step"),
        (0.7, "oscillating"),
        (1.0, "two-cycle"),
        (1.2, "diverging"),
    ],
)
def test_the_regime_says_what_the_walk_then_does(eta, name):
    x = forever(PARABOLA, [4.0], eta, 10).points[:, 0]
    assert regime(factor(eta)).name == name
    assert regime(factor(eta)) is REGIMES[name]
    does = {
        "creeping": (x[1:] > 0.98 * x[:-1]).all() and (np.diff(x) < 0).all(),
        "monotone": (x > 0).all() and (np.diff(x) < 0).all(),
        "one step": x[1] == 0,
        "oscillating": (x[1:] * x[:-1] < 0).all() and (np.diff(abs(x)) < 0).all(),
        "two-cycle": (x == np.resize([4.0, -4.0], 11)).all(),
        "diverging": (np.diff(abs(x)) > 0).all(),
    }
    assert does[name]


@given(st.floats(0.02, 0.98), st.floats(0.01, 10))
def test_the_map_of_steps_agrees_with_walking(eta, start):
    told = steps_to_reach(eta, start)
    path = descend(PARABOLA, [start], Method(learning_rate=eta), 2000)
    # A walk that lands on 10^-6 up to rounding may go either way.
    assume(not np.isclose(path.error, CLOSE, rtol=1e-9).any())
    assert (path.ended, path.steps) == ("close", told)


def test_the_map_of_steps_knows_the_edges():
    assert steps_to_reach([0.5, 1.0, 1.3], 4.0).tolist() == [1, math.inf, math.inf]
    assert steps_to_reach(0.1, 1e-4) == 0


# Mini-batches.


def test_the_mean_over_the_points_is_the_paraboloid_plus_a_constant():
    X, p = cloud(), np.random.RandomState(1).randn(5, 2)
    direct = ((p[:, None] - X) ** 2).sum(axis=-1).mean(axis=1)
    np.testing.assert_allclose(mean_error(p, X), direct)
    lifted = mean_error(p, X) - SURFACES["paraboloid"].value(p)
    np.testing.assert_allclose(lifted, lifted[0])
    assert X.std(axis=0) == pytest.approx([3.0, 3.0])


def test_all_points_in_one_batch_are_the_full_gradient():
    gradient, p = batch_gradient(cloud(), 256), np.array([3.0, -2.0])
    np.testing.assert_allclose(gradient(p, 0), 2 * p, atol=1e-12)


def test_an_epoch_of_batches_has_the_full_gradient_as_its_mean():
    gradient, p = batch_gradient(cloud(), 16, seed=3), np.array([3.0, -2.0])
    np.testing.assert_allclose(np.mean([gradient(p, t) for t in range(16)], axis=0), 2 * p)


@pytest.mark.parametrize("batch_size", [1, 4, 16, 64, 200])
def test_the_noise_of_a_batch_is_as_large_as_expected(batch_size):
    X = cloud()
    measured = measured_noise(X, batch_size, draws=4000)
    assert measured == pytest.approx(float(expected_noise(X, batch_size)), rel=0.04)


def test_the_noise_shrinks_as_one_over_the_root_of_the_batch():
    X = cloud()
    one, sixteen = (measured_noise(X, n, draws=4000) for n in (1, 16))
    assert one / sixteen == pytest.approx(4, rel=0.06)
    assert measured_noise(X, len(X)) == pytest.approx(0, abs=1e-12)
