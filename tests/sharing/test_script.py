"""A run as a script: with NumPy alone, in a place of its own, it prints what the lab shows."""

import io
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlp import Config, Parity, Stop, advance, begin, changed, datasets
from mlp.__main__ import main
from mlp.datasets import DATASETS, Dataset, one_hot
from mlp.datasets.parity import RULES
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.network.losses import LOSSES
from mlp.sharing.script import data_file, script
from mlp.training.config import BATCHINGS, PRECISIONS
from mlp.training.presets import preset
from tests.support.alike import same_bits

pytestmark = pytest.mark.filterwarnings("error")

# Nothing but NumPy and what comes with Python may be imported, and least of all the lab.
ALONE = (
    "import sys, runpy\n"
    "class Nothing:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        known = name.split('.')[0] in {'numpy', *sys.stdlib_module_names}\n"
    "        if not known: raise ImportError(name)\n"
    "sys.meta_path.insert(0, Nothing())\n"
    "runpy.run_path('run.py', run_name='__main__')\n"
)
FEW = Stop(epochs=4)
MODERN, HARD = (preset("parity", name).config for name in ("modern", "hard"))


def printed(text, folder):
    """What a script prints in an empty folder, where only NumPy is to be had."""
    (folder / "run.py").write_text(text, encoding="utf8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", ALONE], capture_output=True, text=True, cwd=folder, timeout=120
    )
    return done.stdout.splitlines(), done.stderr.strip(), done.returncode


def in_the_terminal(config, stop):
    """What `python -m mlp` prints."""
    words = [f"--{name.replace('_', '-')}={value}" for name, value in settings_of(config, stop)]
    with redirect_stdout(io.StringIO()) as out:
        main(["parity", *words])
    return out.getvalue().splitlines()


def settings_of(config, stop):
    for each in (config, config.data, stop):
        for name, value in vars(each).items():
            if name == "hidden_sizes":
                yield name, ",".join(map(str, value))
            elif name != "data":
                yield name, value


def errors_of(text):
    """The errors that a script yields, every digit of them; and where it ended early, that."""
    space = {"__name__": "a script"}
    with np.errstate():
        exec(compile(text, "run.py", "exec"), space)
        errors = []
        try:
            errors.extend(float(error) for error in space["Network"]().tango())
        except SystemExit as end:
            return np.array(errors), str(end)
    return np.array(errors), ""


@st.composite
def configs(draw):
    """Any config of a small network."""
    loss = draw(st.sampled_from(list(LOSSES)))
    return Config(
        data=Parity(
            bits=draw(st.sampled_from([2, 4, 7])),
            rule=draw(st.sampled_from(list(RULES))),
            train_share=draw(st.sampled_from([0.5, 0.684, 1.0])),
        ),
        hidden_sizes=draw(st.sampled_from([(), (1,), (3,), (4, 3), (9, 17)])),
        hidden=draw(st.sampled_from(list(ACTIVATIONS))),
        output=LOSSES[loss].output or draw(st.sampled_from(list(ACTIVATIONS))),
        loss=loss,
        initialisation=draw(st.sampled_from(list(INITIALISATIONS))),
        scale=draw(st.sampled_from([1.0, 0.1, 7.3])),
        optimiser=draw(st.sampled_from(list(OPTIMISERS))),
        learning_rate=draw(st.sampled_from([0.003, 0.3, 3.0])),
        l2=draw(st.sampled_from([0.0, 0.01])),
        batch_size=draw(st.sampled_from([1, 3, 8, 50, 200])),
        batching=draw(st.sampled_from(BATCHINGS)),
        precision=draw(st.sampled_from(PRECISIONS)),
        seed=draw(st.integers(0, 2**32 - 1)),
    )


@given(configs())
@example(MODERN)
@example(HARD)
@settings(max_examples=250)
def test_a_script_has_the_very_errors_of_the_run_for_every_config(config):
    run = advance(begin(config), epochs=FEW.epochs)
    errors, end = errors_of(script(config, FEW))
    assert same_bits(errors, np.array(run.history.error))
    overflow = run.diverged and f"The numbers overflowed in epoch {run.diverged.epoch}."
    assert end == (overflow or "")


def test_the_articles_script_prints_the_articles_run_with_numpy_alone(tmp_path):
    out, err, code = printed(script(Config(), Stop()), tmp_path)
    assert (err, code) == ("", 0)
    assert out == in_the_terminal(Config(), Stop())
    assert out[0] == "* Epoch:    0, Error: 0.48236"
    assert out[999] == "* Epoch:  999, Error: 0.00004026"
    assert out[1000] == "Network Accuracy: 1.0"


@pytest.mark.parametrize(
    ("config", "stop"),
    [
        (MODERN, Stop(epochs=30)),
        (replace(MODERN, optimiser="rmsprop", precision="float32", l2=0.001), Stop(epochs=5)),
        (Config(data=Parity(bits=4, train_share=1.0), hidden_sizes=()), Stop(epochs=5)),
        (Config(optimiser="momentum", learning_rate=0.03), Stop(target_error=0.05)),
        (replace(MODERN, learning_rate=0.3), Stop(epochs=60, patience=3)),
        (replace(MODERN, hidden="leaky relu"), Stop(epochs=5)),
        (Config(hidden="softplus", output="leaky relu", learning_rate=0.01), Stop(epochs=5)),
    ],
)
def test_a_script_prints_line_by_line_what_the_terminal_prints(config, stop, tmp_path):
    out, err, code = printed(script(config, stop), tmp_path)
    assert (err, code) == ("", 0)
    assert out == in_the_terminal(config, stop)


def test_a_script_says_where_the_numbers_overflowed_and_prints_nothing_after(tmp_path):
    config = Config(hidden="relu", output="identity", learning_rate=100.0)
    out, err, code = printed(script(config, Stop()), tmp_path)
    epoch = advance(begin(config), epochs=10).diverged.epoch
    assert (out, err, code) == (
        in_the_terminal(config, Stop()),
        f"The numbers overflowed in epoch {epoch}.",
        1,
    )


@given(configs(), st.integers(0, 3), st.sampled_from([0.0, 0.1]))
def test_a_script_is_short_and_its_lines_are_too(config, patience, target_error):
    lines = script(config, Stop(patience=patience, target_error=target_error)).splitlines()
    assert len(lines) <= 110
    assert max(map(len, lines)) <= 110


def test_a_script_says_nothing_of_what_its_run_does_not_need():
    text = script(Config(), Stop())
    assert len(text.splitlines()) < 95
    for other in ("tanh", "softmax", "adam", "float32", "self.m", "best", "log"):
        assert other not in text


def test_a_run_changed_on_its_way_has_no_script():
    run = changed(advance(begin(Config()), steps=3), Config(learning_rate=1.0))
    with pytest.raises(ValueError, match="changed on its way"):
        script(run.config, Stop(), run.schedule)
    assert script(Config(), Stop(), begin(Config()).schedule) == script(Config(), Stop())


@dataclass(frozen=True)
class Points:
    """Points in the plane, in one of three classes."""

    name: ClassVar[str] = "points"

    n_in: int = 2
    n_out: int = 3
    train_count: int = 50
    has_tests: bool = True

    def load(self, precision: str) -> Dataset:
        random = np.random.RandomState(0)
        X = random.randn(80, 2).astype(precision)
        y = one_hot(random.randint(3, size=80), 3, precision)
        return Dataset(X[:50], y[:50], X[50:], y[50:], ("x", "y"), ("a", "b", "c"))

    def script_text(self, dtype: str) -> str:
        return ""


@pytest.mark.parametrize("precision", PRECISIONS)
def test_other_data_lie_in_a_file_beside_the_script(precision, tmp_path, monkeypatch):
    monkeypatch.setitem(DATASETS, "points", Points)
    config = replace(MODERN, data=Points(), precision=precision)
    name, file = data_file(config)
    (tmp_path / name).write_bytes(file)
    out, err, code = printed(script(config, Stop(epochs=4)), tmp_path)
    run = advance(begin(config), epochs=4)
    assert (err, code) == ("", 0)
    assert [float(line.rpartition(" ")[2]) for line in out[:-1]] == pytest.approx(
        run.history.error, rel=1e-4
    )
    assert out[-1] == f"Network Accuracy: {run.history.test_accuracy[-1]}"
    datasets.load.cache_clear()


def test_parity_needs_no_file():
    assert data_file(Config()) is None


@pytest.mark.parametrize("rate", [1e5, 1e300])
def test_a_run_that_overflows_is_printed_to_its_last_epoch_here_and_in_the_terminal(rate, tmp_path):
    config = Config(data=Parity(bits=4), hidden="relu", output="identity", learning_rate=rate)
    out, err, code = printed(script(config, Stop(epochs=99)), tmp_path)
    run = advance(begin(config), epochs=99)
    assert out == in_the_terminal(config, Stop(epochs=99))
    assert (len(out), code) == (run.diverged.epoch, 1)
    assert err == f"The numbers overflowed in epoch {run.diverged.epoch}."
    errors = [float(line.rpartition(" ")[2]) for line in out]
    assert errors == pytest.approx(run.history.error, rel=1e-4)
