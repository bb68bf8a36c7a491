"""From a drawing to an image as MNIST has them, and from images to inputs and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp import Digits, datasets
from mlp.datasets.digits import PIXELS, as_inputs, embedded
from mlp.datasets.handwriting import as_images, as_mnist

IMAGES = embedded().X_test


def drawing(seed: int, shape: tuple[int, int]) -> np.ndarray:
    """Some ink on a sheet of 112 x 112, with room around it."""
    generator = np.random.RandomState(seed)
    ink = generator.randint(0, 256, shape).astype(np.uint8)
    ink[0, 0] = ink[-1, -1] = 255
    return np.pad(ink, ((20, 92 - shape[0]), (20, 92 - shape[1])))


SHAPES = st.tuples(st.integers(1, 60), st.integers(1, 60))
SEEDS = st.integers(0, 1000)


@given(SEEDS, SHAPES, st.integers(-20, 20), st.integers(-20, 20))
def test_where_on_the_sheet_it_is_drawn_makes_no_difference(seed, shape, down, across):
    here = drawing(seed, shape)
    there = np.roll(here, (down, across), axis=(0, 1))
    np.testing.assert_array_equal(as_mnist(here), as_mnist(there))


@given(SEEDS, SHAPES)
def test_the_ink_fills_a_box_of_twenty_pixels_with_its_centre_of_mass_in_the_middle(seed, shape):
    image = as_mnist(drawing(seed, shape))
    assert image.shape == (28, 28) and image.dtype == np.uint8 and image.max() == 255
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    spans = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    assert max(spans) == 20
    # Faint edges may round to paper, and with them up to a pixel of the shorter side.
    assert min(spans) == pytest.approx(20 * min(shape) / max(shape), abs=1.5)
    ink, at = image / image.sum(), np.arange(28) + 0.5
    assert 13.9 <= ink.sum(axis=1) @ at <= 15.1
    assert 13.9 <= ink.sum(axis=0) @ at <= 15.1


@pytest.mark.parametrize("times", [2, 3, 4])
def test_a_drawing_of_any_size_gives_the_same_image(times):
    for image in IMAGES[:20]:
        large = image.repeat(times, axis=0).repeat(times, axis=1)
        np.testing.assert_array_equal(as_mnist(large), as_mnist(image))


def test_images_of_mnist_come_through_all_but_unchanged():
    made = np.array([as_mnist(image) for image in IMAGES])
    same = (made == IMAGES).all(axis=(1, 2))
    assert same.mean() > 0.85
    # The others had no pixel of full ink: they become a little darker, and stay where they are.
    assert abs(made.astype(int) - IMAGES).max() <= 4


def test_an_empty_sheet_is_no_image():
    assert as_mnist(np.zeros((112, 112), np.uint8)) is None


def test_a_drawing_is_not_changed_by_being_read():
    here = drawing(0, (30, 10))
    before = here.copy()
    as_mnist(here)
    np.testing.assert_array_equal(here, before)


@pytest.mark.parametrize("pixels", PIXELS)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_kept_digit_is_given_to_a_network_as_the_images_of_the_data_are(pixels, precision):
    X = datasets.load(Digits(pixels=pixels), precision).X_test
    made = as_inputs(IMAGES, pixels, precision)
    assert made.dtype == X.dtype
    np.testing.assert_array_equal(made, X)
    np.testing.assert_array_equal(as_images(X, pixels), IMAGES)
