"""What a network makes of samples, after an epoch."""

from collections.abc import Callable

import numpy as np

from mlp.network import sums
from mlp.network.losses import Loss
from mlp.network.network import Network, Trace

# The rows of one forward pass over a whole data set.
EVALUATION_ROWS = 1024


def evaluate(
    network: Network,
    X: np.ndarray,
    y: np.ndarray,
    loss: Loss,
    trace_of: Callable[[int], Trace] | None = None,
    gather: Callable[[np.ndarray], np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean loss and share of right answers over samples; NaN for both where there are none.

    X: (m, n_in). y: (m, n_out), one-hot. Returns two arrays, (...) each. An answer is right when
    the largest output is the target's. (Seed 000 divides right by wrong answers in its formula, by
    all in its code.) trace_of: gives the arrays of a pass over m samples; network.trace unless
    given. gather: gives the inputs of samples by their numbers, where X has them in bytes.
    """
    leading, trace_of = network.parameters.shape[:-1], trace_of or network.trace
    total, right = np.zeros(leading), np.zeros(leading)
    for lo in range(0, len(X), EVALUATION_ROWS):
        rows, target = X[lo : lo + EVALUATION_ROWS], y[lo : lo + EVALUATION_ROWS]
        rows = gather(np.arange(lo, lo + len(rows))) if gather else rows
        trace = network.forward(rows, trace_of(len(rows)))
        total += sums.over_rows(loss.value(target, trace.a[-1], trace.z[-1]))
        right += (trace.a[-1].argmax(axis=-1) == target.argmax(axis=-1)).sum(axis=-1)
    m = len(X) or np.nan
    return total / m, right / m
