"""What the proof of backpropagation says, and why the error of the outputs is what it is.

Networks are drawn at random; derivatives in 60 digits say which gradients are right, which slopes
drown in the rounding of the loss, and which sums lie on a kink.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import mpmath as mp
import numpy as np
import pytest

from mlp.derivation.derive import derive
from mlp.derivation.notation import FORMS, LAYOUTS, LETTERS, SAMPLES, Notation
from mlp.derivation.verdict import left_open, of_all, of_one, way
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from mlp.network.shape import views
from tests.claims.claim import Claim, Claims, reads
from tests.support.exact import ACTIVATIONS as EXACT
from tests.support.exact import DIGITS, Exact, nudged
from tests.support.kinks import has_kink

NOTATIONS = [Notation(s, y, 0, "()", f, e) for s, y, f, e in
             product(SAMPLES, LAYOUTS, FORMS, LETTERS)]  # fmt: skip
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


def digit(text, value):
    """Whether a relative error is printed to its first digit."""
    return reads(text, float(f"{value:.1g}"))


def listed(text, marked):
    """Whether the rows and columns of the entries are listed, the first twelve of them."""
    places = [f"({i + 1}, {j + 1})" for (i, j), there in np.ndenumerate(marked) if there]
    return text == ", ".join(places[:12]) + " …" * (len(places) > 12)


def relative(f, error):
    return digit(error, f.error)


ONE = Claims(
    Claim("It is wrong. Relative error {error}", lambda f: f.is_wrong, relative),
    Claim(
        "Wrong entries (row, column): {places}",
        lambda f: f.is_wrong,
        lambda f, places: listed(places, f.wrong),
    ),
    Claim(
        "It agrees. Relative error {error}",
        lambda f: not f.is_wrong and not f.is_open,
        relative,
    ),
    Claim("Nudging cannot tell", lambda f: f.is_open and f.hidden.all()),
    Claim(
        "It agrees where nudging can tell. Relative error {error}",
        lambda f: f.is_open and not f.hidden.all(),
        relative,
    ),
    Claim(
        "Open entries (row, column): {places}",
        lambda f: f.is_open and not f.hidden.all(),
        lambda f, places: listed(places, f.hidden),
    ),
)
WAY = Claims(
    Claim(
        "Nudge one {number} up and down, run the network again, and see how much the loss changes: "
        "that is the gradient without any backpropagation. Each nudge has its own size, and none "
        "moves a weighted sum by more than a half.",
        lambda f: True,
        lambda f, number: (f.kind, number) in (("delta", "weighted sum"), ("dW", "weight"),
                                              ("db", "bias")),
    )
)  # fmt: skip


def entries(which):
    """The condition that some entries are hidden so, and a check of their number."""

    def count(f):
        return sum(int(getattr(each, which).sum()) for each in f)

    def true(f, n):
        return reads(n, count(f)) and n.endswith("entry" if count(f) == 1 else "entries")

    return lambda f: count(f) > 0, true


OPEN = Claims(
    Claim(
        "Rounding hides {n}: of the change that a small nudge makes, it leaves too few digits to "
        "tell.",
        *entries("rounded"),
    ),
    Claim(
        "A kink hides {n}: a weighted sum is so close to 0 that the smallest nudge takes it "
        "across, and there the slope of its activation jumps.",
        *entries("kink"),
    ),
)


def fails(f):
    return any(each.is_wrong for each in f)


def partly(f):
    return not fails(f) and any(each.is_open for each in f)


def some(f, which, n, m, names):
    """Whether n of m gradients are named, those and no others."""
    right = [str(i) for i, each in enumerate(f) if getattr(each, which)]
    return reads(n, len(right)) and reads(m, len(f)) and names == ", ".join(right)


def largest(f, error):
    return digit(error, max(each.error for each in f))


ALL = Claims(
    Claim(
        "The proof fails for {n} of {m} gradients: {names}",
        fails,
        lambda f, **said: some(f, "is_wrong", **said),
    ),
    Claim("Every gradient is proved", lambda f: not fails(f) and not partly(f)),
    Claim(
        "Largest relative error {error}", lambda f: not fails(f) and not partly(f), largest
    ),
    Claim("No gradient is wrong", partly),
    Claim(
        "Nudging cannot tell all of {n} of {m}: {names}.",
        partly,
        lambda f, **said: some(f, "is_open", **said),
    ),
    Claim(
        "Of the rest the largest relative error is {error}",
        lambda f: partly(f) and not all(each.hidden.all() for each in f),
        largest,
    ),
)  # fmt: skip


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


def sentences(verdict):
    """A verdict as the page puts it together."""
    return " ".join(filter(None, verdict[1:]))


def hold(question, notation, mistakes=()):
    """Every sentence on the proof of a network against its facts."""
    network, X, y, loss = question
    names = network.activations[0].name, network.activations[-1].name
    exact = Exact(network.sizes, *names, loss.name, network.parameters, X, y)
    steps = derive(*question, notation, mistakes=mistakes)
    facts = facts_of(steps, exact, notation, network)
    checks = [s.check for s in steps if s.check]
    for check, fact in zip(checks, facts, strict=True):
        ONE.hold(sentences(of_one(check)), fact)
        OPEN.hold(left_open([check]), [fact])
        WAY.hold(way(fact.kind), fact)
    ALL.hold(sentences(of_all([(str(i), check) for i, check in enumerate(checks)])), facts)
    OPEN.hold(left_open(checks), facts)


def usual(seed):
    """A network of usual numbers, with a mistake in its backward pass or without one."""
    generator = np.random.RandomState(seed)
    sizes = tuple(map(int, generator.randint(1, 4, generator.randint(2, 5))))
    loss = LOSSES[str(generator.choice(list(LOSSES)))]
    hidden, output = (str(name) for name in generator.choice(list(ACTIVATIONS), 2))
    flat = generator.randn(sum((n + 1) * m for n, m in zip(sizes, sizes[1:], strict=False)))
    network = Network(sizes, hidden, loss.output or output, flat)
    m = generator.randint(1, 4)
    X, y = generator.randn(m, sizes[0]), generator.rand(m, sizes[-1])
    notation = NOTATIONS[generator.randint(len(NOTATIONS))]
    mistakes = [(), (), ("sign",), ("sum",), ("prime",)][generator.randint(5)]
    return (network, X, y, loss), notation, mistakes


def made(sizes, hidden, output, flat, X, y, loss="squared error"):
    network = Network(sizes, hidden, output, np.array(flat, float))
    return network, np.array(X, float), np.array(y, float), LOSSES[loss]


RARE = {
    "one output of two is flat": made((1, 2), "relu", "softplus", [1, 1, -45, 1], [[1]], [[2, 0]]),
    "the only output is flat": made((1, 1), "relu", "softplus", [1, -45], [[1]], [[2]]),
    "one sum is on a kink": made(
        (1, 2, 1), "relu", "identity", [1, 1, 0, 0.5, 0.7, -0.4, 0.2], [[0]], [[2]]
    ),
    "one sum is on a kink, and an output is flat": made(
        (1, 2, 2), "leaky relu", "softplus",
        [1, 1, -1, 0.5, 0.7, -0.4, 0.2, 0.1, 0.3, -60], [[1]], [[2, 1]],
    ),
    "all is on a kink": made((1, 1), "relu", "relu", [1, -1], [[1]], [[2]]),
}  # fmt: skip


@pytest.mark.parametrize("notation", [Notation(), Notation("rows"), Notation("rows", "numerator")])
@pytest.mark.parametrize("name", RARE)
def test_what_the_proof_says_where_nudging_cannot_tell(name, notation):
    hold(RARE[name], notation)


def test_what_the_proof_says_of_every_network():
    held = 0
    for seed in range(90):
        try:
            hold(*usual(seed))
            held += 1
        except Unclear:
            continue
    for question in RARE.values():
        hold(question, Notation())
    assert held > 40
    for claims in (ONE, WAY, OPEN, ALL):
        claims.all_heard()


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
        letter = "a" if len(X) == 1 and notation.samples == "columns" else "A"
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


CLAIMS = ONE, WAY, OPEN, ALL, OUTPUTS
