"""Why the error of the outputs is what it is where the loss brings their activation.

Targets and outputs are drawn at random; fractions add up the targets, and 400 digits say which
outputs are too close to their ends.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import mpmath as mp
import numpy as np

from mlp.derivation.derive import derive
from mlp.derivation.notation import FORMS, LAYOUTS, LETTERS, SAMPLES, Notation
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from tests.claims.claim import Claim, Claims
from tests.support.exact import ACTIVATIONS as EXACT
from tests.support.exact import Exact

NOTATIONS = [Notation(s, y, 0, "()", f, e) for s, y, f, e in
             product(SAMPLES, LAYOUTS, FORMS, LETTERS)]  # fmt: skip


@dataclass(frozen=True)
class Outputs:
    """The error of the outputs of a loss that brings their activation.

    y, z: of each sample. form: of the notation. slope: dE/da as plain text.
    """

    y: np.ndarray
    z: np.ndarray
    loss: str
    form: str
    slope: str

    @property
    def totals(self):
        """What the targets of each sample add up to, as they are written."""
        return [sum(Fraction(repr(t)) for t in row) for row in self.y.tolist()]

    @property
    def weighed(self):
        return self.loss == "cross-entropy" and any(total != 1 for total in self.totals)

    @property
    def summed(self):
        return self.loss == "cross-entropy" and not self.weighed

    @property
    def beyond(self):
        """Whether dE/da of an output leaves the numbers, or its a has rounded to 0 or 1."""
        with mp.workdps(400):
            rows = [
                (t, a)
                for targets, sums in zip(self.y.tolist(), self.z.tolist(), strict=True)
                for t, a in zip(targets, SIGMAS[self.loss]([mp.mpf(v) for v in sums]), strict=True)
            ]
            if self.loss == "cross-entropy":
                return any(t != 0 and (abs(t) / a > MOST or float(a) == 0) for t, a in rows)
            return any(
                (t != 0 and (abs(t) / a > MOST or float(a) == 0)) or (t != 1 and float(a) == 1)
                for t, a in rows
            )

    @property
    def long(self):
        return self.form == "jacobians" and not self.beyond


MOST = mp.mpf(np.finfo(float).max)
SIGMAS = {"cross-entropy": EXACT["softmax"], "binary cross-entropy": EXACT["sigmoid"]}
CANCELS = {"cross-entropy": "softmax", "binary cross-entropy": "sigmoid"}


def cancels(f, loss, function):
    return loss == f.loss and function == CANCELS[loss]


def add_up(f, totals):
    """Whether the sum of every sample's targets is listed."""
    said = totals.replace(" and ", ", ").replace("−", "-").replace(",0", "0").split(", ")
    numbers = [Fraction(text.replace(",", "")) for text in said]
    return len(numbers) == len(f.totals) and all(
        abs(a - b) <= abs(b) * Fraction(1, 10**11) for a, b in zip(numbers, f.totals, strict=True)
    )


HOW_FAR = "how far each output is from its target. With the {loss}, the derivative of {function} "
THE_ONLY = "; only where they add up to 1 is it output minus target."
OUTPUTS = Claims(
    Claim(
        HOW_FAR + "cancels: output minus target is all that is left.",
        lambda f: f.loss == "binary cross-entropy",
        cancels,
    ),
    Claim(
        HOW_FAR
        + "cancels: since the targets add up to 1, output minus target is all that is left.",
        lambda f: f.summed and len(f.y) == 1,
        cancels,
    ),
    Claim(
        HOW_FAR + "cancels: since the targets of each sample add up to 1, output minus target is "
        "all that is left.",
        lambda f: f.summed and len(f.y) > 1,
        cancels,
    ),
    Claim(
        "how far each output, times the sum of the targets, is from its own target. With the "
        "{loss}, the derivative of {function} cancels, and this is all that is left.",
        lambda f: f.weighed,
        cancels,
    ),
    Claim(
        "The targets add up to {totals}" + THE_ONLY, lambda f: f.weighed and len(f.y) == 1, add_up
    ),
    Claim(
        "The targets of the samples add up to {totals}" + THE_ONLY,
        lambda f: f.weighed and len(f.y) > 1,
        add_up,
    ),
    Claim("The ones add up the targets.", lambda f: f.weighed and not f.long),
    Claim(
        "An output is so close to 0 or 1 that {slope} is too large to be computed from it, so this "
        "step stands in matrix form.",
        lambda f: f.form == "jacobians" and f.beyond,
        lambda f, slope: slope == f.slope,
    ),
)
ELSEWHERE = (" Each sample has its own", " Shown is sample", " The largest Jacobian")


def outputs(seed):
    """A batch whose targets add up to 1, or do not, and outputs that are near their ends or not."""
    generator = np.random.RandomState(seed)
    loss, m, n = (
        str(generator.choice(list(CANCELS))),
        generator.randint(1, 4),
        generator.randint(1, 5),
    )
    y = np.eye(n)[generator.randint(0, n, m)]
    if generator.rand() < 0.5:
        y[generator.randint(m)] = generator.choice([0, 0.1, 0.3, 1, 2, -1.5, 1234.5], n)
    if generator.rand() < 0.2:
        y[0] = [(0.7 if n == 2 else 0.2), 0.3, 0.4, 0.1][:n] if n > 1 else 1
    flat = generator.randn(n * 3).round(1)
    flat[-1] = generator.choice([0.5, 30, 50, 700, 800, 1e6, -50, -720, -1e6])
    network = Network((2, n), "tanh", CANCELS[loss], flat)
    return network, generator.randn(m, 2).round(1), y, LOSSES[loss]


def test_why_the_error_of_the_outputs_is_what_it_is():
    for seed in range(400):
        question = network, X, y, loss = outputs(seed)
        notation = NOTATIONS[seed % len(NOTATIONS)]
        step = next(s for s in derive(*question, notation, proved=False) if s.kind == "delta")
        text = re.sub(r"<[^>]+>", "", step.why).partition(": ")[2]
        for begin in ELSEWHERE:
            text = text.partition(begin)[0]
        one = notation.letter
        if len(X) > 1:
            one = "Ls" if one == "J" else f"{one}s"
        letter = "a" if len(X) == 1 else "A"
        z = network.forward(X).z[-1]
        facts = Outputs(y, z, loss.name, notation.form, f"∂{one}/∂{letter}(1)")
        OUTPUTS.hold(text, facts)
        # What is said is what is computed: (sum of y) a - y, in the orientation of the notation.
        exact = Exact((2, y.shape[1]), "tanh", CANCELS[loss.name], loss.name,
                      network.parameters, X, y).errors(1)  # fmt: skip
        upright = (notation.samples == "columns") == (notation.layout == "denominator")
        np.testing.assert_allclose(
            step.value, exact.T if upright else exact, rtol=1e-9, atol=1e-12 * (1 + abs(y).sum())
        )
    OUTPUTS.all_heard()


CLAIMS = (OUTPUTS,)
