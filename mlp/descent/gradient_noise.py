"""a^2 + b^2 as a mean over data points: full, mini-batch and stochastic gradients. No screen here.

The points x_i lie around (0, 0). The error of p on one point is |p - x_i|^2; the mean over all of
them is a^2 + b^2 plus a constant, how far the points are spread, so its gradient is [2a, 2b].
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mlp import checks
from mlp.descent.path import Method, Path, descend
from mlp.descent.surfaces import SURFACES, Surface

POINTS = 256
SPREAD = 3.0


def cloud(points: int = POINTS, spread: float = SPREAD, seed: int = 0) -> np.ndarray:
    """Data points, (points, 2), whose mean is 0 and whose deviation along each axis is spread."""
    X = np.random.RandomState(seed).randn(points, 2)
    X -= X.mean(axis=0)
    return X * (spread / X.std(axis=0))


def mean_error(p: np.ndarray, X: np.ndarray) -> np.ndarray:
    """The mean of |p - x_i|^2: a^2 + b^2 + the mean of |x_i|^2. p: (..., 2) -> (...)."""
    return (p**2).sum(axis=-1) + (X**2).sum(axis=-1).mean() - 2 * (p @ X.mean(axis=0))


def batches(X: np.ndarray, batch_size: int, seed: int = 0):
    """Batches without end: the points shuffled, cut up, and shuffled again when they run out."""
    checks.whole("batch_size", batch_size, 1, len(X))
    generator = np.random.RandomState(seed)
    while True:
        order = generator.permutation(len(X))
        for start in range(0, len(X), batch_size):
            yield X[order[start : start + batch_size]]


def batch_gradient(
    X: np.ndarray, batch_size: int, seed: int = 0
) -> Callable[[np.ndarray, int], np.ndarray]:
    """The gradient of the error over the next batch: 2 (p - mean of the batch).

    Gives a function of (p, step) for one walk; each call takes the next batch.
    Source: seed 000, section 3.1, the stochastic gradient descent algorithm.
    """
    coming = batches(X, batch_size, seed)
    return lambda p, step: 2 * (p - next(coming).mean(axis=0))


def measured_noise(X: np.ndarray, batch_size: int, draws: int = 400, seed: int = 0) -> float:
    """How far a batch's gradient lies from the full one: the root of the mean squared distance.

    It is the same at every p: the two differ by twice the mean of the batch. Batches of batch_size
    only, so that a short last one does not blur the measure.
    """
    generator = np.random.RandomState(seed)
    picks = generator.random_sample((draws, len(X))).argsort(axis=1)[:, :batch_size]
    off = 2 * (X[picks].mean(axis=1) - X.mean(axis=0))  # (draws, 2)
    return float(np.sqrt((off**2).sum(axis=1).mean()))


def expected_noise(X: np.ndarray, batch_size: np.ndarray) -> np.ndarray:
    """2 s / sqrt(batch) · sqrt((m - batch) / (m - 1)), s the spread of the m points over the plane.

    The second root is what drawing without putting back takes off: nothing at a batch of one,
    everything when the batch is all the points.
    """
    m, batch = len(X), np.asarray(batch_size, dtype=float)
    s = np.sqrt(((X - X.mean(axis=0)) ** 2).sum(axis=1).mean())
    return 2 * s / np.sqrt(batch) * np.sqrt((m - batch) / (m - 1))


def lifted(X: np.ndarray) -> Surface:
    """The paraboloid as the mean error over the points: as high as they are spread."""
    return replace(
        SURFACES["paraboloid"],
        value=lambda p: mean_error(p, X),
        lowest=float((X**2).sum(axis=-1).mean()),
    )


def compared(
    X: np.ndarray, start, learning_rate: float, batch_size: int, steps: int, seed: int = 0
) -> dict[str, Path]:
    """The same walk with the gradient over all points, over a batch and over one point."""
    sizes = {"full": len(X), f"mini-batch of {batch_size}": batch_size, "stochastic": 1}
    method, surface = Method(learning_rate=learning_rate), lifted(X)
    return {
        name: descend(
            surface, start, method, steps, within=-1, gradient=batch_gradient(X, size, seed)
        )
        for name, size in sizes.items()
    }


def noise_by_size(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Batch sizes 1, 2, 4, … up to all points, and the noise measured and expected at each."""
    sizes = 2 ** np.arange(int(np.log2(len(X))) + 1)
    return sizes, np.array([measured_noise(X, int(n)) for n in sizes]), expected_noise(X, sizes)
