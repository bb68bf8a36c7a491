"""The settings of a run as widgets: they make one frozen Config, and they are the page's URL.

Every widget's key is the name of the setting and of its parameter in the address. No rule is
written here twice: what the widgets allow and Config does not comes back as Config's own message.
"""

from dataclasses import replace

import streamlit as st

from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.network.losses import LOSSES
from mlp.network.shape import layer_shapes
from mlp.training.config import (
    BATCHINGS,
    PRECISIONS,
    Config,
    Stop,
    flat_settings,
    sizes_from_text,
    sizes_text,
)
from mlp.training.presets import Preset
from pages.parts.page import request
from pages.parts.page.ticks import once
from pages.parts.page.widgets import IN_URL, choice, number
from pages.parts.settings.data_form import settings_of
from pages.parts.settings.stop_form import put_stop

# What a press asks of the page: a new run of the settings as they are.
BEGIN, BEGIN_AND_PLAY = "begin", "begin and play"


def put(config: Config) -> None:
    """Set every widget, and so the address, to a config; call before the widgets are made."""
    widgets = flat_settings(config) | {"hidden_sizes": sizes_text(config.hidden_sizes)}
    del widgets["data"]  # each training page has its own data; on Sweep the learner chooses
    st.session_state.update(widgets)


@once
def begin_with(config: Config, play: bool = False, stop: Stop | None = None) -> None:
    """A callback of presets and experiments: ask for a new run of these settings.

    stop: the rules that end it; None leaves them as they are.
    """
    put(config)
    if stop is not None:
        put_stop(stop)
    request.leave(BEGIN_AND_PLAY if play else BEGIN)


def config_form(presets: tuple[Preset, ...]) -> tuple[Config | None, str]:
    """The sidebar of settings: their config and "", or None and why they make no sense together.

    presets: to start from; the first is what the page opens with, and says which data it is for.
    """
    d = presets[0].config
    with st.sidebar:
        _presets(presets)
        st.subheader("Change at any time")
        in_flight = _in_flight(d)
        st.subheader("Starts a new network")
        data, trouble = d.data, ""
        try:
            data = settings_of(d.data)
        except ValueError as error:
            trouble = str(error)  # the widgets below stay, and what is set in them
        try:
            config = replace(d, data=data, **in_flight, **_network(d), **_batches(d))
        except ValueError as error:
            trouble = trouble or str(error)
        if trouble:
            return None, trouble
        st.caption(f"The network is {layer_shapes(config.sizes)}.")
        st.caption(config.batches.words())
        return config, ""


def _presets(presets: tuple[Preset, ...]) -> None:
    st.subheader("Start from")
    for preset in presets:
        st.button(
            preset.title,
            key=f"preset {preset.title}",
            help=preset.help,
            width="stretch",
            on_click=begin_with,
            args=(preset.config,),
            kwargs={"stop": preset.stop},
        )


def _in_flight(d: Config) -> dict:
    """What a run under way takes up without a new start."""
    return {
        "learning_rate": number(
            "Learning rate η",
            d.learning_rate,
            "learning_rate",
            step=0.1,
            help="How far each step goes against the gradient. Try 3, then 30, then 0.01.",
        ),
        "optimiser": choice(
            "Optimiser",
            OPTIMISERS,
            d.optimiser,
            "optimiser",
            help="How a gradient becomes a step. For momentum, rmsprop and adam, try a learning "
            "rate ten times smaller.",
        ),
        "l2": number(
            "L2 (weight decay) λ",
            d.l2,
            "l2",
            step=0.0001,
            help="Pulls every weight towards zero: each step follows the error plus λ/2 times the "
            "sum of the squared weights. Try 0.001. The error shown stays without it.",
        ),
    }


def _network(d: Config) -> dict:
    sizes = st.text_input(
        "Hidden layers",
        value=sizes_text(d.hidden_sizes),
        max_chars=60,
        key="hidden_sizes",
        help="Neurons of each hidden layer, with commas: 3, or 16, 8. Empty for none.",
        **IN_URL,
    )
    hidden = choice(
        "Activation of hidden layers",
        ACTIVATIONS,
        d.hidden,
        "hidden",
        help="Try relu with He initialisation.",
    )
    loss = choice(
        "Loss",
        LOSSES,
        d.loss,
        "loss",
        on_change=_follow_loss,
        help="The article sums the squared errors of both outputs. Cross-entropy learns faster "
        "where sigmoids saturate; it comes with its own output activation.",
    )
    output = choice("Activation of the output", ACTIVATIONS, d.output, "output")
    initialisation = choice(
        "Initial weights",
        INITIALISATIONS,
        d.initialisation,
        "initialisation",
        help="normal is the article's: every weight and bias from N(0, 1). Try zeros to see why "
        "nobody starts there.",
    )
    scale = number(
        "Factor on the initial weights",
        d.scale,
        "scale",
        step=0.1,
        help="1 takes the weights as they are drawn. Try 0.01 and 10, and see how it learns: "
        "through small weights little of the gradient comes back, and large ones saturate "
        "sigmoids.",
    )
    seed = number(
        "Seed",
        d.seed,
        "seed",
        step=1,
        help="Decides the first weights and every shuffle. The same seed, the same run.",
    )
    return {
        "hidden_sizes": sizes_from_text(sizes),
        "hidden": hidden,
        "loss": loss,
        "output": output,
        "initialisation": initialisation,
        "scale": scale,
        "seed": seed,
    }


def _follow_loss() -> None:
    """A cross-entropy brings its own output activation along."""
    needed = LOSSES[st.session_state.loss].output
    if needed:
        st.session_state.output = needed


def _batches(d: Config) -> dict:
    return {
        "batch_size": number(
            "Batch size",
            d.batch_size,
            "batch_size",
            step=1,
            help="Samples in each step. Try 1, and as many as there are.",
        ),
        "batching": choice(
            "Batching",
            BATCHINGS,
            d.batching,
            "batching",
            help="What is left over is a last, short batch in standard; the article adds it to the "
            "last full one. Standard divides the sum over each batch by that batch's own size, the "
            "article always by the batch size: also where that is above the number of samples, and "
            "the one batch of an epoch is smaller.",
        ),
        "precision": choice(
            "Precision",
            PRECISIONS,
            d.precision,
            "precision",
            help="float32 has half the digits and is faster where a network is large. The "
            "article's numbers need float64.",
        ),
    }


@once
def begin_with_next_seed() -> None:
    """A callback: ask for a new run of the settings as they are, from other first weights."""
    st.session_state.seed = (st.session_state.seed + 1) % 2**32
    request.leave(BEGIN)
