"""The command line: it prints the article's run as the article does, and says what went wrong."""

import re
import signal
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

import mlp
from mlp import Config, Digits, Parity, Stop, advance, begin
from mlp.__main__ import article_number, config_and_stop, main, parser
from mlp.datasets import DATASETS, mnist
from mlp.training.presets import presets_of
from tests.support import small_mnist

pytestmark = pytest.mark.filterwarnings("error")

# seed 000, section 7.1: what its author's own run printed.
PUBLISHED = {
    0: "0.48236",
    1: "0.3234",
    2: "0.16235",
    3: "0.075001",
    4: "0.040232",
    5: "0.025256",
    6: "0.017793",
    7: "0.013523",
    8: "0.010801",
    9: "0.0089463",
    998: "0.00004031",
    999: "0.00004026",
}
PUBLISHED_ACCURACY = "1.0"
ROOT = Path(mlp.__file__).parents[1]


@pytest.fixture(scope="module")
def article():
    """The lines of the whole run, 1,000 epochs, printed once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        printed = []
        patch.setattr("builtins.print", lambda line, **options: printed.append(line))
        assert main(["parity"]) == 0
    return printed


def said(capsys, *arguments, data="parity"):
    """The exit code and what was printed on both streams."""
    try:
        code = main([data, *arguments])
    except SystemExit as exit:
        code = exit.code
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err.splitlines()


@pytest.mark.parametrize(("epoch", "error"), PUBLISHED.items())
def test_every_published_error_is_printed_digit_by_digit(article, epoch, error):
    assert article[epoch] == f"* Epoch: {epoch:>4}, Error: {error}"


def test_the_published_accuracy_is_printed_last(article):
    assert len(article) == 1001
    assert article[-1] == f"Network Accuracy: {PUBLISHED_ACCURACY}"


def test_python_m_mlp_parity_prints_it_in_a_terminal_and_warns_of_nothing():
    command = [sys.executable, "-W", "error", "-m", "mlp", "parity", "--epochs", "3"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.stdout.splitlines()[:3] == [
        "* Epoch:    0, Error: 0.48236",
        "* Epoch:    1, Error: 0.3234",
        "* Epoch:    2, Error: 0.16235",
    ]
    assert done.stdout.splitlines()[3].startswith("Network Accuracy: ")
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_reader_that_leaves_early_leaves_no_traceback():
    command = [sys.executable, "-m", "mlp", "parity"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        assert process.stdout.readline() == b"* Epoch:    0, Error: 0.48236\n"
        process.stdout.close()
        assert process.stderr.read() == b""


def test_help_lists_every_setting_with_its_default(capsys):
    code, out, _ = said(capsys, "--help")
    text = " ".join(" ".join(out).split())
    assert code == 0
    for kind in (Config, Parity, Stop):
        for f in fields(kind):
            assert (f"--{f.name.replace('_', '-')} " in text) == (f.name != "data")
    assert "--learning-rate RATE default: 0.3 " in text
    assert "--hidden-sizes SIZES neurons a layer, with commas; default: 3 " in text


def test_help_without_data_names_the_data_there_is(capsys):
    with pytest.raises(SystemExit) as exit:
        main(["--help"])
    assert exit.value.code == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in DATASETS)


def test_help_for_digits_lists_its_own_settings_with_the_defaults_of_its_first_preset(capsys):
    code, out, _ = said(capsys, "--help", data="digits")
    text = " ".join(" ".join(out).split())
    assert code == 0
    for kind in (Config, Digits, Stop):
        for f in fields(kind):
            assert f"--{f.name.replace('_', '-')} " in text
    assert "--bits" not in text
    first = presets_of("digits")[0]
    assert f"--learning-rate RATE default: {first.config.learning_rate} " in text
    assert f"--epochs EPOCHS default: {first.stop.epochs} " in text


@pytest.mark.parametrize(("data", "preset"), [(d, p) for d in DATASETS for p in presets_of(d)])
def test_a_preset_sets_every_option_that_is_not_given(data, preset):
    given = ["--seed", "7", "--patience", "4"]
    options = vars(parser().parse_args([data, "--preset", preset.name, *given]))
    config, stop = config_and_stop(options)
    assert config == replace(preset.config, seed=7)
    assert stop == replace(preset.stop, patience=4)


def test_digits_are_trained_with_the_test_accuracy_of_each_epoch(capsys):
    code, out, err = said(capsys, "--epochs", "2", data="digits")
    run = advance(begin(presets_of("digits")[0].config), epochs=2)
    lines = [
        f"* Epoch: {epoch:>4}, Error: {article_number(error)}, Test accuracy: {accuracy:.4f}"
        for epoch, (error, _, accuracy, _) in enumerate(run.history.rows)
    ]
    last = float(run.history.test_accuracy[-1])
    assert (code, out, err) == (0, [*lines, f"Network Accuracy: {last}"], [])


def test_a_folder_of_all_of_mnist_is_trained_on(capsys, monkeypatch, tmp_path):
    small_mnist.write(tmp_path, small_mnist.install(monkeypatch))
    monkeypatch.setenv(mnist.FOLDER, "")  # so that what the command sets is taken back
    folder = ["--data", str(tmp_path)]
    code, out, _ = said(capsys, *folder, "--preset", "article", "--epochs", "2", data="digits")
    small_mnist.forget()
    assert code == 0
    assert len(out) == 3
    assert re.fullmatch(r"\* Epoch: {4}1, Error: [\d.]+, Test accuracy: 0\.\d[02468]00", out[1])


def test_a_folder_without_mnist_ends_with_code_2_and_one_line(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv(mnist.FOLDER, "")
    code, out, err = said(capsys, "--data", str(tmp_path), data="digits")
    assert (code, out, len(err)) == (2, [], 1)
    assert err[0].startswith("python -m mlp: the full MNIST cannot be read: there is no train-im")


def test_a_terminal_sees_a_bar_that_leaves_the_lines_as_they_are(capsys, monkeypatch):
    plain = said(capsys, "--epochs", "2", data="digits")[1]
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("mlp.__main__.SLICE_SECONDS", 0.001)
    code = main(["digits", "--epochs", "2"])
    printed = capsys.readouterr()
    assert (code, printed.out.splitlines()) == (0, plain)
    drawn = [part for part in printed.err.split("\r") if "Epoch" in part]
    assert all(re.match(r"  Epoch: {4}[01] \[#* *\] +\d+%, \d+ s left", part) for part in drawn)
    assert len(drawn) > 2
    assert printed.err.endswith("\r\x1b[K")


@pytest.fixture
def interrupts():
    """Ctrl-C means to a new process what it means in a terminal.

    What a script starts in the background ignores it, and so does all that is started from there.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("data", ["parity", "digits"])
def test_ctrl_c_ends_it_with_code_130_and_no_traceback(data):
    command = [sys.executable, "-u", "-m", "mlp", data, "--epochs", "100000", "--patience", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        assert process.stdout.readline().startswith(b"* Epoch:    0, ")
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(60) == 130


@pytest.mark.parametrize(
    ("words", "setting"),
    [
        (["--seed", "3"], {"seed": 3}),
        (["--learning-rate", "1e-2"], {"learning_rate": 0.01}),
        (["--l2", "0.01"], {"l2": 0.01}),
        (["--batch-size", "20"], {"batch_size": 20}),
        (["--batching", "standard"], {"batching": "standard"}),
        (["--optimiser", "adam"], {"optimiser": "adam"}),
        (["--initialisation", "he"], {"initialisation": "he"}),
        (["--hidden", "tanh"], {"hidden": "tanh"}),
        (["--output", "identity"], {"output": "identity"}),
        (["--loss", "mean squared error"], {"loss": "mean squared error"}),
        (["--precision", "float32"], {"precision": "float32"}),
        (["--hidden-sizes", "8, 4"], {"hidden_sizes": (8, 4)}),
        (["--hidden-sizes", ""], {"hidden_sizes": ()}),
        (["--bits", "8"], {"data": Parity(bits=8)}),
        (["--rule", "ones"], {"data": Parity(rule="ones")}),
        (["--train-share", "0.5"], {"data": Parity(train_share=0.5)}),
        ([], {}),
    ],
)
def test_every_option_sets_what_it_is_named_after(monkeypatch, capsys, words, setting):
    begun = []
    monkeypatch.setattr("mlp.__main__.begin", lambda config: begun.append(config) or begin(config))
    code, out, _ = said(capsys, "--epochs", "2", *words)
    assert begun == [replace(Config(), **setting)]
    assert code == 0
    assert len(out) == 3


def test_a_run_ends_by_its_target_error(capsys):
    _, out, _ = said(capsys, "--target-error", "0.1")
    assert out[-2] == "* Epoch:    3, Error: 0.075001"


def test_a_run_ends_when_its_patience_does(capsys):
    _, out, _ = said(capsys, "--learning-rate", "100", "--patience", "3")
    first, *others = (float(line.split()[-1]) for line in out[:-1])
    assert len(others) == 3
    assert min(others) > first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--learning-rate -1", "learning_rate must be above 0, got -1.0"),
        ("--learning-rate nan", "learning_rate must be a finite number, got nan"),
        ("--bits 17", "bits must be a whole number from 2 to 16, got 17"),
        ("--epochs 0", "epochs must be a whole number from 1 to 100000, got 0"),
        ("--hidden-sizes 0", "hidden_sizes must be a whole number from 1 to 1024, got 0"),
        ("--loss cross-entropy", "output must be softmax for cross-entropy, got 'sigmoid'"),
    ],
)
def test_a_bad_value_ends_with_code_2_and_one_line(capsys, arguments, message):
    assert said(capsys, *arguments.split()) == (2, [], [f"python -m mlp: {message}"])


@pytest.mark.parametrize(
    "arguments", ["--seed one", "--hidden-sizes 3,x", "--rule odd", "--epochs 1.5", "--epochs"]
)
def test_a_value_of_another_kind_ends_with_code_2_and_the_usage(capsys, arguments):
    code, out, err = said(capsys, *arguments.split())
    assert (code, out) == (2, [])
    assert err[0].startswith("usage: python -m mlp parity")
    option = arguments.split()[0]
    assert "error: " in err[-1]
    assert option in err[-1]


def test_a_run_that_diverges_ends_with_code_1_and_one_line_that_says_where(capsys):
    wild = ["--hidden", "relu", "--output", "identity", "--learning-rate", "1e6"]
    code, out, err = said(capsys, *wild)
    assert code == 1
    assert len(err) == 1
    assert "overflowed in epoch 0, step " in err[0]
    assert "in the output layer" in err[0] or "in the hidden layer" in err[0]
    assert err[0].endswith("try a lower learning rate than 1e+06")
    assert not any("nan" in line or "inf" in line for line in out)


@pytest.mark.parametrize(
    ("error", "printed"),
    [
        (0.482361, "0.48236"),
        (0.3234001, "0.3234"),
        (1.16638, "1.1664"),
        (0.000040318, "0.00004031"),
        (12345.678, "12346"),
        (1.0, "1"),
        (0.0, "0.0"),
        (3.21e-12, "3.21e-12"),
    ],
)
def test_an_error_is_printed_as_the_article_prints_it(error, printed):
    assert article_number(error) == printed
