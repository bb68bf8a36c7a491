"""The command line: it prints the article's run as the article does, and says what went wrong."""

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

import mlp
from mlp import Config, Parity, Stop, begin
from mlp.__main__ import article_number, main

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


def said(capsys, *arguments):
    """The exit code and what was printed on both streams."""
    try:
        code = main(["parity", *arguments])
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
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
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
    assert "parity" in capsys.readouterr().out


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
