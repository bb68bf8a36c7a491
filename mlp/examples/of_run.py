"""The network of a run as an example, with the samples of its next step or one test sample."""

from mlp.datasets import Dataset
from mlp.derivation.notation import Notation
from mlp.examples.exercise import MOST_SAMPLES
from mlp.examples.last_layers import LastLayers, last_layers
from mlp.examples.texts import Example
from mlp.network.shape import layer_name, layer_shapes
from mlp.training.loop import next_batch
from mlp.training.run import Run
from mlp.training.state import network_of
from mlp.words import plural

MOST_NEURONS = 16  # of a layer that fits the screen


TITLE = "the network in training"


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
    part = last_layers(network_of(config, run.state), config.loss, *shown, most=MOST_NEURONS)
    names = [data.inputs[i] if not part.exercise.first else f"neuron {i + 1}" for i in part.kept]
    batch, notation = len(part.exercise.X), Notation("columns", "denominator", 1)
    return Example(
        TITLE, _story(run, len(X), part, sample), notation, batch, part.exercise, tuple(names)
    )


def _story(run: Run, size: int, part: LastLayers, sample: int | None) -> str:
    """What is shown, and of which network."""
    (epoch, step), shown = run.position, len(part.exercise.X)
    when = plural(epoch, "epoch") + (f" and {plural(step, 'step')}" if step else "")
    some = "the first" if shown == 1 else f"the first {shown}"
    which = "" if shown == size else f": {some} of its {size:,} samples"
    what = f"the very mini-batch that comes next{which}"
    if sample is not None:
        what = f"test sample {sample + 1:,}"
    story = f"{layer_shapes(run.config.sizes)}, as it was after {when} of training, with {what}."
    if not part.whole:
        first, layers = part.exercise.first, len(run.config.sizes) - 1
        begin = layer_name(first - 1, layers) if first else "input"
        story += f" It is too large for the screen, so you see its end, from the {begin} on."
    if len(part.kept) < part.of:
        noun = "neuron" if part.exercise.first else "number"
        moved = "answer" if len(part.exercise.sizes) == 2 else "next layer"
        story += (
            f" Of the {plural(part.of, noun)} there, these {len(part.kept)} move the {moved} most; "
            "what the others add for this sample is counted into the biases, so the outputs are "
            "the very same."
        )
    if run.config.l2:
        story += " The gradient here is that of the error alone, without the weight decay."
    return story
