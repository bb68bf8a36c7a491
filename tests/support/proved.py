"""What each gradient of a derivation is worth: derivatives in 60 digits say whether it is right,
whether it drowns in the rounding of the loss, and whether it takes a sum across a kink.
"""

from dataclasses import dataclass

import mpmath as mp
import numpy as np

from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.network.shape import views
from tests.support.exact import DIGITS, nudged
from tests.support.kinks import has_kink

RIGHT, CLEAR, DROWNED = 1e-7, 1e-6, 1e-13
KINKED = [name for name, f in ACTIVATIONS.items() if has_kink(f)]


class Unclear(Exception):
    """An entry lies between what certainly can and certainly cannot be told."""


@dataclass(frozen=True)
class Proved:
    """A gradient as it is shown, and what it is worth.

    value, true: the gradient and the true one. estimate: what is shown beside it. size: of what
    the loss is added up from. kink: which entries take a sum across a kink.
    """

    kind: str
    value: np.ndarray
    true: np.ndarray
    estimate: np.ndarray
    size: float
    kink: np.ndarray

    def __post_init__(self):
        # With numbers of a usual size, rounding leaves a nudge some 14 digits of `size`.
        slope = abs(self.true) / self.size
        drowned = (slope < DROWNED) & ~((self.true == 0) & (self.value == 0))
        apart = abs(self.value - self.true) / np.maximum(abs(self.true), 1e-300)
        sure = (slope > CLEAR) | (slope < DROWNED) | self.kink
        if not sure.all() or (~drowned & ~self.kink & (apart > RIGHT) & (apart < 1e-3)).any():
            raise Unclear
        if (drowned & (abs(self.value) > DROWNED * self.size)).any():
            raise Unclear
        object.__setattr__(self, "rounded", drowned & ~self.kink)
        object.__setattr__(self, "wrong", ~drowned & ~self.kink & (apart > 1e-3))

    @property
    def hidden(self):
        return self.rounded | self.kink

    @property
    def is_wrong(self):
        return bool(self.wrong.any())

    @property
    def is_open(self):
        return not self.is_wrong and bool(self.hidden.any())

    @property
    def error(self):
        """The relative error of all entries that can be told."""
        told = ~self.hidden
        g, e = self.value[told].astype(float), self.estimate[told]
        size = max(sum(g**2) ** 0.5, sum(e**2) ** 0.5) if told.any() else 0
        return sum((g - e) ** 2) ** 0.5 / size if size else 0.0


def crossing(exact, k=None):
    """Which numbers, a tiny bit moved, take a sum across a kink: (P,), or (m, n) of layer k."""
    kinked = [exact.hidden in KINKED] * (len(exact.sizes) - 2) + [exact.output in KINKED]

    def signs(zs, first):
        pairs = zip(zs, kinked[first:], strict=True)
        return [(v > 0) - (v < 0) for z, bent in pairs if bent for v in z]

    rows = range(len(exact.X))
    if k is None:
        return np.array([
            any(signs(exact.z(s, up), 0) != signs(exact.z(s, down), 0) for s in rows)
            for up, down in nudged(exact.flat)
        ])  # fmt: skip
    behind = exact.behind(k)
    return np.array([
        [signs(exact.on_from(up, behind), k - 1) != signs(exact.on_from(down, behind), k - 1)
         for up, down in nudged(exact.z(s)[k - 1])]
        for s in rows
    ])  # fmt: skip


def facts_of(steps, exact, notation, network):
    """The facts on every gradient of a derivation, in the order of its steps."""
    upright = (notation.samples == "columns") == (notation.layout == "denominator")
    z, y = network.forward(exact.X).z[-1], exact.y
    a, error = network.forward(exact.X).a[-1], float(exact.error())
    size = error + 2 * np.sqrt(abs(error)) * abs(a).max()
    if LOSSES[exact.loss].output:
        size = 1 + (abs(y) * (1 + abs(z))).sum(axis=1).mean()
    true = exact.gradient()
    with mp.workdps(DIGITS):
        across = crossing(exact)
        z_across = {k: crossing(exact, k) for k in range(1, len(exact.sizes))}
    parts = [views(part, exact.sizes) for part in (true, across)]
    facts = []
    for step in (s for s in steps if s.check):
        k = step.layer
        if step.kind == "delta":
            base = exact.errors(k).T, z_across[k].T
        elif step.kind == "dW":
            base = [weights[k - 1] for weights, _ in parts]
        else:
            base = [biases[k - 1][:, None] for _, biases in parts]
        shown = [each if upright else each.T for each in base]
        facts.append(Proved(step.kind, step.value, shown[0], step.check.estimate, size, shown[1]))
    return facts
