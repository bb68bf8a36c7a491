"""The proof of the gradients on the screen: of the step in sight, and of all steps together."""

import streamlit as st

from mlp.derivation.steps import Step
from mlp.derivation.verdict import Verdict, left_open, of_all, of_one, way
from pages.parts.backprop.navigation import jump, label
from pages.parts.components.matrices import errors, matrices, matrix

BADGES = {"right": ("green", "check"), "wrong": ("red", "close"), "open": ("orange", "help")}


def _say(verdict: Verdict) -> None:
    colour, icon = BADGES[verdict.kind]
    st.markdown(f":{colour}-badge[:material/{icon}: {verdict.headline}] {verdict.more}")


def evidence(step: Step) -> None:
    """The proof beside a gradient: its estimate by central differences and the relative errors."""
    check = step.check
    if check is None:
        return
    st.markdown("**The proof**")
    if step.value is None:
        st.markdown(":red-badge[:material/close: There is no gradient to compare.]")
    else:
        _say(of_one(check))
    if check.hidden.any():
        st.caption(left_open([check]))
    st.caption(way(step.kind))
    rows = [
        [
            matrix("estimate", "by nudging", check.estimate),
            errors("errors", "relative error", check),
        ]
    ]
    matrices(rows, "proof", lambda *_: None)


def verdict(steps: list[Step]) -> None:
    """The proof of all gradients as one: green, orange, or red with the steps that are wrong."""
    proved = [step for step in steps if step.check]
    said = of_all([(label(step), step.check) for step in proved])
    _say(said)
    if said.kind == "open":
        st.caption(left_open([step.check for step in proved]))
    wrong = [step for step in proved if not step.check.holds]
    if wrong:
        st.button(
            f"Go to the first: {wrong[0].name}",
            key="go wrong",
            on_click=jump,
            args=(wrong[0].key, steps),
        )
