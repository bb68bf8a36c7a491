"""The derivation agrees with the network, in every notation, and its proof can tell."""

import re
from dataclasses import FrozenInstanceError
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mlp.algebra.entries import how
from mlp.algebra.expression import ShapeError, matrices
from mlp.algebra.latex import latex, pieces
from mlp.derivation.derive import derive, summary
from mlp.derivation.forward import weighted_sum
from mlp.derivation.notation import BRACKETS, FORMS, LAYOUTS, SAMPLES, Notation
from mlp.derivation.problem import MISTAKES, Key, Problem
from mlp.derivation.proof import TOLERANCE
from mlp.derivation.steps import with_step
from mlp.examples.texts import EXAMPLES
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import initialise
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from tests.support.kinks import clear_of_kinks, has_kink

SWITCHES = [SAMPLES, LAYOUTS, (0, 1), BRACKETS, FORMS]
NOTATIONS = [Notation(*choice) for choice in product(*SWITCHES)]
ALL = range(len(NOTATIONS))


@st.composite
def questions(draw, hidden=None, least=1):
    """A network, a batch and a loss, with values of a usual size; nothing smaller than `least`."""
    sizes = tuple(draw(st.lists(st.integers(least, 4), min_size=least + 1, max_size=4)))
    loss = LOSSES[draw(st.sampled_from(sorted(LOSSES)))]
    smooth = [name for name, f in ACTIVATIONS.items() if not has_kink(f)]
    output = loss.output or draw(st.sampled_from(smooth))
    hidden = hidden or draw(st.sampled_from(list(ACTIVATIONS)))
    generator = np.random.RandomState(draw(st.integers(0, 10_000)))
    network = Network(sizes, hidden, output, initialise(sizes, "normal", generator))
    m = draw(st.integers(least, 4))
    X, y = generator.randn(m, sizes[0]), generator.rand(m, sizes[-1])
    shares = draw(st.integers(0, m))  # of the first samples the targets sum to 1
    y[:shares] /= y[:shares].sum(axis=1, keepdims=True)
    # The estimate of a slope near a kink says nothing.
    assume(clear_of_kinks(network, X, 1e-3))
    return network, X, y, loss


def expected(network, X, y, loss, notation) -> dict:
    """What Network itself computes, transposed where the notation says so."""
    trace = network.forward(X)
    gradients = network.backward(trace, y, loss)
    found = {
        Key("loss", len(network.weights)): np.array([[network.error(X, y, loss)]]),
        Key("input", 0): notation.show(X.T),
    }
    for k in range(1, len(network.sizes)):
        found[Key("z", k)] = notation.show(trace.z[k - 1].T)
        found[Key("a", k)] = notation.show(trace.a[k].T)
        found[Key("delta", k)] = notation.show_gradient(len(X) * trace.delta[k - 1].T)
        found[Key("dW", k)] = notation.show_gradient(gradients.weights[k - 1])
        found[Key("db", k)] = notation.show_gradient(gradients.biases[k - 1][:, None])
    return found


@given(questions(), st.sampled_from(NOTATIONS))
def test_the_numbers_of_every_step_are_the_networks(question, notation):
    steps = derive(*question, notation, proved=False)
    right = expected(*question, notation)
    assert {s.key for s in steps} == set(right)
    for step in steps:
        np.testing.assert_allclose(step.value, right[step.key], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "which", ALL, ids=lambda i: "-".join(map(str, vars(NOTATIONS[i]).values()))
)
def test_every_notation_of_every_example_is_the_networks_and_proved(which):
    notation = NOTATIONS[which]
    for example, m in product(EXAMPLES.values(), (1, 3)):
        exercise = example.exercise
        question = exercise.network, exercise.X[:m], exercise.y[:m], exercise.loss
        steps = derive(*question, notation, sample=m - 1)
        right = expected(*question, notation)
        for step in steps:
            np.testing.assert_allclose(step.value, right[step.key], rtol=1e-10, atol=1e-13)
        assert summary(steps)[0], f"{example.title}: {summary(steps)}"


@given(questions(), st.sampled_from(NOTATIONS))
def test_the_sum_of_the_targets_stands_before_the_outputs_where_it_is_not_one(question, notation):
    network, X, y, loss = question
    steps = derive(*question, notation, proved=False)
    error = next(s for s in steps if s.key == Key("delta", len(network.weights)))
    weighed = loss.name == "cross-entropy" and not np.allclose(y.sum(axis=1), 1, rtol=0)
    if notation.form == "matrix" and loss.output:
        assert (r"\mathbf{1}" in error.equation) == weighed
    if notation.form == "index":
        assert (r"\text{since }" in error.equation) == (
            loss.name == "cross-entropy" and not weighed
        )
        assert (r"\Big) \, " in error.equation) == (loss.name == "cross-entropy")
    assert ("only where they add up to 1" in error.why) == weighed


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("bias", [40.0, 800.0, 1e6])
@pytest.mark.parametrize("switches", list(product(SAMPLES, LAYOUTS, FORMS)))
def test_a_saturated_output_has_finite_numbers_in_every_form(switches, bias, loss):
    samples, layout, form = switches
    output = LOSSES[loss].output or "softmax"
    network = Network((2, 3), "tanh", output, np.array([0.4, -1, 2, 1, -3, 0.5, bias, 0, -1]))
    question = network, np.array([[1, -0.5], [0.2, 2]]), np.eye(3)[[0, 2]], LOSSES[loss]
    with np.errstate(all="raise", under="ignore"):
        steps = derive(*question, Notation(samples, layout, form=form))
    for step, right in zip(steps, derive(*question, Notation(samples, layout)), strict=True):
        assert np.isfinite(step.value).all() and np.isfinite(step.formula.value).all()
        np.testing.assert_allclose(step.value, right.value, rtol=1e-12, atol=1e-12)
    beyond = any("too large to be computed" in step.why for step in steps)
    # The second target asks for 1 of an output e^-bias, or for 0 of one that far below 1.
    end = {"cross-entropy": 745, "binary cross-entropy": 37}.get(loss, np.inf)
    assert beyond == (form == "jacobians" and bias > end)
    assert summary(steps)[0]


@given(questions(), st.sampled_from([n for n in NOTATIONS if n.form == "jacobians"]))
def test_the_long_way_by_jacobians_ends_at_the_same_gradient(question, notation):
    short = derive(*question, Notation(notation.samples, notation.layout), proved=False)
    for one, other in zip(derive(*question, notation, proved=False), short, strict=True):
        np.testing.assert_allclose(one.value, other.value, rtol=1e-12, atol=1e-12)


@given(questions(), st.sampled_from(NOTATIONS))
def test_the_shapes_under_the_braces_are_the_matrices_and_multiply_out(question, notation):
    for step in derive(*question, notation, proved=False):
        written = re.findall(r"\}_\{(\d+) \\times (\d+)\}", step.shapes)
        shapes = [tuple(map(int, pair)) for pair in written]
        if "reshape" in step.shapes:
            shapes.remove(step.formula.shape)
        assert shapes == [step.formula.shape, *(matrix.shape for matrix in step.inputs)]
        assert step.formula.shape == step.formula.value.shape


@given(questions(), st.sampled_from(LAYOUTS), st.sampled_from(FORMS))
def test_rows_are_columns_transposed_and_layouts_transpose_each_other(question, layout, form):
    columns, rows = (derive(*question, Notation(s, layout, 0, "()", form)) for s in SAMPLES)
    for one, other in zip(columns, rows, strict=True):
        np.testing.assert_allclose(one.value, other.value.T, rtol=1e-12, atol=1e-13)


@given(questions(), st.sampled_from(NOTATIONS))
def test_every_entry_can_say_how_it_comes_about(question, notation):
    for step in derive(*question, notation, proved=False):
        rows, columns = step.formula.shape
        made = how(step.formula, rows - 1, columns - 1)
        assert made.latex.count("{") == made.latex.count("}")
        inside = list(matrices(step.formula))
        for k, cells in made.cells.items():
            assert all(i < inside[k].shape[0] and j < inside[k].shape[1] for i, j in cells)
        numbered = [piece for piece in pieces(step.formula) if isinstance(piece, int)]
        assert numbered == list(range(len(inside)))


def test_the_sum_of_an_entry_names_its_row_and_its_column():
    exercise = EXAMPLES["question"].exercise
    steps = derive(exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss, Notation())
    made = how(next(s for s in steps if s.key == Key("z", 1)).formula, 1, 0)
    assert made.latex == r"0.4 \cdot 1 + 0.8 \cdot 0.5 + 0.2"
    assert made.cells == {0: {(1, 0), (1, 1)}, 1: {(0, 0), (1, 0)}, 2: {(1, 0)}}


def test_the_equations_are_those_of_the_texts():
    exercise = EXAMPLES["question"].exercise
    question = exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss

    def equation(key, *switches, batch=1):
        X, y = exercise.X[:batch], exercise.y[:batch]
        steps = derive(question[0], X, y, exercise.loss, Notation(*switches), proved=False)
        return next(s.equation for s in steps if s.key == key)

    T = r"^{\mathsf T}"
    assert equation(Key("z", 1)) == r"z^{(1)} = W^{(1)} \, a^{(0)} + b^{(1)}"
    assert equation(Key("delta", 1)) == (
        rf"\delta^{{(1)}} = \left( \left(W^{{(2)}}\right){T} \, \delta^{{(2)}} \right)"
        r" \odot \operatorname{ReLU}'(z^{(1)})"
    )
    assert rf"\delta^{{(2)}} \, \left(a^{{(1)}}\right){T}" in equation(Key("dW", 2))
    assert r"a^{(1)} \, \delta^{(2)}" in equation(Key("dW", 2), "columns", "numerator")
    rows = equation(Key("dW", 2), "rows", "denominator", 0, "[]", batch=3)
    assert rf"\tfrac{{1}}{{3}} \, \left(A^{{[1]}}\right){T} \, dZ^{{[2]}}" in rows
    index = equation(Key("dW", 2), "rows", "denominator", 0, "[]", "index", batch=3)
    assert r"\delta_{pi} \, \delta_{qj}" in index and r"\sum_{p=1}^{2}" in index
    assert equation(Key("z", 1), "columns", "denominator", 1).startswith("z^{(2)}")


@given(questions())
def test_without_a_mistake_the_proof_is_green(question):
    assert summary(derive(*question, Notation()))[0]


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize(("samples", "layout"), list(product(SAMPLES, LAYOUTS)))
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_mistake_turns_the_proof_of_every_example_red(name, samples, layout, mistake):
    exercise = EXAMPLES[name].exercise
    question = exercise.network, exercise.X[:3], exercise.y[:3], exercise.loss
    steps = derive(*question, Notation(samples, layout), mistakes=[mistake])
    holds, worst = summary(steps)
    assert not holds and worst > 100 * TOLERANCE
    assert [s for s in steps if s.check and not s.check.holds]


@pytest.mark.parametrize("mistake", MISTAKES)
@given(questions(hidden="tanh", least=2))
def test_every_mistake_turns_the_proof_of_random_networks_red(mistake, question):
    network, X, y, loss = question
    right = derive(*question, Notation())
    deltas = [s.value for s in right if s.kind == "delta"]
    assume(min(abs(d).max() for d in deltas) > 1e-2)
    assert not summary(derive(*question, Notation(), mistakes=[mistake]))[0]


def test_a_forgotten_transpose_is_said_where_it_happens_and_stops_the_pass():
    exercise = EXAMPLES["question"].exercise
    question = exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss
    steps = {s.key: s for s in derive(*question, Notation(), mistakes=["transpose"])}
    broken = steps[Key("delta", 1)]
    assert broken.value is None and "2 × 3 times 2 × 1 does not fit" in broken.error
    assert r"\underbrace{W^{(2)}}_{2 \times 3}" in broken.shapes
    assert "Never reached" in steps[Key("dW", 1)].error
    assert steps[Key("dW", 2)].check.holds, "what came before is still right"
    with pytest.raises(ShapeError):
        _ = broken.formula.value


def test_the_steps_of_a_derivation_leave_its_question_and_what_was_found_before_alone():
    exercise = EXAMPLES["question"].exercise
    problem = Problem(exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss, Notation(),
                      mistakes=frozenset({"transpose"}))  # fmt: skip
    found = problem.given()
    before = dict(found)
    step = weighted_sum(problem, found, 1)
    assert found == before and with_step(found, step).keys() - found.keys() == {Key("z", 1)}
    with pytest.raises(FrozenInstanceError):
        problem.mistakes = frozenset()
    with pytest.raises(FrozenInstanceError):
        step.key.kind = "W"


def test_with_square_matrices_a_forgotten_transpose_fits_and_only_the_proof_sees_it():
    generator = np.random.RandomState(1)
    network = Network((3, 3, 3), "tanh", "tanh", initialise((3, 3, 3), "normal", generator))
    question = network, generator.randn(1, 3), generator.randn(1, 3), LOSSES["squared error"]
    steps = derive(*question, Notation(), mistakes=["transpose"])
    assert not any(s.error for s in steps)
    assert [s.key for s in steps if s.check and not s.check.holds] == [
        Key("delta", 1),
        Key("dW", 1),
        Key("db", 1),
    ]


def test_the_contributions_of_the_samples_add_up_to_the_gradient():
    exercise = EXAMPLES["students"].exercise
    question = exercise.network, exercise.X[:4], exercise.y[:4], exercise.loss
    for samples, layout in product(SAMPLES, LAYOUTS):
        runs = [derive(*question, Notation(samples, layout), sample=s) for s in range(4)]
        for steps in zip(*runs, strict=True):
            if steps[0].kind in ("dW", "db"):
                total = sum(step.contribution.value for step in steps)
                np.testing.assert_allclose(total, steps[0].value, rtol=1e-12)


def test_autograd_agrees_where_it_is_installed():
    """An independent judge; without it the same numbers are judged by central differences."""
    try:
        import torch
    except ImportError:
        return
    exercise = EXAMPLES["deep"].exercise
    parts = [torch.tensor(v, requires_grad=True) for v in (*exercise.network.weights,)]
    biases = [torch.tensor(v, requires_grad=True) for v in exercise.network.biases]
    a = torch.tensor(exercise.X[:3])
    for W, b in zip(parts[:-1], biases[:-1], strict=True):
        a = torch.relu(a @ W.T + b)
    z = a @ parts[-1].T + biases[-1]
    loss = torch.nn.functional.cross_entropy(z, torch.tensor(exercise.y[:3]))
    loss.backward()
    steps = derive(
        exercise.network, exercise.X[:3], exercise.y[:3], exercise.loss, Notation(form="jacobians")
    )
    found = {s.key: s.value for s in steps}
    for k, (W, b) in enumerate(zip(parts, biases, strict=True), 1):
        np.testing.assert_allclose(found[Key("dW", k)], W.grad.numpy(), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(
            found[Key("db", k)].ravel(), b.grad.numpy(), rtol=1e-9, atol=1e-12
        )


def test_latex_without_shapes_has_no_braces_under():
    exercise = EXAMPLES["question"].exercise
    for step in derive(exercise.network, exercise.X[:2], exercise.y[:2], exercise.loss, Notation()):
        assert "underbrace" not in latex(step.formula)


@pytest.mark.parametrize("letter", ["L", "J"])
@pytest.mark.parametrize(("form", "samples"), list(product(FORMS, SAMPLES)))
def test_the_loss_has_the_letter_of_the_text_wherever_it_stands(form, samples, letter):
    foreign = re.compile(r"(?<![A-Za-z\\])E(?![A-Za-z])")
    for example, m in product(EXAMPLES.values(), (1, 3)):
        exercise, notation = example.exercise, Notation(samples, form=form, letter=letter)
        question = exercise.network, exercise.X[:m], exercise.y[:m], exercise.loss
        steps = derive(*question, notation, proved=False)
        for s in steps:
            said = [s.name, s.symbol.latex, s.symbol.html, s.equation, s.shapes, s.why]
            inside = [leaf.name.latex for leaf in matrices(s.formula) if hasattr(leaf, "name")]
            assert not any(foreign.search(text) for text in said + inside), s.key
        gradients = [s.symbol.latex for s in steps if s.kind == "dW"]
        assert all(rf"\partial {letter}" in symbol for symbol in gradients)


def test_beside_j_one_sample_loses_l_as_in_seed_002():
    example = EXAMPLES["students"]
    exercise = example.exercise
    question = exercise.network, exercise.X[:4], exercise.y[:4], exercise.loss
    equations = {s.key: s.equation for s in derive(*question, example.notation, proved=False)}
    assert r"\frac{\partial J}{\partial W^{[2]}_{ji}}" in equations[Key("dW", 2)]
    assert r"\frac{\partial L_{s}}{\partial Z^{[2]}_{si}}" in equations[Key("delta", 2)]


@pytest.mark.parametrize(
    ("name", "first", "titles"),
    [
        ("question", 1, ["the output layer (layer 3)", "the hidden layer (layer 2)"]),
        ("question", 0, ["the output layer (layer 2)", "the hidden layer (layer 1)"]),
        ("deep", 0, ["the output layer (layer 3)", "hidden layer 2", "hidden layer 1"]),
        ("deep", 1, ["the output layer (layer 4)", "hidden layer 2 (layer 3)",
                     "hidden layer 1 (layer 2)"]),
    ],
)  # fmt: skip
def test_a_step_names_its_layer_by_the_number_that_the_text_gives_it(name, first, titles):
    exercise = EXAMPLES[name].exercise
    question = exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss
    steps = derive(*question, Notation(first_layer=first), proved=False)
    assert [s.name for s in steps if s.kind == "delta"] == [f"error of {t}" for t in titles]


def test_several_mistakes_are_made_together():
    exercise = EXAMPLES["question"].exercise
    question = exercise.network, exercise.X[:3], exercise.y[:3], exercise.loss

    def gradient(*mistakes):
        steps = derive(*question, Notation(), mistakes=mistakes, proved=False)
        return next(s.value for s in steps if s.key == Key("dW", 2))

    np.testing.assert_allclose(gradient("sign", "sum"), -3 * gradient(), rtol=1e-12)
    steps = {s.key: s for s in derive(*question, Notation(), mistakes=["sign", "transpose"])}
    assert "does not fit" in steps[Key("delta", 1)].error and not steps[Key("delta", 2)].check.holds
