"""Handwritten digits: a network learns to read, is opened up, and reads what one draws."""

import streamlit as st

from mlp import datasets
from mlp.datasets import dataset
from mlp.training.presets import presets_of
from pages.parts.digits import neurons
from pages.parts.digits.board import board
from pages.parts.digits.confusion import confusions
from pages.parts.digits.prototypes import prototypes
from pages.parts.page import front_door
from pages.parts.settings import full_mnist
from pages.parts.settings.config_form import config_form
from pages.parts.sharing.share import share
from pages.parts.training.curves import curves
from pages.parts.training.diagnosis import diagnosis
from pages.parts.training.equations import equations
from pages.parts.training.panel import panel
from pages.parts.training.session import Look, restore_settings, session_for

restore_settings("digits", front_door.enter("digits"))
config, trouble = config_form(presets_of("digits"))
# An epoch takes so long here that painting it costs little of the training.
session = session_for("digits", config, presets_of("digits")[0].stop, fastest=0.2)

lead, picture = st.columns([3, 2], gap="medium")
with lead:
    st.title("Which digit is it?")
    st.markdown(
        "A network sees 28 × 28 pixels of handwriting and says which digit they are. Nobody tells "
        "it what a digit looks like: press **Play**, and watch its neurons find out."
    )
    if trouble and not full_mnist.offer():
        more = "The run stays as it was." if session else "Correct it in the sidebar."
        st.error(f"{trouble}. {more}", icon=":material/error:")
if session is None:
    st.stop()

data = datasets.load(session.run.config.data, session.run.config.precision)
with lead, st.expander("The equations", icon=":material/function:"):
    equations(session.run.config)


def draw(look: Look) -> None:
    """Every figure of the page, for the state looked at."""
    with picture:
        neurons.mosaic(look)
    progress, neuron = st.columns(2, gap="medium")
    with progress:
        curves(look, dataset.chance(dataset.asked(data)[1]))
    with neuron:
        neurons.one_neuron(look, data)
    st.subheader("How it learns")
    diagnosis(look, data, bars=True)
    st.subheader("Draw a digit")
    board(look, data)
    st.subheader("What it gets wrong")
    confusions(look, data)
    st.subheader("What it likes")
    prototypes(look, data)


panel(session, lead, draw)
share(session)
