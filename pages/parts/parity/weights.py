"""Every weight matrix of the network looked at, or what has changed in it."""

import streamlit as st

from mlp.datasets import Dataset
from mlp.figures.network.weights import weight_heatmap
from mlp.network.shape import layer_name, views
from mlp.training.run import state_at
from pages.parts.components.plot import plot
from pages.parts.training.session import Look

WEIGHTS, SINCE_START, LAST_EPOCH = "Weights", "Since the start", "Last epoch"
TITLES = {SINCE_START: ", changed since the start", LAST_EPOCH: ", changed in the last epoch"}


def weight_maps(look: Look, data: Dataset, marked: int | None = None, mark: str = "") -> None:
    """One heatmap a layer, and the switch between the weights and their changes.

    marked: an input to point out, with `mark` under its name.
    """
    shown = st.segmented_control(
        "Show the weights, or how they have changed",
        (WEIGHTS, SINCE_START, LAST_EPOCH),
        default=WEIGHTS,
        required=True,
        key="shown",
        persist_state="session",
        label_visibility="collapsed",
    )
    sizes, parameters = look.run.config.sizes, look.state.parameters
    if shown != WEIGHTS:
        before = 0 if shown == SINCE_START else max(look.epoch - 1, 0)
        parameters = parameters - state_at(look.run, before).parameters
    layers, names = len(sizes) - 1, data.neuron_names(sizes[1:-1])
    for layer, (W, b) in enumerate(zip(*views(parameters, sizes), strict=True)):
        figure = weight_heatmap(
            W,
            b,
            names[layer + 1],
            names[layer],
            marked=None if layer else marked,
            mark=mark,
            title=layer_name(layer, layers).capitalize() + TITLES.get(shown, ""),
            quantity="weight" if shown == WEIGHTS else "change",
        )
        plot(figure, f"weights {layer + 1}")
