"""From a page that trains to the backpropagation page: its network and its next mini-batch.

The address tells of the run, so that a reload or a link trains it again up to where it stood.
"""

from time import monotonic

import streamlit as st

from mlp import datasets
from mlp.datasets import Dataset
from mlp.examples.of_run import TITLE, example
from mlp.sharing.address import Address
from mlp.training.config import MAX_EPOCHS, Stop
from mlp.training.run import Run
from mlp.training.trainer import Trainer
from mlp.words import plural

REPLAY_SECONDS = 15


def hand_over(run: Run, data: Dataset, sample: int | None = None) -> None:
    """A button that opens the run's network, as it is now, in Backpropagation.

    sample: a number among the test samples, to be shown alone; the next mini-batch without.
    """
    if not st.button(
        "Open in Backpropagation",
        key="open_backprop",
        icon=":material/function:",
        help="See its weights and its next mini-batch go through every matrix, step by step."
        if sample is None
        else "See this image go through the matrices behind its hidden neurons, step by step.",
    ):
        return
    words = _words(run, sample)
    st.session_state.update(handed=example(run, data, sample), handed_from=words, not_restored="")
    st.session_state.page = None  # so that the page takes it as an arrival
    st.switch_page("pages/backprop.py", query_params={"example": TITLE} | words)


def _words(run: Run, sample: int | None) -> dict[str, str]:
    """What an address tells of the network, and of the sample."""
    words = {"run": Address(run.schedule, run.position).text}
    return words if sample is None else words | {"test": str(sample)}


def restore() -> None:
    """Bring back the network that an address tells of, or say why it is not here."""
    words = {name: st.query_params[name] for name in ("run", "test") if name in st.query_params}
    here = words == st.session_state.get("handed_from")
    if st.query_params.get("example") == TITLE and not here:
        st.session_state.not_restored = _restored(words)


def _restored(words: dict[str, str]) -> str:
    """Train the run of an address again up to its place; returns what hinders, or ""."""
    instead = "Here is the first example instead; a training page brings its network here."
    if "run" not in words:
        return f"This address does not tell of the network in training. {instead}"
    try:
        address = Address.read(words["run"])
        data = datasets.load(address.config.data, address.config.precision)
        sample = int(words["test"]) if "test" in words else None
        if sample is not None and not 0 <= sample < len(data.X_test):
            raise ValueError(f"test must be the number of a test sample, got {sample}")
    except ValueError:
        return f"The network in this address cannot be read. {instead}"
    where = plural(address.place[0], "epoch")
    with st.spinner(f"Training the network again, up to where it stood: {where} …"):
        run = _replayed(address)
    if run.position != address.place:
        return f"Training this network again for {where} takes too long here. {instead}"
    st.session_state.update(handed=example(run, data, sample), handed_from=words)
    return ""


def _replayed(address: Address) -> Run:
    """The run trained to its place, or as far as it comes in REPLAY_SECONDS."""
    trainer, stop = Trainer(address.begin()), Stop(epochs=MAX_EPOCHS)
    deadline = monotonic() + REPLAY_SECONDS
    while trainer.run.position < address.place and monotonic() < deadline and not trainer.trouble:
        trainer.go(stop, to=address.place)
        trainer.settle(0.3)
        if trainer.run.diverged:
            break
    trainer.halt()
    return trainer.run
