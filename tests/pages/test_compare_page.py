"""The compare page without a browser: runs from everywhere, side by side, and what is no run."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlp import Config, advance, begin, save
from mlp.sharing.address import Address
from tests.support.pages import at, click, fine, ticks_while, words

A, B = "parity?bits=5", "parity?learning_rate=3.0&bits=5"


def opened(*runs: str, **parameters) -> AppTest:
    """The page as an address with these runs opens it."""
    return at("compare", runs=list(runs), **parameters)


def trained(app: AppTest) -> AppTest:
    """Train all, and tick until they are there."""
    app = click(app, "compare_train")
    return ticks_while(app, lambda: app.session_state["comparing"])


def links(app: AppTest) -> list[str]:
    """The runs that the page compares."""
    return app.session_state["runs to compare"]


def test_nothing_to_compare_says_what_to_do():
    assert "Add two runs" in opened().info[0].value


def test_to_offer_the_runs_that_pages_open_with_draws_no_weights(monkeypatch):
    monkeypatch.setattr("mlp.training.state.initialise", None)
    app = opened()
    assert not app.button(key="add digits Modern").disabled


def test_runs_from_an_address_are_trained_to_the_numbers_of_single_runs():
    app = trained(opened(A, B, epochs="3"))
    for text, rate in ((A, 0.3), (B, 3.0)):
        run = app.session_state["compared runs"][text].run
        assert run.config.learning_rate == rate
        np.testing.assert_array_equal(
            run.history.rows, advance(begin(run.config), epochs=3).history.rows
        )
    assert "After 3 epochs, **" in words(app)


def test_only_what_differs_stands_in_the_table():
    table = opened(A, B).dataframe[0].value
    assert table["setting"].tolist() == ["learning rate"]
    assert table["A"].tolist() == ["0.3"] and table["B"].tolist() == ["3"]
    assert "only the learning rate differs" in words(opened(A, B))


def test_one_thing_changed_starts_from_the_same_seed():
    app = opened(A + "&seed=7", B)
    app.selectbox(key="changed").set_value("optimiser").run()
    app.text_input(key="changed_to").set_value("adam")  # and Add at once
    app = click(app, "add_changed")
    run = app.session_state["compared runs"][links(app)[-1]].run
    assert (run.config.optimiser, run.config.seed) == ("adam", 7)


def test_a_run_from_a_file_comes_as_it_is():
    app = opened(A)
    run = advance(begin(Config(seed=4)), epochs=2)
    app.file_uploader(key="compare_file").set_value(("run.npz", save(run), "x")).run()
    link = Address.of(run).text
    assert links(app) == [A, link]
    assert app.session_state["compared runs"][link].run.epoch == 2


def test_a_run_from_a_file_is_not_begun_again(monkeypatch):
    run, app = advance(begin(Config(seed=4)), epochs=2), opened()
    monkeypatch.setattr("mlp.training.state.initialise", None)
    app.file_uploader(key="compare_file").set_value(("run.npz", save(run), "x")).run()
    assert links(fine(app)) == [Address.of(run).text]


@pytest.mark.parametrize("text", ["", "nonsense", "parity?seed=x", "paraboloid", "parity?at=soon"])
def test_what_is_no_address_of_a_run_gets_a_message(text):
    app = opened(A, B)
    app.text_input(key="pasted").set_value(text)
    app = click(app, "add_link")
    assert len(app.error) == 1 and links(app) == [A, B]


def test_an_address_with_a_run_that_is_none_leaves_it_out():
    app = opened(A, "parity?bits=99", B)
    assert links(app) == [A, B]
    assert "bits must be" in app.warning[0].value


def test_a_run_can_be_removed_and_the_seventh_pushes_out_the_first():
    app = click(opened(A, B), f"remove {A}")
    assert links(app) == [B]
    app = opened(*(f"parity?seed={i}" for i in range(6)))
    app.text_input(key="pasted").set_value("parity?seed=6").run()
    app = click(app, "add_link")
    assert links(app) == [f"parity?seed={i}" for i in range(1, 6)] + ["parity?seed=6"]


def test_ten_seeds_of_each_give_a_verdict():
    app = click(opened(A, B, epochs="3"), "jury")
    app = ticks_while(app, lambda: "The median" not in words(app))
    assert "**B** wins: it is better than A in 9 of 10 seeds, which is more" in words(app)


def test_a_run_that_diverges_is_told_and_the_other_goes_on():
    app = trained(opened(A, "parity?bits=5&hidden=relu&output=identity&learning_rate=1e6"))
    assert "Diverged" in words(app)
    assert app.session_state["compared runs"][A].run.epoch == 20
