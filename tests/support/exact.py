"""A network in 60 digits: its loss, and every derivative of it by nudges that lose nothing.

It is written from the textbook alone and shares no line with the app: mpmath is the oracle of the
proof, whose nudges have 16 digits.
"""

from dataclasses import dataclass

import mpmath as mp
import numpy as np

DIGITS, NUDGE = 60, mp.mpf(10) ** -25


def _softmax(z):
    powers = [mp.exp(v - max(z)) for v in z]
    return [power / mp.fsum(powers) for power in powers]


def _log_of_one_and_exp(v):
    return max(v, mp.mpf(0)) + mp.log1p(mp.exp(-abs(v)))


def _each(f):
    return lambda z: [f(v) for v in z]


ACTIVATIONS = {
    "sigmoid": _each(lambda v: 1 / (1 + mp.exp(-v))),
    "tanh": _each(mp.tanh),
    "relu": _each(lambda v: max(v, mp.mpf(0))),
    "leaky relu": _each(lambda v: v if v > 0 else mp.mpf(0.01) * v),
    "softplus": _each(_log_of_one_and_exp),
    "identity": list,
    "softmax": _softmax,
}


def _squares(y, a):
    return mp.fsum((t - v) ** 2 for t, v in zip(y, a, strict=True))


LOSSES = {
    "squared error": lambda y, a, z: _squares(y, a),
    "half squared error": lambda y, a, z: _squares(y, a) / 2,
    "mean squared error": lambda y, a, z: _squares(y, a) / len(y),
    "cross-entropy": lambda y, a, z: -mp.fsum(t * mp.log(v) for t, v in zip(y, a, strict=True)),
    # log sigmoid(v) = -log(1 + e^-v), and log(1 - sigmoid(v)) = -log(1 + e^v)
    "binary cross-entropy": lambda y, a, z: mp.fsum(
        t * _log_of_one_and_exp(-v) + (1 - t) * _log_of_one_and_exp(v)
        for t, v in zip(y, z, strict=True)
    ),
}


@dataclass(frozen=True)
class Exact:
    """A network with its samples, in the numbers that the app has it in."""

    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss: str
    parameters: np.ndarray
    X: np.ndarray
    y: np.ndarray

    def _layers(self, flat):
        at = 0
        for n, m in zip(self.sizes, self.sizes[1:], strict=False):
            W = [flat[at + n * i : at + n * i + n] for i in range(m)]
            at += n * m
            yield W, flat[at : at + m]
            at += m

    def z(self, s, flat=None):
        """The weighted sums of sample s, a list for every layer."""
        zs, a = [], [mp.mpf(v) for v in self.X[s].tolist()]
        flat = [mp.mpf(v) for v in self.parameters.tolist()] if flat is None else flat
        for W, b in self._layers(flat):
            zs.append([mp.fdot(row, a) + bias for row, bias in zip(W, b, strict=True)])
            a = ACTIVATIONS[self.hidden](zs[-1])
        return zs

    def _after(self, s, k, z):
        """The loss of sample s from the weighted sums of layer k on, 1 for the first."""
        flat = [mp.mpf(v) for v in self.parameters.tolist()]
        for W, b in list(self._layers(flat))[k:]:
            a = ACTIVATIONS[self.hidden](z)
            z = [mp.fdot(row, a) + bias for row, bias in zip(W, b, strict=True)]
        y = [mp.mpf(v) for v in self.y[s].tolist()]
        return LOSSES[self.loss](y, ACTIVATIONS[self.output](z), z)

    def error(self, flat=None):
        """The mean loss over the samples."""
        last, m = len(self.sizes) - 1, len(self.X)
        return mp.fsum(self._after(s, last, self.z(s, flat)[-1]) for s in range(m)) / m

    def gradient(self):
        """dE/dp of every parameter, (P,)."""
        with mp.workdps(DIGITS):
            return _slopes(self.error, [mp.mpf(v) for v in self.parameters.tolist()])

    def errors(self, k):
        """dE/dz of layer k, of each sample on its own, (m, n)."""
        with mp.workdps(DIGITS):
            rows = range(len(self.X))
            return np.array(
                [_slopes(lambda z, s=s: self._after(s, k, z), self.z(s)[k - 1]) for s in rows]
            )


def _slopes(f, numbers):
    found = []
    for i, number in enumerate(numbers):
        above, below = ([*numbers[:i], number + d, *numbers[i + 1 :]] for d in (NUDGE, -NUDGE))
        found.append(float((f(above) - f(below)) / (2 * NUDGE)))
    return np.array(found)
