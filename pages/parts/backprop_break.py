"""Break it: the mistakes that people make, what the proof says, and what training does."""

import streamlit as st

from mlp.algebra import number_text
from mlp.derivation import Step, summary
from mlp.figures.broken import right_and_broken
from mlp.mistakes import TEXTS, training_error
from pages.parts.backprop_choice import IN_URL, Choice
from pages.parts.backprop_steps import jump
from pages.parts.plot import plot

NONE = "nothing broken"
TITLES = {text.title: mistake for mistake, text in TEXTS.items()}
STEPS = 60


def choose_mistake() -> tuple[str, float]:
    """The widgets: which mistake, and the learning rate for training with it."""
    with st.expander("Break it", key="break", icon=":material/build:"):
        st.caption("Make a mistake that people make, and watch the proof find it.")
        title = st.pills(
            "Mistake", [NONE, *TITLES], default=NONE, required=True, key="mistake", **IN_URL
        )
        rate = st.number_input(
            "Learning rate η",
            0.001,
            10.0,
            0.2,
            step=0.1,
            format="%g",
            key="rate",
            help="For the two error curves below, and for the weights that are updated too early.",
            **IN_URL,
        )
    return TITLES.get(title, ""), rate


def verdict(steps: list[Step], mistake: str) -> None:
    """The proof of all gradients as one figure: green, or red with the steps that are wrong."""
    holds, worst = summary(steps)
    if holds:
        st.markdown(
            ":green-badge[:material/check: Every gradient is proved]"
            f": largest relative error {number_text(worst)}"
        )
        if mistake:
            st.info(f"This mistake changes nothing here. {TEXTS[mistake].harmless}")
        return
    wrong = [step for step in steps if step.check and not step.check.holds]
    st.markdown(
        f":red-badge[:material/close: The proof fails] for {len(wrong)} of "
        f"{sum(1 for s in steps if s.check)} gradients."
    )
    if mistake:
        st.caption(TEXTS[mistake].what)
    else:
        st.caption("An activation sits on its kink or is saturated: nudging says nothing there.")
    first = wrong[0]
    st.button(
        f"Go to the first: {first.name}", key="go wrong", on_click=jump, args=(first.key, steps)
    )


def consequences(choice: Choice, mistake: str, rate: float) -> None:
    """Two error curves: training with the right gradient, and with the broken one."""
    if not mistake:
        return
    st.subheader("What training makes of it", anchor=False)
    run = [
        training_error(choice.setup, choice.batch, choice.notation, which, rate, STEPS)
        for which in ("", mistake)
    ]
    plot(right_and_broken(*run), "broken")
    words = f"{STEPS} steps down the gradient of this batch, with η = {rate:g}."
    if run[1] is None:
        words += " The broken run has no curve: the shapes do not fit, so it never takes a step."
    elif run[1][-1] <= run[0][-1]:
        words += (
            " The error falls all the same. A wrong gradient can still point downhill; only the "
            "proof tells it from the right one."
        )
    st.caption(words)
