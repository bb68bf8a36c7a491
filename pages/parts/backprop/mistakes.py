"""Break it: the mistakes that people make, and what training does with them."""

import streamlit as st

from mlp.examples.mistakes import TEXTS, of_curves, training_error, without_effect
from mlp.figures.derivation.mistakes import right_and_broken
from pages.parts.backprop.choice import Choice
from pages.parts.components.plot import plot
from pages.parts.page.widgets import IN_URL, number

TITLES = {text.title: mistake for mistake, text in TEXTS.items()}
STEPS = 60


def choose_mistakes() -> tuple[tuple[str, ...], float]:
    """The widgets: which mistakes, and the learning rate for training with them."""
    on = ", ".join(st.session_state.get("mistake") or st.query_params.get_all("mistake"))
    with st.expander(f"Break it{on and ': ' + on}", key="break", icon=":material/build:"):
        titles = st.pills(
            "Mistakes that people make",
            list(TITLES),
            selection_mode="multi",
            key="mistake",
            help="Switch on one or several, and see what the proof says.",
            **IN_URL,
        )
        rate = number(
            "Learning rate η",
            0.2,
            "rate",
            step=0.1,
            min_value=0.001,
            max_value=10.0,
            help="For the two error curves below, and for the weights that are updated too early.",
        )
    if titles and st.session_state.form != "matrices":
        st.caption("Mistakes are made in matrix form, so the page shows that while one is on.")
    return tuple(TITLES[title] for title in titles), rate


def said(choice: Choice, mistakes: tuple[str, ...], rate: float) -> None:
    """What each mistake is, and which of them change nothing here."""
    idle = without_effect(choice.exercise, choice.batch, choice.notation, mistakes, rate)
    for mistake in mistakes:
        text = TEXTS[mistake]
        alone = "It" if len(mistakes) == 1 else "On its own it"
        more = f" **{alone} changes nothing here.** {idle[mistake]}" if mistake in idle else ""
        st.markdown(f":material/build: **{text.title}**: {text.what}{more}")


def consequences(choice: Choice, mistakes: tuple[str, ...], rate: float) -> None:
    """Two error curves: training with the right gradient, and with the broken one."""
    if not mistakes:
        return
    st.subheader("What training makes of it", anchor=False)
    said(choice, mistakes, rate)
    run = [
        training_error(choice.exercise, choice.batch, choice.notation, which, rate, STEPS)
        for which in ((), mistakes)
    ]
    plot(right_and_broken(*run), "broken")
    st.caption(of_curves(*run, rate))
