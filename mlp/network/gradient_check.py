"""The proof of a gradient: central differences beside backpropagation's own answer.

A difference of two losses knows how good it is. Too large a nudge bends the curve, which nudges of
three sizes show; too small a nudge drowns in the rounding of the loss, which has a bound.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.network.loss import Loss
from mlp.network.network import Network
from mlp.network.rounding import EPS, passed, weighted_sums
from mlp.network.shape import views

RUNGS = 24  # sizes of nudges, each a quarter of the one before, the last a few bits of a number
FINE = 1e-7  # of the slope: a doubt below it is small enough
REACH = 0.5  # how far a nudge may move any z: activations are smooth on that scale


@dataclass(frozen=True)
class Nudged:
    """What a network comes to with one number moved, a row for every number.

    loss, doubt: (r,). z, a: of all layers and samples behind the number, (r, q). kinks: (q,),
    whether the slope jumps where this z is 0.
    """

    loss: np.ndarray
    doubt: np.ndarray
    z: np.ndarray
    a: np.ndarray
    kinks: np.ndarray


@dataclass(frozen=True)
class Estimate:
    """Slopes found by nudging, in arrays of one shape.

    value: the slopes. doubt: how far the true ones may be from them; infinite where no nudge says
    anything. kink: whether that is because a z lies within the smallest nudge of a kink.
    """

    value: np.ndarray
    doubt: np.ndarray
    kink: np.ndarray

    def each(self, change: Callable[[np.ndarray], np.ndarray]) -> "Estimate":
        """The same with every array changed in its shape."""
        return Estimate(change(self.value), change(self.doubt), change(self.kink))


# (which numbers, what they are instead) -> the network with each of them moved alone
Nudge = Callable[[np.ndarray, np.ndarray], Nudged]


def slopes(nudge: Nudge, numbers: np.ndarray) -> Estimate:
    """The slope of the loss by each of the numbers, (r,), with nudges as large as serve it best.

    D(h) = (E(p + h) - E(p - h)) / 2h; from D(16h), D(4h) and D(h) the terms in h^2 and h^4 are
    taken out. h starts at the number's own size over 16, and is quartered until D is fine, or
    rounding makes it worse.
    """
    left = np.arange(numbers.size)
    value, doubt, kink = np.zeros(left.size), np.full(left.size, np.inf), np.zeros(left.size, bool)
    centre, h = nudge(left, numbers).z, np.maximum(abs(numbers), 1) / 16
    D, R = np.full((2, left.size), np.nan)  # of the last nudge, and with h^2 taken out
    for _ in range(RUNGS):
        p = numbers[left]
        above, below, width = nudge(left, p + h), nudge(left, p - h), (p + h) - (p - h)
        crossed, far = _crossed(above, below), _far(above, below, centre)
        difference = np.where(crossed | far, np.nan, (above.loss - below.loss) / width)
        D, once, R = difference, R, difference + (difference - D) / 15
        # The weights of D(h), D(4h) and D(16h) in the sum make 1.15 of the last one's rounding.
        now = abs(R - once) + 1.15 * (above.doubt + below.doubt) / width
        better = now < doubt[left]
        value[left[better]] = (R + (R - once) / 255)[better]
        doubt[left[better]], kink[left] = now[better], crossed
        still = (above.loss == below.loss) & (above.a == below.a).all(axis=1)
        enough = (doubt[left] <= FINE * abs(value[left])) | (now > 2 * doubt[left])
        on = ~(enough | (still & np.isfinite(doubt[left])))
        left, h, D, R, centre = left[on], h[on] / 4, D[on], R[on], centre[on]
        if not left.size:
            break
    return Estimate(value, doubt, kink & np.isinf(doubt))


def _crossed(above: Nudged, below: Nudged) -> np.ndarray:
    """Whether a kink lies between the two: there a difference mixes two slopes."""
    kinks = above.kinks
    return (np.sign(above.z[:, kinks]) != np.sign(below.z[:, kinks])).any(axis=1)


def _far(above: Nudged, below: Nudged, centre: np.ndarray) -> np.ndarray:
    return np.maximum(abs(above.z - centre), abs(below.z - centre)).max(axis=1) > REACH


def numerical_gradient(
    network: Network, X: np.ndarray, y: np.ndarray, loss: Loss, l2: float = 0.0
) -> Estimate:
    """The gradient of network.error by central differences, in flat arrays (P,)."""
    kinks = np.concatenate([np.full(len(X) * n, f.kink) for n, f in _layers(network)])

    def nudge(which: np.ndarray, instead: np.ndarray) -> Nudged:
        flat = np.repeat(network.parameters[None], which.size, axis=0)
        flat[np.arange(which.size), which] = instead
        weights, biases = views(flat, network.sizes)
        first = weighted_sums(X, np.zeros_like(X), weights[0], biases[0])
        run = passed(*first, network.activations, weights[1:], biases[1:], y, loss)
        penalty = l2 / 2 * sum(np.einsum("rji,rji->r", W, W) for W in weights)
        error, m = run.losses.mean(axis=1) + penalty, len(X)
        rounding = EPS * (m / 2 * abs(run.losses).mean(axis=1) + flat.shape[1] * penalty)
        return Nudged(error, run.doubt.mean(axis=1) + rounding, *_flat(run), kinks)

    return slopes(nudge, network.parameters)


def error_estimate(network: Network, z: np.ndarray, k: int, y: np.ndarray, loss: Loss) -> Estimate:
    """dE/dz of layer k, 1 for the first, of each sample on its own: arrays (m, n) as z."""
    kinks = np.concatenate([np.full(n, f.kink) for n, f in _layers(network)[k - 1 :]])
    behind = network.activations[k - 1 :], network.weights[k:], network.biases[k:]

    def nudge(which: np.ndarray, instead: np.ndarray) -> Nudged:
        sample, neuron = np.divmod(which, z.shape[1])
        rows = z[sample]
        rows[np.arange(which.size), neuron] = instead
        run = passed(rows, EPS * abs(rows), *behind, y[sample], loss)
        return Nudged(run.losses, run.doubt, *_flat(run), kinks)

    return slopes(nudge, z.ravel()).each(lambda array: array.reshape(z.shape))


def _layers(network: Network):
    return list(zip(network.sizes[1:], network.activations, strict=True))


def _flat(run) -> tuple[np.ndarray, np.ndarray]:
    """z and a of all layers and samples side by side, a row for each number that was moved."""
    rows = len(run.losses)
    return tuple(np.hstack([x.reshape(rows, -1) for x in each]) for each in (run.z, run.a))


def relative_error(analytic: np.ndarray, numerical: np.ndarray) -> float:
    """The distance of two gradients over their size: |a - n| / max(|a|, |n|); 0 where both are."""
    size = max(np.linalg.norm(analytic), np.linalg.norm(numerical))
    return float(np.linalg.norm(analytic - numerical) / size) if size else 0.0
