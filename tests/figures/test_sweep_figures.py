"""The figures of sweeps and comparisons show the numbers that they are given."""

import numpy as np
import pytest

from mlp.figures.sweep.map import Scale, sweep_map
from mlp.figures.sweep.parallel import BEYOND, Coordinate, heights, parallel_coordinates
from mlp.figures.training.bands import Curve, several_curves

ACROSS, UP = Scale("rate", ("0.1", "1", "10")), Scale("size", ("2", "3"))
VALUES = np.array([[0.5, 0.25, np.nan], [0.4, 0.2, np.nan]])
DIVERGED = np.array([[0, 0, 0], [0, 0.5, 1.0]])


def a_map(values=VALUES, diverged=DIVERGED, **more):
    """A map of two rows and three columns."""
    more = {"known": np.isfinite(values) | (diverged > 0)} | more
    return sweep_map(values, values * 0.9, values * 1.1, diverged, ACROSS, UP, "error", **more)


def test_every_cell_has_its_median_and_its_spread_on_hover():
    cells = a_map().data[0]
    np.testing.assert_allclose(cells.z, VALUES)
    assert cells.customdata[1][1] == "0.2, from 0.18 to 0.22"
    assert cells.text[1][2] == "rate 10<br>size 3"
    assert cells.reversescale and not a_map(more_is_better=True).data[0].reversescale


def test_cells_that_span_many_factors_are_coloured_by_factors_and_named_by_value():
    cells = a_map(values=np.array([[1e-4, 1e-2, 1.0]] * 2)).data[0]
    np.testing.assert_allclose(cells.z[0], [-4, -2, 0], atol=1e-6)
    assert cells.colorbar.ticktext == ("0.0001", "0.01", "1")


def test_diverged_cells_have_a_cross_and_no_colour():
    figure = a_map()
    crosses = figure.data[1]
    assert list(zip(crosses.y, crosses.x, strict=True)) == [(1, 1), (1, 2)]
    assert np.isnan(figure.data[0].z[1][2])
    assert crosses.marker.size[1] > crosses.marker.size[0], "large where every run diverged"


def test_the_best_cell_has_a_star_and_is_named():
    figure = a_map(best=(1, 1))
    star = figure.data[2]
    assert (star.y[0], star.x[0]) == (1, 1)
    assert "The best, 0.2, is at rate 1 and size 3." in figure.layout.meta["alt"]


def test_a_map_without_a_run_says_that_it_will_fill():
    nothing = {"values": np.full((2, 3), np.nan), "diverged": np.zeros((2, 3))}
    figure = a_map(**nothing, hint="The picture fills as runs finish")
    assert len(figure.data) == 2
    assert "fills as runs finish" in str(figure.layout.annotations)
    assert "0 of 6 cells have finished runs" in figure.layout.meta["alt"]


def test_a_chosen_cell_is_framed():
    frame = a_map(chosen=(1, 2)).layout.shapes[-1]
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (1.5, 2.5, 0.5, 1.5)


def test_a_curve_for_several_runs_has_its_band():
    x, y = np.arange(1, 4), np.array([3.0, 2.0, 1.0])
    band, line = several_curves([Curve("median", x, y, y - 0.5, y + 0.5)], "epochs", "error").data
    np.testing.assert_allclose(line.y, y)
    np.testing.assert_allclose(band.y, [3.5, 2.5, 1.5, 0.5, 1.5, 2.5])
    np.testing.assert_allclose(band.x, [1, 2, 3, 3, 2, 1])


def test_curves_differ_in_more_than_colour():
    curves = [Curve(f"run {i}", np.arange(3), np.ones(3)) for i in range(6)]
    figure = several_curves(curves, "epochs", "error", logarithmic=True)
    assert len({trace.line.dash for trace in figure.data}) == 6
    assert figure.layout.yaxis.type == "log" and figure.layout.showlegend


def test_no_curve_leaves_a_hint():
    figure = several_curves([], "epochs", "error", hint="Choose a cell")
    assert figure.layout.annotations[0].text == "Choose a cell"


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        (Coordinate("rate", (0.1, 1.0, 10.0), by_factors=True), [0, 0.5, 1]),
        (Coordinate("size", (2, 4, 3)), [0, 1, 0.5]),
        (Coordinate("name", ("b", "a", "b")), [0.75, 0.25, 0.75]),
        (Coordinate("same", (5, 5, 5)), [0.5, 0.5, 0.5]),
        (Coordinate("none", (np.nan, 1.0, 2.0)), [np.nan, 0, 1]),
    ],
)
def test_values_stand_where_they_belong_on_their_axis(axis, expected):
    np.testing.assert_allclose(heights(axis), expected, atol=1e-12)


@pytest.mark.parametrize("more", [False, True])
def test_runs_that_diverged_end_in_a_cross_beyond_the_worst(more):
    axes = [Coordinate("rate", (0.1, 1.0, 10.0), by_factors=True)]
    result = Coordinate("error", (0.2, 0.4, np.nan))
    lost, known = np.array([0, 0, 1], bool), np.ones(3, bool)
    figure = parallel_coordinates(axes, result, lost, known=known, more_is_better=more)
    crosses = [line for line in figure.data if line.marker.symbol[-1] == "x"]
    assert len(figure.data) == 3 and len(crosses) == 1
    assert crosses[0].y[-1] == pytest.approx(-BEYOND if more else 1 + BEYOND)
    assert crosses[0].line.dash == "dot"


def test_the_chosen_run_is_drawn_last_and_thick():
    axes = [Coordinate("size", (1, 2, 3))]
    result, known = Coordinate("error", (0.1, 0.2, 0.3)), np.ones(3, bool)
    lines = parallel_coordinates(axes, result, np.zeros(3, bool), known=known, chosen=0).data
    assert lines[-1].line.width > lines[0].line.width and lines[-1].y[0] == 0


def test_a_run_that_is_not_finished_ends_at_its_last_setting():
    """It was drawn like one that was lost, with an end beyond the worst result."""
    axes = [Coordinate("size", (1, 2, 3)), Coordinate("rate", (0.1, 0.2, 0.3))]
    result, known = Coordinate("error", (0.1, np.nan, np.nan)), np.array([1, 0, 1], bool)
    figure = parallel_coordinates(axes, result, np.zeros(3, bool), known=known, hint="Soon")
    ends = {float(line.y[0]): float(line.y[-1]) for line in figure.data}
    assert np.isfinite(ends[0.0]) and np.isnan(ends[0.5]) and ends[1.0] == pytest.approx(1 + BEYOND)
    assert all(np.isfinite(line.y[:-1]).all() for line in figure.data)
    assert "Soon" in [annotation.text for annotation in figure.layout.annotations]
