"""What the figures draw, read from their arrays; how they look is for eyes in a browser."""

import json
import re

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlp.figures import (
    accuracy_curve,
    error_curve,
    frame,
    input_importance,
    network_graph,
    weight_heatmap,
)
from mlp.figures.frame import shared_word, wrapped
from mlp.figures.network.graph import MOST_EDGES, MOST_NODES
from mlp.figures.palette import (
    CATEGORICAL,
    DIVERGING,
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    SEQUENTIAL,
    colour_at,
    contrast,
    symmetric_limit,
    text_on,
)
from mlp.figures.training.curves import MOST_POINTS, thinned
from mlp.words import number

pytestmark = pytest.mark.filterwarnings("error")

BITS = [f"bit {i}" for i in range(9, -1, -1)]
NEURONS = ["neuron 1", "neuron 2", "neuron 3"]
CLASSES = ["odd", "even"]


@pytest.fixture
def generator():
    return np.random.RandomState(0)


@pytest.fixture
def network(generator):
    return [generator.randn(3, 10), generator.randn(2, 3)], [generator.randn(3), generator.randn(2)]


def heatmap(weights, biases=None, rows=None, columns=None, **options) -> go.Figure:
    weights = np.asarray(weights, dtype=float)
    n_out, n_in = weights.shape
    rows = rows or [f"neuron {i + 1}" for i in range(n_out)]
    columns = columns or [f"bit {i}" for i in range(n_in)]
    return weight_heatmap(
        weights, np.zeros(n_out) if biases is None else biases, rows, columns, **options
    )


def alt(figure: go.Figure) -> str:
    return figure.layout.meta["alt"]


def size(figure: go.Figure) -> int:
    return len(figure.to_json())


def edges(figure: go.Figure) -> int:
    """How many lines between neurons a graph draws."""
    return sum(len(t.x) // 3 for t in figure.data if t.mode == "lines")


def every_figure(values: np.ndarray) -> list[go.Figure]:
    """One of each figure, all from the same numbers (3,)."""
    square, shares = np.tile(values, (3, 1)), np.clip(values, -1, 1)
    return [
        error_curve(values, values),
        error_curve(values, values, logarithmic=True, at=2),
        accuracy_curve(shares, chance=float(shares[0])),
        heatmap(square, values),
        network_graph([square, square], NEURONS, NEURONS, [values, values, values]),
        input_importance(NEURONS, values, shares),
    ]


# The palette.


def test_the_diverging_scale_is_white_at_exactly_zero_and_symmetric_around_it():
    assert colour_at(DIVERGING, 0.5) == "#ffffff"
    assert [stop for stop, _ in DIVERGING] == [1 - stop for stop, _ in reversed(DIVERGING)]


@pytest.mark.parametrize("colour", [*CATEGORICAL, POSITIVE, NEGATIVE, NEUTRAL])
@pytest.mark.parametrize("page", ["#ffffff", "#0e1117"])
def test_every_line_colour_has_a_contrast_of_three_on_a_light_and_on_a_dark_page(colour, page):
    assert contrast(colour, page) >= 3


def test_the_sequential_scale_only_gets_brighter():
    shades = [contrast(colour_at(SEQUENTIAL, f), "#000000") for f in np.linspace(0, 1, 21)]
    assert np.all(np.diff(shades) > 0)


@pytest.mark.parametrize("scale", [DIVERGING, SEQUENTIAL])
def test_text_reads_on_every_colour_of_a_scale(scale):
    fills = [colour_at(scale, f) for f in np.linspace(0, 1, 41)]
    assert min(contrast(text_on(fill), fill) for fill in fills) >= 3.9


def test_the_symmetric_limit_is_the_largest_finite_magnitude_and_never_zero():
    assert symmetric_limit(np.array([1, -3.5, np.nan, np.inf]), np.array([2])) == 3.5
    assert symmetric_limit(np.zeros(3)) == symmetric_limit(np.array([np.nan])) == 1


# Numbers and names.


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0089463, "0.0089"), (-3.14, "−3.1"), (1.2e-7, "1.2e−7"), (1234, "1,234"), (0, "0"),
     (1e9, "1e9"), (np.nan, "not finite"), (np.inf, "not finite")],
)  # fmt: skip
def test_numbers_are_written_as_people_write_them(value, text):
    assert number(value) == text


def test_names_that_share_a_word_are_split_from_it_and_others_are_left_whole():
    assert shared_word(["bit 1", "bit 0"]) == ("bit", ["1", "0"])
    assert shared_word(["not more ones", "more ones"]) == ("", ["not more ones", "more ones"])
    assert wrapped("odd number of ones") == "odd number<br>of ones"


# Curves.


@given(
    arrays(float, st.integers(0, 3000), elements=st.one_of(st.floats(-9, 9), st.just(np.nan))),
    st.integers(4, 500),
)
def test_thinning_keeps_the_first_the_last_and_the_extremes(values, most):
    keep = thinned(values, most)
    assert len(keep) <= most
    assert np.all(np.diff(keep) > 0)
    if len(values):
        assert keep[0] == 0
        assert keep[-1] == len(values) - 1
    if np.isfinite(values).any():
        assert np.nanmin(values[keep]) == np.nanmin(values)
        assert np.nanmax(values[keep]) == np.nanmax(values)


def test_a_long_curve_is_sent_in_few_points_as_typed_arrays():
    error = np.exp(-np.arange(100_000) / 1e4)
    figure = error_curve(error, error)
    assert len(figure.data[0].x) <= MOST_POINTS
    assert figure.data[0].x[[0, -1]].tolist() == [1, 100_000]
    assert set(json.loads(figure.to_json())["data"][0]["y"]) == {"dtype", "bdata"}
    assert size(figure) < 12_000


def test_training_and_test_error_differ_in_dash_and_marker_and_not_in_colour_alone():
    training, test = error_curve([0.5, 0.3], [0.4, 0.2]).data
    assert (training.line.dash, test.line.dash) == ("solid", "dash")
    assert training.marker.symbol != test.marker.symbol
    np.testing.assert_allclose(training.y, [0.5, 0.3])
    np.testing.assert_allclose(test.y, [0.4, 0.2])


def test_the_alternative_text_tells_the_error_at_the_epoch_looked_at():
    error = [0.48, 0.3, 0.1, 0.0089]
    test = [0.4, 0.2, 0.1, np.nan]
    assert alt(error_curve(error, test)) == "Error 0.0089 after 4 epochs, down from 0.48."
    at_two = "Error 0.3 after 2 epochs, down from 0.48; test error 0.2."
    assert alt(error_curve(error, test, at=2)) == at_two
    assert "no epoch is finished" in alt(error_curve(error, test, at=0))
    assert "up from 0.1" in alt(error_curve([0.1, 0.3], [np.nan] * 2))


def test_the_scrubber_draws_a_vertical_line_at_its_epoch():
    assert error_curve([0.5, 0.4], [0.5, 0.4]).layout.shapes == ()
    (line,) = error_curve([0.5, 0.4], [0.5, 0.4], at=2).layout.shapes
    assert (line.x0, line.x1, line.y0, line.y1) == (2, 2, 0, 1)


def test_an_empty_history_is_an_axis_with_a_hint():
    for logarithmic in (False, True):
        figure = error_curve([], [], logarithmic=logarithmic)
        assert figure.layout.annotations[0].text == "Press Play to see the error fall"
    assert accuracy_curve([]).layout.annotations[0].text == "Press Play to see the accuracy rise"


def test_a_single_epoch_is_drawn_as_points():
    figure = error_curve([0.48], [0.4], at=1)
    assert figure.data[0].mode == "lines+markers"
    assert not figure.layout.annotations
    assert alt(figure) == "Error 0.48 after 1 epoch; test error 0.4."


def test_a_logarithmic_axis_leaves_out_errors_of_zero_and_says_when_none_is_left():
    figure = error_curve([0.1, 0, 0.01], [np.nan] * 3, logarithmic=True)
    np.testing.assert_allclose(figure.data[0].y, [0.1, np.nan, 0.01])
    assert figure.layout.yaxis.type == "log"
    assert "above zero" in error_curve([0], [0], logarithmic=True).layout.annotations[0].text


def test_a_zoom_does_not_outlive_the_kind_of_error_axis():
    linear, logarithmic = (error_curve([1], [1], logarithmic=kind) for kind in (False, True))
    assert linear.layout.yaxis.uirevision != logarithmic.layout.yaxis.uirevision


def test_accuracy_is_drawn_in_per_cent_beside_the_line_of_chance():
    figure = accuracy_curve([0.5, 0.875], chance=0.52)
    np.testing.assert_allclose(figure.data[0].y, [50, 87.5])
    assert figure.data[1].y == (52, 52)
    assert alt(figure) == "Test accuracy 87.5 % after 2 epochs."
    found = accuracy_curve([0.5, 0.75], "training")
    assert (alt(found), found.data[0].name) == (
        "Training accuracy 75.0 % after 2 epochs.",
        "training",
    )
    unmeasured = accuracy_curve([np.nan], "training")
    assert alt(unmeasured) == "No training accuracy after 1 epoch: it was not measured."
    assert "not measured" in unmeasured.layout.annotations[0].text


# Weights.


def test_a_heatmap_holds_the_weights_and_in_a_column_of_their_own_the_biases(generator):
    W, b = generator.randn(3, 10), generator.randn(3)
    weights, biases = heatmap(W, b).data[:2]
    np.testing.assert_allclose(weights.z, W, rtol=1e-6)
    np.testing.assert_allclose(biases.z, b[:, None], rtol=1e-6)
    assert biases.x[0] > 9.5  # a gap after the last column
    assert heatmap(W, b).layout.xaxis.ticktext[-1] == "bias"


def test_the_colours_of_a_heatmap_are_symmetric_around_zero(generator):
    weights, biases = heatmap([[1, -4], [2, 0]], [8, 0]).data[:2]
    assert (weights.zmin, weights.zmax) == (biases.zmin, biases.zmax) == (-8, 8)
    assert weights.colorscale[2] == (0.5, "#ffffff")
    assert heatmap([[1, -4]], limit=10).data[0].zmax == 10


def test_the_first_neuron_stands_on_top(generator):
    assert heatmap(np.ones((3, 2))).layout.yaxis.range == (2.5, -0.5)


def test_the_marked_column_is_bold_with_its_mark_under_it():
    figure = heatmap(np.ones((3, 10)), columns=BITS, marked=9, mark="LSB")
    assert figure.layout.xaxis.ticktext[8:10] == ("1", "<b>0</b><br><b>LSB</b>")
    assert figure.layout.xaxis.title.text == "bit"


def test_values_are_printed_in_the_cells_while_they_fit():
    printed = heatmap([[1.25, -0.5], [0, -0.001]], [3, -3]).data[2]
    assert printed.text == ("1.25", "−0.50", "3.00", "0.00", "0.00", "−3.00")
    assert len(heatmap(np.ones((3, 12))).data) == 3
    assert len(heatmap(np.ones((3, 13))).data) == len(heatmap(np.ones((13, 3))).data) == 2


def test_many_columns_are_printed_in_at_most_four_characters(generator):
    for scale in (1e-6, 0.3, 3, 30, 300, 1e7):
        printed = heatmap(scale * generator.uniform(-1, 1, (3, 10))).data[2]
        assert max(map(len, printed.text)) <= 4


def test_printed_text_is_dark_near_zero_and_light_at_the_ends():
    near_zero, _, end = heatmap([[0, 2], [4, 0]]).data[2].textfont.color[1:4]
    assert contrast(near_zero, "#f2a083") > 3.9
    assert end == "#ffffff"


def test_tiny_values_are_printed_in_a_unit_that_the_title_names():
    figure = heatmap([[2e-5, -1e-5]], title="Change", quantity="change")
    assert figure.data[2].text[:2] == ("2.00", "−1.00")
    assert figure.layout.annotations[0].text == "Change, in 1e−5"


def test_the_alternative_text_of_a_heatmap_names_the_largest_weight():
    figure = heatmap([[0.1, -4.9], [1, 2]], title="Hidden layer")
    assert alt(figure) == "Hidden layer: largest |w| is 4.9, from bit 1 to neuron 1."
    assert "every change is 0" in alt(heatmap(np.zeros((2, 2)), quantity="change"))


def test_a_large_matrix_is_cropped_and_never_averaged_and_says_so(generator):
    W = generator.randn(1024, 1024)
    figure = heatmap(W, generator.randn(1024), title="Hidden layer")
    np.testing.assert_array_equal(figure.data[0].z, W[:128, :128].astype(np.float32))
    assert "first 128 × 128 of 1,024 × 1,024" in figure.layout.annotations[0].text
    assert "first 128 × 128" in alt(figure)
    assert size(figure) < 130_000
    assert len(figure.layout.xaxis.ticktext) <= 16


def test_weights_that_are_not_finite_are_blank_and_counted():
    figure = heatmap([[np.nan, 1], [np.inf, -np.inf]])
    np.testing.assert_array_equal(np.isnan(figure.data[0].z), [[True, False], [True, True]])
    assert figure.data[0].zmax == 1
    assert "3 values are not finite" in alt(figure)
    assert "no weight is finite" in alt(heatmap([[np.nan]]))


def test_weights_too_large_for_float32_are_not_called_infinite():
    figure = heatmap([[1e300, 1]])
    assert figure.data[0].z[0, 0] == 1e300
    assert "not finite" not in alt(figure)


# The network as a graph.


def test_a_graph_draws_every_weight_once_by_sign_and_width(network):
    figure = network_graph(network[0], BITS, CLASSES)
    lines = [t for t in figure.data if t.mode == "lines"]
    assert edges(figure) == 36
    assert len(lines) <= 8
    assert {(t.line.color, t.line.dash) for t in lines} == {
        (POSITIVE, "solid"),
        (NEGATIVE, "8px,4px"),
    }


def test_the_largest_weight_is_the_thickest_line_and_zero_is_none():
    figure = network_graph([np.array([[4.0, -0.1, 0.0]])], ["a", "b", "c"], ["x"])
    drawn = {t.line.color: t.line.width for t in figure.data if t.mode == "lines" and len(t.x)}
    assert drawn == {POSITIVE: 5.5, NEGATIVE: 0.6}


def test_activations_are_printed_in_the_nodes_and_colour_them(network):
    values = [np.eye(10)[9], np.array([0.95, 0.031, 0.5]), np.array([0.03, 0.97])]
    figure = network_graph(network[0], BITS, CLASSES, values)
    nodes = next(t for t in figure.data if t.mode == "markers+text" and t.customdata is not None)
    assert nodes.customdata[9:13] == ("1", "0.95", "0.03", "0.5")
    assert nodes.marker.color[9] == SEQUENTIAL[-1][1]
    assert nodes.marker.color[0] == SEQUENTIAL[0][1]
    assert "its answer is even, output 0.97" in alt(figure)


def test_a_wide_network_shows_some_neurons_and_its_strongest_lines_and_says_so(generator):
    weights = [generator.randn(1024, 16), generator.randn(20, 1024), generator.randn(2, 20)]
    figure = network_graph(weights, [f"bit {i}" for i in range(16)], CLASSES)
    notes = " ".join(a.text for a in figure.layout.annotations)
    assert "… 1,008 more" in notes
    assert "… 4 more" in notes
    assert f"strongest {MOST_EDGES} of {16 * 16 + 16 * 16 + 2 * 16}" in notes
    assert edges(figure) == MOST_EDGES
    nodes = next(t for t in figure.data if t.mode == "markers")
    assert len(nodes.x) == 3 * MOST_NODES + 2
    assert size(figure) < 20_000


def test_a_graph_of_zero_weights_has_no_lines():
    figure = network_graph([np.zeros((3, 2)), np.zeros((2, 3))], ["a", "b"], CLASSES)
    assert edges(figure) == 0
    assert "largest |w| is 0" in alt(figure)


# What the inputs matter.


def test_importance_draws_mean_weights_and_falls_in_percentage_points():
    figure = input_importance(BITS, np.arange(10) / 10, np.array([0] * 9 + [1.0]))
    np.testing.assert_allclose(figure.data[0].y, np.arange(10) / 10, rtol=1e-6)
    np.testing.assert_allclose(figure.data[1].y, [0] * 9 + [100])
    assert figure.layout.xaxis.ticktext == tuple("9876543210")
    assert "largest mean |w| is 0.9, on bit 0" in alt(figure)
    assert "flipping bit 0 costs the most accuracy, 100 points" in alt(figure)


def test_a_small_bar_that_hangs_down_has_room_for_its_number_above_the_names_of_the_bits():
    drops = np.array([-0.01] + [0] * 8 + [0.5])
    low, high = input_importance(BITS, np.ones(10), drops).layout.yaxis2.range
    assert -1 - low > 0.12 * (high - low)


def test_importance_without_samples_says_that_nothing_was_tested():
    figure = input_importance(["bit 1", "bit 0"], np.ones(2), np.full(2, np.nan))
    assert "Not tested" in figure.layout.annotations[0].text
    assert "accuracy" not in alt(figure)


# All of them.


@pytest.mark.parametrize(
    "values",
    [[np.nan] * 3, [np.inf, -np.inf, np.nan], [1e308, -1e308, 0], [0, 0, 0], [1e-320, 1, -1]],
    ids=str,
)
def test_every_figure_takes_any_numbers_without_error_or_warning(values):
    for figure in every_figure(np.array(values)):
        assert alt(figure)
        assert not re.search(r"\b(nan|inf)\b", alt(figure))
        json.loads(figure.to_json())


def test_a_figure_says_the_same_whether_plotly_checks_it_or_not(monkeypatch):
    def said() -> list[dict]:
        figures = [json.loads(each.to_json()) for each in every_figure(np.array([0.1, 0.2, 0.3]))]
        for each in figures:
            each["layout"] = {
                k: v for k, v in each["layout"].items() if k != "template" and v != []
            }
        return figures

    checked = said()
    monkeypatch.setattr(frame, "CHECKED", False)
    assert said() == checked


def test_every_figure_leaves_the_colours_of_the_page_to_the_page():
    for figure in every_figure(np.array([0.1, 0.2, 0.3])):
        layout = figure.to_dict()["layout"]
        assert not {"paper_bgcolor", "plot_bgcolor"} & set(layout)
        assert "color" not in layout.get("font", {})
        assert layout["uirevision"] == "keep"
        assert layout["height"] > 0


def test_a_live_update_of_all_figures_is_small(network, generator):
    weights, biases = network
    curve = generator.rand(1000)
    values = [np.zeros(10), np.zeros(3), np.zeros(2)]
    figures = [
        error_curve(curve, curve, at=500),
        accuracy_curve(curve, chance=0.5),
        heatmap(weights[0], biases[0], NEURONS, BITS, marked=9, mark="LSB"),
        heatmap(weights[1], biases[1], CLASSES, NEURONS),
        network_graph(weights, BITS, CLASSES, values),
        input_importance(BITS, np.ones(10), np.ones(10)),
    ]
    assert sum(map(size, figures)) < 28_000
