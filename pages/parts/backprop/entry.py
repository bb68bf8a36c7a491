"""The number of a step that was clicked: which one it is, and where it stands in a notation."""

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from mlp.algebra.expression import Formula, Transposed
from mlp.derivation.notation import Notation
from mlp.derivation.problem import Key
from mlp.derivation.steps import Step
from pages.parts.page.remembered import remembered


@dataclass(frozen=True)
class Entry:
    """A number of a step, described so that every notation finds it again.

    step: the key of the step. matrix: what the matrix is, see `Shown`. row, column: its place in
    the matrix as the base notation writes it (samples in columns, denominator layout). name: of
    the matrix that was clicked, because a formula can hold the same one twice.
    """

    step: Key
    matrix: Key | str
    row: int
    column: int
    name: str


@dataclass(frozen=True)
class Shown:
    """A matrix on the screen.

    name: of the matrix in this step, as the component has it. matrix: what it is, the same in
    every notation. turned: whether it stands transposed, compared with the base notation.
    """

    name: str
    matrix: Key | str
    turned: bool
    shape: tuple[int, int]


def shown(step: Step, steps: list[Step], notation: Notation) -> Iterator[Shown]:
    """Every matrix of a step whose entries can be clicked."""
    for k, part in enumerate(step.inputs):
        yield Shown(str(k), *_identity(part, steps, notation), part.shape)
    if step.value is None:
        return
    turned = not _upright(step.kind, notation)
    alone = step.sample is not None
    yield Shown("result", "of one sample" if alone else "result", turned, step.formula.shape)
    if alone:
        yield Shown("total", "result", turned, step.value.shape)
    if step.contribution is not None:
        yield Shown("share", "share", turned, step.value.shape)
        yield Shown("others", "others", turned, step.value.shape)


def _upright(kind: str, notation: Notation) -> bool:
    """Whether a matrix of this kind stands as in the base notation."""
    return notation.upright if kind in ("delta", "dW", "db") else notation.columns


def _identity(part: Formula, steps: list[Step], notation: Notation) -> tuple[Key | str, bool]:
    """What a matrix of a formula is, and whether it stands transposed.

    A given matrix is known by the place of its first number, one that a step has found by the key
    of that step. Any other is known by its label, and is another one where samples or layout
    differ.
    """
    flipped = isinstance(part, Transposed)
    leaf = part.of if flipped else part
    if leaf.place:
        return leaf.place(0, 0), flipped == notation.columns
    if source := found_by(leaf, steps):
        return source.key, flipped == _upright(source.kind, notation)
    return f"{leaf.name.html}, {notation.samples}, {notation.layout}", flipped


def found_by(leaf: Formula, steps: list[Step]) -> Step | None:
    """The step that has found this matrix."""
    return next((step for step in steps if step.symbol.latex == leaf.name.latex), None)


def entry_at(matrices: list[Shown], step: Step, name: str, i: int, j: int) -> Entry | None:
    """What entry (i, j) of the matrix of this name is; None where the step has no such matrix."""
    for matrix in matrices:
        if matrix.name == name:
            row, column = (j, i) if matrix.turned else (i, j)
            return Entry(step.key, matrix.matrix, row, column, name)
    return None


def places(entry: Entry, matrices: list[Shown], step: Step) -> list[tuple[str, int, int]]:
    """Where a step shows an entry: the name of the matrix, row and column, the clicked one first.

    Empty where it shows it nowhere.
    """
    cells = []
    for matrix in matrices:
        i, j = (entry.column, entry.row) if matrix.turned else (entry.row, entry.column)
        same = entry.step == step.key and entry.matrix == matrix.matrix
        if same and i < matrix.shape[0] and j < matrix.shape[1]:
            cells.append((matrix.name, i, j))
    return sorted(cells, key=lambda place: place[0] != entry.name)


def keep(matrices: list[Shown], step: Step, name: str, i: int, j: int) -> None:
    """Remember that entry (i, j) of the matrix of this name was clicked."""
    # None of them, where another step has come since the click.
    st.session_state.entry = entry_at(matrices, step, name, i, j)


def in_sight(matrices: list[Shown], step: Step) -> tuple[str, int, int] | None:
    """The name, row and column of the entry that was clicked, where this step shows it now."""
    entry = remembered("entry", lambda entry: bool(places(entry, matrices, step)))
    return places(entry, matrices, step)[0] if entry else None
