"""What Backpropagation says of an entry that was clicked, and around its formulas."""

import re

import numpy as np
import pytest

from mlp.algebra.expression import Transposed
from mlp.derivation.derive import derive
from mlp.derivation.notation import Notation
from mlp.examples.edits import edited
from mlp.examples.texts import EXAMPLES
from pages.parts.backprop.entry import entry_at, shown
from tests.claims.claim import Claim, Claims, reads
from tests.support.pages import at as page_at
from tests.support.pages import fine

QUESTION = EXAMPLES["question"]
PLACE = "row {row}, column {column}"


def same_place(f, row, column):
    return (int(row), int(column)) == (f["i"] + 1, f["j"] + 1)


COMES_ABOUT = Claims(
    Claim(
        f"**How this entry comes about**: {PLACE}",
        lambda f: f["name"] in ("result", "share") or (f["found"] and not f["given"]),
        same_place,
    ),
)
BELOW = Claims(
    Claim("The numbers it was made from are framed above.", lambda f: f["name"] == "result"),
    Claim("What this one sample adds to the entry above it.", lambda f: f["name"] == "share"),
    Claim(
        "Click any number to see how it comes about, or to change it.",
        lambda f: f["name"] == "none",
    ),
)
CHANGE = Claims(
    Claim(
        f"Change this number ({PLACE}), and everything follows",
        lambda f: f["given"],
        same_place,
    ),
)
SHAPES = Claims(
    Claim(
        "The same, with the shape of every matrix under its brace",
        lambda f: f["same"],
    ),
    Claim(
        "In matrix form, with the shape of every matrix under its brace",
        lambda f: not f["same"],
    ),
)
NAME = Claims(
    Claim(
        "gradient of the weights of {layer}",
        lambda f: f["kind"] == "dW",
        lambda f, layer: layer == f["layer"],
    ),
    Claim(
        "gradient of the biases of {layer}",
        lambda f: f["kind"] == "db",
        lambda f, layer: layer == f["layer"],
    ),
)
STOPPED = Claims(
    Claim(
        "Never reached: the pass stops at “{step}”.",
        lambda f: f["stopped"] is not None,
        lambda f, step: step == f["stopped"],
    ),
)
NO_GRADIENT = Claims(
    Claim(
        ":red-badge[:material/close: There is no gradient to compare.]",
        lambda f: f["value"] is None,
    ),
)
FIRST_WRONG = Claims(
    Claim("Go to the first: {step}", lambda f: True, lambda f, step: step == f),
)
SAMPLE = Claims(Claim("Look at sample", lambda batch: batch > 1))
CLAIMS = FIRST_WRONG, SAMPLE, COMES_ABOUT, BELOW, CHANGE, SHAPES, NAME, STOPPED, NO_GRADIENT


def at_entry(notation: Notation, batch: int, number: int, name: str, i: int, j: int):
    """The page of the question with an entry clicked, and the step by itself."""
    exercise = QUESTION.exercise
    question = exercise.network, exercise.X[:batch], exercise.y[:batch], exercise.loss
    steps = derive(*question, notation)
    step = steps[number]
    app = page_at(
        "backprop",
        step=number + 1,
        samples=notation.samples,
        layout=notation.layout,
        batch=batch,
    )
    app.session_state["entry"] = entry_at(list(shown(step, steps, notation)), step, name, i, j)
    return fine(app.run()), step


def draws():
    """Entries of all kinds, of formulas and of results, in all orientations."""
    random = np.random.RandomState(4)
    for n in range(24):
        notation = Notation(
            str(random.choice(["columns", "rows"])),
            str(random.choice(["denominator", "numerator"])),
            1,
            letter="L",
        )
        batch, number = int(random.choice([1, 3])), int(random.choice([1, 3, 7, 8, 9, 10, 11]))
        yield notation, batch, number, random, n % 3


def test_the_entry_that_was_clicked_is_named_and_changes_where_it_is_said():
    for notation, batch, number, random, kind in draws():
        exercise = QUESTION.exercise
        question = exercise.network, exercise.X[:batch], exercise.y[:batch], exercise.loss
        step = derive(*question, notation)[number]
        inputs = step.inputs
        k = random.randint(len(inputs))
        name = "share" if kind == 0 and step.contribution is not None else "result"
        name = str(k) if kind == 1 else name
        value = inputs[k].value if name == str(k) else step.formula.value
        value = step.contribution.value if name == "share" else value
        i, j = (int(random.randint(n)) for n in value.shape)
        app, _ = at_entry(notation, batch, number, name, i, j)
        leaf = inputs[k].of if isinstance(inputs[k], Transposed) else inputs[k]
        given = name == str(k) and leaf.place is not None
        found = name == str(k) and not given and leaf.how is None
        facts = {"name": name, "i": i, "j": j, "given": given, "found": found}
        about = [m.value for m in app.markdown if "comes about" in m.value]
        if name != str(k):
            COMES_ABOUT.hold(about[0], facts)
            # The first number of the line below is the entry itself.
            line = next(m.value for m in app.markdown if m.value.startswith("$"))
            assert reads(_plain(line), value[i, j]), (line, value[i, j])
            (below,) = (c.value for c in app.caption if "framed" in c.value or "adds" in c.value)
            BELOW.hold(below, facts)
        if given:
            _change(app, notation, batch, number, k, facts)
    app, _ = at_entry(Notation("columns", "denominator", 1), 1, 3, "no such matrix", 0, 0)
    (below,) = (c.value for c in app.caption if c.value.startswith("Click any"))
    BELOW.hold(below, {"name": "none"})
    for claims in (COMES_ABOUT, BELOW, CHANGE):
        claims.all_heard()


def _change(app, notation, batch, number, k, facts) -> None:
    """Type another number: it stands in the matrix at the row and the column that were named."""
    (field,) = (n for n in app.number_input if n.key.startswith("value "))
    CHANGE.hold(field.label, facts)
    fine(field.set_value(7.25).run())
    exercise = edited(QUESTION.exercise, app.session_state["edits"])
    question = exercise.network, exercise.X[:batch], exercise.y[:batch], exercise.loss
    there = derive(*question, notation)[number].inputs[k].value
    before = QUESTION.exercise
    question = before.network, before.X[:batch], before.y[:batch], before.loss
    here = derive(*question, notation)[number].inputs[k].value
    changed = np.argwhere(there != here).tolist()
    assert changed == [[facts["i"], facts["j"]]]
    assert there[facts["i"], facts["j"]] == 7.25


def _plain(latex: str) -> str:
    """The first number of a formula as plain text."""
    number = re.match(r"\$(-?[\d.]+)(?:\\!\\times\\!10\^\{(-?\d+)\})?", latex)
    return number[1] + (f"e{number[2]}" if number[2] else "")


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_gradient_has_the_name_of_its_layer(example):
    exercise, notation = EXAMPLES[example].exercise, EXAMPLES[example].notation
    layers = len(exercise.sizes) - 1
    question = exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss
    for step in derive(*question, notation, proved=False):
        if step.kind in ("dW", "db"):
            hidden = "the hidden layer" if layers == 2 else f"hidden layer {step.layer}"
            where = "the output layer" if step.layer == layers else hidden
            number = step.layer + notation.first_layer
            # A hidden layer whose number in the text is its own is not given it twice.
            twice = where == f"hidden layer {number}"
            NAME.hold(
                step.name,
                {"kind": step.kind, "layer": where if twice else f"{where} (layer {number})"},
            )
    NAME.all_heard()


def test_after_a_shape_error_the_rest_is_called_never_reached():
    exercise, notation = QUESTION.exercise, QUESTION.notation
    question = exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss
    steps = derive(*question, notation, mistakes=["transpose"])
    first = next(n for n, step in enumerate(steps) if step.error)
    assert "does not fit" in steps[first].error
    for step in steps[first + 1 :]:
        STOPPED.hold(step.error, {"stopped": steps[first].name})
    app = page_at("backprop", step=first + 2, mistake="forget a transpose")
    badge = next(m.value for m in app.markdown if "no gradient" in m.value)
    NO_GRADIENT.hold(badge, {"value": None})
    STOPPED.all_heard()


def _without_braces(latex: str) -> str:
    """A formula with shapes as it is without them."""
    inner = r"(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*"
    brace = re.compile(rf"\\underbrace\{{({inner})\}}_\{{[^{{}}]*\}}")
    while brace.search(latex):
        latex = brace.sub(r"\1", latex)
    return re.sub(r"\s|\$", "", latex)


def test_the_formula_with_shapes_is_called_the_same_only_where_it_is():
    for form, step in [("matrices", 3), ("indices", 3), ("indices", 1), ("Jacobians", 9)]:
        app = page_at("backprop", step=step, form=form)
        above, below = (_without_braces(line.value) for line in app.latex[:2])
        (said,) = (c.value for c in app.caption if "under its brace" in c.value)
        SHAPES.hold(said, {"same": above == below})
    SHAPES.all_heard()


def test_the_first_wrong_gradient_is_the_first_that_the_mistake_reaches():
    app = page_at("backprop", mistake="flip the sign")
    button = app.button(key="go wrong")
    # A sign turned at the output is wrong from the very first step back.
    FIRST_WRONG.hold(button.label, "error of the output layer (layer 3)")
    assert fine(button.click().run()).subheader[0].value == "Error of the output layer (layer 3)"


def test_a_sample_is_chosen_only_where_there_are_several():
    for batch in (1, 3):
        app = page_at("backprop", example=EXAMPLES["students"].title, batch=batch)
        labels = [n.label for n in app.number_input if n.key == "sample"]
        SAMPLE.hold(" ".join(labels), batch)
