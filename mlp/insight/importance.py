"""What a trained network has learnt: which inputs it uses, what it gets wrong, in plain numbers."""

from collections.abc import Sequence

import numpy as np

from mlp.insight.predictions import answered, outputs
from mlp.network.network import Network
from mlp.words import apart, first_upper, listed, plural

ALIKE = 1.5  # weights within this ratio are called about the same
WORK = 2**29  # weights used in one measurement, and 25 for each neuron: about 0.05 s
LEAST_ASKED = 500  # samples, however large the network: a share is then within 2.3 points or so
LITTLE = 0.1  # of the way from chance to certainty, below which hardly anything is learnt


def mean_absolute_weights(network: Network) -> np.ndarray:
    """The mean |w| of each input over the neurons of the first layer, (n_in,)."""
    with np.errstate(all="ignore"):
        return np.abs(network.weights[0].astype(float)).mean(axis=0)


def most_asked(network: Network) -> int:
    """How many samples `accuracy_when_flipped` may take in a moment, at least LEAST_ASKED.

    All 65,536 numbers of 16 bits are quick for 16-32-32-2: it is asked about each once.
    """
    corners = 2 ** network.sizes[0]
    answered = int(WORK / (network.parameters.shape[-1] + 25 * sum(network.sizes[1:])))
    return corners if answered >= corners else max(LEAST_ASKED, answered // (network.sizes[0] + 1))


def accuracy_when_flipped(
    network: Network, X: np.ndarray, y: np.ndarray
) -> tuple[float, np.ndarray]:
    """The accuracy, and by how much it falls when an input is flipped in all samples.

    X: (m, n_in) of 0 and 1; to flip is to take 1 - x. y: (m, n_out), one-hot, kept as it is.
    Returns the accuracy, 0 to 1, and the falls, (n_in,), each -1 to 1; NaN without samples.
    """
    m, n_in = X.shape
    if m == 0:
        return np.nan, np.full(n_in, np.nan)
    # As numbers, first as they are, then with each bit flipped: many meet in the same number, and
    # the network is asked about each number once.
    flips = np.concatenate([[0], _powers(n_in)])
    numbers = (X.astype(np.int64) @ _powers(n_in))[:, None] ^ flips  # (m, n_in + 1)
    needed = np.zeros(2**n_in, bool)
    needed[numbers] = True
    inputs = (np.flatnonzero(needed)[:, None] & _powers(n_in)) > 0
    answers = np.empty(2**n_in, np.int64)
    answers[needed] = answered(outputs(network, inputs.astype(X.dtype)))
    right = (answers[numbers] == y.argmax(axis=1)[:, None]).sum(axis=0)
    return float(right[0] / m), (right[0] - right[1:]) / m


def _powers(n: int) -> np.ndarray:
    """What each of n bits is worth, the most significant first, (n,)."""
    return 1 << np.arange(n)[::-1]


def asked_words(asked: int, m: int, which: str, noun: str = "numbers") -> str:
    """Which of the m samples were asked about: "all 324 test numbers", or how many, and how drawn.

    which: the name of the samples, such as "test". noun: what one of them is, in the plural.
    """
    if asked == m:
        return f"all {m:,} {which} {noun}"
    return (
        f"a sample of {asked:,} of the {m:,} {which} {noun}, drawn by lot with each class in its "
        "share"
    )


def conclusion(
    names: Sequence[str], mean_weight: np.ndarray, drops: np.ndarray, accuracy: float, chance: float
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
        here, there = apart([100 * accuracy, 100 * chance], 2)
        return (
            f"Little found yet: the accuracy, {here} %, is hardly better than the {there} % of "
            "always saying the commonest class."
        )
    return first_upper(_sentence(names, weight, drops))


def _sentence(names: Sequence[str], weight: np.ndarray, drops: np.ndarray) -> str:
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


def _several(names: Sequence[str], alike: np.ndarray, drops: np.ndarray, tested: bool) -> str:
    """Inputs of about the same weight, named while they are few."""
    if len(alike) == len(names):
        who = "both inputs" if len(names) == 2 else f"all {len(names)} inputs"
    elif len(alike) <= 3:
        who = listed(names[i] for i in sorted(alike))
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
    return plural(round(100 * drop), "point").replace("-", "−")


def _costs(drop: float) -> str:
    """What a flip does to the accuracy."""
    if drop == 0:
        return "costs no accuracy"
    if abs(drop) < 0.005:
        return ("costs" if drop > 0 else "gains") + " less than half a point of accuracy"
    return ("costs " if drop > 0 else "gains ") + _points(abs(drop)) + " of accuracy"
