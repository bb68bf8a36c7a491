"""The accuracy on the training samples, where there are no others: measured, kept and read back."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlp import Config, Parity, advance, begin, load, save, state_at
from mlp.__main__ import last_line, main
from mlp.datasets import DATASETS
from mlp.datasets import load as load_data
from mlp.datasets.dataset import asked
from mlp.sharing import file as run_file
from mlp.training.epoch import TEST_ACCURACY, TRAINING_ACCURACY
from tests.support.alike import same_bits
from tests.support.answers import right_answers

XOR = Config(
    data=Parity(bits=2, rule="ones", train_share=1.0),
    hidden_sizes=(2,),
    batch_size=4,
    batching="standard",
    learning_rate=2.0,
)
SMALL_RUNS = st.builds(
    Config,
    data=st.builds(
        Parity,
        bits=st.integers(2, 5),
        rule=st.sampled_from(["even", "ones", "three", "majority"]),
        train_share=st.sampled_from([0.3, 0.6, 0.9, 0.99, 1.0]),
    ),
    hidden_sizes=st.sampled_from([(), (2,), (4, 3)]),
    hidden=st.sampled_from(["sigmoid", "tanh", "relu"]),
    output=st.sampled_from(["sigmoid", "identity"]),
    learning_rate=st.sampled_from([0.01, 0.3]),
    batch_size=st.integers(1, 9),
    batching=st.sampled_from(["article", "standard"]),
    seed=st.integers(0, 999),
)


@given(SMALL_RUNS)
@example(XOR)
@settings(max_examples=60)
def test_an_epoch_has_the_accuracy_of_the_samples_there_are_after_it(config):
    run, data = advance(begin(config), epochs=3), load_data(config.data, "float64")
    tested = 2**config.data.bits > len(data.X_train)
    column, other = (
        (TEST_ACCURACY, TRAINING_ACCURACY) if tested else (TRAINING_ACCURACY, TEST_ACCURACY)
    )
    X, y = (data.X_test, data.y_test) if tested else (data.X_train, data.y_train)
    expected = [right_answers(config, state_at(run, n).parameters, X, y) for n in (1, 2, 3)]
    assert column.of(run.history.rows).tolist() == expected
    assert np.isnan(other.of(run.history.rows)).all()
    # The one place that says which accuracy there is, and all that ask it.
    assert config.accuracy is column and config.data.has_tests is tested
    assert config.accuracy.samples == asked(data)[2]
    assert (column.name in config.columns, other.name in config.columns) == (True, False)


@pytest.mark.parametrize("name", DATASETS)
def test_whether_there_are_tests_is_known_without_the_data(name):
    settings = DATASETS[name]()
    assert settings.has_tests == (len(load_data(settings, "float64").X_test) > 0)


def rows_in(file: bytes) -> np.ndarray:
    with np.load(io.BytesIO(file)) as archive:
        return archive["rows"]


@given(SMALL_RUNS, st.integers(0, 3))
@settings(max_examples=30)
def test_a_file_has_the_training_accuracy_only_where_there_is_one(config, epochs):
    run = advance(begin(config), epochs=epochs) if epochs else begin(config)
    written = rows_in(save(run))
    kept = 3 if config.data.has_tests or not epochs else 4
    assert written.flags.c_contiguous and same_bits(written, run.history.rows[:, :kept].copy())
    assert same_bits(load(save(run)).history.rows, run.history.rows)


def test_a_file_from_before_is_read_without_the_accuracy_that_it_lacks_and_goes_on():
    run = advance(begin(XOR), epochs=4)
    with np.load(io.BytesIO(save(run))) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["rows"] = arrays["rows"][:, :3].copy()
    arrays["checksum"] = np.frombuffer(run_file._digest(arrays), np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    assert json.loads(arrays["header"].tobytes())["format"] == run_file.FORMAT
    old = load(file.getvalue())
    assert np.isnan(TRAINING_ACCURACY.of(old.history.rows)).all()
    assert save(old) == file.getvalue()
    later = TRAINING_ACCURACY.of(advance(old, epochs=2).history.rows)
    np.testing.assert_array_equal(np.isnan(later), [True] * 4 + [False] * 2)
    assert same_bits(later[4:], TRAINING_ACCURACY.of(advance(run, epochs=2).history.rows)[4:])


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_training_samples_in_bytes_are_judged_as_they_are_trained_on(precision, monkeypatch):
    """No data set of the lab has bytes and no tests; one of a learner's own may."""
    from mlp.datasets import Digits

    config = Config(data=Digits(), hidden_sizes=(), precision=precision, batch_size=64)
    monkeypatch.setattr(Digits, "has_tests", False)
    run = advance(begin(config), epochs=1)
    data = load_data(config.data, precision)
    W, b = np.split(run.state.parameters, [7840])
    X = data.X_train.astype(float) / 255
    right = (X @ W.reshape(10, 784).T + b).argmax(axis=1) == data.y_train.argmax(axis=1)
    found = TRAINING_ACCURACY.of(run.history.rows)[0]
    assert found == pytest.approx(right.mean(), abs=2 / len(X))  # float32 may tell two apart


def test_the_terminal_says_which_samples_its_accuracy_is_of(capsys):
    options = ["parity", "--bits=2", "--rule=ones", "--train-share=1", "--epochs=3"]
    assert main(options) == 0
    run = advance(begin(replace(Config(), data=XOR.data)), epochs=3)
    accuracy = float(run.history.rows[-1, 3])
    said = f"Network Accuracy: {accuracy} of the training samples, there are no others"
    assert capsys.readouterr().out.splitlines()[-1] == said == last_line(run)
