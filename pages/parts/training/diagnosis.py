"""How a run learns: neurons that are flat, and the size of the gradient and the step by layer."""

import numpy as np
import streamlit as st

from mlp.datasets import Dataset, DataSettings, dataset
from mlp.figures.network.gradients import gradients_by_layer
from mlp.figures.network.neurons import saturation_bars
from mlp.insight import gradients, saturation
from mlp.insight.importance import asked_words
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.training.run import next_update
from mlp.training.state import network_of
from mlp.words import plural
from pages.parts.components.drawing import drawing
from pages.parts.components.plot import plot
from pages.parts.training.session import Look


def diagnosis(look: Look, data: Dataset, bars: bool = False) -> None:
    """The figure of gradients and steps, and what it means, for the state looked at.

    bars: whether to draw the neurons of the first hidden layer too.
    """
    config = look.run.config
    network = network_of(config, look.state)
    X, y, top = _samples(config.data, config.precision, gradients.most_samples(network), data)
    samples = plural(len(X), "training sample")
    with np.errstate(all="ignore"):
        trace = network.forward(X)
    shares = saturation.saturated(network, trace)
    sizes = gradients.gradient_sizes(network, trace, y, LOSSES[config.loss])
    steps = gradients.update_sizes(network, next_update(look.run, look.state))
    if bars and shares:
        title = f"{ACTIVATIONS[config.hidden].flat.title} neurons, first hidden layer"
        plot(saturation_bars(shares[0], title), "saturation")
    names = gradients.layer_names(len(sizes))
    drawing(gradients_by_layer(names, sizes, steps, gradients.APART), "gradients")
    with st.container(key="diagnosis"):
        st.markdown(gradients.gradient_words(sizes, steps))
        st.markdown(saturation.saturation_words(config.hidden, shares, samples, top))
        asked = asked_words(len(X), len(data.y_train), "training", "samples")
        st.caption(
            f"By layer: the root mean square of ∂E/∂W, and ‖Δw‖ ∕ ‖w‖ of the very next step, with "
            f"a band for what is fine. E is the error on {asked}."
        )


@st.cache_resource(show_spinner=False, max_entries=4)
def _samples(
    settings: DataSettings, precision: str, most: int, _data: Dataset
) -> tuple[np.ndarray, np.ndarray, float]:
    """At most `most` training samples, and the largest size of an input, once for everybody."""
    rows = dataset.sample(_data.y_train, most)
    X = _data.gather(rows)
    return X, _data.y_train[rows], float(max(X.max(), -X.min()))
