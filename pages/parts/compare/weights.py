"""One layer's weights of several runs in one scale, and the difference of two."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mlp import datasets
from mlp.comparison import pairing
from mlp.figures.network.weights import weight_heatmap
from mlp.network.shape import views
from mlp.training.run import Run
from pages.parts.components.plot import plot
from pages.parts.page.remembered import remembered

OTHER = "run that A is taken from"  # in the session, by its link


def weights(runs: Sequence[Run], links: Sequence[str]) -> None:
    """One layer's weights of every run in one scale, and the difference of two.

    links: of the runs, in the same order; they tell the runs apart when one leaves the list.
    """
    letters = pairing.letters(len(runs))
    st.subheader("Weights", anchor=False)
    layers = pairing.layers_in_common([run.config for run in runs])
    layer = st.selectbox(
        "Layer",
        range(len(layers)),
        format_func=lambda l: " / ".join(dict.fromkeys(layers[l])).capitalize(),
        key="layer",
        persist_state="session",
        width=240,
    )
    each = [views(run.state.parameters, run.config.sizes) for run in runs]
    limit = max(float(np.abs(w[layer]).max(initial=0)) for w, _ in each) or 1.0
    columns = st.columns(min(len(runs), 3), gap="small")
    for i, (run, (W, b)) in enumerate(zip(runs, each, strict=True)):
        with columns[i % len(columns)]:
            title = f"Run {letters[i]}, {layers[layer][i]}"
            _heatmap(run, layer, W[layer], b[layer], f"weights {i}", title=title, limit=limit)
    other = _other(letters, links)
    at = letters.index(other)
    (W, b), (other_W, other_b) = each[0], each[at]
    if layers[layer][0] != layers[layer][at]:
        st.caption(f"These are different layers of A and {other}, so there is no difference.")
    elif W[layer].shape != other_W[layer].shape:
        st.caption(f"A and {other} have weights of different shapes, so there is no difference.")
    else:
        change = other_W[layer] - W[layer], other_b[layer] - b[layer]
        more = {"title": f"{other} minus A", "quantity": "difference"}
        _heatmap(runs[0], layer, *change, "difference", **more)


def _other(letters: list[str], links: Sequence[str]) -> str:
    """The letter of the run that A is taken from: of the one chosen, as long as it is there."""
    if len(links) == 2:
        return letters[1]
    run = remembered(OTHER, links[1:].__contains__) or links[1]
    st.session_state.minus = letters[links.index(run)]
    return st.segmented_control(
        "Minus A", letters[1:], required=True, key="minus", on_change=_choose, args=(links, letters)
    )


def _choose(links: Sequence[str], letters: list[str]) -> None:
    st.session_state[OTHER] = links[letters.index(st.session_state.minus)]


def _heatmap(run: Run, layer: int, W: np.ndarray, b: np.ndarray, key: str, **more) -> None:
    """The weights of a layer with the names of the neurons there. more: of `weight_heatmap`."""
    data = datasets.load(run.config.data, run.config.precision)
    names = data.neuron_names(run.config.hidden_sizes)
    plot(weight_heatmap(W, b, names[layer + 1], names[layer], **more), key)
