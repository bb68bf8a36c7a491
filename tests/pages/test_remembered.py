"""What a learner has chosen stays as long as that very thing is there, and is forgotten after."""

from functools import partial
from operator import gt

import streamlit as st
from streamlit.testing.v1 import AppTest

from mlp import advance
from mlp.derivation.problem import Key
from mlp.training.trainer import Trainer
from pages.parts.backprop.entry import Entry
from pages.parts.page.remembered import remembered
from tests.support.pages import at, click, fine, words


def test_a_choice_stays_while_it_exists_and_does_not_come_back_once_it_has_gone(monkeypatch):
    monkeypatch.setattr(st, "session_state", {"neuron": 7})
    found = [remembered("neuron", partial(gt, n)) for n in (9, 8, 4, 9)]
    assert found == [7, 7, None, None]
    assert st.session_state == {}


def test_nothing_chosen_is_nothing_and_is_asked_of_nobody(monkeypatch):
    monkeypatch.setattr(st, "session_state", {"cell": None})
    assert remembered("cell", lambda _: 1 / 0) is None
    assert remembered("image", lambda _: 1 / 0) is None


def chosen(key: str, value, page: str, **parameters) -> AppTest:
    """A page on which this was chosen."""
    app = at(page, **parameters)
    app.session_state[key] = value
    return fine(app.run())


def kept(app: AppTest, key: str):
    """What is remembered now."""
    if key not in app.session_state:
        return None
    return app.session_state[key]


RESULT = Entry(Key("z", 2), "result", 1, 0, "result")  # sum of neuron 2, of sample 1


def test_a_clicked_number_is_followed_into_another_notation_and_another_batch():
    app = chosen("entry", RESULT, "backprop", step=4, samples="columns")
    assert "row 2, column 1" in words(app)
    fine(app.segmented_control(key="samples").set_value("rows").run())
    assert "row 1, column 2" in words(app)
    fine(app.number_input(key="batch").set_value(3).run())
    fine(app.segmented_control(key="layout").set_value("numerator").run())
    assert "row 1, column 2" in words(app)


def test_a_clicked_number_leaves_with_its_sample_its_neuron_its_matrix_and_its_step():
    third = Entry(Key("z", 2), "result", 1, 2, "result")
    app = chosen("entry", third, "backprop", step=4, batch=3)
    assert "How this entry comes about" in words(app)
    fine(app.number_input(key="batch").set_value(2).run())
    assert "How this entry" not in words(app) and kept(app, "entry") is None

    app = chosen("entry", RESULT, "backprop", step=4, example="your own")
    fine(app.text_input(key="sizes").set_value("2, 3, 1").run())
    assert "How this entry" not in words(app) and kept(app, "entry") is None

    bias = Entry(Key("db", 2), "1", 0, 0, "1")
    app = chosen("entry", RESULT, "backprop", step=4)
    assert kept(click(app, "next"), "entry") is None
    assert kept(chosen("entry", bias, "backprop", step=4), "entry") is None


def test_the_field_that_changes_a_number_shows_the_number_of_the_network_now():
    weight = Entry(Key("z", 1), "W1:1,1", 0, 0, "0")
    app = chosen("entry", weight, "backprop", step=2, example="your own")
    before = app.number_input(key="value W1:1,1").value
    fine(app.number_input(key="own_seed").set_value(5).run())
    after = app.number_input(key="value W1:1,1").value
    assert after != before
    fine(app.number_input(key="value W1:1,1").set_value(2.5).run())
    assert app.number_input(key="value W1:1,1").value == 2.5
    fine(app.text_input(key="edits").set_value("").run())
    assert app.number_input(key="value W1:1,1").value == after


def test_what_was_done_with_an_example_does_not_hold_for_the_network_in_training():
    app = chosen("entry", RESULT, "backprop", step=4, edits="W1:1,1=2")
    app = fine(app.switch_page("pages/parity.py").run())
    app = click(app, "open_backprop")
    assert app.text_input(key="edits").value == "" and "Step **1** of" in words(app)
    assert kept(app, "entry") is None


def test_a_number_that_has_too_many_bits_gives_way_to_one_that_has_not():
    app = at("parity", bits=6)
    fine(app.slider(key="number").set_value(60).run())
    fine(app.slider(key="bits").set_value(7).run())
    assert app.slider(key="number").value == 60
    fine(app.slider(key="bits").set_value(5).run())
    assert app.slider(key="number").value == 5
    fine(app.slider(key="bits").set_value(2).run())
    assert (app.slider(key="number").value, app.slider(key="number").max) == (3, 3)


def test_the_epoch_looked_at_is_one_of_the_run_that_is_shown():
    app = at("parity", bits=5)
    session = app.session_state["session parity"]
    for seed in (1, 2):
        fine(app.number_input(key="seed").set_value(seed).run())
        session.trainer = Trainer(advance(session.run, epochs=3))
        fine(app.run())
    fine(app.slider(key="look").set_value(1).run())
    assert app.slider(key="look").value == 1
    look = click(app, "bring_back").slider(key="look")
    assert (look.value, look.max) == (3, 3)


def test_a_neuron_is_forgotten_where_the_layer_has_none_of_its_number():
    app = chosen("neuron", ("neuron", 3), "digits", hidden_sizes="4")
    assert kept(app, "neuron") == ("neuron", 3)
    fine(app.number_input(key="seed").set_value(9).run())
    assert kept(app, "neuron") == ("neuron", 3)
    fine(app.text_input(key="hidden_sizes").set_value("3").run())
    assert kept(app, "neuron") is None
    app = chosen("neuron", ("neuron", 3), "digits", hidden_sizes="")
    assert kept(app, "neuron") is None, "an output is no neuron"


def test_an_image_is_forgotten_where_the_gallery_does_not_show_it():
    app = at("digits", hidden_sizes="4")
    title, numbers = app.session_state["images looked at"][1:3]
    second = int(numbers[1])
    app.session_state["image"] = ("embedded", second)
    assert f"**Test image {second + 1:,}**" in words(fine(app.run())), title
    app.session_state["image"] = ("full", second)
    assert f"**Test image {int(numbers[0]) + 1:,}**" in words(fine(app.run()))
    assert kept(app, "image") is None


SWEEP = {"values_learning_rate": "0.1, 1, 3", "values_width": "2, 3", "run_epochs": 2, "bits": 5}


def test_a_cell_of_a_sweep_is_told_by_its_values():
    cell = {"learning_rate": 3.0, "width": 2}
    app = chosen("sweep cell clicked", cell, "sweep", **SWEEP)
    told = "**Learning rate η 3, neurons a hidden layer 2**"
    assert told in words(app)
    for text in ("3, 5", "0.1, 0.2, 0.3, 3"):
        fine(app.text_input(key="values_learning_rate").set_value(text).run())
        assert told in words(app)
    fine(app.multiselect(key="vary").set_value(["width", "learning_rate"]).run())
    assert "**Neurons a hidden layer 2, learning rate η 3**" in words(app)
    fine(app.text_input(key="values_learning_rate").set_value("1, 2").run())
    assert kept(app, "sweep cell clicked") is None


def test_the_run_that_another_is_taken_from_is_followed_when_one_leaves_the_list():
    runs = [f"parity?seed={seed}&bits=5" for seed in range(1, 5)]
    app = at("compare", runs=runs)
    assert app.segmented_control(key="minus").value == "B"
    fine(app.segmented_control(key="minus").set_value("C").run())
    click(app, f"remove {runs[1]}")
    assert app.segmented_control(key="minus").value == "B", "what was C is B now"
    fine(app.segmented_control(key="minus").set_value("C").run())
    click(app, f"remove {runs[3]}")
    app.session_state["runs to compare"] = [runs[0], runs[2], runs[1]]
    assert fine(app.run()).segmented_control(key="minus").value == "B"
