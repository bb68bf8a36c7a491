"""Backpropagation, matrix by matrix, in the notation of the text one is reading."""

from dataclasses import replace

import streamlit as st

from mlp.derivation.derive import derive
from mlp.examples.texts import slips_at
from mlp.figures.derivation.drawing import lit_network
from pages.parts.backprop import view
from pages.parts.backprop.choice import arrive, choose, edits
from pages.parts.backprop.mistakes import choose_mistakes, consequences
from pages.parts.backprop.navigation import walk
from pages.parts.backprop.proof import evidence, verdict
from pages.parts.components.drawing import drawing
from pages.parts.page import front_door

if front_door.enter("backprop"):
    arrive()

st.title("Backpropagation, matrix by matrix", anchor=False)
st.markdown(
    "A network computes its output layer by layer; then the error travels back, layer by layer, "
    "and says how much each weight is to blame. It is the chain rule, again and again. Press "
    "**Next**, or the arrow keys."
)
try:
    choice = choose()
except ValueError as error:
    st.error(f"{error}.", icon=":material/error:")
    edits()
    st.stop()
mistakes, rate = choose_mistakes()
exercise, network, notation = choice.exercise, choice.exercise.network, choice.notation
if mistakes:
    notation = replace(notation, form="matrix")
question = network, exercise.X[: choice.batch], exercise.y[: choice.batch], exercise.loss
steps = derive(*question, notation, sample=choice.sample, mistakes=mistakes, rate=rate)


@st.fragment
def walk_through() -> None:
    """The walk and the step in sight, a fragment so that a step changes at once."""
    step = walk(steps)
    lead, picture = st.columns([3, 2], gap="medium")
    with lead:
        view.words(step)
    with picture:
        activations = [a[choice.sample] for a in network.forward(question[1]).a]
        numbers = [notation.layer(k) for k in range(len(activations))]
        lit = step.kind, step.layer, numbers, choice.example.inputs if choice.example else ()
        drawing(lit_network(network.weights, activations, *lit), "network")
        verdict(steps)
    left, right = st.container(key="pair").columns([3, 2], gap="medium")
    with left:
        view.numbers(step, steps, notation)
    with right:
        evidence(step)
    view.slips(slips_at(choice.example, step.key, len(network.weights)) if choice.example else [])
    if step.check and notation.form == "matrix" and not mistakes:
        view.other_layout(step, question, notation)


walk_through()
consequences(choice, mistakes, rate)
edits()
