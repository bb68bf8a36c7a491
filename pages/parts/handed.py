"""From a page that trains to the backpropagation page: its network and one mini-batch."""

import numpy as np
import streamlit as st

from mlp.datasets import Dataset
from mlp.examples import MOST_SAMPLES, Example, Setup
from mlp.network import layer_shapes
from mlp.notation import Notation
from mlp.run import Run

MOST_NEURONS, MOST_LAYERS = 16, 6
TITLE = "the network in training"


def hand_over(run: Run, data: Dataset) -> None:
    """A button that opens the run's network, as it is now, in Backpropagation."""
    sizes = run.config.sizes
    fits = max(sizes) <= MOST_NEURONS and len(sizes) <= MOST_LAYERS
    if not st.button(
        "Open in Backpropagation",
        key="open_backprop",
        icon=":material/function:",
        disabled=not fits,
        help="See its weights and one mini-batch go through every matrix, step by step."
        if fits
        else f"Its matrices do not fit the screen: at most {MOST_NEURONS} neurons a layer.",
    ):
        return
    st.session_state.handed = example(run, data)
    st.session_state.page = None  # so that the page takes it as an arrival
    st.switch_page("pages/backprop.py", query_params={"example": TITLE})


def example(run: Run, data: Dataset) -> Example:
    """The network of a run and up to 8 of its training samples, spread over all of them."""
    config = run.config
    some = np.linspace(0, len(data.X_train) - 1, MOST_SAMPLES).astype(int)
    X, y = (np.asarray(v, float) for v in (data.gather(some), data.y_train[some]))
    parameters = np.array(run.state.parameters, float)
    setup = Setup(config.sizes, config.hidden, config.output, config.loss, X, y, parameters)
    story = (
        f"{layer_shapes(config.sizes)}, as it was after {run.epoch} epochs, with samples it trains "
        "on. It lives only in this tab: a reload or a link does not bring it back."
    )
    if config.l2:
        story += " The gradient here is that of the error alone, without the weight decay."
    batch = min(config.batch_size, MOST_SAMPLES)
    return Example(TITLE, story, Notation("columns", "denominator", 1), batch, setup, data.inputs)
