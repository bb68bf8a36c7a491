"""From a page that trains to the backpropagation page: its network and its next mini-batch.

The address tells of the run, so that a reload or a link trains it again up to where it stood.
"""

from time import monotonic

import streamlit as st

from mlp import datasets
from mlp.algebra import plural
from mlp.config import MAX_EPOCHS, Stop
from mlp.datasets import Dataset
from mlp.examples import Example
from mlp.excerpt import Excerpt, excerpt
from mlp.links import link, run_of_link
from mlp.network import layer_name, layer_shapes
from mlp.notation import Notation
from mlp.run import Run
from mlp.setups import MOST_SAMPLES
from mlp.state import network_of
from mlp.training import next_batch
from pages.parts.trainer import Trainer

MOST_NEURONS = 16  # of a layer that fits the screen
TITLE = "the network in training"
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
    return {"run": link(run, run.position)} | ({} if sample is None else {"test": str(sample)})


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
        run, place = run_of_link(words["run"])
        data = datasets.load(run.config.data, run.config.precision)
        sample = int(words["test"]) if "test" in words else None
        if sample is not None and not 0 <= sample < len(data.X_test):
            raise ValueError(f"test must be the number of a test sample, got {sample}")
    except ValueError:
        return f"The network in this address cannot be read. {instead}"
    where = plural(place[0], "epoch")
    with st.spinner(f"Training the network again, up to where it stood: {where} …"):
        run = _replayed(run, place)
    if run.position != place:
        return f"Training this network again for {where} takes too long here. {instead}"
    st.session_state.update(handed=example(run, data, sample), handed_from=words)
    return ""


def _replayed(run: Run, place: tuple[int, int]) -> Run:
    """The run at this place, or as far as it comes in REPLAY_SECONDS."""
    trainer, stop, deadline = Trainer(run), Stop(epochs=MAX_EPOCHS), monotonic() + REPLAY_SECONDS
    while trainer.run.position < place and monotonic() < deadline and not trainer.trouble:
        trainer.go(stop, to=place)
        trainer.settle(0.3)
        if trainer.run.diverged:
            break
    trainer.halt()
    return trainer.run


def example(run: Run, data: Dataset, sample: int | None = None) -> Example:
    """The network of a run with the samples of its next step, cut to what the screen holds.

    sample: a number among the test samples, to be shown alone instead.
    """
    config = run.config
    if sample is None:
        X, y = next_batch(config, run.state)
    else:
        X, y = data.X_test[[sample]], data.y_test[[sample]]
    shown = X[:MOST_SAMPLES], y[:MOST_SAMPLES]
    part = excerpt(network_of(config, run.state), config.loss, *shown, most=MOST_NEURONS)
    names = [data.inputs[i] if not part.setup.first else f"neuron {i + 1}" for i in part.kept]
    batch, notation = len(part.setup.X), Notation("columns", "denominator", 1)
    return Example(
        TITLE, _story(run, len(X), part, sample), notation, batch, part.setup, tuple(names)
    )


def _story(run: Run, size: int, part: Excerpt, sample: int | None) -> str:
    """What is shown, and of which network."""
    (epoch, step), shown = run.position, len(part.setup.X)
    when = plural(epoch, "epoch") + (f" and {plural(step, 'step')}" if step else "")
    some = "the first" if shown == 1 else f"the first {shown}"
    which = "" if shown == size else f": {some} of its {size} samples"
    what = f"the very mini-batch that comes next{which}"
    if sample is not None:
        what = f"test sample {sample + 1:,}"
    story = f"{layer_shapes(run.config.sizes)}, as it was after {when} of training, with {what}."
    if not part.whole:
        first, layers = part.setup.first, len(run.config.sizes) - 1
        begin = layer_name(first - 1, layers) if first else "input"
        story += f" It is too large for the screen, so you see its end, from the {begin} on."
    if len(part.kept) < part.of:
        story += (
            f" Of that layer's {part.of} neurons these {len(part.kept)} move the answer most; what "
            "the others add for this sample is counted into the biases, so the outputs are the "
            "very same."
        )
    if run.config.l2:
        story += " The gradient here is that of the error alone, without the weight decay."
    return story
