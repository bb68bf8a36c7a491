"""Figures of walks: what every frame moves, what it says, and how much is sent."""

import base64
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from mlp.descent.gradient_noise import cloud, noise_by_size
from mlp.descent.optimisers import OPTIMISERS
from mlp.descent.own_surface import own_surface
from mlp.descent.path import Method, descend, suggested_rate
from mlp.descent.regimes import factor, predicted
from mlp.descent.surfaces import PARABOLA, SURFACES
from mlp.figures.descent.contour_map import descent_map
from mlp.figures.descent.errors import FOOT, error_by_step
from mlp.figures.descent.frames import shown_steps, step_in_words
from mlp.figures.descent.noise import noise_curve
from mlp.figures.descent.parabola import parabola_walk
from mlp.figures.descent.rates import steps_map
from mlp.figures.descent.surface import surface_3d

pytestmark = pytest.mark.filterwarnings("error")


def walk(eta, start=4.0, steps=20, bound=50.0):
    return descend(PARABOLA, [start], Method(learning_rate=eta), steps, bound=bound)


def parabola(eta, starts=(4.0,), steps=20):
    paths = [walk(eta, x, steps) for x in starts]
    exact = [predicted(p.points[0], [factor(eta)], p.steps)[:, 0] for p in paths]
    return parabola_walk(paths, exact, eta), paths


def moved(figure, name, which=0):
    """Where the traces of this name are in each frame: a list of (x, y)."""
    indices = [i for i, t in enumerate(figure.data) if t.name == name]
    return [
        next(
            (list(d.x), list(d.y))
            for index, d in zip(frame.traces, frame.data, strict=True)
            if index == indices[which]
        )
        for frame in figure.frames
    ]


def meta(figure):
    return figure.layout.meta["walk"]


def sent(figure) -> str:
    return figure.to_json(validate=False)


def walked(surface, names=("sgd",), steps=60):
    methods = [Method(optimiser=n, learning_rate=suggested_rate(surface, n)) for n in names]
    return [descend(surface, surface.start, m, steps, bound=50) for m in methods]


# The parabola.


def test_every_frame_has_the_point_at_its_step():
    figure, (path,) = parabola(0.1)
    xs = np.array([x for (x,), _ in moved(figure, "now")])
    ys = np.array([y for _, (y,) in moved(figure, "now")])
    np.testing.assert_allclose(xs, path.points[:, 0], rtol=1e-5)
    np.testing.assert_allclose(ys, path.values, rtol=1e-5)
    assert meta(figure)["steps"] == list(range(21))


def test_the_arrow_goes_along_x_from_here_to_the_next_point():
    figure, (path,) = parabola(0.1)
    for k, (x, y) in enumerate(moved(figure, "step −η g′(x)")[:-1]):
        np.testing.assert_allclose(x, path.points[k : k + 2, 0], rtol=1e-5)
        assert y[0] == y[1] == pytest.approx(path.values[k], rel=1e-5)


def test_the_tangent_touches_with_the_slope_of_the_gradient():
    figure, (path,) = parabola(0.1)
    for k, (x, y) in enumerate(moved(figure, "tangent, slope g′(x)")):
        slope = (y[1] - y[0]) / (x[1] - x[0])
        assert slope == pytest.approx(path.gradients[k, 0], rel=1e-3, abs=1e-4)
        assert np.mean(x) == pytest.approx(path.points[k, 0], abs=1e-4)
        assert np.mean(y) == pytest.approx(path.values[k], abs=1e-3)


def test_the_exact_prediction_lies_on_the_walk():
    figure, (path,) = parabola(0.3)
    (exact,) = [t for t in figure.data if (t.name or "").startswith("exact")]
    np.testing.assert_allclose(exact.x, path.points[:, 0], rtol=1e-6)


def test_two_walks_mirror_each_other():
    figure, _ = parabola(0.2, (4.0, -4.0))
    for (x, _), (mirrored, _) in zip(moved(figure, "now"), moved(figure, "now", 1), strict=True):
        assert x[0] == -mirrored[0]


@pytest.mark.parametrize("eta", [0.001, 0.1, 0.5, 0.9, 1.0, 1.1, 1.5])
def test_the_axes_follow_every_walk(eta):
    figure, (path,) = parabola(eta, steps=60)
    low, high = figure.layout.xaxis.range
    assert low < path.points.min()
    assert path.points.max() < high
    assert high <= 2.3 * 50


def test_sixty_steps_from_both_sides_are_less_than_150_kb():
    figure, paths = parabola(0.02, (4.0, -4.0), 60)
    assert len(figure.frames) == 61
    assert len(sent(figure)) < 150_000
    assert len(sent(parabola(0.02, steps=60)[0])) < 75_000
    assert len(sent(error_by_step(paths, ["one", "other"]))) < 20_000


def test_the_words_of_a_step_have_its_numbers_filled_in():
    path = walk(0.1)
    assert step_in_words(path, 0, "x", 0.1) == (
        "x₁ = x₀ − η g′(x₀) = 4 − 0.1 · 8 = 3.2;  g: 16 → 10.24"
    )
    assert "− 0.1 · (−8) = −3.2" in step_in_words(walk(0.1, -4.0), 0, "x", 0.1)
    assert step_in_words(path, 20, "x", 0.1).endswith("the steps asked for are done.")
    assert "the walk is given up" in step_in_words(walk(1.5), 9, "x", 1.5)
    plane = descend(SURFACES["paraboloid"], (10, 10), Method(learning_rate=0.3), 7)
    assert step_in_words(plane, 0, "(a, b)", 0.3) == (
        "(a₁, b₁) = (a₀, b₀) − η ∇g = (10, 10) − 0.3 · (20, 20) = (4, 4);  g: 200 → 32"
    )


def test_every_frame_has_words_and_the_figure_an_alternative():
    figure, _ = parabola(1.1, (4.0, -4.0))
    assert len(meta(figure)["texts"]) == len(figure.frames)
    assert all(text.count("\n") == 1 for text in meta(figure)["texts"])
    assert "diverging" in figure.layout.meta["alt"]


def test_an_error_of_zero_is_drawn_at_the_foot():
    figure = error_by_step([walk(0.5)], ["from 4"])
    assert figure.data[0].y.tolist() == pytest.approx([16, FOOT])


def test_the_map_of_steps_marks_the_present_rate():
    figure = steps_map(0.1, 4.0)
    (now,) = [t for t in figure.data if t.name == "now"]
    assert (now.x[0], now.y[0]) == (0.1, walk(0.1, steps=200).steps)
    assert "never" in steps_map(1.2, 4.0).layout.meta["alt"].split("Now")[1]
    assert np.isfinite(steps_map(1.2, 4.0).data[-1].y).all()


# Surfaces.


@pytest.mark.parametrize("name", SURFACES)
def test_the_map_and_the_surface_move_the_point_together(name):
    surface = SURFACES[name]
    paths = walked(surface)
    flat = descent_map(surface, paths, ["gd"], [0.1])
    solid = surface_3d(surface, paths, ["gd"], [0.1], controls=False)
    steps = shown_steps(paths)
    assert meta(flat)["steps"] == meta(solid)["steps"] == steps
    for frame, (x, y), step in zip(solid.frames, moved(flat, "now"), steps, strict=True):
        here = paths[0].points[min(step, paths[0].steps)]
        np.testing.assert_allclose([x[0], y[0]], here, rtol=1e-5, atol=1e-12)
        np.testing.assert_allclose([frame.data[0].x[0], frame.data[0].y[0]], here, rtol=1e-5)
        assert frame.data[0].type == "scatter3d"
    assert (meta(flat)["controls"], meta(solid)["controls"]) == (True, False)
    assert "uirevision" in json.loads(sent(solid))["layout"]["scene"]


def test_a_map_of_sixty_steps_is_less_than_150_kb_and_four_walkers_less_than_400():
    surface = SURFACES["Rosenbrock"]
    alone, four = walked(surface), walked(surface, OPTIMISERS, 300)
    assert len(sent(descent_map(surface, alone, ["gd"], [0.001]))) < 150_000
    assert len(sent(surface_3d(surface, alone, ["gd"], [0.001]))) < 60_000
    assert len(sent(descent_map(surface, four, list(OPTIMISERS), [None] * 4))) < 400_000


def test_the_little_arrows_point_against_the_gradient():
    surface = SURFACES["stretched bowl"]
    figure = descent_map(surface, walked(surface), ["gd"], [0.09])
    (arrows,) = [t for t in figure.data if (t.name or "").startswith("−∇g")]
    angle = np.radians(np.asarray(arrows.marker.angle, dtype=float))
    pointing = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    down = -surface.gradient(np.stack([arrows.x, arrows.y], axis=-1).astype(float))
    np.testing.assert_allclose(pointing, down / np.linalg.norm(down, axis=1)[:, None], atol=1e-5)


def test_the_minima_are_marked_and_a_saddle_has_none():
    for surface in SURFACES.values():
        figure = descent_map(surface, walked(surface), ["gd"], [0.1])
        (marks,) = [t for t in figure.data if t.name == "lowest"]
        assert len(marks.x) == len(surface.minima)


def test_a_formula_that_is_real_in_places_only_leaves_the_rest_blank():
    surface = own_surface("log(a) + sqrt(b)")
    figure = descent_map(surface, walked(surface), ["gd"], [0.1])
    heights = figure.data[0].z
    assert np.isnan(heights).any()
    assert np.isfinite(heights).any()


def test_long_walks_have_sixty_frames_that_end_at_the_end():
    paths = walked(SURFACES["Rosenbrock"], steps=300)
    steps = shown_steps(paths)
    assert len(steps) == 61
    assert steps[-1] == 300


def test_of_several_walks_the_words_tell_each_by_its_name():
    surface = SURFACES["Beale"]
    paths = walked(surface, ("sgd", "adam"))
    figure = descent_map(surface, paths, ["gradient descent", "Adam"], [0.005, None])
    first, second = meta(figure)["texts"][0].split("\n")
    assert first.startswith("gradient descent: (a₁, b₁) = (a₀, b₀) − η ∇g")
    assert second.startswith("Adam: (a₁, b₁) = (a₀, b₀) + nudge")


def test_the_noise_is_drawn_with_its_batch_marked():
    sizes, measured, expected = noise_by_size(cloud())
    figure = noise_curve(sizes, measured, expected, 16)
    assert figure.layout.shapes[0].x0 == 16
    np.testing.assert_allclose(figure.data[2].y[:-1], measured[:-1], rtol=1e-6)
    assert "at 16" in figure.layout.meta["alt"]


def test_frames_are_what_plotly_itself_would_accept():
    """They are put in unchecked, because the check takes a quarter of a second."""
    saddle = SURFACES["saddle"]
    for figure in (parabola(0.1)[0], surface_3d(saddle, walked(saddle), ["gd"], [0.1])):
        plain = json.loads(sent(figure))
        assert len(go.Figure(plain).frames) == len(figure.frames)


def test_numbers_travel_as_float32():
    figure, _ = parabola(0.1)
    curve = json.loads(sent(figure))["data"][0]["x"]
    assert curve["dtype"] == "f4"
    assert len(base64.b64decode(curve["bdata"])) == 4 * 161
