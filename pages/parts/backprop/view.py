"""One step of the derivation on the screen: words, equation, shapes, numbers, and how."""

from dataclasses import replace

import numpy as np
import streamlit as st

from mlp.algebra.entries import how
from mlp.algebra.expression import Formula, Transposed
from mlp.algebra.latex import pieces
from mlp.derivation.derive import derive
from mlp.derivation.notation import Notation
from mlp.derivation.steps import Step
from mlp.examples.slips import Slip
from mlp.words import first_upper, number_latex, number_text
from pages.parts.backprop.choice import change
from pages.parts.backprop.entry import found_by, in_sight, keep, shown
from pages.parts.backprop.navigation import jump
from pages.parts.components.matrices import matrices, matrix

WORDS = {  # what an entry is that has no sum of its own here
    "others": "What all other samples add to the entry above. Look at another sample to see its "
    "share.",
    "total": "Every sample has its own formula, as the one above; here they stand together.",
    "mean": "Every sample has its own formula, as the one above; here is the mean of them all.",
}

TOGETHER = {"total": "all samples together", "mean": "the mean of all samples"}


def words(step: Step) -> None:
    """The name of the step, why, its equation, and the equation with shapes."""
    st.subheader(first_upper(step.name), anchor=False)
    st.html(f"<p style='margin:0'>{step.why}</p>")
    with st.container(key="step", gap="small"):
        st.latex(step.equation)
        form = "The same" if step.in_matrices else "In matrix form"
        st.caption(f"{form}, with the shape of every matrix under its brace")
        st.latex(step.shapes)
    st.caption(step.legend)
    if step.error:
        st.error(step.error, icon=":material/error:")


def _label(part: Formula) -> str:
    return f"{part.of.name.html}<sup>T</sup>" if isinstance(part, Transposed) else part.name.html


def numbers(step: Step, steps: list[Step], notation: Notation) -> None:
    """The same equation as matrices with their numbers; then the entry that was clicked."""
    there = list(shown(step, steps, notation))
    entry = in_sight(there, step)

    def heard(name: str, row: int, column: int) -> None:
        keep(there, step, name, row, column)
        st.session_state.playing = False

    matrices(_rows(step, _framed(step, entry)), "numbers", heard)
    if entry and step.value is not None:
        _entry(step, steps, entry)
    elif step.value is not None:
        st.caption("Click any number to see how it comes about, or to change it.")


def _framed(step: Step, entry: tuple | None) -> dict[str, frozenset]:
    """The cells to frame, by the name of their matrix: an entry, and those it was made from."""
    if not entry:
        return {}
    name, cell = entry[0], entry[1:]
    if name == "result" and step.value is not None:
        made_from = how(step.formula, *cell).cells
        return {"result": frozenset({cell})} | {str(k): cells for k, cells in made_from.items()}
    return {name: frozenset({cell})} if name.isdigit() else {}


def _rows(step: Step, framed: dict[str, frozenset]) -> list[list]:
    """The formula as a row of signs and matrices; below it, what belongs to one sample alone."""

    def shown(name: str, label: str, values: np.ndarray) -> dict:
        return matrix(name, label, values, framed.get(name, frozenset()))

    inside = [shown(str(k), _label(part), part.value) for k, part in enumerate(step.inputs)]
    line = [piece if isinstance(piece, str) else inside[piece] for piece in pieces(step.formula)]
    if step.value is None:
        return [line]
    symbol = step.symbol.html
    if step.sample is None:
        rows = [[shown("result", symbol, step.value), "=", *line]]
    else:
        label = f"{symbol}, s={step.sample + 1}"
        rows = [
            [shown("result", label, step.formula.value), "=", *line],
            [f"{TOGETHER[together(step)]}:", shown("total", symbol, step.value)],
        ]
    return rows if step.contribution is None else [*rows, _share(step)]


def together(step: Step) -> str:
    """How the samples come together: errors stand side by side, of gradients there is a mean."""
    return "total" if step.kind == "delta" else "mean"


def _share(step: Step) -> list:
    """One sample's share of the sum, and that of the others."""
    share = step.contribution.value
    return [
        "=",
        matrix("share", "this one’s share", share),
        "+",
        matrix("others", "all others", step.value - share),
    ]


def _sum(formula: Formula, i: int, j: int) -> None:
    """An entry of a formula, and the sum that it is."""
    st.markdown(f"**How this entry comes about**: row {i + 1}, column {j + 1}")
    value = number_latex(formula.value[i, j])
    # set in a line, so that it can break
    st.markdown(rf"${value} = {how(formula, i, j).latex}$")


def _entry(step: Step, steps: list[Step], entry: tuple) -> None:
    """How the clicked entry comes about, or the widget that changes it."""
    name, i, j = entry
    with st.container(border=True, key="how"):
        if name == "result":
            _sum(step.formula, i, j)
            st.caption("The numbers it was made from are framed above.")
        elif name.isdigit():
            _input_entry(step.inputs[int(name)], steps, i, j)
        elif name == "share":
            _sum(step.contribution, i, j)
            st.caption("What this one sample adds to the entry above it.")
        else:
            st.markdown(WORDS[together(step) if name == "total" else name])


def _input_entry(part: Formula, steps: list[Step], i: int, j: int) -> None:
    """A number that the step used: change it if it is given, or go to where it was found."""
    leaf, clicked = part, f"row {i + 1}, column {j + 1}"
    if isinstance(part, Transposed):
        leaf, i, j = part.of, j, i
    value = float(leaf.value[i, j])
    source = found_by(leaf, steps)
    if leaf.place:
        place = leaf.place(i, j)
        key = f"value {place}"
        st.session_state[key] = value  # of the network now, whatever was typed here before
        st.number_input(
            f"Change this number ({clicked}), and everything follows",
            step=0.1,
            format="%g",
            key=key,
            on_change=change,
            args=(place, key),
        )
    elif leaf.how:
        st.latex(leaf.how(i, j))
    elif source:
        _sum(source.formula, i, j)
    else:
        st.markdown(f"This number is {number_text(value)}.")
    if source and not leaf.place:
        st.button(
            f"Go to the step that found it: {source.name}",
            key="go there",
            on_click=jump,
            args=(source.key, steps),
        )


def slips(of_step: list[Slip]) -> None:
    """The slips of the text at this step, each with the right form beside it."""
    for slip in of_step:
        with st.container(border=True):
            st.markdown(f":orange-badge[:material/edit_note: A slip in the text] {slip.words}")
            left, right = st.columns(2)
            left.caption("As it stands there")
            left.latex(slip.wrong)
            right.caption("As it should be")
            right.latex(slip.right)


def other_layout(step: Step, question: tuple, notation: Notation) -> None:
    """The same step in the other layout, and why both are the same; made when it is opened."""
    other = {"denominator": "numerator", "numerator": "denominator"}[notation.layout]
    opened = st.expander(
        f"The same in {other} layout", key="other", icon=":material/swap_horiz:", on_change="rerun"
    )
    if not opened.open:
        return
    twins = derive(*question, replace(notation, layout=other), proved=False)
    twin = next(s for s in twins if s.key == step.key)
    with opened:
        st.latex(twin.equation)
        st.latex(twin.shapes)
        st.markdown(
            "The transpose of a product is the product of the transposes in the other order:"
        )
        st.latex(r"(AB)^{\mathsf T} = B^{\mathsf T} A^{\mathsf T}")
        st.markdown(
            "So both say the same, each the transpose of the other. In denominator layout a "
            "gradient has the shape of what you differentiate by; in numerator layout it has the "
            "transposed shape."
        )
