"""All about an activation, a loss or an initialisation is in its entry, and fits its numbers."""

import ast
import keyword
import math
import re
from pathlib import Path

import numpy as np
import pytest

import mlp
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.network.losses import LOSSES

ROOT = Path(mlp.__file__).parents[1]
FILES = sorted(p for top in ("mlp", "pages") for p in (ROOT / top).rglob("*.py"))
# The registries, and formulas of surfaces, in which tanh is a function like any other.
REGISTRIES = tuple(f"mlp/network/{n}.py" for n in ("activations", "losses", "initialisation"))
NAMES = {*ACTIVATIONS, *LOSSES, *INITIALISATIONS}
Z = np.array([[-3.0, -0.5, 0.25], [0.7, 1.5, 4.0], [-9.0, 2.0, 0.1]])
Y = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]])


def computed(latex: str) -> float:
    """The value of LaTeX with numbers in it: enough of it for the formulas of the entries."""
    text = re.sub(r"\\(left|right|Big|,|!) ?", "", latex)
    text = re.sub(r"\\tfrac(\d)(\d)", r"(\1/\2)", text)
    text = re.sub(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    text = re.sub(r"\\log ?(\([^()]*\)|[\d.]+)", r"(log(\1))", text)
    text = text.replace("e^", "E^").replace("^", "**").translate(str.maketrans("{}[]", "()()"))
    text = re.sub(r"(?<=[\d)]) *(?=\()", "*", text)
    return eval(text, {"log": math.log, "E": math.e})


def texts(entry) -> dict[str, str]:
    """The fields of an entry that are text, whatever it says."""
    return {name: value for name, value in vars(entry).items() if isinstance(value, str)}


@pytest.mark.parametrize("name", [*ACTIVATIONS, *LOSSES])
def test_an_entry_has_its_name_and_says_everything(name):
    entry = (ACTIVATIONS | LOSSES)[name]
    assert entry.name == name
    left_out = [field for field, text in texts(entry).items() if not text]
    # Where outputs depend on one another, there is no slope of one to speak of.
    assert left_out == ([] if getattr(entry, "entrywise", True) else ["slope"])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_has_a_name_that_python_can_call_and_no_other_has(name):
    identifier = ACTIVATIONS[name].identifier
    assert identifier.isidentifier() and not keyword.iskeyword(identifier)
    assert [f.identifier for f in ACTIVATIONS.values()].count(identifier) == 1


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_sentences_on_flat_neurons_are_whole_once_their_numbers_are_in(name):
    flat = ACTIVATIONS[name].flat
    assert bool(flat.never) == ("{share}" in flat.cases)
    for text in (flat.cases, flat.never or "None.", *(flat.always or ())):
        said = text.format(share="3 %", count="2", samples="4 training samples")
        assert said.endswith(".") and "{" not in said
    assert flat.always is None or (len(flat.always) == 3 and "{count}" in flat.always[2])
    assert all("{samples}" in text for text in flat.always or ())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_script_of_an_activation_has_its_numbers_to_the_last_bit(name, dtype):
    f, z = ACTIVATIONS[name], Z.astype(dtype)
    a, delta = f.function(z), np.cos(z)
    space = {"np": np, "z": z, "a": a, "delta": delta.copy()}
    assert eval(f.script, space).tobytes() == a.tobytes()
    pulled = f.pull(delta, a, np.empty_like(a))
    assert eval(f.script_pull, space).tobytes() == pulled.tobytes()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", LOSSES)
def test_the_script_of_a_loss_has_its_numbers_to_the_last_bit(name, dtype):
    loss, z, y = LOSSES[name], Z.astype(dtype), Y.astype(dtype)
    a = ACTIVATIONS[loss.output or "tanh"].function(z)
    body = "".join(f"\n    {line}" for line in loss.script)
    space = {"np": np}
    exec(f"def loss(y, {'z' if loss.output else 'a'}):{body}", space)
    assert space["loss"](y, z if loss.output else a).tobytes() == loss.value(y, a, z).tobytes()
    gradient = eval(loss.script_gradient, {"np": np, "y": y, "a": [z, a]})
    assert gradient.tobytes() == loss.gradient(y, a).tobytes()


@pytest.mark.parametrize("a", [0.03, 0.5, 0.99])
@pytest.mark.parametrize("name", [name for name, f in ACTIVATIONS.items() if f.slope_latex("1")])
def test_a_slope_written_with_a_number_is_the_slope(name, a):
    f = ACTIVATIONS[name]
    written = f.slope_latex(str(a)).removeprefix("= ")
    assert computed(written) == pytest.approx(float(f.prime(np.array([a]))[0]), rel=1e-12)


@pytest.mark.parametrize(("y", "a"), [(1.0, 0.3), (0.25, 0.9), (0.0, 0.5)])
@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_the_formulas_of_a_loss_written_with_numbers_are_its_numbers(name, n, y, a):
    loss, row = LOSSES[name], np.full(n, a)
    slope = loss.by_output(np.full(n, y), row)[0]
    assert computed(loss.slope_latex(str(y), str(a), n)) == pytest.approx(slope, rel=1e-12)
    latex, number = loss.factor(n) if loss.factor else ("1", 1.0)
    assert computed(latex) == pytest.approx(number, rel=1e-15)
    if not loss.output:
        assert number * (a - y) == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize(("y", "a"), [(1.0, 0.3), (0.25, 0.9), (0.0, 0.5)])
@pytest.mark.parametrize("name", ["squared error", "half squared error", "mean squared error",
                                  "binary cross-entropy"])  # fmt: skip
def test_the_term_of_one_output_written_with_numbers_is_the_loss_of_one_output(name, y, a):
    loss, z = LOSSES[name], math.log(a / (1 - a))
    value = loss.value(*(np.array([[v]]) for v in (y, a, z)))[0]
    assert computed(loss.index_latex("", str(y), str(a), 1)) == pytest.approx(value, rel=1e-12)


def test_the_term_of_the_cross_entropy_is_the_logarithm_of_its_share():
    written = LOSSES["cross-entropy"].index_latex("", "0.25", "0.3", 3)
    assert computed(written) == pytest.approx(-0.25 * math.log(0.3), rel=1e-12)


@pytest.mark.parametrize("name", [name for name, loss in LOSSES.items() if loss.output])
def test_the_derivative_by_the_outputs_becomes_the_gradient_through_its_activation(name):
    loss = LOSSES[name]
    f = ACTIVATIONS[loss.output]
    a = f.function(Z[:1])
    pulled = f.pull(loss.by_output(Y[:1], a), a, np.empty_like(a))
    np.testing.assert_allclose(pulled, loss.gradient(Y[:1], a), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", [n for n, how in INITIALISATIONS.items() if how.deviation])
def test_the_script_of_an_initialisation_is_its_deviation(name):
    how = INITIALISATIONS[name]
    factor = eval(how.script or "1", {"np": np, "n_in": 7, "n_out": 4})
    assert factor == how.deviation(7, 4)


def asked_by_name(path: Path) -> set[str]:
    """Strings that a file uses as a key, in a comparison or as a case."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Dict():
                found += node.keys
            case ast.Compare():
                found += [
                    part for side in (node.left, *node.comparators) for part in ast.walk(side)
                ]
            case ast.MatchValue():
                found.append(node.value)
            case ast.Subscript():
                found.append(node.slice)
    return {node.value for node in found if isinstance(node, ast.Constant)}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_other_file_asks_for_an_entry_by_its_name(path):
    if not path.relative_to(ROOT).as_posix().startswith((*REGISTRIES, "mlp/descent/")):
        assert not asked_by_name(path) & NAMES


def test_the_search_for_names_finds_them(tmp_path):
    file = tmp_path / "file.py"
    file.write_text(
        "x = {'tanh': 1}\nif name in ('relu', 'he'): pass\nX['softmax']\n"
        "match name:\n    case 'squared error': pass\nf(hidden='sigmoid')\n"
    )
    assert asked_by_name(file) & NAMES == {"tanh", "relu", "he", "softmax", "squared error"}
