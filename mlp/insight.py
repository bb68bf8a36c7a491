"""What a trained network has learnt: which inputs it uses, what it gets wrong, in plain numbers."""

from collections.abc import Sequence

import numpy as np

from mlp.datasets import Dataset
from mlp.network import Network

Array = np.ndarray

PASS_BYTES = 2**25  # the arrays of one forward pass stay below this
ALIKE = 1.5  # weights within this ratio are called about the same
LITTLE = 0.1  # of the way from chance to certainty, below which hardly anything is learnt


def asked(dataset: Dataset) -> tuple[Array, Array, str]:
    """The samples to question a network with, X (m, n_in) and y (m, n_out), and their name.

    They are the "test" samples, or the "training" samples where there are no others.
    """
    if len(dataset.X_test):
        return dataset.X_test, dataset.y_test, "test"
    return dataset.gather(np.arange(len(dataset.X_train))), dataset.y_train, "training"


def spread(X: Array, y: Array, most: int = 2000) -> tuple[Array, Array]:
    """At most so many of the samples, evenly spread over all of them.

    X: (m, n_in). y: (m, n_out). Returns all of them where m is small enough.
    """
    step = -(-len(X) // most)
    return X[:: max(step, 1)], y[:: max(step, 1)]


def chance(y: Array) -> float:
    """The accuracy, 0 to 1, of always saying the commonest class of y (m, n_out), one-hot."""
    return float(y.mean(axis=0).max()) if len(y) else np.nan


def mean_absolute_weights(network: Network) -> Array:
    """The mean |w| of each input over the neurons of the first layer, (n_in,)."""
    with np.errstate(all="ignore"):
        return np.abs(network.weights[0].astype(float)).mean(axis=0)


def outputs(network: Network, X: Array) -> Array:
    """The outputs for samples X (m, n_in), (m, n_out), computed in parts of bounded memory."""
    rows = _rows(network)
    parts = [np.empty((0, network.sizes[-1]), network.parameters.dtype)]
    with np.errstate(all="ignore"):
        parts += [network.forward(X[lo : lo + rows]).a[-1] for lo in range(0, len(X), rows)]
    return np.concatenate(parts)


def _rows(network: Network) -> int:
    """How many samples one forward pass may take: a trace holds four arrays a layer."""
    numbers = 4 * sum(network.sizes) + network.sizes[0]
    return max(1, PASS_BYTES // (numbers * network.parameters.itemsize))


def accuracy_when_flipped(network: Network, X: Array, y: Array) -> tuple[float, Array]:
    """The accuracy, and by how much it falls when an input is flipped in all samples.

    X: (m, n_in) of 0 and 1; to flip is to take 1 - x. y: (m, n_out), one-hot, kept as it is.
    Returns the accuracy, 0 to 1, and the falls, (n_in,), each -1 to 1; NaN without samples.
    """
    m, n_in = X.shape
    if m == 0:
        return np.nan, np.full(n_in, np.nan)
    right = np.zeros(n_in + 1)
    block = max(1, _rows(network) // (n_in + 1))
    for lo in range(0, m, block):
        part = X[lo : lo + block]
        variants = np.repeat(part[None], n_in + 1, axis=0)  # (n_in + 1, block, n_in)
        for i in range(n_in):
            variants[i + 1, :, i] = 1 - part[:, i]
        answers = answered(outputs(network, variants.reshape(-1, n_in)))
        answers = answers.reshape(n_in + 1, -1)
        right += (answers == y[lo : lo + block].argmax(axis=1)).sum(axis=1)
    return float(right[0] / m), (right[0] - right[1:]) / m


def answered(a: Array) -> Array:
    """The class of the largest output, (m,); -1, no answer, where an output is not a number."""
    return np.where(np.isnan(a).any(axis=-1), -1, np.nan_to_num(a).argmax(axis=-1))


def truth_table(network: Network, X: Array, y: Array, classes: Sequence[str]) -> dict[str, Array]:
    """Question and answer for every sample, as columns of equal length, the mistakes first.

    X: (m, n_in) of bits, the most significant first. y: (m, n_out), one-hot. Columns: number,
    bits, truth, predicted, one a class with the network's output for it, and right.
    """
    a, truth = outputs(network, X), y.argmax(axis=1)
    predicted = answered(a)
    right = predicted == truth
    named = np.array([*classes, "no answer"])  # -1 is the last
    bits = np.ascontiguousarray(X.astype(np.uint8) + ord("0"))
    columns = {
        "number": X.astype(np.int64) @ (1 << np.arange(X.shape[1])[::-1]),
        "bits": bits.view(f"S{X.shape[1]}")[:, 0].astype(str),
        "truth": named[truth],
        "predicted": named[predicted],
    }
    columns |= {f"output: {name}": a[:, k] for k, name in enumerate(classes)}
    order = np.argsort(right, kind="stable")
    return {name: column[order] for name, column in (columns | {"right": right}).items()}


def conclusion(
    names: Sequence[str], mean_weight: Array, drops: Array, accuracy: float, chance: float
) -> str:
    """One sentence on which inputs the network uses, from the numbers alone.

    names: n_in. mean_weight: (n_in,). drops: (n_in,), the falls of accuracy when flipped,
    -1 to 1. accuracy, chance: 0 to 1; NaN where nothing was tested.
    """
    weight, drops = np.asarray(mean_weight, float), np.asarray(drops, float)
    if not np.isfinite(weight).all():
        return "Nothing can be read here: some weights are no longer finite numbers."
    if not weight.any():
        return "No input matters: every weight of the first layer is zero."
    if accuracy <= chance:
        return (
            f"Nothing found yet: the accuracy, {100 * accuracy:.0f} %, is no better than always "
            "saying the commonest class."
        )
    if accuracy < chance + LITTLE * (1 - chance):
        return (
            f"Little found yet: the accuracy, {100 * accuracy:.0f} %, is hardly better than the "
            f"{100 * chance:.0f} % of always saying the commonest class."
        )
    text = _sentence(names, weight, drops)
    return text[0].upper() + text[1:]


def _sentence(names: Sequence[str], weight: Array, drops: Array) -> str:
    """The heaviest inputs, and what flipping them costs."""
    order = np.argsort(-weight, kind="stable")
    first, alike = order[0], order[weight[order] > weight.max() / ALIKE]
    tested = bool(np.isfinite(drops).all())
    if len(alike) > 1:
        return _several(names, alike, drops, tested)
    if len(names) == 1:
        carries = f"{names[first]} is the only input"
    elif weight[order[1]] == 0:
        carries = f"only {names[first]} carries any weight"
    else:
        carries = f"{names[first]} carries {_times(weight[first], weight[order[1]])} of the next"
    if not tested:
        return f"{carries}; there are no samples to test it on."
    dearest = int(drops.argmax())
    if drops[dearest] > max(drops[first], 0) + 0.005:
        return (
            f"{carries}, but flipping {names[dearest]} costs more accuracy: "
            f"{_points(drops[dearest])} against {_points(drops[first])}."
        )
    return f"{carries}, and flipping it {_costs(drops[first])}."


def _several(names: Sequence[str], alike: Array, drops: Array, tested: bool) -> str:
    """Inputs of about the same weight, named while they are few."""
    if len(alike) == len(names):
        who = "both inputs" if len(names) == 2 else f"all {len(names)} inputs"
    elif len(alike) <= 3:
        each = [names[i] for i in sorted(alike)]
        who = f"{', '.join(each[:-1])} and {each[-1]}"
    else:
        who = f"{len(alike)} of the {len(names)} inputs"
    carries = f"{who} carry about the same weight"
    if len(alike) < len(names):
        carries += ", more than the others"
    if not tested:
        return f"{carries}; there are no samples to test them on."
    low, high = float(drops[alike].min()), float(drops[alike].max())
    if round(100 * low) == round(100 * high):
        return f"{carries}, and flipping one of them {_costs(high)}."
    return (
        f"{carries}, and flipping one of them costs from {_points(low).split()[0]} to "
        f"{_points(high)} of accuracy."
    )


def _times(one: float, other: float) -> str:
    """How many times one is of the other, in words that stay short."""
    if one / 1000 >= other:
        return "more than 1,000 times the weight"
    ratio = one / other
    return f"{ratio:.{1 if ratio < 10 else 0}f} times the weight"


def _points(drop: float) -> str:
    points = round(100 * drop)
    return f"{points} point".replace("-", "−") + ("" if abs(points) == 1 else "s")


def _costs(drop: float) -> str:
    """What a flip does to the accuracy."""
    if drop == 0:
        return "costs no accuracy"
    if abs(drop) < 0.005:
        return ("costs" if drop > 0 else "gains") + " less than half a point of accuracy"
    return ("costs " if drop > 0 else "gains ") + _points(abs(drop)) + " of accuracy"
