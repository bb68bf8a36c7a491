"""What the backpropagation page says of its drawing, its two curves and samples put together."""

import re

import numpy as np

from mlp.derivation.derive import derive
from mlp.figures.derivation.drawing import lit_network
from mlp.figures.derivation.mistakes import right_and_broken
from pages.parts.backprop.view import TOGETHER, WORDS, together
from tests.claims.claim import Claim, Claims, reads
from tests.support.derivations import drawn
from tests.support.pages import at as page_at


def lit_layers(f):
    """The layers, from 0, whose neurons have a bold ring in the drawing."""
    counts = [int(n) for n in re.findall(r'<circle [^>]*stroke-width="(\d)"/>', f["svg"])]
    starts = np.cumsum([0, *f["at"].sizes])
    groups = [counts[a:b] for a, b in zip(starts, starts[1:], strict=False)]
    return [k for k, group in enumerate(groups) if set(group) == {3}]


def lit_lines(f):
    return 'opacity="0.9"' in f["svg"]


def network(f, sizes):
    return sizes == "-".join(map(str, f["at"].sizes))


def layer(f, k):
    notation = f["at"].notation
    opening, closing = notation.brackets
    return f"{opening}{k + notation.first_layer}{closing}"


DRAWING = Claims(
    Claim(
        "Network of {sizes} neurons; lit up are layers {one} and {other} and the weights between "
        "them",
        lambda f: lit_lines(f) and f["at"].kind != "loss",
        lambda f, sizes, one, other: (
            network(f, sizes) and [one, other] == [layer(f, k) for k in lit_layers(f)]
        ),
    ),
    Claim(
        "Network of {sizes} neurons; lit up is the input",
        lambda f: f["at"].kind == "input",
        lambda f, sizes: network(f, sizes) and lit_layers(f) == [0],
    ),
    Claim(
        "Network of {sizes} neurons; lit up is the output",
        lambda f: f["at"].kind == "loss",
        lambda f, sizes: network(f, sizes) and lit_layers(f) == [len(f["at"].sizes) - 1],
    ),
    Claim(
        "Network of {sizes} neurons; lit up is layer {one}",
        lambda f: f["at"].kind not in ("input", "loss") and not lit_lines(f),
        lambda f, sizes, one: network(f, sizes) and [one] == [layer(f, k) for k in lit_layers(f)],
    ),
)


def test_what_is_said_of_the_drawing_is_what_is_lit():
    for at in drawn(60):
        network = at.exercise.network
        shown = [a[0] for a in network.forward(at.exercise.X[:1]).a]
        numbers = [at.notation.layer(k) for k in range(len(at.sizes))]
        svg = lit_network(network.weights, shown, at.kind, at.k, numbers)
        DRAWING.hold(re.search(r'aria-label="([^"]*)"', svg)[1], {"at": at, "svg": svg})
    DRAWING.all_heard()


CURVES = Claims(
    Claim(
        "With the right gradient the error goes from {a} to {b}; with the broken gradient the "
        "error goes from {c} to no finite number.",
        lambda f: f[1] is not None and not np.isfinite(f[1][-1]),
        lambda f, a, b, c: reads(a, f[0][0]) and reads(b, f[0][-1]) and reads(c, f[1][0]),
    ),
    Claim(
        "With the right gradient the error goes from {a} to {b}; with the broken gradient the "
        "error goes from {c} to {d}.",
        lambda f: f[1] is not None and np.isfinite(f[1][-1]),
        lambda f, a, b, c, d: reads(a, f[0][0]) and reads(b, f[0][-1]) and reads(c, f[1][0])
        and reads(d, f[1][-1]),
    ),
    Claim(
        "With the right gradient the error goes from {a} to {b}.",
        lambda f: f[1] is None,
        lambda f, a, b: reads(a, f[0][0]) and reads(b, f[0][-1]),
    ),
)  # fmt: skip


def test_what_is_said_of_the_two_curves():
    generator = np.random.RandomState(5)
    for n in range(40):
        right, broken = np.exp(generator.uniform(-12, 6, (2, 5)))
        if n % 3 == 1:
            broken[-1] = [np.nan, np.inf][n % 2]
        pair = right, None if n % 3 == 2 else broken
        CURVES.hold(right_and_broken(*pair).layout.meta["alt"], pair)
    CURVES.all_heard()


def side_by_side(f):
    """Whether a step's numbers are those of all its samples, one after the other."""
    values, upright = f["each"], f["at"].notation.upright
    return np.allclose(f["at"].step.value, (np.hstack if upright else np.vstack)(values))


def their_mean(f):
    return np.allclose(f["at"].step.value, np.mean(f["each"], axis=0))


PUT_TOGETHER = Claims(
    Claim(
        "all samples together: Every sample has its own formula, as the one above; here they stand "
        "together.",
        lambda f: f["at"].kind == "delta",
        side_by_side,
    ),
    Claim(
        "the mean of all samples: Every sample has its own formula, as the one above; here is the "
        "mean of them all.",
        lambda f: f["at"].kind in ("dW", "db"),
        their_mean,
    ),
)


def test_how_the_samples_of_a_step_come_together():
    for at in drawn(80):
        if at.step.sample is not None:
            e = at.exercise
            question = e.network, e.X[: at.m], e.y[: at.m], e.loss, at.notation
            runs = [derive(*question, sample=s, proved=False) for s in range(at.m)]
            each = [step.formula.value for run in runs for step in run if step.key == at.step.key]
            how = together(at.step)
            PUT_TOGETHER.hold(f"{TOGETHER[how]}: {WORDS[how]}", {"at": at, "each": each})
    PUT_TOGETHER.all_heard()


TITLES = {
    "transpose": "forget a transpose",
    "sign": "flip the sign",
    "sum": "sum instead of mean",
    "updated weights": "use the updated weights",
}
SWITCHES = {
    "samples": ("columns", "rows"),
    "layout": ("denominator", "numerator"),
    "counting": ("0", "1"),
    "form": ("matrices", "indices", "Jacobians"),
}
LISTS = Claims(
    Claim(
        "Notation: samples as {samples}, {layout} layout, the input is layer {counting}, {form}",
        lambda f: True,
        lambda f, **said: all(f[name] == value for name, value in said.items()),
    ),
    Claim(
        "Break it: {mistakes}",
        lambda f: bool(f["mistake"]),
        lambda f, mistakes: mistakes.split(", ") == [TITLES[m] for m in f["mistake"]],
    ),
    Claim("Break it", lambda f: not f["mistake"]),
    Claim(
        "Mistakes are made in matrix form, so the page shows that while one is on.",
        lambda f: bool(f["mistake"]) and f["form"] != "matrices",
    ),
    Claim(
        "Step **{n}** of {all}",
        lambda f: True,
        # The question has an input, a loss, and five steps for each of its two layers.
        lambda f, n, all: (n, all) == (f["step"], "12"),
    ),
)
HARMLESS = Claims(
    Claim("**It changes nothing here.**", lambda f: f["on"] == 1 and f["idle"]),
    Claim("**On its own it changes nothing here.**", lambda f: f["on"] > 1 and f["idle"]),
)


def test_what_the_page_says_of_its_lists_and_of_each_mistake():
    """With one sample of the question, a sum instead of a mean is the one that changes nothing."""
    generator = np.random.RandomState(2)
    for on in ([], ["sum"], ["sign"], ["sum", "sign"], ["sum", "transpose", "updated weights"]):
        chosen = {name: str(generator.choice(values)) for name, values in SWITCHES.items()}
        chosen |= {"step": str(generator.randint(1, 13)), "mistake": on}
        titles = [TITLES[m] for m in on]
        app = page_at("backprop", **(chosen | {"mistake": titles} if on else chosen))
        lists = [e.label for e in app.expander if e.label.startswith(("Notation", "Break it"))]
        lists += [c.value for c in app.caption if c.value.startswith("Mistakes are made")]
        lists += [m.value for m in app.markdown if m.value.startswith("Step **")]
        LISTS.hold(" ".join(lists), chosen)
        said = [m.value for m in app.markdown if m.value.startswith(":material/build:")]
        assert len(said) == len(on)
        for mistake, line in zip(on, said, strict=True):
            bold = " ".join(re.findall(r"\*\*[^*]*changes nothing here\.\*\*", line))
            HARMLESS.hold(bold, {"on": len(on), "idle": mistake == "sum"})
            assert f"**{TITLES[mistake]}**" in line
    LISTS.all_heard()
    HARMLESS.all_heard()


CLAIMS = (DRAWING, CURVES, PUT_TOGETHER, LISTS, HARMLESS)
