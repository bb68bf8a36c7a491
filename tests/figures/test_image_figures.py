"""The figures of the digits page: the arrays in them, and what they say in words."""

import base64
import re
import struct
import zlib

import numpy as np
import pytest

from mlp.figures.images.mosaic import (
    MOST_NEURONS,
    gallery,
    image_at,
    neuron_at,
    tiled,
    weight_mosaic,
)
from mlp.figures.images.pixels import pixel_map
from mlp.figures.images.png import png
from mlp.figures.insight.confusion import confusion_matrix
from mlp.figures.insight.reading import reading
from mlp.figures.network.gradients import gradients_by_layer
from mlp.figures.network.neurons import MOST_BARS, saturation_bars, weight_bars

DIGITS = tuple("0123456789")


def weights(n: int, side: int = 28) -> np.ndarray:
    """Weights of n neurons over side x side pixels."""
    return np.random.RandomState(0).randn(n, side * side).astype(np.float32)


def opened(address: str) -> np.ndarray:
    """The pixels of a grey PNG, (h, w), or with alpha (h, w, 2)."""
    file = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    width, height, _, colour = struct.unpack(">IIBB", file[16:26])
    start = file.index(b"IDAT")
    (length,) = struct.unpack(">I", file[start - 4 : start])
    data = zlib.decompress(file[start + 4 : start + 4 + length])
    channels = 2 if colour == 4 else 1
    rows = np.frombuffer(data, np.uint8).reshape(height, 1 + channels * width)
    assert not rows[:, 0].any(), "every row has filter 0"
    return rows[:, 1:].reshape((height, width, 2) if channels == 2 else (height, width))


@pytest.mark.parametrize("n", [1, 2, 10, 32, 64, 1024])
def test_every_cell_of_the_mosaic_is_the_weight_that_it_names(n):
    W = weights(n)
    cells = weight_mosaic(W, 28).data[0]
    shown = min(n, MOST_NEURONS)
    assert np.isfinite(cells.z).sum() == 784 * shown
    for y, x in np.argwhere(np.isfinite(cells.z))[:: 97 * shown]:
        neuron = cells.customdata[y, x] - 1
        assert neuron == neuron_at(x, y, n, 28)
        assert cells.z[y, x] == W[neuron].reshape(28, 28)[y % 29, x % 29]


def test_the_mosaic_is_one_light_trace_with_white_at_zero():
    figure = weight_mosaic(weights(32), 28)
    assert len(figure.data) == 1
    assert figure.data[0].zmin == -figure.data[0].zmax == -abs(weights(32)).max()
    assert figure.data[0].z.dtype == np.float32 and figure.data[0].customdata.dtype == np.uint8
    assert len(figure.to_json()) < 300_000


def test_hovering_counts_rows_and_columns_of_each_image_from_one():
    alias = weight_mosaic(weights(4), 28).layout.xaxis.labelalias
    assert alias["0"] == "1" and alias["27"] == "28" and alias["29"] == "1"


def test_of_many_neurons_the_first_are_shown_and_the_title_says_so():
    figure = weight_mosaic(weights(100), 28, title="Weights")
    assert "the first 64 of 100" in figure.layout.annotations[0].text
    assert figure.data[0].customdata.max() == 64


def test_the_mosaic_says_in_words_where_the_largest_weight_is():
    W = np.zeros((3, 784))
    W[1, 28 * 4 + 6] = -2.5
    alt = weight_mosaic(W, 28).layout.meta["alt"]
    assert "2.5 in size, of neuron 2, at row 5, column 7" in alt
    W[:] = np.nan
    assert "no weight is finite" in weight_mosaic(W, 28).layout.meta["alt"]


def test_a_place_between_or_beyond_the_images_is_none():
    assert neuron_at(28, 5, 32, 28) == 0  # the gap belongs to the image before it
    assert neuron_at(28.6, 5, 32, 28) == 1
    assert neuron_at(5 * 29, 5 * 29, 32, 28) is None
    assert neuron_at(-1, 5, 32, 28) is None and neuron_at(1e9, 5, 32, 28) is None
    assert image_at(3, 40, 7, 28) == 6 and image_at(40, 40, 7, 28) is None


def test_tiles_stand_row_by_row():
    sheet = tiled(np.arange(3.0)[:, None, None] * np.ones((3, 2, 2)), 2)
    assert sheet[0, 0] == 0 and sheet[0, 3] == 1 and sheet[3, 0] == 2
    assert np.isnan(sheet[0, 2]) and np.isnan(sheet[3, 3])


def test_a_gallery_holds_the_images_as_they_are_with_nothing_between_them():
    images = np.random.RandomState(0).randint(0, 256, (8, 28, 28)).astype(np.uint8)
    figure = gallery(images, list("abcdefgh"), "Some", "Some images.", 2)
    pixels = opened(figure.data[0].source)
    np.testing.assert_array_equal(pixels[:28, :28, 0], images[0])
    np.testing.assert_array_equal(pixels[37:65, 29:57, 0], images[7])
    assert not pixels[:, 28, 1].any() and pixels[0, 0, 1] == 255
    assert list(figure.data[1].text) == list("abcdefgh")


def test_an_empty_gallery_says_so_and_keeps_its_height():
    none = gallery(np.empty((0, 28, 28), np.uint8), [], "Some", "There are none.", 4)
    full = gallery(np.zeros((24, 28, 28), np.uint8), [""] * 24, "Some", "Black.", 4)
    assert none.layout.height == full.layout.height
    assert any("none" in note.text for note in none.layout.annotations)


def test_a_grey_image_comes_out_of_its_png_as_it_went_in():
    image = np.random.RandomState(0).randint(0, 256, (28, 20)).astype(np.uint8)
    np.testing.assert_array_equal(opened(png(image)), image)


def test_the_confusion_matrix_shows_the_mistakes_and_prints_the_right_answers():
    counts = np.array([[5, 0, 1], [2, 4, 0], [0, 0, 6]])
    figure = confusion_matrix(counts, "abc", chosen=(1, 0))
    z = figure.data[0].z
    assert np.isnan(np.diag(z)).all() and z[1, 0] == 2 and figure.data[0].zmax == 2
    assert list(figure.data[1].text) == ["1", "2"]
    assert list(figure.data[2].text) == ["<b>5</b>", "<b>4</b>", "<b>6</b>"]
    assert "15 of 18" in figure.layout.meta["alt"]
    assert "a b is taken for an a" in figure.layout.meta["alt"]
    assert figure.layout.shapes[0].x0 == -0.5 and figure.layout.shapes[0].y0 == 0.5
    assert confusion_matrix(np.diag([3, 3]), "ab").data[0].zmax == 1


def test_the_pixel_map_has_white_at_zero_and_says_where_it_is_strongest():
    values = np.zeros((28, 28))
    values[3, 4] = -0.5
    figure = pixel_map(values, "Pixels", "gradient", np.eye(28, dtype=np.uint8) * 255)
    assert figure.data[0].zmin == -0.5 and figure.data[0].zmax == 0.5
    assert "−0.5, at row 4, column 5" in figure.layout.meta["alt"]
    assert figure.data[1].type == "contour"
    assert "every gradient is 0" in pixel_map(values * 0, "P", "gradient").layout.meta["alt"]


def test_the_bars_of_a_neuron_are_its_weights_and_of_many_the_first():
    figure = weight_bars(np.array([1.0, -2, 0.5]), "abc", "output", "Bars")
    np.testing.assert_array_equal(figure.data[0].y, [1, -2, 0.5])
    assert "−2, to output b" in figure.layout.meta["alt"]
    many = weight_bars(np.ones(500), [str(i) for i in range(500)], "neuron", "Bars")
    assert len(many.data[0].y) == MOST_BARS
    assert len(many.layout.xaxis.ticktext) <= 16


def test_the_saturation_is_drawn_in_per_cent():
    figure = saturation_bars(np.array([0.25, 1.0]), "Saturated")
    np.testing.assert_array_equal(figure.data[0].y, [25, 100])
    assert "62 % on average, from 25 to 100 %" in figure.layout.meta["alt"]


def activations(*sizes: int) -> list[np.ndarray]:
    """Activations of a sample, the last layer with its largest at 7."""
    layers = [np.random.RandomState(n).rand(n) for n in sizes]
    layers[-1] = np.eye(10)[7] * 0.9 + 0.01
    return layers


@pytest.mark.parametrize("sizes", [(784, 10), (784, 1, 10), (784, 32, 10), (784, 16, 1024, 10)])
def test_a_reading_lights_hidden_neurons_and_bars_for_networks_of_every_shape(sizes):
    layers = activations(*sizes)
    W = np.random.RandomState(1).randn(10, sizes[-2])
    drawn = reading(np.eye(28, dtype=np.uint8), layers, W, DIGITS)
    hidden = min(sizes[-2], 64) if len(sizes) > 2 else 0
    assert drawn.count("<circle") == 10 + hidden
    assert drawn.count("<rect") == 10
    assert drawn.count("<path") <= 40 and bool(drawn.count("<path")) == bool(hidden)
    assert "The network reads a 7, output 0.91" in drawn


def test_an_empty_board_lights_nothing():
    drawn = reading(None, activations(784, 32, 10), np.ones((10, 32)), DIGITS)
    assert "waits for a digit" in drawn
    assert "<rect" not in drawn and "<path" not in drawn


def test_outputs_that_are_not_numbers_light_nothing():
    layers = activations(784, 32, 10)
    layers[-1][3] = np.nan
    drawn = reading(np.eye(28, dtype=np.uint8), layers, np.ones((10, 32)), DIGITS)
    assert "has no answer" in drawn and "<rect" not in drawn


def test_negative_outputs_have_bars_too():
    layers = activations(784, 10)
    layers[-1] = np.linspace(-3, 2, 10)
    drawn = reading(np.eye(28, dtype=np.uint8), layers, np.ones((10, 784)), DIGITS)
    assert drawn.count("<rect") == 10 and 'width="-' not in drawn


def marks(drawn: str) -> list[tuple[str, float]]:
    """The marks of the layers, circle or square, with the place of their middle."""
    found = re.findall(r'<(circle) cx="([\d.]+)"|<(rect) x="([\d.]+)" y="[\d.]+" width="10"', drawn)
    return [(c or r, float(x) if c else float(left) + 5) for c, x, r, left in found]


def test_each_layer_has_a_mark_where_its_logarithm_is_and_a_square_one_outside_the_band():
    drawn = gradients_by_layer(
        ["hidden layer 1", "hidden layer 2", "output layer"],
        np.array([1e-6, 1e-4, 1e-3]),
        np.array([1e-9, np.nan, 1e20]),
        30,
    )
    scale = [float(x) for x in re.findall(r'<path d="M([\d.]+) ', drawn)]
    lowest, highest = scale[0], scale[4]
    assert scale == scale[:5] * 2  # 1e-9, 1e-6, 1e-3, 1 and 1,000, on both sides
    shapes, places = zip(*marks(drawn), strict=True)
    assert shapes == ("rect", "circle", "circle", "rect", "rect")
    shares = [(x - lowest) / (highest - lowest) for x in places]
    np.testing.assert_allclose(shares, [3 / 12, 5 / 12, 6 / 12, 0, 1], atol=0.001)
    assert "weights 0" in drawn and 'aria-label="Size of the gradient' in drawn


def test_a_gradient_that_is_0_or_not_finite_has_no_mark_and_no_band():
    drawn = gradients_by_layer(["output layer"], np.array([0.0]), np.array([np.inf]), 30)
    assert marks(drawn) == [] and ">0<" in drawn and ">not finite<" in drawn
