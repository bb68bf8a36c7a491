"""One layer's weights of several runs in one scale, and the difference of two."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mlp import datasets
from mlp.comparison import pairing
from mlp.figures.network.weights import weight_heatmap
from mlp.network.shape import layer_name, views
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
    layers = min(len(run.config.sizes) for run in runs) - 1
    layer = st.selectbox(
        "Layer",
        range(layers),
        format_func=lambda l: layer_name(l, layers).capitalize(),
        key="layer",
        persist_state="session",
        width=240,
    )
    each = [views(run.state.parameters, run.config.sizes) for run in runs]
    limit = max(float(np.abs(w[layer]).max(initial=0)) for w, _ in each) or 1.0
    columns = st.columns(min(len(runs), 3), gap="small")
    for i, (run, (W, b)) in enumerate(zip(runs, each, strict=True)):
        with columns[i % len(columns)]:
            _heatmap(run, W[layer], b[layer], f"Run {letters[i]}", f"weights {i}", limit)
    other = _other(letters, links)
    (W, b), (other_W, other_b) = each[0], each[letters.index(other)]
    if W[layer].shape == other_W[layer].shape:
        change = other_W[layer] - W[layer], other_b[layer] - b[layer]
        _heatmap(runs[0], *change, f"{other} minus A", "difference", None)
    else:
        st.caption(f"A and {other} have weights of different shapes, so there is no difference.")


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


def _heatmap(run: Run, W, b, title: str, key: str, limit: float | None) -> None:
    data = datasets.load(run.config.data, run.config.precision)
    first = W.shape[1] == len(data.inputs)
    last = len(W) == len(data.classes)
    rows = data.classes if last else [f"neuron {i + 1}" for i in range(len(W))]
    names = data.inputs if first else [f"neuron {i + 1}" for i in range(W.shape[1])]
    plot(weight_heatmap(W, b, rows, names, title=title, limit=limit), key)
