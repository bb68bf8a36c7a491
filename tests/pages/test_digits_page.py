"""The digits page without a browser: it opens, its presets, its buttons, and bad input."""

import base64
import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlp import Config, Digits, advance, begin, datasets, save
from mlp.examples.of_run import TITLE
from mlp.network.activations import ACTIVATIONS
from mlp.training.presets import preset, presets_of
from mlp.training.state import network_of
from mlp.training.trainer import Trainer
from pages.parts.components.canvas import SIDE, drawn
from pages.parts.digits.board import MOST_KEPT, Kept
from tests.support.pages import at, click, words

ARTICLE = preset("digits", "article").config


def opened(**parameters) -> AppTest:
    """The page as an address with these parameters opens it."""
    return at("digits", **parameters)


def run_of(app: AppTest):
    """The run that the page shows."""
    return app.session_state["session digits"].run


def trained(app: AppTest, epochs: int = 3) -> AppTest:
    """The page with a run that has been trained meanwhile."""
    session = app.session_state["session digits"]
    session.trainer = Trainer(advance(session.run, epochs=epochs))
    app = app.run()
    assert not app.exception, app.exception
    return app


def test_the_page_opens_with_the_first_preset_ready():
    app = opened()
    assert run_of(app).config == presets_of("digits")[0].config
    assert "Ready" in words(app)
    assert "of 1,000 test images are read right" in words(app)


@pytest.mark.parametrize("preset", presets_of("digits"), ids=lambda preset: preset.title)
def test_every_preset_starts_a_new_run(preset):
    app = click(opened(hidden_sizes="4"), f"preset {preset.title}")
    assert run_of(app).config == preset.config and run_of(app).position == (0, 0)


def test_the_articles_run_says_why_it_is_slow():
    app = click(opened(), "preset The article's run")
    assert "The inputs reach 255" in words(app)


def test_neurons_that_are_dead_to_every_training_image_are_counted_on_all_of_them():
    """They were counted on 200 test images, and some of them answer to a training image."""
    app = trained(opened(hidden_sizes="40", learning_rate="0.03", seed="1"), 1)
    run, told = run_of(app), words(app)
    data = datasets.load(run.config.data, run.config.precision)
    network = network_of(run.config, run.state)
    z = data.X_train / 255.0 @ network.weights[0].T + network.biases[0]
    dead = int((z <= 0).all(axis=0).sum())
    assert dead > 1
    assert f"**{dead}** are dead: they answer 0 to all 4,000 training samples" in told


def test_training_is_told_in_words():
    before, after = opened(), trained(opened())
    assert "Paused" in words(after)
    assert words(before).count("of them are right") == 1
    assert words(after).count("is the hardest") == 1
    assert run_of(after).history.test_accuracy[-1] > 0.8


@pytest.mark.parametrize("sizes", ["", "1", "100", "16, 8", "1024"])
def test_it_works_for_networks_of_every_shape(sizes):
    app = click(opened(hidden_sizes=sizes), "one_step")
    assert run_of(app).config.data == Digits()


@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_it_works_for_every_activation(hidden):
    trained(opened(hidden=hidden), 1)


def test_a_diverged_run_says_so_and_the_page_stands():
    app = trained(opened(hidden="identity", output="identity", loss="squared error",
                         optimiser="sgd", learning_rate=1e6))  # fmt: skip
    assert "Diverged" in words(app)


@pytest.mark.parametrize(
    ("kind", "key", "value", "said"),
    [
        ("number_input", "learning_rate", -1.0, "learning_rate must be above 0"),
        ("text_input", "hidden_sizes", "many", "hidden_sizes must be whole numbers"),
        ("text_input", "hidden_sizes", "1025", "hidden_sizes must be"),
        ("number_input", "batch_size", 0, "batch_size must be a whole number"),
    ],
)
def test_a_bad_value_is_named_and_changes_nothing(kind, key, value, said):
    app = trained(opened(), 1)
    run = run_of(app)
    getattr(app, kind)(key=key).set_value(value).run()
    assert not app.exception
    assert said in app.error[0].value and run_of(app) is run


def test_nonsense_in_the_address_is_an_error_or_ignored_but_never_a_crash():
    for parameters in ({"images": "all"}, {"pixels": "?"}, {"hidden_sizes": "1e9"}):
        opened(**parameters)


def test_the_slider_looks_back():
    app = trained(opened())
    now = words(app)
    app.slider(key="look").set_value(0).run()
    assert not app.exception
    assert words(app) != now


def test_a_cell_can_be_chosen_and_left_again():
    app = trained(opened(), 1)
    app.session_state["cell"] = (4, 4)
    app = app.run()
    assert ", a 4, read as **a 4**" in words(app)
    app = click(app, "all_mistakes")
    assert "cell" not in app.session_state
    assert ", a 4, read as **a 4**" not in words(app)


def test_the_climb_goes_on_and_begins_again():
    app = click(click(trained(opened(), 1), "climb"), "climb")
    assert app.session_state["uphill"] == 20
    assert click(app, "climb_again").session_state["uphill"] == 0


def some_digits(m: int) -> Kept:
    """Digits to keep: the same dot, labelled in turn."""
    images = np.zeros((m, 28, 28), np.uint8)
    images[:, 14, 14] = 255
    return Kept(images, np.arange(m, dtype=np.uint8) % 10)


def test_kept_digits_are_counted_survive_other_pages_and_can_be_removed():
    app = opened()
    app.session_state["own digits"] = some_digits(3)
    app = app.run()
    assert "of 3 read right" in words(app)
    app = app.switch_page("pages/start.py").run()
    app = app.switch_page("pages/digits.py").run()
    assert "of 3 read right" in words(app)
    assert "of 2 read right" in words(click(app, "remove_own"))
    app = click(app, "clear_own")
    assert "read right, " in words(app) and "A test set of your own" not in words(app)


def test_there_is_room_for_so_many_digits_and_no_more():
    app = opened()
    app.session_state["own digits"] = some_digits(MOST_KEPT)
    app = app.run()
    assert "No more room" in words(app)
    assert all(app.button(key=f"label {digit}").disabled for digit in range(10))


def test_without_a_drawing_there_is_nothing_to_keep():
    assert opened().button(key="label 3").disabled


def test_the_file_of_kept_digits_opens_without_pickles():
    kept = some_digits(4)
    with np.load(io.BytesIO(kept.file()), allow_pickle=False) as file:
        np.testing.assert_array_equal(file["X"], kept.images)
        np.testing.assert_array_equal(file["y"], [0, 1, 2, 3])


def sent(image: np.ndarray, sheet: int = 0) -> dict:
    """A drawing as the browser sends it."""
    return {"sheet": sheet, "ink": base64.b64encode(image.tobytes()).decode()}


def test_a_drawing_arrives_as_it_was_sent():
    image = np.random.RandomState(0).randint(0, 256, (SIDE, SIDE)).astype(np.uint8)
    np.testing.assert_array_equal(drawn(sent(image), 0), image)


INK = np.full((SIDE, SIDE), 255, np.uint8)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        7,
        [],
        {},
        {"sheet": 0},
        {"sheet": 0, "ink": None},
        {"sheet": 0, "ink": 5},
        {"sheet": 0, "ink": ""},
        {"sheet": 0, "ink": "A" * 10**7},
        {"sheet": 0, "ink": "é" * (4 * -(-(SIDE**2) // 3))},
        {"sheet": 0, "ink": "*" * (4 * -(-(SIDE**2) // 3))},
        {"sheet": 0, "ink": "=" * (4 * -(-(SIDE**2) // 3))},
        sent(INK[:-1]),
        sent(np.zeros_like(INK)),
        sent(INK, sheet=1),
    ],
)
def test_anything_but_a_drawing_on_this_sheet_is_an_empty_board(value):
    assert drawn(value, 0) is None


def test_a_run_of_another_page_is_refused_and_one_of_this_page_taken_up():
    app = opened()
    run = run_of(app)
    other = save(begin(Config()))
    app.file_uploader(key="upload").set_value(("run.npz", other, "application/zip")).run()
    assert "holds a run of parity" in app.error[0].value and run_of(app) is run
    mine = advance(begin(ARTICLE), steps=2)
    app.file_uploader(key="upload").set_value(("mine.npz", save(mine), "application/zip")).run()
    assert not app.exception
    assert run_of(app).position == mine.position and run_of(app).config == ARTICLE


def test_the_raw_pixels_of_the_article_are_given_to_the_network_for_a_kept_digit_too():
    app = click(opened(), "preset The article's run")
    app.session_state["own digits"] = some_digits(2)
    assert "of 2 read right" in words(app.run())


def test_an_image_goes_through_the_matrices_behind_its_hidden_neurons_and_a_link_brings_it_back():
    app = trained(opened())
    app.session_state["image"] = ("embedded", 7)
    app.session_state["cell"] = None
    app = click(app.run(), "open_backprop")
    example = app.session_state["run example"]
    run = run_of(app)
    number = int(app.session_state["run example parameters"]["test"])
    data = datasets.load(run.config.data, run.config.precision)
    right = network_of(run.config, run.state).forward(data.X_test[[number]]).a[-1]
    np.testing.assert_allclose(
        example.exercise.network.forward(example.exercise.X).a[-1], right, rtol=1e-5, atol=1e-7
    )
    assert f"test sample {number + 1:,}" in example.story
    again = at("backprop", example=TITLE, **app.session_state["run example parameters"])
    np.testing.assert_array_equal(
        again.session_state["run example"].exercise.parameters, example.exercise.parameters
    )
