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

    @property
    def flat(self):
        """The parameters in 60 digits."""
        return [mp.mpf(v) for v in self.parameters.tolist()]

    def z(self, s, flat=None):
        """The weighted sums of sample s, a list for every layer."""
        layers, x = list(self._layers(flat or self.flat)), [mp.mpf(v) for v in self.X[s].tolist()]
        return self.on_from(_sums(*layers[0], x), layers[1:])

    def on_from(self, z, layers):
        """The weighted sums z of a layer, and those of the layers behind it."""
        zs = [z]
        for W, b in layers:
            zs.append(_sums(W, b, ACTIVATIONS[self.hidden](zs[-1])))
        return zs

    def behind(self, k, flat=None):
        """W and b of the layers behind layer k, 1 for the first."""
        return list(self._layers(flat or self.flat))[k:]

    def _loss(self, s, z):
        """The loss of sample s from the weighted sums of the outputs."""
        y = [mp.mpf(v) for v in self.y[s].tolist()]
        return LOSSES[self.loss](y, ACTIVATIONS[self.output](z), z)

    def error(self, flat=None):
        """The mean loss over the samples."""
        m = len(self.X)
        return mp.fsum(self._loss(s, self.z(s, flat)[-1]) for s in range(m)) / m

    def gradient(self):
        """dE/dp of every parameter, (P,)."""
        with mp.workdps(DIGITS):
            return _slopes(self.error, self.flat)

    def errors(self, k):
        """dE/dz of layer k, of each sample on its own, (m, n)."""
        with mp.workdps(DIGITS):
            behind = self.behind(k)

            def loss(s):
                return lambda z: self._loss(s, self.on_from(z, behind)[-1])

            rows = range(len(self.X))
            return np.array([_slopes(loss(s), self.z(s)[k - 1]) for s in rows])


def _sums(W, b, a):
    return [mp.fdot(row, a) + bias for row, bias in zip(W, b, strict=True)]


def nudged(numbers):
    """The numbers with each of them in turn a little above and a little below."""
    for i, number in enumerate(numbers):
        yield tuple([*numbers[:i], number + d, *numbers[i + 1 :]] for d in (NUDGE, -NUDGE))


def _slopes(f, numbers):
    return np.array([float((f(up) - f(down)) / (2 * NUDGE)) for up, down in nudged(numbers)])
