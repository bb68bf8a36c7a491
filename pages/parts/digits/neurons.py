"""The neurons that see the pixels: all as images, and one of them large."""

import streamlit as st

from mlp.datasets import Dataset
from mlp.datasets.digits import SIDE
from mlp.figures.images.mosaic import neuron_at, weight_mosaic
from mlp.figures.images.pixels import pixel_map
from mlp.figures.network.neurons import weight_bars
from mlp.network.shape import layer_name
from mlp.training.state import network_of
from pages.parts.components.plot import plot
from pages.parts.page.remembered import remembered
from pages.parts.training.session import Look


def _word(look: Look) -> tuple[str, int]:
    """What the neurons that see the pixels are called, and the number of the first."""
    return ("neuron", 1) if look.run.config.hidden_sizes else ("output", 0)


def _chosen(word: str, n: int) -> int:
    """The number of the neuron that was clicked, or the first; `word` tells it from an output."""

    def exists(neuron: tuple[str, int]) -> bool:
        return neuron[0] == word and neuron[1] < n

    return (remembered("neuron", exists) or (word, 0))[1]


def mosaic(look: Look) -> None:
    """The weights of every neuron that sees the pixels; a click chooses one."""
    W = network_of(look.run.config, look.state).weights[0]
    word, first = _word(look)

    def choose(x: float, y: float) -> None:
        if (i := neuron_at(x, y, len(W), SIDE)) is not None:
            st.session_state.neuron = word, i

    title = f"What the {len(W):,} {word}s look for" if len(W) > 1 else f"What the {word} looks for"
    chosen = _chosen(word, len(W))
    figure = weight_mosaic(W, SIDE, word=word, first=first, chosen=chosen, title=title)
    plot(figure, "mosaic", choose)
    st.caption("Ink on red speaks for a neuron, ink on blue against it. Click one to see it large.")


def one_neuron(look: Look, data: Dataset) -> None:
    """The chosen neuron, large, and the weights that go out of it."""
    config = look.run.config
    weights = network_of(config, look.state).weights
    word, first = _word(look)
    i = _chosen(word, len(weights[0]))
    name = f"{word} {first + i}"
    image = weights[0][i].reshape(SIDE, SIDE)
    plot(pixel_map(image, f"{name.capitalize()}, large", "weight"), "one neuron")
    if len(weights) == 1:
        st.caption("There is no hidden layer: this is what one output adds up, pixel by pixel.")
        return
    if len(weights) == 2:
        names, to, title = data.classes, "output", f"What {name} tells each output"
    else:
        names, to = [str(k + 1) for k in range(len(weights[1]))], "neuron"
        title = f"What {name} tells {layer_name(1, len(weights))}"
    plot(weight_bars(weights[1][:, i], names, to, title), "neuron to outputs")
