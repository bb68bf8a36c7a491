"""The sweep page without a browser: what it asks, what it refuses, and nothing done is lost."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlp import advance, begin
from mlp.sharing.address import Address
from tests.support.pages import at, click, fine, ticks_while, words

SMALL = {"values_learning_rate": "0.3, 3", "values_width": "2, 3", "run_epochs": "3", "bits": "5"}


def opened(**parameters) -> AppTest:
    """The page as an address with these parameters opens it."""
    return at("sweep", **(SMALL | parameters))


def to_the_end(app: AppTest) -> AppTest:
    """Start, and tick until nothing is left."""
    app = click(app, "sweep_start")
    return ticks_while(app, lambda: job(app).running)


def job(app: AppTest):
    """The job of the sweep that the page shows."""
    return list(app.session_state["jobs"].values())[-1]


def test_the_page_says_beforehand_how_many_runs_it_makes():
    app = opened(seeds="3")
    assert "2 × 2 cells from 3 seeds: 12 runs of 3 epochs" in words(app)
    assert "Ready" in words(app) and job(app).done == 0


def test_a_sweep_fills_every_cell_with_the_numbers_of_single_runs():
    app = to_the_end(opened(seeds="2"))
    assert "Finished" in words(app)
    outcome = job(app).answer
    assert outcome.finished.all()
    for cell, seed in ((0, 0), (3, 1)):
        config = outcome.sweep.configs[2 * cell + seed]
        alone = advance(begin(config), epochs=3).history.rows
        np.testing.assert_array_equal(outcome.rows[cell, seed], alone)


def test_the_table_links_every_run_to_its_training_page():
    app = to_the_end(opened())
    table = app.dataframe[0].value
    assert len(table) == 4
    config = job(app).answer.sweep.configs[job(app).answer.done[2]]
    assert Address.read(table["open"][2]) == Address.of_config(config, (3, 0))


def test_the_links_of_a_map_and_its_table_draw_no_weights(monkeypatch):
    app = to_the_end(opened())
    links = app.dataframe[0].value["open"].tolist()
    monkeypatch.setattr("mlp.training.state.initialise", None)
    app = fine(app.run())
    assert app.dataframe[0].value["open"].tolist() == links
    assert app.button(key="compare_cell").label == "Compare"


def test_settings_taken_on_another_page_leave_the_data_of_a_sweep_as_they_are():
    app = click(at("digits"), "preset The article's run")
    app = fine(app.switch_page("pages/sweep.py").run())
    assert app.selectbox(key="data").value == "parity"


def test_cancel_keeps_what_is_done_and_start_trains_the_rest():
    app = opened(run_epochs="200", seeds="60")
    app = click(app, "sweep_start")
    app = ticks_while(app, lambda: not job(app).done)
    app = click(app, "sweep_cancel")
    before = job(app).answer
    assert 0 < before.finished.sum() < before.finished.size
    assert "Paused" in words(app)
    app = to_the_end(app)
    after = job(app).answer
    assert after.finished.all()
    np.testing.assert_array_equal(after.rows[before.finished], before.rows[before.finished])


def test_a_start_that_comes_together_with_a_setting_trains_the_new_question():
    app = opened()
    app.number_input(key="run_epochs").set_value(4)
    app = to_the_end(app)
    assert job(app).epochs == 4 and job(app).finished


def on(app: AppTest, page: str) -> AppTest:
    """Another page, reached through the menu."""
    app.query_params.clear()
    return fine(app.switch_page(f"pages/{page}.py").run())


def test_a_preset_pressed_here_begins_no_run_elsewhere():
    app = click(at("parity"), "one_epoch")
    session = app.session_state["session parity"]
    app = ticks_while(app, lambda: session.trainer.under_way)
    app = click(on(app, "sweep"), "preset Modern defaults")
    on(app, "parity")
    assert session.run.epoch == 1


def test_going_back_to_a_question_finds_its_map():
    app = to_the_end(opened())
    app.number_input(key="run_epochs").set_value(4).run()
    assert job(app).done == 0
    app.number_input(key="run_epochs").set_value(3).run()
    assert job(app).finished


def test_looking_closer_asks_for_values_between_the_neighbours():
    app = click(to_the_end(opened(values_learning_rate="0.1, 1, 10")), "finer")
    text = app.text_input(key="values_learning_rate").value
    values = [float(part) for part in text.split(",")]
    assert len(values) >= 3 and text != "0.1, 1, 10"
    assert min(values) >= 0.01 and max(values) <= 100


def test_more_than_two_hyperparameters_are_searched_at_random():
    app = opened(
        vary=["Learning rate η", "Batch size", "Optimiser"],
        values_learning_rate="0.01..3",
        values_batch_size="4..32",
        cells="6",
    )
    assert "6 cells: 6 runs" in words(app)
    app = to_the_end(app)
    assert job(app).answer.finished.all() and len(app.dataframe[0].value) == 6


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"values_width": ""}, "width must have at least one value"),
        ({"values_width": "two"}, "width must be whole numbers"),
        ({"values_learning_rate": "-1, 1"}, "learning_rate must be above 0"),
        ({"seeds": "1000000"}, "seeds must be"),
        ({"run_epochs": "0"}, "epochs must be"),
        ({"values_learning_rate": "0.1..1 x 200", "values_width": "1..200 x 200"}, "at most 1,024"),
        ({"target": "7", "measure": "epochs to target"}, "target must be at most 1"),
        ({"batch_size": "0"}, "batch_size must be"),
    ],
)
def test_a_bad_question_gets_one_clear_message(parameters, complaint):
    app = opened(**parameters)
    assert len(app.error) == 1 and complaint in app.error[0].value


def test_nothing_to_vary_gets_a_message_too():
    app = opened()
    app.multiselect(key="vary").set_value([]).run()
    assert "at least one hyperparameter" in app.error[0].value


def test_a_cluster_that_does_not_answer_is_told_and_nothing_is_lost(monkeypatch):
    monkeypatch.setattr("mlp.workers.cluster.ANSWER_SECONDS", 0.3)
    monkeypatch.setenv("MLP_SCHEDULER", "tcp://127.0.0.1:9")
    app = opened()
    assert "no Dask scheduler answers" in app.error[0].value
    assert "2 × 2 cells" in words(app)
