"""From one example to a mini-batch: the same bowl as a mean over data points."""

import numpy as np
import streamlit as st

from mlp.descent import gradient_noise
from mlp.figures.descent.contour_map import descent_map
from mlp.figures.descent.errors import error_by_step
from mlp.figures.descent.noise import noise_curve
from pages.parts.components.plot import plot
from pages.parts.page.widgets import IN_URL

SIZES = tuple(2**n for n in range(9))
STEPS = 40
START = (10.0, 10.0)

measured_noise = st.cache_data(gradient_noise.noise_by_size, show_spinner=False)


def cloud_told(X: np.ndarray) -> str:
    """What the error of a point is here, for data X (m, 2) around (0, 0)."""
    return (
        f"A network's error is a mean over examples. So is this one: for {len(X):,} data points "
        "around (0, 0), take the mean of the squared distances to all of them. It is a² + b², "
        "lifted by how far the points are spread, and its gradient is [2a, 2b] as before. But "
        "nobody has to ask all the points before each step."
    )


def from_one_example_to_a_batch() -> None:
    """Three walks down one bowl, with the gradient over all points, some of them, and one."""
    st.subheader("From one example to a mini-batch")
    X = gradient_noise.cloud()
    st.markdown(cloud_told(X))
    st.latex(
        r"\nabla g \;=\; \frac{1}{m} \sum_{i=1}^{m} 2\,(p - x_i) \;\approx\;"
        r" \frac{1}{|\mathcal B|} \sum_{i \in \mathcal B} 2\,(p - x_i)"
    )
    one, two = st.columns(2, gap="medium")
    batch_size = one.select_slider(
        "Batch size",
        SIZES,
        16,
        key="batch",
        help="Points asked before each step. Try 1, then 256.",
        **IN_URL,
    )
    rate = two.slider(
        "Learning rate η of these three",
        0.01,
        0.5,
        0.1,
        0.01,
        key="batch_rate",
        help="A smaller one averages the noise away, and takes longer. Try 0.02.",
        **IN_URL,
    )
    walks = gradient_noise.compared(X, START, rate, batch_size, STEPS)
    names, paths = list(walks), list(walks.values())
    lead, side = st.columns([3, 2], gap="medium")
    with lead:
        rates = [rate] * len(paths)
        plot(
            descent_map(gradient_noise.lifted(X), paths, names, rates, X, group="batch"),
            "batch map",
        )
    with side:
        plot(error_by_step(paths, names, height=280, group="batch"), "batch error")
        st.markdown("**How far a batch's gradient lies from the full one**, and how it shrinks:")
        plot(noise_curve(*measured_noise(X), batch_size), "noise")
    st.markdown(
        "**What to notice.** The noisy walks come down just as fast, for a fraction of the work, "
        "and then stay restless near the bottom. Four times the batch about halves the noise, "
        "1/√batch; with all the points in it, none is left, because they are drawn without putting "
        "back. "
        "That is how the networks here are trained."
    )
    st.page_link(
        "pages/parity.py", label="See it train a network: Parity", icon=":material/grid_on:"
    )
