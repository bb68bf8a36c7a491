"""Pages of runs that train on everything, and layers whose sizes are those of others."""

from urllib.parse import urlencode

import numpy as np
import pytest

from mlp.figures.network.weights import weight_heatmap
from mlp.network.shape import views
from tests.support.pages import at, click, ticks_while, words

XOR = {
    "bits": 2,
    "rule": "parity of the ones",
    "train_share": 1,
    "hidden_sizes": "2",
    "batch_size": 4,
    "batching": "standard",
    "learning_rate": 2,
}
A, B = (f"parity?{urlencode(XOR | more)}" for more in ({}, {"optimiser": "adam"}))


def test_a_run_on_everything_says_its_training_accuracy_and_that_it_is_past_its_stop():
    app = at("parity", **XOR, at=1200)
    session = app.session_state["session parity"]
    app = ticks_while(app, lambda: session.moving or session.trainer.under_way)
    right = 100 * session.run.history.rows[-1, 3]
    said = f"At epoch 1,200, {right:.1f} % of the training samples right: past the stop after 1,000"
    assert said in words(app)


@pytest.mark.parametrize("bits", [2, 3, 5])
def test_the_number_shown_is_one_of_those_bits_whatever_was_shown_before(bits):
    app = at("parity", bits=bits)
    slider = app.slider(key="number")
    assert (slider.max, slider.value <= slider.max) == (2**bits - 1, True)
    app = at("parity")
    app.slider(key="number").set_value(1023).run()
    app.slider(key="bits").set_value(bits).run()
    slider = app.slider(key="number")
    assert (slider.max, 0 <= slider.value <= slider.max) == (2**bits - 1, True)


def test_compare_offers_what_every_run_has_and_a_new_measure_has_its_own_verdict_at_once():
    app = at("compare", runs=[A, B], epochs=20, column="test error")
    box = app.selectbox(key="column")
    assert (box.options, box.value) == (["error", "training accuracy"], "error")
    app = click(app, "jury")
    app = ticks_while(app, lambda: "The median" not in words(app))
    assert "median training error" in words(app)
    app.selectbox(key="column").set_value("training accuracy").run()
    assert "median training accuracy" in words(app)
    assert "median training error" not in words(app)
    mixed = at("compare", runs=[A, "parity?bits=4"])
    assert mixed.selectbox(key="column").options == ["error"]
    tested = at("compare", runs=["parity?bits=4", "parity?bits=5"], column="test accuracy")
    assert tested.selectbox(key="column").options == ["error", "test error", "test accuracy"]
    assert tested.selectbox(key="column").value == "test accuracy"


def test_a_target_that_is_offered_no_more_is_let_go():
    asked = {"measure": "epochs to target", "target_of": "test accuracy"}
    app = at("sweep", **XOR | {"train_share": 0.5}, **asked)
    assert app.selectbox(key="target_of").value == "test accuracy"
    app.number_input(key="train_share").set_value(1.0).run()
    assert app.selectbox(key="target_of").value == "training accuracy"
    assert not app.exception and not app.error


def test_a_sweep_offers_what_its_runs_have_and_fills_with_it():
    asked = {"values_learning_rate": "1, 3", "values_width": "2, 3", "run_epochs": 30}
    app = at("sweep", **XOR, **asked, measure="test accuracy")
    box = app.selectbox(key="measure")
    assert "test error" not in box.options and "training accuracy" in box.options
    assert box.value == "training error"
    app.selectbox(key="measure").set_value("training accuracy").run()
    app = click(app, "sweep_start")
    job = list(app.session_state["jobs"].values())[-1]
    app = ticks_while(app, lambda: job.running)
    assert "Training accuracy" in words(app)
    table = app.dataframe[0].value
    assert table["training_accuracy"].notna().all() and table["test_error"].isna().all()
    app.selectbox(key="measure").set_value("epochs to target").run()
    assert app.selectbox(key="target_of").options == ["error", "training accuracy"]
    assert app.selectbox(key="target_of").value == "training accuracy"


@pytest.fixture
def drawn(monkeypatch):
    """The weights of every heatmap that pages draw, with the names of its rows and columns."""
    kept = []

    def heatmap(W, b, rows, columns, **more):
        kept.append((W, list(rows), list(columns)))
        return weight_heatmap(W, b, rows, columns, **more)

    monkeypatch.setattr("pages.parts.parity.weights.weight_heatmap", heatmap)
    monkeypatch.setattr("pages.parts.compare.weights.weight_heatmap", heatmap)
    return kept


def named(layer: int, last: int, n: int, bits: int) -> list[str]:
    """What the neurons of a layer are called; the inputs are layer 0."""
    if layer == 0:
        return [f"bit {i}" for i in reversed(range(bits))]
    return ["odd", "even"] if layer == last else [f"neuron {i + 1}" for i in range(n)]


@pytest.mark.parametrize("sizes", ["", "2", "4", "2, 4", "4, 2, 2"])
def test_neurons_have_the_names_of_their_layer_though_another_has_as_many(drawn, sizes):
    """With four bits and two classes, every size here is that of the inputs or of the outputs."""
    app = at("parity", bits=4, hidden_sizes=sizes)
    run = app.session_state["session parity"].run
    weights, _ = views(run.state.parameters, run.config.sizes)
    last = len(weights)
    expected = [
        (W, named(l + 1, last, len(W), 4), named(l, last, W.shape[1], 4))
        for l, W in enumerate(weights)
    ]
    check(drawn, expected)
    for layer in range(last):
        drawn.clear()
        link = f"parity?bits=4&{urlencode({'hidden_sizes': sizes})}"
        app = at("compare", runs=[link, link + "&learning_rate=1"])
        if layer:
            drawn.clear()
            app.selectbox(key="layer").set_value(layer).run()
        W, rows, columns = expected[layer]
        check(drawn, [(W, rows, columns), (W, rows, columns), (0 * W, rows, columns)])


def check(found, expected):
    assert [names for _, *names in found] == [list(names) for _, *names in expected]
    for (W, *_), (other, *_) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(W, other)


def test_layers_of_runs_of_other_depths_are_called_what_they_are_in_each(drawn):
    app = at("compare", runs=["parity?bits=4&hidden_sizes=2", "parity?bits=4&hidden_sizes=2,2"])
    assert app.selectbox(key="layer").options == [
        "Hidden layer / hidden layer 1",
        "Output layer / hidden layer 2",
    ]
    drawn.clear()
    app.selectbox(key="layer").set_value(1).run()
    assert [rows for _, rows, _ in drawn] == [["odd", "even"], ["neuron 1", "neuron 2"]]
    no_difference = "so there is no difference."
    assert [c.value for c in app.caption if no_difference in c.value] == [
        f"These are different layers of A and B, {no_difference}"
    ]
    app = at("compare", runs=["parity?bits=4&hidden_sizes=2", "parity?bits=4&hidden_sizes=3"])
    assert [c.value for c in app.caption if no_difference in c.value] == [
        f"A and B have weights of different shapes, {no_difference}"
    ]
