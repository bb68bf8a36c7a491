"""The parity page without a browser: every control, and bad input in it."""

import io
import time
from dataclasses import fields, replace
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlp import Config, Parity, advance, begin, save
from mlp.datasets.parity import RULES
from mlp.sharing.address import Address, setting_parameters
from mlp.training.config import Stop, config_from_settings, flat_settings
from mlp.training.presets import preset
from tests.support.pages import at, ticks_while, words
from tests.support.pages import click as press

HARD = preset("parity", "hard").config
RULE_KEYS = [field.name for field in fields(Stop)]


def opened(**parameters) -> AppTest:
    """The page as an address with these parameters opens it."""
    return at("parity", **parameters)


def click(app: AppTest, key: str) -> AppTest:
    """Press a button, and see what it leads to, unless it plays."""
    app = press(app, key)
    return app if app.session_state["session parity"].playing else at_rest(app)


def at_rest(app: AppTest) -> AppTest:
    """Tick until nothing moves by itself any more."""
    session = app.session_state["session parity"]
    return ticks_while(app, lambda: session.moving or session.trainer.under_way)


def run_of(app: AppTest):
    """The run that the page shows."""
    return app.session_state["session parity"].run


def test_the_page_opens_with_the_articles_run_ready():
    app = opened()
    assert run_of(app).config == Config()
    assert run_of(app).position == (0, 0)
    assert "Ready" in words(app)


def test_one_epoch_is_the_articles_first():
    app = click(opened(), "one_epoch")
    assert run_of(app).history.error[0] == pytest.approx(0.48236, abs=5e-6)
    assert "Paused" in words(app)


def test_one_step_is_one_batch():
    app = click(click(opened(), "one_step"), "one_step")
    assert run_of(app).position == (0, 2)


def test_play_trains_and_pause_stops():
    app = click(opened(), "play")
    assert "Running" in words(app)
    ticks_while(app, lambda: run_of(app).epoch < 3)
    app = click(app, "play")
    epoch = run_of(app).position
    assert epoch >= (3, 0)
    time.sleep(0.3)
    assert run_of(app.run()).position == epoch


def test_a_run_stops_by_its_rules_and_says_why():
    app = opened(epochs=2, speed="as fast as it goes")
    app = click(app, "play")
    ticks_while(app, lambda: "Finished" not in words(app))
    assert "all 2 epochs are done" in words(app)
    assert run_of(app).epoch == 2


def test_reset_is_the_very_same_start():
    app = opened()
    before = run_of(app).state.parameters.copy()
    app = click(click(app, "one_epoch"), "reset")
    assert run_of(app).position == (0, 0)
    np.testing.assert_array_equal(run_of(app).state.parameters, before)


def test_new_start_takes_the_next_seed():
    app = click(opened(), "new_start")
    assert run_of(app).config.seed == 1
    assert app.number_input(key="seed").value == 1


@pytest.mark.parametrize(("key", "position"), [("one_epoch", (1, 0)), ("one_step", (0, 1))])
def test_a_press_that_comes_together_with_a_setting_means_the_new_network(key, position):
    app = opened()
    app.number_input(key="seed").set_value(3)
    app = click(app, key)
    assert (run_of(app).config.seed, run_of(app).position) == (3, position)


def test_play_that_comes_together_with_its_rules_goes_by_them():
    app = opened(epochs=2, speed="as fast as it goes")
    app = ticks_while(click(app, "play"), lambda: "Finished" not in words(app))
    app.number_input(key="epochs").set_value(4)
    app = ticks_while(click(app, "play"), lambda: run_of(app).epoch < 4)
    assert run_of(app).epoch == 4


def test_a_new_start_keeps_a_setting_that_comes_together_with_it():
    app = opened()
    app.number_input(key="batch_size").set_value(16)
    app = click(app, "new_start")
    assert (run_of(app).config.batch_size, run_of(app).config.seed) == (16, 1)


def test_a_discarded_run_can_be_brought_back():
    app = click(opened(), "one_epoch")
    run = run_of(app)
    assert "bring_back" not in [button.key for button in app.button]
    app = click(app, "new_start")
    assert app.button(key="bring_back").label == "Bring back the run before"
    app = click(app, "bring_back")
    np.testing.assert_array_equal(run_of(app).state.parameters, run.state.parameters)
    assert app.number_input(key="seed").value == 0


@pytest.mark.parametrize(
    ("kind", "key", "value", "field"),
    [
        ("number_input", "learning_rate", 1.5, "learning_rate"),
        ("selectbox", "optimiser", "adam", "optimiser"),
        ("number_input", "l2", 0.01, "l2"),
    ],
)
def test_what_may_change_in_flight_keeps_the_run(kind, key, value, field):
    app = click(opened(), "one_epoch")
    getattr(app, kind)(key=key).set_value(value).run()
    assert run_of(app).epoch == 1
    assert getattr(run_of(app).config, field) == value
    assert "@1.0" in app.query_params["changes"]


@pytest.mark.parametrize(
    ("kind", "key", "value", "setting"),
    [
        ("slider", "bits", 6, 6),
        ("selectbox", "rule", "three", "three"),
        ("number_input", "train_share", 0.5, 0.5),
        ("text_input", "hidden_sizes", "8, 4", (8, 4)),
        ("text_input", "hidden_sizes", "", ()),
        ("selectbox", "hidden", "relu", "relu"),
        ("selectbox", "output", "tanh", "tanh"),
        ("selectbox", "loss", "mean squared error", "mean squared error"),
        ("selectbox", "initialisation", "he", "he"),
        ("number_input", "scale", 0.5, 0.5),
        ("number_input", "seed", 7, 7),
        ("number_input", "batch_size", 16, 16),
        ("selectbox", "batching", "standard", "standard"),
    ],
)
def test_every_other_setting_makes_a_new_network(kind, key, value, setting):
    app = click(opened(), "one_epoch")
    getattr(app, kind)(key=key).set_value(value).run()
    assert not app.exception
    expected = flat_settings(Config()) | {key: setting}
    assert run_of(app).config == config_from_settings(expected)
    assert run_of(app).position == (0, 0)


def test_a_cross_entropy_brings_its_output_along():
    app = opened()
    app.selectbox(key="loss").set_value("cross-entropy").run()
    assert run_of(app).config.output == "softmax"
    assert not app.error


@pytest.mark.parametrize(
    ("kind", "key", "value", "said"),
    [
        ("number_input", "learning_rate", -1.0, "learning_rate must be above 0"),
        ("number_input", "l2", -0.5, "l2 must be at least 0"),
        ("number_input", "train_share", 0.0, "train_share must be above 0"),
        ("number_input", "train_share", 2.0, "train_share must be at most 1"),
        ("text_input", "hidden_sizes", "three", "hidden_sizes must be whole numbers"),
        ("text_input", "hidden_sizes", "0", "hidden_sizes must be a whole number from 1"),
        ("text_input", "hidden_sizes", "1,1,1,1,1,1,1,1,1", "at most 8"),
        ("text_input", "hidden_sizes", "99999", "hidden_sizes must be"),
        ("number_input", "seed", -1, "seed must be a whole number"),
        ("number_input", "batch_size", 0, "batch_size must be a whole number"),
        ("number_input", "epochs", 0, "epochs must be a whole number"),
        ("number_input", "target_error", -1.0, "target_error must be at least 0"),
        ("number_input", "patience", -1, "patience must be a whole number"),
    ],
)
def test_a_bad_value_is_named_and_changes_nothing(kind, key, value, said):
    app = click(opened(), "one_epoch")
    run = run_of(app)
    getattr(app, kind)(key=key).set_value(value).run()
    assert not app.exception
    assert said in app.error[0].value
    held = "The rules before hold on." if key in RULE_KEYS else "The run stays as it was."
    assert app.error[0].value.endswith(f". {held}")
    assert run_of(app) is run
    click(app, "one_epoch")
    assert run_of(app).epoch == 2


def test_a_link_gives_the_same_run_with_its_changes_on_the_way():
    app = click(opened(seed=3), "one_epoch")
    app.number_input(key="learning_rate").set_value(1.0).run()
    app = click(app, "one_epoch")
    again = opened(learning_rate=1.0, seed=3, changes=app.query_params["changes"])
    again = click(click(again, "one_epoch"), "one_epoch")
    np.testing.assert_array_equal(run_of(again).history.rows, run_of(app).history.rows)
    np.testing.assert_array_equal(run_of(again).state.parameters, run_of(app).state.parameters)


@pytest.mark.parametrize("text", ["x", "learning_rate:0@1.0", "seed:1@1.0", "l2:nan@1.0", "," * 99])
def test_a_broken_link_says_so_and_starts_without_the_changes(text):
    app = opened(changes=text)
    assert "Part of the link could not be read" in app.warning[0].value
    assert len(run_of(app).schedule) == 1


def test_nonsense_in_the_address_is_an_error_or_ignored_but_never_a_crash():
    for parameters in ({"bits": "many"}, {"rule": "?"}, {"hidden_sizes": "1e9"}, {"seed": "x"}):
        opened(**parameters)


def test_the_slider_looks_back_and_the_run_can_branch_there():
    app = opened()
    for _ in range(3):
        app = click(app, "one_epoch")
    app.slider(key="look").set_value(1).run()
    assert run_of(app).epoch == 3
    app = click(app, "continue")
    assert run_of(app).epoch == 1
    assert click(app, "bring_back") and run_of(app).epoch == 3


@pytest.mark.parametrize("shown", ["Weights", "Since the start", "Last epoch"])
def test_weights_can_be_shown_as_changes(shown):
    app = click(opened(), "one_epoch")
    app.segmented_control(key="shown").set_value(shown).run()
    assert not app.exception


def test_the_error_axis_can_be_logarithmic():
    app = click(opened(), "one_epoch")
    app.toggle(key="logarithmic").set_value(True).run()
    assert not app.exception


def test_a_number_can_be_shown_to_the_network():
    app = opened()
    app.slider(key="number").set_value(1023).run()
    assert not app.exception


@pytest.mark.parametrize(
    ("title", "check"),
    [
        ("preset Modern defaults", lambda c: c.optimiser == "adam"),
        ("preset Hard: parity of the ones", lambda c: c.data.rule == "ones"),
        ("preset The article's run", lambda c: c == Config()),
    ],
)
def test_every_preset_starts_a_new_run(title, check):
    app = click(click(opened(), "one_epoch"), title)
    assert run_of(app).position == (0, 0)
    assert check(run_of(app).config)


@pytest.mark.parametrize(
    ("title", "config"),
    [
        ("try Learning rate 3", Config(learning_rate=3.0)),
        ("try All weights zero", Config(initialisation="zeros")),
        ("try The parity of the ones", Config(data=Parity(rule="ones"))),
    ],
)
def test_every_experiment_plays_at_one_click(title, config):
    app = click(opened(), title)
    assert run_of(app).config == config
    assert app.session_state["session parity"].playing
    click(app, "play")


def test_the_hard_preset_does_learn():
    run = advance(begin(HARD), epochs=300)
    assert run.history.test_accuracy.max() > 0.99


def test_without_test_numbers_the_page_asks_the_training_numbers():
    app = click(opened(train_share=1.0), "one_epoch")
    assert "1,024 training numbers" in "\n".join(c.value for c in app.caption)


def test_a_diverged_run_says_where_and_can_be_reset():
    app = opened(hidden="relu", output="identity", learning_rate=1e6)
    app = click(app, "one_epoch")
    assert "Diverged" in words(app)
    assert run_of(app).diverged is not None
    app = click(app, "reset")
    assert "Ready" in words(app)


def test_an_uploaded_run_goes_on_where_it_stood():
    run = advance(begin(Config(seed=9)), steps=200)
    app = opened()
    app.file_uploader(key="upload").set_value(("run.npz", save(run), "application/zip")).run()
    assert not app.exception
    assert run_of(app).position == run.position
    assert app.number_input(key="seed").value == 9


@pytest.mark.parametrize("content", [b"", b"not a run", save(begin(Config()))[:-50]])
def test_a_file_that_is_no_run_changes_nothing(content):
    app = click(opened(), "one_epoch")
    run = run_of(app)
    app.file_uploader(key="upload").set_value(("run.npz", content, "application/zip")).run()
    assert not app.exception
    assert "This file" in app.error[0].value
    assert run_of(app) is run


def test_a_file_saved_from_elsewhere_with_pickles_is_refused():
    file = io.BytesIO()
    np.savez(file, header=np.array([{"a": 1}], dtype=object))
    app = opened()
    app.file_uploader(key="upload").set_value(("run.npz", file.getvalue(), "x")).run()
    assert "This file" in app.error[0].value


def test_coming_back_finds_the_run_and_its_settings():
    app = opened()
    app.number_input(key="seed").set_value(4).run()
    app = click(app, "one_epoch")
    app = app.switch_page("pages/start.py").run()
    app.query_params.clear()
    app = app.switch_page("pages/parity.py").run()
    assert run_of(app).epoch == 1
    assert app.number_input(key="seed").value == 4


def test_the_equations_follow_the_settings():
    app = opened(loss="cross-entropy", output="softmax", optimiser="adam")
    latex = app.latex[0].value
    assert r"\log" in latex and r"\hat m" in latex and "a^{(L)} - y" in latex


def test_a_link_with_a_place_trains_to_it_and_rests_there():
    app = at_rest(opened(at="2.3", learning_rate=1))
    assert run_of(app).position == (2, 3)
    alone = advance(advance(begin(Config(learning_rate=1.0)), epochs=2), steps=3)
    np.testing.assert_array_equal(run_of(app).state.parameters, alone.state.parameters)
    assert "Paused" in words(app) and app.query_params["at"] == "2.3"


def test_pause_on_the_way_to_the_place_of_a_link_stays_where_it_is():
    app = opened(at="90000").button(key="play").click().run()
    assert not app.session_state["session parity"].moving
    assert "Paused" in words(app)


def test_a_place_that_is_none_is_left_out_with_a_warning():
    app = opened(at="soon")
    assert run_of(app).position == (0, 0)
    assert "at must be an epoch" in app.warning[0].value


@pytest.mark.parametrize("rule", RULES)
def test_the_page_understands_the_links_that_are_written_elsewhere(rule):
    config = replace(HARD, data=Parity(bits=6, rule=rule), hidden_sizes=(), scale=0.5, batch_size=4)
    link = Address.of_config(config, (1, 2)).text
    app = at_rest(opened(**dict(parse_qsl(link.split("?")[1], True))))
    assert run_of(app).config == config
    assert run_of(app).position == (1, 2)


def test_a_sweep_around_the_run_has_its_settings_for_a_base():
    config = Config(data=Parity(bits=6, rule="ones"), hidden_sizes=(4, 2), seed=3, scale=2.0)
    app = press(opened(**setting_parameters(config)), "sweep_around")
    assert "What if?" in [title.value for title in app.title]
    asked = list(app.session_state["jobs"].values())[-1].answer.sweep
    assert asked.base == config


def test_a_run_is_put_beside_others_on_the_compare_page():
    app = click(click(opened(seed=5), "one_epoch"), "compare_run")
    assert app.session_state["runs to compare"] == ["parity?seed=5&at=1"]
    assert app.session_state["compared runs"]["parity?seed=5&at=1"].run is run_of(app)


@pytest.mark.parametrize("page", ["parity", "digits"])
def test_a_link_to_a_network_that_cannot_be_says_where_to_correct_it(page):
    app = at(page, hidden_sizes="0")
    assert "hidden_sizes must be a whole number" in app.error[0].value
    assert app.error[0].value.endswith(". Correct it in the sidebar.")
    assert f"session {page}" not in app.session_state


def test_the_table_of_all_numbers_has_the_mistakes_on_top_and_waits_while_the_run_plays():
    app = opened(bits=13)
    app.session_state["truth"] = True
    app.run()
    m = 2**13 - run_of(app).config.data.train_count
    table = app.dataframe[0].value
    right = (table["truth"] == table["predicted"]).to_numpy()
    assert len(table) == 2000 and (right == sorted(right)).all()
    assert f"**{(~right).sum():,}** of {m:,} are wrong." in words(app)
    below = [caption.value for caption in app.caption]
    assert "The first 2,000, with the mistakes on top." in below
    app = press(app, "play")
    assert "The table comes back when the run pauses." in [c.value for c in app.caption]
    assert not app.dataframe
    press(app, "play")
