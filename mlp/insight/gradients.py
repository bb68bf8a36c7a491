"""How large the gradient is in every layer, and the next step beside the weights; in words too."""

from collections.abc import Sequence

import numpy as np

from mlp.network.losses import Loss
from mlp.network.network import Network, Trace
from mlp.network.shape import layer_name, the_layer, views
from mlp.words import listed, number

# A layer whose gradient is this many times smaller than the output layer's vanishes, as many times
# larger explodes. All layers share one learning rate: with a thirtieth of the gradient, what the
# output layer does in a day takes a month.
APART = 30
# A step as large as the weights themselves leaves nothing of what they were.
WHOLE = 1
# A million steps of this size would move the weights by no more than their own size.
STILL = 1e-6

WORK, BYTES = 2.1e8, 2**26  # weights times samples, and what the arrays of the passes take


def most_samples(network: Network) -> int:
    """On how many samples a network can be looked at while it trains: a few milliseconds' work.

    All 4,000 digits up to 784-64-10, fewer for larger networks, at least 100.
    """
    numbers = network.sizes[0] + 4 * sum(network.sizes[1:])
    by_memory = BYTES // (numbers * network.parameters.itemsize)
    return int(max(100, min(WORK // network.parameters.size, by_memory)))


def gradient_sizes(network: Network, trace: Trace, y: np.ndarray, loss: Loss) -> np.ndarray:
    """The size of the gradient in each layer: the root mean square of dE/dW, (layers,).

    E is the mean loss over the samples. trace: of a forward pass over m samples. y: (m, n_out).
    """
    with np.errstate(all="ignore"):
        gradients = network.backward(trace, y, loss)
        return np.array([_length(dW) / np.sqrt(dW.size) for dW in gradients.weights])


def update_sizes(network: Network, change: np.ndarray) -> np.ndarray:
    """The size of a step beside the weights, |dw| / |w| in each layer, (layers,).

    change: of all parameters, (P,). NaN where every weight of a layer is 0; infinite where the
    step is not finite.
    """
    with np.errstate(all="ignore"):
        steps = views(change, network.sizes)[0]
        pairs = zip(steps, network.weights, strict=True)
        return np.array([_length(step) / (_length(W) or np.nan) for step, W in pairs])


def _length(values: np.ndarray) -> float:
    """The root of the sum of squares; infinite where a value is not finite.

    No square is too small or too large for a computer.
    """
    largest = float(abs(values).max())
    if not np.isfinite(largest):
        return np.inf
    if not largest:
        return 0.0
    return largest * float(np.sqrt(np.square(values.astype(float) / largest).sum()))


def gradient_words(gradients: np.ndarray, updates: np.ndarray) -> str:
    """Whether the gradient arrives at every layer, and what the next step does, in sentences.

    gradients: the sizes by layer, (layers,). updates: of the next step beside the weights,
    (layers,), NaN where every weight is 0.
    """
    names = layer_names(len(gradients))
    broken = [name for name, g in zip(names, gradients, strict=True) if not np.isfinite(g)]
    if broken:
        which = listed(map(the_layer, broken))
        return f"**Exploding**: the gradient of {which} is not a finite number."
    sentences = [*_arrival(names, gradients), *_step(names, updates)]
    return " ".join(sentences) or _fine(gradients, updates)


def layer_names(layers: int) -> list[str]:
    """The names of the layers that have weights, the output layer last."""
    return [layer_name(layer, layers) for layer in range(layers)]


def _arrival(names: Sequence[str], gradients: np.ndarray) -> list[str]:
    """A gradient that is lost, or grows, on its way back from the output layer."""
    none = [name for name, g in zip(names, gradients, strict=True) if g == 0]
    if none:
        return [f"**No gradient** in {listed(map(the_layer, none))}: there every ∂E/∂W is 0."]
    *hidden, last = gradients.tolist()
    if not hidden:
        return []
    low, high, sentences = int(np.argmin(hidden)), int(np.argmax(hidden)), []
    if hidden[low] * APART <= last:
        sentences.append(
            f"**Vanishing**: the gradient of {the_layer(names[low])} is {number(hidden[low])}, the "
            f"output layer’s {number(last)}, {_times(last / hidden[low])} as large."
        )
    if hidden[high] >= last * APART:
        sentences.append(
            f"**Exploding**: the gradient of {the_layer(names[high])} is {number(hidden[high])}, "
            f"{_times(hidden[high] / last)} as large as the output layer’s, {number(last)}."
        )
    return sentences


def _step(names: Sequence[str], updates: np.ndarray) -> list[str]:
    """A next step that is far too large, or next to nothing."""
    known = np.where(np.isnan(updates), -np.inf, updates)
    largest = int(known.argmax())
    if known[largest] == -np.inf:
        return []
    if known[largest] == np.inf:
        the = the_layer(names[largest])
        return [f"**Too large a step**: the next one is past all numbers, in {the}."]
    if known[largest] >= WHOLE:
        return [
            f"**Too large a step**: the next one is {_times(known[largest])} as large as the "
            f"weights of {the_layer(names[largest])}."
        ]
    if known[largest] <= STILL:
        return ["**Hardly moving**: the next step is at most a millionth of any layer’s weights."]
    return []


def _fine(gradients: np.ndarray, updates: np.ndarray) -> str:
    """Where there is nothing else to say."""
    size = f"the gradient is {number(float(gradients[-1]))}"
    if len(gradients) > 1:
        size = f"no gradient is {APART} times smaller or larger than the output layer’s"
    step = ""
    if not np.isnan(updates).all():
        step = f", and the next step is at most {number(float(np.nanmax(updates)))} of the weights"
    return f"**Fine**: {size}{step}."


def _times(ratio: float) -> str:
    """How many times, to two digits; the quotient of two numbers may be past all numbers."""
    return f"{number(ratio)} times" if ratio <= 1e308 else "more than 1e308 times"
