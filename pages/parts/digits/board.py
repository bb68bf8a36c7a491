"""Draw a digit: the network of the page reads it while it is drawn, and it can be kept.

The kept digits are a small test set of one's own; they live in the session.
"""

import io
from dataclasses import dataclass

import numpy as np
import streamlit as st

from mlp.datasets import Dataset
from mlp.datasets.digits import as_inputs
from mlp.datasets.handwriting import as_mnist
from mlp.figures.images.mosaic import gallery
from mlp.figures.insight.reading import reading
from mlp.insight.predictions import answers, own_words
from mlp.network.network import Network
from mlp.training.state import network_of
from pages.parts.components.canvas import canvas
from pages.parts.components.drawing import drawing
from pages.parts.components.plot import plot
from pages.parts.training.session import Look

MOST_KEPT = 200
SHOWN = 12  # of the kept ones, the last


@dataclass(frozen=True)
class Kept:
    """Digits drawn here. images: (m, 28, 28) of uint8. labels: (m,), what each one is."""

    images: np.ndarray
    labels: np.ndarray

    def file(self) -> bytes:
        """The digits as a NumPy file: X (m, 28, 28) and y (m,), both uint8."""
        written = io.BytesIO()
        np.savez_compressed(written, X=self.images, y=self.labels)
        return written.getvalue()


NONE = Kept(np.empty((0, 28, 28), np.uint8), np.empty(0, np.uint8))


@st.fragment
def board(look: Look, data: Dataset) -> None:
    """The board and what the network makes of the drawing; a stroke runs nothing but this."""
    config = look.run.config
    network = network_of(config, look.state)
    kept: Kept = st.session_state.get("own digits", NONE)
    st.markdown(
        "With mouse, finger or pen. The network reads along as it is now: untrained, half trained, "
        "or at the epoch that the slider shows."
    )
    paper, answer = st.columns([1, 2], gap="medium")
    with paper:
        drawn = canvas("board", st.session_state.get("sheet", 0))
        image = None if drawn is None else as_mnist(drawn)
    with answer:
        seen = np.zeros((1, 28, 28), np.uint8) if image is None else image[None]
        trace = network.forward(as_inputs(seen, config.data.pixels, config.precision))
        layers = [a[0] for a in trace.a]
        drawing(reading(image, layers, network.weights[-1], data.classes), "own reading")
    _keep(image, kept)
    if len(kept.labels):
        _own_test(kept, network, look)


def _keep(image: np.ndarray | None, kept: Kept) -> None:
    """A button for each digit: what the drawing is, and that it is kept."""
    full = len(kept.labels) >= MOST_KEPT
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="labels"):
        st.markdown(
            "No more room: the test set is full." if full else "Keep it for a test: it is a"
        )
        for digit in range(10):
            st.button(
                str(digit),
                key=f"label {digit}",
                disabled=image is None or full,
                on_click=_kept_as,
                args=(image, digit),
            )


def _kept_as(image: np.ndarray | None, digit: int) -> None:
    if image is None:  # a press that was sent twice: the first has kept it and cleared the sheet
        return
    kept: Kept = st.session_state.get("own digits", NONE)
    images = np.concatenate([kept.images, image[None]])
    labels = np.append(kept.labels, np.uint8(digit))
    _put(Kept(images, labels))
    st.session_state.sheet = st.session_state.get("sheet", 0) + 1


def _put(kept: Kept) -> None:
    st.session_state["own digits"] = kept


def _own_test(kept: Kept, network: Network, look: Look) -> None:
    """The kept digits, what the network makes of them, and what can be done with them."""
    config = look.run.config
    X = as_inputs(kept.images, config.data.pixels, config.precision)
    given = answers(network, X, kept.labels)
    st.markdown(own_words(given))
    last = np.arange(len(kept.labels))[::-1][:SHOWN]
    captions = [
        f"{t} ✓" if t == a else f"{t} → {a if a >= 0 else '?'}"
        for t, a in zip(given.truth[last], given.answer[last], strict=True)
    ]
    title = "The last you drew: what it is → what the network says"
    alt = f"{title}. {', '.join(captions)}."
    plot(gallery(kept.images[last], captions, title, alt, -(-len(last) // 6)), "own digits figure")
    with st.container(horizontal=True):
        st.button(
            "Remove the last",
            key="remove_own",
            icon=":material/undo:",
            on_click=_put,
            args=(Kept(kept.images[:-1], kept.labels[:-1]),),
        )
        st.button(
            "Remove all", key="clear_own", icon=":material/delete:", on_click=_put, args=(NONE,)
        )
        st.download_button(
            "Download your digits",
            kept.file,
            "my-digits.npz",
            key="download_own",
            icon=":material/download:",
            help="A NumPy file: X holds the images, 28 × 28 of 0 to 255, and y what they are.",
            on_click="ignore",
        )
