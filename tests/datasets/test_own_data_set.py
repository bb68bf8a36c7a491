"""A data set is one file: one that only this test registers is trained wherever there is training.

Its one entry in DATASETS is all that is put there.
"""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlp import Config, Stop, advance, begin, load, save
from mlp.__main__ import article_number, main
from mlp.datasets import DATASETS
from mlp.sharing.address import Address
from mlp.sharing.script import data_file, script
from mlp.sweep import calibrate, plan, sweep
from mlp.training.presets import preset, presets_of
from tests.support.alike import same_run
from tests.support.pages import at, click, fine, ticks_while
from tests.support.workers import Here
from tests.support.xor import Xor

# In each setting another value than a page opens with; the address has a title for one of them.
OTHERS = Xor(copies=4, off="minus", shift=0.25)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(DATASETS, Xor.name, Xor)


def five() -> Config:
    """What its page opens with, with other settings of the data."""
    return replace(preset("xor", "five").config, data=OTHERS)


def page():
    import streamlit as st

    from mlp import datasets
    from mlp.datasets import dataset
    from mlp.training.presets import presets_of
    from pages.parts.settings.config_form import config_form
    from pages.parts.sharing.downloads import downloads
    from pages.parts.training.curves import curves
    from pages.parts.training.equations import equations
    from pages.parts.training.panel import panel
    from pages.parts.training.session import session_for

    presets = presets_of("xor")
    config, trouble = config_form(presets)
    session = session_for("xor", config, presets[0].stop)
    if trouble:
        st.error(trouble)
    data = datasets.load(session.run.config.data, session.run.config.precision)
    equations(session.run.config)
    chance = dataset.chance(dataset.asked(data)[1])
    panel(session, st.container(), lambda look: curves(look, chance))
    downloads(session.trainer)


def opened(**parameters: str) -> AppTest:
    """A training page of the usual parts, as an address with these parameters opens it."""
    app = AppTest.from_function(page, default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return fine(app.run())


def test_its_presets_are_configs_with_stop_rules():
    first, second = presets_of("xor")
    assert first.config == Config(data=Xor(copies=3), hidden_sizes=(5,), learning_rate=1.0)
    assert (first.stop, first.title) == (Stop(epochs=30), "Five neurons")
    assert second.config == Config(data=Xor(), hidden_sizes=(2,))


def test_a_page_has_a_widget_for_each_setting_and_trains_what_they_say():
    app = opened(copies="4", off="-1 and 1", shift="0.25")
    assert (app.slider(key="copies").label, app.slider(key="copies").max) == ("Copies", 9)
    assert app.selectbox(key="off").options == ["0 and 1", "-1 and 1"]
    assert app.number_input(key="shift").step == 0.25
    assert "32 corners." in [caption.value for caption in app.caption]
    app = click(app, "play")
    session = app.session_state["session xor"]
    app = ticks_while(app, lambda: session.moving or session.trainer.under_way)
    assert same_run(session.run, advance(begin(five()), epochs=30))


def test_a_page_says_what_is_wrong_with_a_setting_and_keeps_its_run():
    app = opened()
    app.number_input(key="shift").set_value(2.0)
    assert [error.value for error in fine(app.run()).error] == ["shift must be at most 1, got 2.0"]
    assert app.session_state["session xor"].run.config == presets_of("xor")[0].config


def test_a_page_offers_no_file_beside_a_script_that_makes_its_data():
    keys = [element.proto.id for element in opened().get("download_button")]
    assert any("download_script" in key for key in keys)
    assert not any("download_data" in key for key in keys)
    assert data_file(five()) is None


def test_a_sweep_that_its_page_asks_for_fills_with_the_numbers_of_single_runs():
    """Trained in this process: to make a config, a worker would look into a list of its own."""
    axes = {"values_learning_rate": "0.3, 3", "values_width": "2, 5", "run_epochs": "3"}
    app = at("sweep", data="xor", copies="4", **axes)
    assert "32 corners." in [caption.value for caption in app.sidebar.caption]
    job = list(app.session_state["jobs"].values())[-1]
    pieces = plan(job.configs, job.epochs, calibrate(job.configs))
    with Here() as threads:
        outcome = job.gather(list(sweep(pieces, threads)))
    assert outcome.finished.all() and len(job.configs) == 4
    for cell, config in enumerate(job.configs):
        assert config.data == Xor(copies=4)
        rows = advance(begin(config), epochs=3).history.rows
        np.testing.assert_array_equal(outcome.rows[cell, 0], rows)


def test_the_compare_page_adds_what_it_opens_with():
    app = click(at("compare"), "add xor Two neurons")
    assert app.query_params["runs"] == "xor?hidden_sizes=2&learning_rate=0.3&copies=2"


def test_the_terminal_trains_it_by_its_own_options(capsys):
    options = ["--copies", "4", "--off", "minus", "--shift", "0.25"]
    assert main(["xor", *options, "--epochs", "6"]) == 0
    run = advance(begin(five()), epochs=6)
    lines = [
        f"* Epoch: {epoch:>4}, Error: {article_number(error)}, Test accuracy: {accuracy:.4f}"
        for epoch, (error, accuracy) in enumerate(
            zip(run.history.error, run.history.test_accuracy, strict=True)
        )
    ]
    last = f"Network Accuracy: {float(run.history.test_accuracy[-1])}"
    assert capsys.readouterr().out.splitlines() == [*lines, last]


def test_the_terminal_lists_it_with_its_choices(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert Xor.about in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["xor", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "--copies COPIES default: 3 --off {zero,minus} default: zero --shift SHIFT" in told


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_its_script_prints_the_errors_of_the_run(precision, tmp_path):
    config = replace(five(), precision=precision)
    (tmp_path / "run.py").write_text(script(config, Stop(epochs=6)), encoding="utf8")
    command = [sys.executable, "-I", "run.py"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert (done.stderr, done.returncode) == ("", 0)
    run = advance(begin(config), epochs=6)
    assert done.stdout.splitlines() == [
        *(f"* Epoch: {i:>4}, Error: {article_number(e)}" for i, e in enumerate(run.history.error)),
        f"Network Accuracy: {run.history.test_accuracy[-1]}",
    ]


def test_its_address_names_its_choice_by_the_title_and_is_read_again():
    run = advance(advance(begin(five()), epochs=2), steps=1)
    address = Address.of(run)
    assert address.text == "xor?copies=4&off=-1+and+1&shift=0.25&at=2.1"
    assert Address.read(address.text) == address
    assert Address.of_config(preset("xor", "five").config).text == "xor"


def test_its_run_comes_back_from_a_file():
    run = advance(begin(five()), epochs=3)
    assert same_run(load(save(run)), run)
