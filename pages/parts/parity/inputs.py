"""Which bits the network has learnt to use."""

import streamlit as st

from mlp.datasets import Dataset, dataset
from mlp.figures.insight.importance import input_importance
from mlp.insight import importance
from mlp.network.network import Network
from pages.parts.components.plot import plot


def inputs(network: Network, data: Dataset) -> None:
    """What its weights and a flip of each bit say, in a sentence and in bars."""
    X, y, which = dataset.asked(data)
    weight = importance.mean_absolute_weights(network)
    rows = dataset.sample(y, importance.most_asked(network))
    accuracy, drops = importance.accuracy_when_flipped(network, X[rows], y[rows])
    chance = dataset.chance(y[rows])
    st.markdown(importance.conclusion(data.inputs, weight, drops, accuracy, chance))
    plot(input_importance(data.inputs, weight, drops), "importance")
    asked = importance.asked_words(len(rows), len(y), which)
    st.caption(
        "Above, the mean |w| from each bit to the first layer. Below, by how many points the "
        f"accuracy falls when that bit is flipped, on {asked}."
    )
