"""The network of a run as an example on the backpropagation page, opened by a button or an address.

The address names the run, so that a reload or a link trains it again up to where it stood.
"""

from time import monotonic

import streamlit as st

from mlp import datasets
from mlp.datasets import Dataset
from mlp.examples.of_run import TITLE, example
from mlp.examples.texts import Example
from mlp.sharing.address import Address
from mlp.training.config import MAX_EPOCHS, Stop
from mlp.training.run import Run
from mlp.training.trainer import Trainer
from mlp.words import plural

# In the session: the example, the parameters of its address, and why there is none, or "".
EXAMPLE, PARAMETERS, TROUBLE = "run example", "run example parameters", "run example trouble"
REPLAY_SECONDS = 15
# In the session, how every example begins: what was done with the one before is not for it.
AFRESH = {"edits": "", "at": 0, "entry": None, "sample": 1, TROUBLE: ""}


def open_in_backprop(run: Run, data: Dataset, sample: int | None = None) -> None:
    """A button that opens the run's network, as it is now, on the backpropagation page.

    sample: the number of the test sample to show; without one, the next mini-batch is shown.
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
    parameters = _parameters(run, sample)
    st.session_state.update(AFRESH)
    _keep(example(run, data, sample), parameters)
    st.session_state.page = None  # so that the page takes it as an arrival
    st.switch_page("pages/backprop.py", query_params={"example": TITLE} | parameters)


def _parameters(run: Run, sample: int | None) -> dict[str, str]:
    """The parameters of an address that name the network, and the sample if there is one."""
    network = {"run": Address(run.schedule, run.position).text}
    return network if sample is None else network | {"test": str(sample)}


def _keep(example: Example, parameters: dict[str, str]) -> None:
    st.session_state.update({EXAMPLE: example, PARAMETERS: parameters, TROUBLE: ""})


def restore() -> None:
    """Make the example that the page's address names again, or keep in the session why not."""
    parameters = {
        name: st.query_params[name] for name in ("run", "test") if name in st.query_params
    }
    here = parameters == st.session_state.get(PARAMETERS)
    if st.query_params.get("example") == TITLE and not here:
        st.session_state[TROUBLE] = _restore(parameters)


def _restore(parameters: dict[str, str]) -> str:
    """Train the run of an address again up to its place; returns why that fails, or ""."""
    instead = "Here is the first example instead; a training page brings its network here."
    if "run" not in parameters:
        return f"This address does not tell of the network in training. {instead}"
    try:
        address = Address.read(parameters["run"])
        data = datasets.load(address.config.data, address.config.precision)
        sample = int(parameters["test"]) if "test" in parameters else None
        if sample is not None and not 0 <= sample < len(data.X_test):
            raise ValueError(f"test must be the number of a test sample, got {sample}")
    except ValueError:
        return f"The network in this address cannot be read. {instead}"
    where = plural(address.place[0], "epoch")
    with st.spinner(f"Training the network again, up to where it stood: {where} …"):
        run = _replayed(address)
    if run.position != address.place:
        return f"Training this network again for {where} takes too long here. {instead}"
    _keep(example(run, data, sample), parameters)
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
