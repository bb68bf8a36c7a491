"""What is said at a step of the derivation: what it finds, and why it is taken.

Networks, batches and notations are drawn at random; what must be said follows from them alone.
"""

from dataclasses import replace
from functools import cache

import numpy as np

from mlp.derivation.derive import derive
from mlp.derivation.notation import Notation
from mlp.derivation.problem import MISTAKES
from mlp.examples.exercise import own
from tests.claims.claim import Claim, Claims, reads
from tests.support.derivations import CANCELS, drawn, plain


def values(f):
    """The activations of the step's layer for all samples."""
    return f.exercise.network.forward(f.exercise.X[: f.m]).a[f.k]


def error_letter(f):
    if f.notation.samples == "columns" and f.form != "index":
        return "δ"
    return "dz" if f.m == 1 else "dZ"


def stands_for(f, symbol, meaning):
    """Whether the error's letter and the derivative are those of the notation."""
    one = f.notation.letter
    if f.m > 1:
        one = "Ls" if one == "J" else f"{one}s"
    z = f.named("z" if f.m == 1 else "Z", f.k)
    expected = f"∂{one}/∂{z}" + (", sample by sample" if f.m > 1 else "")
    return symbol == f.named(error_letter(f), f.k) and meaning == expected


SHOWN = Claim(
    "Shown is sample {s}; the {m} samples are put together below.",
    lambda f: f.long and f.m > 1,
    lambda f, s, m: reads(s, f.sample + 1) and reads(m, f.m),
)


@cache
def always_zero(sizes, hidden, output, loss, samples, layout):
    """Of each step's largest Jacobians: shape, and how many numbers are 0 in all of many draws.

    A single number, as of a softmax with one output, has no form that could have a 0 in it.
    """
    notation, draws = Notation(samples, layout, form="jacobians"), {}
    # ReLU is 0 for half of all numbers; its form is that of LeakyReLU, which is 0 for none.
    hidden, output = ("leaky relu" if name == "relu" else name for name in (hidden, output))
    for seed in range(100, 104):
        e = own(sizes, hidden, output, loss, seed)
        for step in derive(e.network, e.X[:1], e.y[:1], e.loss, notation, proved=False):
            names = [part.name.latex if hasattr(part, "name") else "" for part in step.inputs]
            jacobians = [
                part.value == 0
                for part, name in zip(step.inputs, names, strict=True)
                if name.startswith((r"\frac{\partial a", r"\frac{\partial z"))
            ]
            draws.setdefault(step.key, []).append(jacobians)
    found = {}
    for key, each in draws.items():
        zeros = [np.all(same, axis=0) for same in zip(*each, strict=True)]
        most = max((z.size for z in zeros), default=0)
        found[key] = [(z.shape, int(z.sum())) for z in zeros if z.size == most > 1]
    return found


def largest(f):
    e, notation = f.exercise, f.notation
    names = e.sizes, e.hidden, e.output, e.loss_name, notation.samples, notation.layout
    return always_zero(*names)[f.step.key]


SAVING = Claim(
    "The largest Jacobian here is {rows} × {columns}. Of its {n} numbers, {zeros} are 0 whatever "
    "the data. The short form never writes them.",
    lambda f: f.long and any(zeros for _, zeros in largest(f)),
    lambda f, rows, columns, n, zeros: (
        ((int(rows), int(columns)), int(zeros)) in largest(f) and int(n) == int(rows) * int(columns)
    ),
)

GIVEN = Claims(
    Claim(
        "The input is layer {n}: nothing is computed yet.",
        lambda f: True,
        lambda f, n: n == str(f.notation.first_layer),
    ),
    Claim(
        "The one sample is a {way}.",
        lambda f: f.m == 1,
        lambda f, way: f.step.value.shape[{"column": 1, "row": 0}[way]] == 1,
    ),
    Claim(
        "Each {way} is one of the {m} samples.",
        lambda f: f.m > 1,
        lambda f, way, m: (
            reads(m, f.m)
            and np.array_equal(
                f.step.value.T if way == "column" else f.step.value, f.exercise.X[: f.m]
            )
        ),
    ),
)
SUMS = Claims(
    Claim(
        "Each {line} of {W} belongs to one neuron: it weighs what comes in, adds up, and adds the "
        "neuron's bias.",
        lambda f: True,
        lambda f, line, W: (
            f.named("W", f.k) == W
            and line == ("row" if f.notation.samples == "columns" else "column")
        ),
    ),
    Claim("The ones copy the biases to every sample.", lambda f: f.m > 1),
)


def is_f(name, check):
    """The condition that the layer has this activation, and a check of its numbers."""
    return lambda f: f.f == name, lambda f: bool(check(f, values(f)))


def weighted(f):
    return f.exercise.network.forward(f.exercise.X[: f.m]).z[f.k - 1]


EFFECTS = Claims(
    Claim(
        "σ squashes every weighted sum, each on its own, to between 0 and 1.",
        *is_f("sigmoid", lambda f, a: ((a > 0) & (a < 1)).all()),
    ),
    Claim(
        "tanh squashes every weighted sum, each on its own, to between −1 and 1.",
        *is_f("tanh", lambda f, a: (abs(a) <= 1).all()),
    ),
    Claim(
        "ReLU keeps what is above 0 and turns everything else into 0.",
        *is_f("relu", lambda f, a: (a == np.where(weighted(f) > 0, weighted(f), 0)).all()),
    ),
    Claim(
        "LeakyReLU keeps what is above 0, and of everything else a hundredth.",
        *is_f(
            "leaky relu",
            lambda f, a: np.allclose(a, weighted(f) * np.where(weighted(f) > 0, 1, 0.01)),
        ),
    ),
    Claim(
        "softplus is a smooth ReLU: close to the sum itself far above 0, close to 0 far below.",
        *is_f("softplus", lambda f, a: (abs(a - np.maximum(weighted(f), 0)) < 0.7).all()),
    ),
    Claim(
        "The identity passes every sum on as it is.",
        *is_f("identity", lambda f, a: (a == weighted(f)).all()),
    ),
    Claim(
        "softmax turns each sample's sums into probabilities that add up to 1. Every output "
        "depends on every sum.",
        *is_f("softmax", lambda f, a: np.allclose(a.sum(axis=1), 1) and (a > 0).all()),
    ),
)
LOSS = Claims(
    Claim("One number says how wrong the outputs are; the smaller, the better.", lambda f: True),
    Claim(
        "{E} is the mean of the losses of the {m} samples.",
        lambda f: f.m > 1,
        lambda f, E, m: f.notation.letter == E and reads(m, f.m),
    ),
    Claim(
        "Everything after this asks: how does {E} change if I nudge this weight?",
        lambda f: True,
        lambda f, E: f.notation.letter == E,
    ),
)


def slope_of(name):
    """The condition that an error is multiplied by this activation's slope."""
    return lambda f: f.f == name and not f.cancels


def passed_back(f):
    return not f.entrywise and not f.cancels


def cancelled(since, when):
    """What is said where the loss brings the output activation; other targets: test_derivation."""
    return Claim(
        "how far each output is from its target. With the {loss}, the derivative of {g} cancels: "
        f"{since}output minus target is all that is left.",
        lambda f: f.cancels and when(f),
        lambda f, loss, g: (
            (loss, g) == (f.exercise.loss_name, CANCELS[f.exercise.loss_name])
            and np.allclose(f.step.value.ravel(), shown_error(f))
        ),
    )


ERRORS = Claims(
    Claim("{symbol} stands for {meaning}:", lambda f: True, stands_for),
    Claim(
        "how far each output is from its target, times how steeply its activation answers there: "
        "the chain rule.",
        lambda f: f.last and f.entrywise and not f.cancels,
    ),
    Claim(
        "how far each output is from its target, passed back through softmax, where every output "
        "depends on every sum.",
        lambda f: f.last and passed_back(f),
    ),
    cancelled("", lambda f: f.exercise.loss_name == "binary cross-entropy"),
    cancelled(
        "since the targets add up to 1, ",
        lambda f: f.exercise.loss_name == "cross-entropy" and f.m == 1,
    ),
    cancelled(
        "since the targets of each sample add up to 1, ",
        lambda f: f.exercise.loss_name == "cross-entropy" and f.m > 1,
    ),
    Claim(
        "the error travels back over the same weights {W} it came forward on, then through the "
        "slope of the activation.",
        lambda f: not f.last and f.entrywise,
        lambda f, W: f.named("W", f.k + 1) == W,
    ),
    Claim(
        "the error travels back over the same weights {W} it came forward on, then back through "
        "softmax, where every output depends on every sum.",
        lambda f: not f.last and not f.entrywise,
        lambda f, W: f.named("W", f.k + 1) == W,
    ),
    Claim("σ′(z), the slope of σ, is a (1 − a).", slope_of("sigmoid")),
    Claim("tanh′(z), its slope, is 1 − a².", slope_of("tanh")),
    Claim("ReLU′(z), its slope, is 1 where z is above 0, else 0.", slope_of("relu")),
    Claim("LeakyReLU′(z), its slope, is 1 where z is above 0, else 0.01.", slope_of("leaky relu")),
    Claim("softplus′(z), its slope, is σ(z), or 1 − e−a.", slope_of("softplus")),
    Claim("id′(z), its slope, is 1 everywhere.", slope_of("identity")),
    Claim(
        "Each sample has its own; they are added up later, for the gradients.",
        lambda f: f.last and f.m > 1 and not f.long,
    ),
    SHOWN,
    SAVING,
)


def shown_error(f):
    """a − y as the notation lays the errors out, number after number."""
    base = (values(f) - f.exercise.y[: f.m]).T
    upright = (f.notation.samples == "columns") == (f.notation.layout == "denominator")
    return (base if upright else base.T).ravel()


WEIGHTS = Claims(
    Claim(
        "A weight moves {E} by what flows in at its start, times the error at its end: every pair "
        "of the two is one entry.",
        lambda f: True,
        lambda f, E: f.notation.letter == E,
    ),
    Claim(
        "The product also adds up the {m} samples, and 1/{n} makes it their mean.",
        lambda f: f.m > 1 and not f.long,
        lambda f, m, n: reads(m, f.m) and reads(n, f.m),
    ),
    SHOWN,
    SAVING,
)
BIASES = Claims(
    Claim(
        "A bias is a weight on an input that is always 1, so its gradient is the error itself.",
        lambda f: True,
    ),
    Claim(
        "The ones add up the {m} samples, and 1/{n} makes it their mean.",
        lambda f: f.m > 1 and not f.long,
        lambda f, m, n: reads(m, f.m) and reads(n, f.m),
    ),
    SHOWN,
    SAVING,
)
WHY = {"input": GIVEN, "z": SUMS, "a": EFFECTS, "loss": LOSS, "delta": ERRORS, "dW": WEIGHTS,
       "db": BIASES}  # fmt: skip


def test_what_is_said_of_every_step():
    for at in drawn(150):
        WHY[at.kind].hold(plain(at.step.why), at)
    for claims in CLAIMS:
        claims.all_heard()


def test_with_a_mistake_on_the_words_are_those_of_the_right_pass_and_say_so():
    """Behind a step whose shapes do not fit, the pass is written as it should be."""
    for at in drawn(25):
        e, notation = at.exercise, replace(at.notation, form="matrix")
        question = e.network, e.X[: at.m], e.y[: at.m], e.loss, notation
        right = derive(*question, proved=False)
        for mistake in MISTAKES:
            for one, other in zip(
                derive(*question, mistakes=[mistake], proved=False), right, strict=True
            ):
                reached = not one.error.startswith("Never reached")
                broken = one.kind in ("delta", "dW", "db") and reached
                assert one.why == ("As it should be: " if broken else "") + other.why


CLAIMS = tuple(WHY.values())
