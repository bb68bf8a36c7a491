"""The parity network: which bit says whether a number is even?"""

import streamlit as st

from mlp import datasets, insight, presets
from mlp.datasets.parity import RULES, to_bits
from mlp.figures.bars import input_importance
from mlp.figures.graph import network_graph
from mlp.state import network_of
from pages.parts import front_door, live, sessions
from pages.parts.curves import curves
from pages.parts.equations import equations
from pages.parts.handed import hand_over
from pages.parts.hyperparameters import config_form, start
from pages.parts.plot import plot
from pages.parts.share import share
from pages.parts.truth_table import truth_table
from pages.parts.weights import weight_maps

sessions.restore("parity", front_door.enter("parity"))
config, trouble = config_form(presets.PARITY)
lesson = sessions.session("parity", config)

lead, picture = st.columns([3, 2], gap="medium")
with lead:
    st.title("Which bit is it?")
    rule = RULES[lesson.run.config.data.rule if lesson else "even"]
    st.markdown(
        "A small network sees a binary number and learns to answer a question about it. "
        f"**{rule.question}** Nobody tells it which bits matter: press **Play**, and watch it find "
        "out."
    )
    if trouble:
        more = "The run stays as it was." if lesson else "Correct it in the sidebar."
        st.error(f"{trouble}. {more}", icon=":material/error:")
if lesson is None:
    st.stop()

data = datasets.load(lesson.run.config.data, lesson.run.config.precision)
with lead, st.expander("The equations", icon=":material/function:"):
    equations(lesson.run.config)
with picture:
    drawing = st.container()
    number = st.slider(
        "Show it the number",
        0,
        2 ** len(data.inputs) - 1,
        5,
        key="number",
        persist_state="session",
        help="Its bits stand in the input neurons; behind them, what the network makes of it.",
    )


def draw(look: sessions.Look) -> None:
    """Every figure of the page, for the state looked at."""
    config = look.run.config
    network = network_of(config, look.state)
    X, y, which = insight.asked(data)
    with drawing:
        activations = network.forward(to_bits([number], len(data.inputs), config.precision)).a
        layers = [a[0] for a in activations]
        plot(network_graph(network.weights, data.inputs, data.classes, layers), "network")
    progress, maps = st.columns(2, gap="medium")
    with progress:
        curves(look, insight.chance(y))
    with maps:
        weight_maps(look, data, marked=len(data.inputs) - 1, mark="LSB")
    st.subheader("What it learnt")
    weight = insight.mean_absolute_weights(network)
    some_X, some_y = insight.spread(X, y)
    accuracy, drops = insight.accuracy_when_flipped(network, some_X, some_y)
    st.markdown(insight.conclusion(data.inputs, weight, drops, accuracy, insight.chance(y)))
    plot(input_importance(data.inputs, weight, drops), "importance")
    st.caption(
        "Above, the mean |w| from each bit to the first layer. Below, by how many points the "
        f"accuracy falls when that bit is flipped, on {len(some_X):,} {which} numbers."
    )
    truth_table(look, network, data)


live.panel(lesson, lead, draw)
hand_over(lesson.run, data)

st.subheader("What to try next")
for column, experiment in zip(st.columns(3), presets.PARITY_EXPERIMENTS, strict=True):
    with column.container(border=True):
        st.markdown(experiment.help)
        st.button(
            experiment.title,
            key=f"try {experiment.title}",
            icon=":material/play_arrow:",
            on_click=start,
            args=(experiment.config,),
            kwargs={"play": True},
        )
share(lesson)
with st.expander("Where the article slips"):
    st.markdown(
        "- It writes the accuracy as right answers over *wrong* ones. Its code divides by all "
        "answers, and so does this page.\n"
        "- 700 numbers in batches of 8 leave 4 over. It adds them to the last batch, then divides "
        "the sum over those 12 by 8. Batching *article* does the same, because only so the "
        "published numbers come out; *standard* divides by 12's own size.\n"
        "- It counts epochs from 0: its epoch 0 is the first one here."
    )
