"""A clicked number is found again in every notation, or nowhere; never is another one in its place.

What tells the numbers apart is their values: all are drawn at random.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp.derivation.derive import derive
from mlp.derivation.problem import MISTAKES
from mlp.derivation.steps import Step
from mlp.examples.texts import EXAMPLES
from pages.parts.backprop.entry import Shown, entry_at, places, shown
from tests.derivation.test_derive import NOTATIONS, questions


def numbers(step: Step) -> dict[str, np.ndarray]:
    """The matrices of a step that can be clicked, by their names."""
    found = {str(k): part.value for k, part in enumerate(step.inputs)}
    if step.value is None:
        return found
    found["result"] = step.formula.value
    if step.sample is not None:
        found["total"] = step.value
    if step.contribution is not None:
        found["share"] = step.contribution.value
        found["others"] = step.value - found["share"]
    return found


def derived(question, notation, sample=0, mistakes=()) -> list[tuple[Step, list[Shown]]]:
    """Every step with the matrices that it shows."""
    steps = derive(*question, notation, sample=sample, mistakes=mistakes, proved=False)
    return [(step, list(shown(step, steps, notation))) for step in steps]


def entries(step: Step):
    """Every name, row and column of a step."""
    return [(name, i, j) for name, m in numbers(step).items() for i, j in np.ndindex(m.shape)]


@given(questions(), st.sampled_from(NOTATIONS), st.sampled_from(NOTATIONS), st.data())
def test_what_is_found_in_another_notation_is_the_very_same_number(question, one, other, data):
    sample = data.draw(st.integers(0, len(question[1]) - 1))
    before, after = (derived(question, notation, sample) for notation in (one, other))
    for (step, there), (again, here) in zip(before, after, strict=True):
        assert [matrix.name for matrix in here] == list(numbers(again))
        for name, i, j in entries(step):
            for found, row, column in places(entry_at(there, step, name, i, j), here, again):
                assert numbers(again)[found][row, column] == pytest.approx(
                    numbers(step)[name][i, j], rel=1e-9, abs=1e-12
                )


@given(questions(), st.sampled_from(NOTATIONS), st.sampled_from(NOTATIONS))
def test_a_given_number_and_what_a_step_of_the_forward_pass_finds_are_found_again(
    question, one, other
):
    before, after = derived(question, one), derived(question, other)
    for (step, there), (again, here) in zip(before, after, strict=True):
        known = {str(k) for k, part in enumerate(step.inputs) if getattr(part, "place", None)}
        if step.kind in ("input", "z", "a", "loss"):
            for name, i, j in entries(step):
                if name == "result" or name in known:
                    assert places(entry_at(there, step, name, i, j), here, again)


@given(questions(), st.sampled_from(NOTATIONS))
def test_a_clicked_number_is_found_where_it_was_clicked(question, notation):
    for step, there in derived(question, notation):
        for clicked in entries(step):
            assert places(entry_at(there, step, *clicked), there, step)[0] == clicked


@given(
    questions(), questions(), st.sampled_from(NOTATIONS), st.sampled_from(MISTAKES), st.booleans()
)
def test_in_another_network_or_batch_it_stands_within_its_matrix_or_nowhere(
    question, another, notation, mistake, broken
):
    after = derived(another, notation, mistakes=[mistake] if broken else [])
    shapes = {step.key: {name: m.shape for name, m in numbers(step).items()} for step, _ in after}
    for step, there in derived(question, notation):
        for clicked in entries(step):
            for again, here in after:
                for name, i, j in places(entry_at(there, step, *clicked), here, again):
                    rows, columns = shapes[step.key][name]
                    assert again.key == step.key and i < rows and j < columns


def test_a_matrix_that_the_step_does_not_have_is_none_of_its_numbers():
    exercise = EXAMPLES["question"].exercise
    question = exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss
    step, there = derived(question, NOTATIONS[0])[1]
    assert entry_at(there, step, "9", 0, 0) is None
