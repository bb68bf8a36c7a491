"""What the proof of backpropagation says: of one gradient, of all, and of what it cannot tell.

Networks are drawn at random; derivatives in 60 digits say which gradients are right, which slopes
drown in the rounding of the loss, and which sums lie on a kink.
"""

from itertools import product

import numpy as np
import pytest

from mlp.derivation.derive import derive
from mlp.derivation.notation import FORMS, LAYOUTS, LETTERS, SAMPLES, Notation
from mlp.derivation.verdict import left_open, of_all, of_one, way
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from tests.claims.claim import Claim, Claims, reads
from tests.support.exact import Exact
from tests.support.proved import Unclear, facts_of

NOTATIONS = [Notation(s, y, 0, "()", f, e) for s, y, f, e in
             product(SAMPLES, LAYOUTS, FORMS, LETTERS)]  # fmt: skip


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


CLAIMS = ONE, WAY, OPEN, ALL
