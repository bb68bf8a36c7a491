"""Prototypes: the mean image of each class beside the image that makes its output largest."""

import numpy as np
import streamlit as st

from mlp.datasets import Dataset
from mlp.datasets.digits import PIXELS, Digits
from mlp.datasets.handwriting import as_images
from mlp.figures.images.mosaic import gallery
from mlp.insight.saliency import ascend_input, class_means
from mlp.training.state import network_of
from pages.parts.components.plot import plot
from pages.parts.training.session import Look

STEPS, MOST_STEPS = 10, 100
RATE = 0.05  # of the range of a pixel: the most that it moves in one step
ROWS = 2


def prototypes(look: Look, data: Dataset) -> None:
    """Both galleries, and the buttons that climb."""
    config = look.run.config
    top = 255 / PIXELS[config.data.pixels]
    steps = st.session_state.get("uphill", 0)
    blank = np.zeros(config.data.n_in)
    kept = st.session_state.get("liked")
    # A hundred steps take too long for every update of a page that plays.
    if not look.playing or kept is None or kept[0] != config.data:
        inputs = ascend_input(network_of(config, look.state), blank, steps, top, RATE * top)
        kept = st.session_state["liked"] = config.data, as_images(inputs, config.data.pixels)
    mean = _means(config.data, config.precision, data)
    left, right = st.columns(2, gap="medium")
    best = f"after {steps} steps uphill" if steps else "on blank paper yet"
    titles = ("The mean image of each digit", f"What it likes best, {best}")
    with left:
        plot(gallery(mean, data.classes, titles[0], titles[0], ROWS), "means")
    with right:
        plot(gallery(kept[1], data.classes, titles[1], titles[1], ROWS), "likes")
    with st.container(horizontal=True):
        st.button(
            f"Climb {STEPS} steps",
            key="climb",
            icon=":material/landscape:",
            disabled=look.playing or steps >= MOST_STEPS,
            on_click=_climb,
            args=(steps + STEPS,),
            help="From blank paper, each pixel moves the way that makes the digit's output larger. "
            "It waits while training plays.",
        )
        st.button(
            "Blank paper again",
            key="climb_again",
            icon=":material/undo:",
            disabled=look.playing or steps == 0,
            on_click=_climb,
            args=(0,),
        )


def _climb(steps: int) -> None:
    st.session_state.uphill = steps


@st.cache_data(show_spinner=False, max_entries=4)
def _means(settings: Digits, precision: str, _data: Dataset) -> np.ndarray:
    """The mean training image of each digit, computed once for everybody."""
    means = _data.scale * class_means(_data.X_train, _data.y_train)
    return as_images(means, settings.pixels)
