"""The steps of the forward pass: the input, weighted sums and activations, and the loss."""

from dataclasses import replace

import numpy as np

from mlp.algebra.expression import Applied, Formula, Matrix, Product, Sum
from mlp.derivation.indices import index_equation
from mlp.derivation.scene import Scene
from mlp.derivation.steps import Step, layer_title, make_step
from mlp.words import Name, number_latex


def given(scene: Scene) -> Step:
    """The samples, and what all that follows starts from."""
    notation, m = scene.notation, scene.m
    x = scene.matrix("a 0", scene.X.T)
    scene.matrix("y", scene.y.T)
    for k, (W, b) in enumerate(zip(scene.network.weights, scene.network.biases, strict=True), 1):
        scene.matrix(f"W {k}", W)
        scene.matrix(f"b {k}", b[:, None])
    letter = notation.vector("x", m)
    given = replace(x, name=notation.symbol(letter))
    way = "column" if notation.columns else "row"
    why = f"The input is layer {notation.first_layer}: nothing is computed yet. " + (
        f"The one sample is a {way}." if m == 1 else f"Each {way} is one of the {m} samples."
    )
    return make_step(scene, "input 0", "the input", x.name, given, why)


def weighted_sum(scene: Scene, k: int) -> Step:
    """z = W a + b, the bias copied to every sample."""
    notation, found, m = scene.notation, scene.found, scene.m
    W, b, a = found[f"W {k}"], found[f"b {k}"], found[f"a {k - 1}"]
    bias: Formula = b
    if m > 1:
        ones = Matrix(
            Name(
                *((r"\mathbf{1}^{\mathsf T}", "1ᵀ") if notation.columns else (r"\mathbf{1}", "1"))
            ),
            notation.show(np.ones((1, m))),
        )
        bias = Product(b, ones) if notation.columns else Product(ones, b)
    product = Product(W, a) if notation.columns else Product(a, W)
    line = "row" if notation.columns else "column"
    why = (
        f"Each {line} of {W.name.html} belongs to one neuron: it weighs what comes in, adds up, "
        "and adds the neuron's bias."
    )
    if m > 1:
        why += " The ones copy the biases to every sample."
    title = f"weighted sums of {layer_title(scene, k)}"
    return make_step(scene, f"z {k}", title, scene.name(f"z {k}"), Sum(product, bias), why)


def activation(scene: Scene, k: int) -> Step:
    """a = f(z)."""
    z, f, notation = scene.found[f"z {k}"], scene.activation(k), scene.notation

    def function(shown: np.ndarray) -> np.ndarray:
        return notation.show(f.function(notation.show(shown).T).T)

    def how(i: int, j: int):
        value = number_latex(z.value[i, j])
        if f.entrywise:
            return f"{f.symbol.latex}({value})", (frozenset({(i, j)}),)
        n = scene.network.sizes[k]
        cells = [(r, j) for r in range(n)] if notation.columns else [(i, r) for r in range(n)]
        powers = " + ".join(f"e^{{{number_latex(z.value[c])}}}" for c in cells)
        return rf"\frac{{e^{{{value}}}}}{{{powers}}}", (frozenset(cells),)

    formula = Applied(f"{f.symbol.latex}\\left( @0 \\right)", f.symbol.html, (z,), function, how)
    title = f"activations of {layer_title(scene, k)}"
    return make_step(scene, f"a {k}", title, scene.name(f"a {k}"), formula, f.effect)


def total_loss(scene: Scene) -> Step:
    """E, the mean of the samples' losses."""
    E = scene.notation.cost
    a, y, loss = scene.found[f"a {scene.last}"], scene.found["y"], scene.loss
    z = scene.found[f"z {scene.last}"]
    rows = (scene.notation.show(v.value).T for v in (y, a, z))
    each = loss.value(*rows)  # (m,)

    def how(i: int, j: int):
        terms = " + ".join(number_latex(v) for v in each)
        text = terms if scene.m == 1 else rf"\tfrac{{1}}{{{scene.m}}} \left( {terms} \right)"
        everywhere = frozenset(np.ndindex(a.value.shape))
        return text, (everywhere, everywhere)

    formula = Applied(
        r"\operatorname{loss}\left( @0,\ @1 \right)", "loss", (a, y),
        lambda *_: np.array([[each.mean()]]), how,
    )  # fmt: skip
    why = "One number says how wrong the outputs are; the smaller, the better."
    if scene.m > 1:
        why += f" {E.html} is the mean of the losses of the {scene.m} samples."
    why += f" Everything after this asks: how does {E.html} change if I nudge this weight?"
    equation = index_equation(scene, "loss")
    return make_step(scene, "loss", "the loss", E, formula, why, equation=equation)
