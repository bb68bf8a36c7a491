"""The backpropagation page without a browser: every control, and bad input in it."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlp.examples.mistakes import TEXTS
from mlp.examples.texts import EXAMPLES
from mlp.training.loop import next_batch
from mlp.training.state import network_of
from tests.support.pages import at as page_at
from tests.support.pages import click, fine, ticks_while, words


def opened(**parameters) -> AppTest:
    """The page as an address with these parameters opens it."""
    return page_at("backprop", **parameters)


def at(app: AppTest) -> str:
    """The name of the step in sight."""
    return app.subheader[0].value


def equation(app: AppTest) -> str:
    """The equation of the step in sight."""
    return app.latex[0].value.replace("$", "").strip()


def test_it_opens_at_the_input_of_the_question_with_the_proof_green():
    app = opened()
    assert at(app) == "The input"
    assert "Every gradient is proved" in words(app)
    assert app.session_state["counting"] == "1", "the question counts its layers from 1"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_walked_to_its_end_and_back(name):
    example = EXAMPLES[name]
    app, seen = opened(example=example.title), []
    for _ in range(2 + 5 * (len(example.exercise.sizes) - 1)):
        seen.append(at(app))
        if not app.button(key="next").disabled:
            click(app, "next")
    assert app.button(key="next").disabled and len(set(seen)) == len(seen)
    for earlier in reversed(seen[:-1]):
        assert at(click(app, "previous")) == earlier
    assert app.button(key="previous").disabled


def test_an_address_opens_its_step_in_its_notation():
    app = opened(step=10, samples="rows", brackets="[l]", counting="0", form="matrices")
    assert at(app) == "Error of the hidden layer (layer 1)"
    assert equation(app).startswith("dz^{[1]} = ")


def test_the_map_jumps_to_any_step():
    app = opened()
    assert (
        at(fine(app.pills(key="map").set_value(6).run())) == "Error of the output layer (layer 3)"
    )


@pytest.mark.parametrize(
    ("key", "value", "seen"),
    [
        ("samples", "rows", "dz"),
        ("layout", "numerator", r"\delta^{(3)} \, W^{(3)}"),
        ("counting", "0", r"\delta^{(1)}"),
        ("brackets", "[l]", r"\delta^{[2]}"),
        ("letter", "J", r"\delta^{(2)}"),
        ("form", "indices", r"\delta_{qi}"),
        ("form", "Jacobians", r"\frac{\partial z^{(3)}}{\partial a^{(2)}}"),
    ],
)
def test_every_switch_changes_the_equation_and_leaves_the_proof_green(key, value, seen):
    app = opened(step=10)
    app.segmented_control(key=key).set_value(value)
    fine(app.run())
    assert seen in equation(app)
    assert "Every gradient is proved" in words(app)


def test_each_text_is_a_preset_of_the_notation():
    app = click(opened(step=9), "as 002 students")
    chosen = [app.session_state[k] for k in ("samples", "layout", "counting", "brackets", "form")]
    assert chosen == ["rows", "denominator", "0", "[l]", "indices"]


def test_another_example_brings_its_notation_and_begins_at_the_input():
    app = opened(step=5)
    fine(app.selectbox(key="example").set_value("3-2-1, students").run())
    assert at(app) == "The input"
    assert app.session_state["samples"] == "rows" and app.number_input(key="batch").value == 4


def test_a_batch_shows_the_mean():
    app = opened(step=8)
    fine(app.number_input(key="batch").set_value(3).run())
    assert r"\tfrac{1}{3}" in equation(app)
    fine(app.number_input(key="sample").set_value(3).run())


def test_an_edit_moves_every_number_and_keeps_the_proof_green():
    app = opened(step=2)
    before = words(app)
    fine(app.text_input(key="edits").set_value("W1:1,1=2.5; x:1,2=-1").run())
    assert "Every gradient is proved" in words(app)
    assert words(app) != before, "the proof's own figure has moved too"


@pytest.mark.parametrize("edits", ["W1", "W7:1,1=2", "W1:1,1=nan", "<script>"])
def test_a_bad_edit_is_named_and_can_be_mended(edits):
    app = opened()
    fine(app.text_input(key="edits").set_value(edits).run())
    assert "edits" in app.error[0].value
    fine(app.text_input(key="edits").set_value("").run())
    assert not app.error and at(app) == "The input"


def broken(app: AppTest, *titles: str) -> AppTest:
    """The page with these mistakes switched on, and no others."""
    return fine(app.pills(key="mistake").set_value(list(titles)).run())


@pytest.mark.parametrize("title", [text.title for text in TEXTS.values()])
def test_every_mistake_turns_the_proof_red_and_none_leaves_it_green(title):
    app = broken(opened(batch=3), title)
    assert "The proof fails" in words(app)
    click(app, "go wrong")
    assert at(app) != "The input"
    assert "Every gradient is proved" in words(broken(app))


def test_several_mistakes_are_made_at_once_and_the_wrong_gradients_are_named():
    app = broken(opened(batch=3, step=7), "flip the sign", "sum instead of mean")
    assert "Y - A" in equation(app)
    assert r"for 6 of 6 gradients: $\delta^{(3)}$" in words(app)
    click(app, "next")
    assert r"\tfrac{1}{3}" not in equation(app)


def test_an_address_of_one_mistake_opens_with_it():
    assert "The proof fails" in words(opened(mistake="flip the sign"))


def test_the_page_says_why_it_shows_the_matrix_form_while_something_is_broken():
    app = opened(form="indices", mistake="flip the sign", step=7)
    assert any("in matrix form" in c.value for c in app.caption)
    assert r"\sum" not in equation(app)


def test_a_shape_error_is_shown_where_it_happens():
    app = opened(step=10, mistake="forget a transpose")
    assert "2 × 3 times 2 × 1 does not fit" in app.error[0].value
    click(app, "next")
    assert "Never reached" in app.error[0].value


def test_a_mistake_that_changes_nothing_here_says_so():
    app = broken(opened(), "sum instead of mean", "flip the sign")
    said = [line for line in words(app).splitlines() if "changes nothing here" in line]
    assert len(said) == 1 and "sum instead of mean" in said[0]


def test_the_slips_stand_where_they_occur_with_the_right_form():
    app = opened(step=7)
    assert ":orange-badge[:material/edit_note: A slip in the text] " in words(app)
    assert any(formula.value.strip("$\n ").endswith("z^{(L)} - y") for formula in app.latex)
    assert "A slip in the text" not in words(opened(step=3))


def test_a_network_of_ones_own():
    app = opened(example="your own", sizes="4, 3, 3", own_loss="cross-entropy")
    assert "Every gradient is proved" in words(app)
    fine(app.text_input(key="sizes").set_value("4, 99").run())
    assert "1 to 8" in app.error[0].value
    fine(app.text_input(key="sizes").set_value("a lot").run())
    assert "sizes" in app.error[0].value


@pytest.mark.parametrize(
    "parameters",
    [{"step": "999"}, {"step": "x"}, {"batch": "99"}, {"samples": "diagonal"}, {"example": "none"}],
)
def test_an_address_that_makes_no_sense_still_opens(parameters):
    assert at(opened(**parameters))


def test_play_goes_on_by_itself_and_stops_at_the_end(monkeypatch):
    monkeypatch.setattr("pages.parts.backprop.navigation.SECONDS", 0.0)
    app = opened(step=10)
    assert at(app.run()) == "Error of the hidden layer (layer 2)", "nothing moves before Play"
    app.button(key="play_steps").click().run()
    for _ in range(4):
        app.run()
    assert at(fine(app)) == "Gradient of the biases of the hidden layer (layer 2)"
    assert app.button(key="play_steps").label == "Play"


def opened_from_parity(**settings) -> AppTest:
    """The network of the parity page, opened here after an epoch of training."""
    app = click(page_at("parity", **settings), "one_epoch")
    trainer = app.session_state["session parity"].trainer
    return click(ticks_while(app, lambda: trainer.under_way), "open_backprop")


def captions(app: AppTest) -> str:
    """All that stands in small print."""
    return "\n".join(c.value for c in app.caption)


def test_what_another_page_trains_opens_here_with_its_weights_and_its_next_mini_batch():
    app = opened_from_parity()
    run = app.session_state["session parity"].run
    assert at(app) == "The input" and "Every gradient is proved" in words(app)
    assert "after 1 epoch of training" in captions(app)
    exercise = app.session_state["run example"].exercise
    np.testing.assert_array_equal(exercise.parameters, run.state.parameters)
    X, y = next_batch(run.config, run.state)
    np.testing.assert_array_equal(exercise.X, X)
    np.testing.assert_array_equal(exercise.y, y)
    assert app.number_input(key="batch").value == 8


def test_a_reload_brings_the_network_in_training_back():
    app = opened_from_parity()
    again = opened(example="the network in training", **app.session_state["run example parameters"])
    one, other = (page.session_state["run example"].exercise for page in (app, again))
    np.testing.assert_array_equal(one.parameters, other.parameters)
    np.testing.assert_array_equal(one.X, other.X)
    assert "after 1 epoch of training" in captions(again)


@pytest.mark.parametrize(
    ("run", "said"),
    [("", "cannot be read"), ("{}", "cannot be read"), ("parity?at=soon", "cannot be read")],
)
def test_an_address_whose_network_is_not_here_says_so_and_shows_the_first_example(run, said):
    app = opened(example="the network in training", run=run)
    assert said in app.info[0].value
    assert app.selectbox(key="example").value == EXAMPLES["question"].title


def test_a_replay_that_takes_too_long_says_so(monkeypatch):
    app = opened_from_parity()
    monkeypatch.setattr("pages.parts.sharing.run_example.REPLAY_SECONDS", 0)
    again = opened(example="the network in training", **app.session_state["run example parameters"])
    assert "takes too long" in again.info[0].value


def test_a_network_too_large_for_the_screen_is_shown_by_its_end():
    app = opened_from_parity(hidden_sizes="20")
    run = app.session_state["session parity"].run
    exercise = app.session_state["run example"].exercise
    assert exercise.sizes == (8, 2) and "these 8 move the answer most" in captions(app)
    X, _ = next_batch(run.config, run.state)
    right = network_of(run.config, run.state).forward(X[:1]).a[-1]
    np.testing.assert_allclose(exercise.network.forward(exercise.X).a[-1], right, rtol=1e-12)
    assert "Every gradient is proved" in words(app)
    told = app.session_state["run example parameters"]
    again = opened(example="the network in training", **told, step=2, counting="1")
    assert at(again) == "Weighted sums of the output layer (layer 3)"


def said(app: AppTest) -> str:
    """All that the page says, in Markdown, captions and HTML."""
    others = [c.value for c in app.caption] + [h.proto.body for h in app.get("html")]
    return "\n".join([words(app), *others])


def test_where_nudging_cannot_tell_the_page_says_so_and_why():
    app = said(opened(edits="W1:1,1=0; W1:1,2=0; b1:1=0", step=8))
    assert "No gradient is wrong" in app and "The proof fails" not in app
    assert "A kink hides" in app and "Rounding hides" not in app
    app = said(opened(edits="y:1,1=399900", step=7))
    assert "No gradient is wrong" in app and "It agrees where nudging can tell" in app
    assert "Rounding hides" in app and "A kink hides" not in app


@pytest.mark.parametrize("form", ["matrices", "indices", "Jacobians"])
def test_targets_that_do_not_add_up_to_one_have_their_factor_and_a_green_proof(form):
    app = opened(example=EXAMPLES["deep"].title, edits="y:1,2=1", form=form, step=9)
    assert "The targets add up to 2" in said(app) and "Every gradient is proved" in said(app)
    factor = {"matrices": r"\mathbf{1}", "indices": r"\Big) \, ", "Jacobians": r"\partial"}[form]
    assert factor in equation(app)


def test_a_saturated_output_has_no_number_that_is_none():
    app = opened(example=EXAMPLES["deep"].title, edits="b3:1=1000; y:1,1=0; y:1,2=1", step=9)
    assert "too large to be computed" in said(app) and "Every gradient is proved" in said(app)
