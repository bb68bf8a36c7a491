"""The settings of a run as widgets: they make one frozen Config, and they are the page's URL.

Every widget's key is the name of the setting and of its parameter in the address. No rule is
written here twice: what the widgets allow and Config does not comes back as Config's own message.
"""

from dataclasses import fields, replace

import streamlit as st

from mlp.activations import ACTIVATIONS
from mlp.config import BATCHINGS, Config, Stop
from mlp.datasets import Parity
from mlp.datasets.parity import RULES
from mlp.losses import LOSSES
from mlp.network import INITIALISATIONS, layer_shapes
from mlp.optimisers import OPTIMISERS
from mlp.presets import Preset
from mlp.sharing import sizes_from_text

IN_URL = {"bind": "query-params"}


def put(config: Config) -> None:
    """Set every widget, and so the address, to a config; call before the widgets are made."""
    for f in fields(Config):
        if f.name not in ("data", "precision"):
            st.session_state[f.name] = getattr(config, f.name)
    st.session_state.hidden_sizes = ", ".join(str(n) for n in config.hidden_sizes)
    for f in fields(config.data):
        st.session_state[f.name] = getattr(config.data, f.name)


def put_stop(stop: Stop) -> None:
    """Set the widgets of the stop rules, and so the address."""
    for f in fields(Stop):
        st.session_state[f.name] = getattr(stop, f.name)


def start(config: Config, play: bool = False) -> None:
    """Begin a new run of these settings; a callback for presets and experiments."""
    put(config)
    st.session_state.start = "play" if play else "wait"


def parity_config(presets: tuple[Preset, ...]) -> tuple[Config | None, str]:
    """The sidebar of settings: their config and "", or None and why they make no sense together."""
    with st.sidebar:
        _presets(presets)
        st.subheader("Change at any time")
        in_flight = _in_flight()
        st.subheader("Starts a new network")
        try:
            data = _parity()
            config = Config(data=data, **in_flight, **_network(), **_batches())
        except ValueError as error:
            return None, str(error)
        st.caption(f"The network is {layer_shapes(config.sizes)}.")
        return config, ""


def _presets(presets: tuple[Preset, ...]) -> None:
    st.subheader("Start from")
    for preset in presets:
        st.button(
            preset.title,
            key=f"preset {preset.title}",
            help=preset.help,
            width="stretch",
            on_click=start,
            args=(preset.config,),
        )


def _in_flight() -> dict:
    """What a run under way takes up without a new start."""
    d = Config()
    return {
        "learning_rate": st.number_input(
            "Learning rate η",
            value=d.learning_rate,
            step=0.1,
            format="%g",
            key="learning_rate",
            help="How far each step goes against the gradient. Try 3, then 30, then 0.01.",
            **IN_URL,
        ),
        "optimiser": st.selectbox(
            "Optimiser",
            list(OPTIMISERS),
            key="optimiser",
            help="How a gradient becomes a step. For momentum, rmsprop and adam, try a learning "
            "rate ten times smaller.",
            **IN_URL,
        ),
        "l2": st.number_input(
            "L2 (weight decay) λ",
            value=d.l2,
            step=0.0001,
            format="%g",
            key="l2",
            help="Pulls every weight towards zero: each step follows the error plus λ/2 times the "
            "sum of the squared weights. Try 0.001. The error shown stays without it.",
            **IN_URL,
        ),
    }


def _parity() -> Parity:
    d = Parity()
    bits = st.slider(
        "Bits",
        2,
        16,
        d.bits,
        key="bits",
        help="How long the binary numbers are. 10 bits make 1,024 numbers.",
        **IN_URL,
    )
    rule = st.selectbox(
        "Question about the number",
        list(RULES),
        key="rule",
        format_func=lambda name: RULES[name].title,
        help="Even or odd hangs on one bit alone. The parity of the ones hangs on all of them.",
        **IN_URL,
    )
    share = st.number_input(
        "Share for training",
        value=d.train_share,
        step=0.05,
        format="%g",
        key="train_share",
        help="0.684 of 1,024 numbers are the article's 700. The rest is for testing.",
        **IN_URL,
    )
    data = Parity(bits=bits, rule=rule, train_share=share)
    count = data.train_count
    st.caption(f"{count:,} numbers to train on, {2**bits - count:,} to test on.")
    return data


def _network() -> dict:
    d = Config()
    sizes = st.text_input(
        "Hidden layers",
        value=", ".join(str(n) for n in d.hidden_sizes),
        max_chars=60,
        key="hidden_sizes",
        help="Neurons of each hidden layer, with commas: 3, or 16, 8. Empty for none.",
        **IN_URL,
    )
    hidden = st.selectbox(
        "Activation of hidden layers",
        list(ACTIVATIONS),
        key="hidden",
        help="Try relu with He initialisation.",
        **IN_URL,
    )
    loss = st.selectbox(
        "Loss",
        list(LOSSES),
        key="loss",
        on_change=_follow_loss,
        help="The article sums the squared errors of both outputs. Cross-entropy learns faster "
        "where sigmoids saturate; it comes with its own output activation.",
        **IN_URL,
    )
    output = st.selectbox("Activation of the output", list(ACTIVATIONS), key="output", **IN_URL)
    initialisation = st.selectbox(
        "Initial weights",
        list(INITIALISATIONS),
        key="initialisation",
        help="normal is the article's: every weight and bias from N(0, 1). Try zeros to see why "
        "nobody starts there.",
        **IN_URL,
    )
    scale = st.number_input(
        "Factor on the initial weights",
        value=d.scale,
        step=0.1,
        format="%g",
        key="scale",
        help="1 takes the weights as they are drawn. Try 0.01 and 10: too small starts asleep, too "
        "large starts saturated.",
        **IN_URL,
    )
    seed = st.number_input(
        "Seed",
        value=d.seed,
        step=1,
        key="seed",
        help="Decides the first weights and every shuffle. The same seed, the same run.",
        **IN_URL,
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


def _batches() -> dict:
    d = Config()
    return {
        "batch_size": st.number_input(
            "Batch size",
            value=d.batch_size,
            step=1,
            key="batch_size",
            help="Samples in each step. Try 1, and 700.",
            **IN_URL,
        ),
        "batching": st.selectbox(
            "Batching",
            BATCHINGS,
            key="batching",
            help="The article's last batch takes the remainder too, 12 numbers, and is still "
            "divided by 8. Standard divides every batch by its own size.",
            **IN_URL,
        ),
    }


def stop_rules() -> Stop:
    """The rules that end a run, as widgets. Raises ValueError while they make no sense."""
    d = Stop()
    epochs = st.number_input("Stop after epochs", value=d.epochs, step=100, key="epochs", **IN_URL)
    target = st.number_input(
        "Stop at this error",
        value=d.target_error,
        step=0.001,
        format="%g",
        key="target_error",
        help="0 for never.",
        **IN_URL,
    )
    patience = st.number_input(
        "Stop after epochs without progress",
        value=d.patience,
        step=10,
        key="patience",
        help="0 for never.",
        **IN_URL,
    )
    return Stop(epochs=epochs, target_error=target, patience=patience)


def with_new_seed(config: Config) -> Config:
    """The same settings from other first weights: the next seed."""
    return replace(config, seed=(config.seed + 1) % 2**32)
