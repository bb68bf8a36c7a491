"""The parity network: which bit says whether a number is even?"""

import streamlit as st

from mlp import datasets
from mlp.datasets import dataset
from mlp.datasets.parity import EXPERIMENTS, RULES, Parity, to_bits
from mlp.figures.network.graph import network_graph
from mlp.training.presets import Preset, presets_of
from mlp.training.state import network_of
from pages.parts.components.plot import plot
from pages.parts.page import front_door
from pages.parts.page.remembered import remembered
from pages.parts.parity.inputs import inputs
from pages.parts.parity.truth_table import truth_table
from pages.parts.parity.weights import weight_maps
from pages.parts.settings.config_form import begin_with, config_form
from pages.parts.sharing.run_example import open_in_backprop
from pages.parts.sharing.share import share
from pages.parts.training.curves import curves
from pages.parts.training.diagnosis import diagnosis
from pages.parts.training.equations import equations
from pages.parts.training.panel import panel
from pages.parts.training.session import Look, restore_settings, session_for

restore_settings("parity", front_door.enter("parity"))
config, trouble = config_form(presets_of("parity"))
session = session_for("parity", config)

lead, picture = st.columns([3, 2], gap="medium")
with lead:
    st.title("Which bit is it?")
    rule = RULES[session.run.config.data.rule if session else "even"]
    st.markdown(
        "A small network sees a binary number and learns to answer a question about it. "
        f"**{rule.question}** Nobody tells it which bits matter: press **Play**, and watch it find "
        "out."
    )
    if trouble:
        more = "The run stays as it was." if session else "Correct it in the sidebar."
        st.error(f"{trouble}. {more}", icon=":material/error:")
if session is None:
    st.stop()

data = datasets.load(session.run.config.data, session.run.config.precision)
with lead, st.expander("The equations", icon=":material/function:"):
    equations(session.run.config)
with picture:
    drawing = st.container()
    largest = 2 ** len(data.inputs) - 1
    remembered("number", lambda number: number <= largest)
    number = st.slider(
        "Show it the number",
        0,
        largest,
        min(5, largest),
        key="number",
        persist_state="session",
        help="Its bits stand in the input neurons; behind them, what the network makes of it.",
    )


def draw(look: Look) -> None:
    """Every figure of the page, for the state looked at."""
    config = look.run.config
    network = network_of(config, look.state)
    with drawing:
        activations = network.forward(to_bits([number], len(data.inputs), config.precision)).a
        layers = [a[0] for a in activations]
        plot(network_graph(network.weights, data.inputs, data.classes, layers), "network")
    progress, maps = st.columns(2, gap="medium")
    with progress:
        curves(look, dataset.chance(dataset.asked(data)[1]))
    with maps:
        weight_maps(look, data, marked=len(data.inputs) - 1, mark="LSB")
    st.subheader("How it learns")
    diagnosis(look, data)
    st.subheader("What it learnt")
    inputs(network, data)
    truth_table(look, network, data)


panel(session, lead, draw)
open_in_backprop(session.run, data)

st.subheader("What to try next")
for column, plain in zip(st.columns(3), EXPERIMENTS, strict=True):
    experiment = Preset.of(Parity, plain)
    with column.container(border=True):
        st.markdown(experiment.help)
        st.button(
            experiment.title,
            key=f"try {experiment.title}",
            icon=":material/play_arrow:",
            on_click=begin_with,
            args=(experiment.config,),
            kwargs={"play": True},
        )
share(session)
with st.expander("Where the article slips"):
    st.markdown(
        "- It writes the accuracy as right answers over *wrong* ones. Its code divides by all "
        "answers, and so does this page.\n"
        "- 700 numbers in batches of 8 leave 4 over. It adds them to the last batch, then divides "
        "the sum over those 12 by 8. Batching *article* does the same, because only so the "
        "published numbers come out; *standard* makes those 4 a batch of their own, the 88th, and "
        "divides its sum by 4. A batch size above the number of numbers makes one batch of all; "
        "*article* still divides by the batch size, *standard* by how many there are.\n"
        "- It counts epochs from 0: its epoch 0 is the first one here."
    )
