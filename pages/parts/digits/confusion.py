"""What the network gets wrong: the confusion matrix, the images of a cell, and one of them."""

from dataclasses import replace

import numpy as np
import streamlit as st

from mlp.datasets import Dataset, dataset
from mlp.datasets.digits import SIDE
from mlp.datasets.handwriting import as_images
from mlp.figures.images.mosaic import COLUMNS, gallery, image_at
from mlp.figures.images.pixels import pixel_map
from mlp.figures.insight.confusion import confusion_matrix
from mlp.figures.insight.reading import reading
from mlp.insight.predictions import (
    Answers,
    answered,
    answers,
    confusion,
    confusion_words,
    in_cell,
    mistakes,
)
from mlp.insight.saliency import input_gradient
from mlp.network.network import Network
from mlp.training.state import network_of
from mlp.words import number, one, plural
from pages.parts.components.drawing import drawing
from pages.parts.components.plot import plot
from pages.parts.page.remembered import remembered
from pages.parts.sharing.run_example import open_in_backprop
from pages.parts.training.session import Look

ROWS = 4  # of images in the gallery
# While training plays, the matrix counts at most SAMPLE of the test images, fewer for a network
# whose answers take long; at rest it counts all.
SAMPLE, FEWEST = 1000, 100
WORK = 5e7  # weights times images in one update


def confusions(look: Look, data: Dataset) -> None:
    """The matrix and the gallery beside it, then the chosen image."""
    X, y, which = dataset.asked(data)
    network = network_of(look.run.config, look.state)
    most = int(np.clip(WORK / len(look.state.parameters), FEWEST, SAMPLE))
    rows = dataset.sample(y, most if look.playing else len(y))
    given = answers(network, X[rows], y[rows].argmax(axis=1))
    counts = confusion(given)
    some = "" if len(rows) == len(y) else "sampled "
    st.markdown(confusion_words(given, data.classes, some + which))
    left, right = st.columns(2, gap="medium")
    with left:
        cell = remembered("cell", lambda cell: max(cell) < len(counts))
        plot(confusion_matrix(counts, data.classes, cell), "confusion", _choose_cell)
        st.caption("Click a number to see its images; click the diagonal for those read right.")
    with right:
        # What is looked at stays while training plays: images that change places cannot be read.
        asked, kept = (look.run.config.data, cell), st.session_state.get("images looked at")
        if not look.playing or kept is None or kept[0] != asked:
            title, numbers, captions = _chosen_images(given, data, cell, rows)
            when = f"{title} (epoch {look.epoch:,})"
            kept = (asked, when, numbers, captions)
            st.session_state["images looked at"] = kept
        _, title, numbers, captions = kept
        _gallery(look, X, title, numbers, captions)
    if len(numbers):
        images = look.run.config.data.images
        image = remembered("image", lambda image: image[0] == images and image[1] in numbers)
        _one_image(look, data, network, X, y, image[1] if image else int(numbers[0]))


def _choose_cell(x: float, y: float) -> None:
    if 0 <= round(x) < 10 and 0 <= round(y) < 10:
        st.session_state.cell = (round(y), round(x))


def _all_mistakes() -> None:
    st.session_state.pop("cell", None)


def _chosen_images(given: Answers, data: Dataset, cell, rows: np.ndarray) -> tuple:
    """The title, the numbers in the test set and the captions of the images to show.

    rows: the numbers of the test images that were asked about.
    """
    if cell is None:
        some = mistakes(given)
        title = f"{plural(len(some), 'mistake')}, the most certain first"
    else:
        some = in_cell(given, *cell)
        truth, answer = (data.classes[k] for k in cell)
        title = f"{len(some):,} × {one(truth)} read as {one(answer)}, the most certain first"
    some = some[: ROWS * COLUMNS]
    captions = []
    for i in some:
        certain = number(float(given.confidence[i]))
        told = data.classes[given.answer[i]] if given.answer[i] >= 0 else "?"
        captions.append(certain if cell else f"{data.classes[given.truth[i]]}→{told} {certain}")
    return title, rows[some], captions


def _gallery(
    look: Look, X: np.ndarray, title: str, numbers: np.ndarray, captions: list[str]
) -> None:
    images = as_images(X[numbers], look.run.config.data.pixels)

    def choose(x: float, y: float) -> None:
        if (i := image_at(x, y, len(numbers), SIDE)) is not None:
            st.session_state.image = look.run.config.data.images, int(numbers[i])

    alt = f"{title}: {', '.join(captions)}." if len(numbers) else f"{title}: there are none."
    plot(gallery(images, captions, title, alt, ROWS), "gallery", choose)
    st.button(
        "Show all mistakes",
        key="all_mistakes",
        icon=":material/filter_alt_off:",
        disabled="cell" not in st.session_state,
        on_click=_all_mistakes,
    )


def _one_image(
    look: Look, data: Dataset, network: Network, X: np.ndarray, y: np.ndarray, i: int
) -> None:
    """One test image: how it is read, and which of its pixels matter for the answer."""
    config = look.run.config
    trace = network.forward(X[i : i + 1])
    layers = [a[0] for a in trace.a]
    answer, truth = int(answered(layers[-1])), data.classes[int(y[i].argmax())]
    told = data.classes[answer] if answer >= 0 else "?"
    image = as_images(X[i : i + 1], config.data.pixels)[0]
    st.markdown(f"**Test image {i + 1:,}**, {one(truth)}, read as **{one(told)}**")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        drawing(reading(image, layers, network.weights[-1], data.classes), "one reading")
        open_in_backprop(replace(look.run, state=look.state), data, sample=i)
    with right:
        slope = input_gradient(network, trace, np.array([max(answer, 0)]))[0].reshape(SIDE, SIDE)
        title = f"The pixels that matter for “{told}”"
        plot(pixel_map(slope, title, "gradient", image), "pixels that matter")
        st.caption(
            f"More ink on a red pixel makes the output of {told} larger, on a blue one smaller."
        )
