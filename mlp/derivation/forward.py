"""The steps of the forward pass: the input, weighted sums and activations, and the loss."""

from dataclasses import replace

import numpy as np

from mlp.algebra.expression import Applied, Formula, Matrix, Product, Sum
from mlp.derivation.indices import index_equation
from mlp.derivation.problem import Found, Key, Problem
from mlp.derivation.steps import Step, layer_title, make_step
from mlp.words import Name, number_latex


def given(problem: Problem, found: Found) -> Step:
    """The samples, and what all that follows starts from."""
    notation, m = problem.notation, problem.m
    letter = notation.vector("x", m)
    x = replace(found[Key("a", 0)], name=notation.symbol(letter))
    way = "column" if notation.columns else "row"
    why = f"The input is layer {notation.first_layer}: nothing is computed yet. " + (
        f"The one sample is a {way}." if m == 1 else f"Each {way} is one of the {m} samples."
    )
    return make_step(problem, Key("input", 0), "the input", x, why)


def weighted_sum(problem: Problem, found: Found, k: int) -> Step:
    """z = W a + b, the bias copied to every sample."""
    notation, m = problem.notation, problem.m
    W, b, a = found[Key("W", k)], found[Key("b", k)], found[Key("a", k - 1)]
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
    title = f"weighted sums of {layer_title(problem, k)}"
    return make_step(problem, Key("z", k), title, Sum(product, bias), why)


def activation(problem: Problem, found: Found, k: int) -> Step:
    """a = f(z)."""
    z, f, notation = found[Key("z", k)], problem.activation(k), problem.notation

    def function(shown: np.ndarray) -> np.ndarray:
        return notation.show(f.function(notation.show(shown).T).T)

    def how(i: int, j: int):
        value = number_latex(z.value[i, j])
        if f.entrywise:
            return f"{f.symbol.latex}({value})", (frozenset({(i, j)}),)
        n = problem.network.sizes[k]
        cells = [(r, j) for r in range(n)] if notation.columns else [(i, r) for r in range(n)]
        powers = " + ".join(f"e^{{{number_latex(z.value[c])}}}" for c in cells)
        return rf"\frac{{e^{{{value}}}}}{{{powers}}}", (frozenset(cells),)

    formula = Applied(f"{f.symbol.latex}\\left( @0 \\right)", f.symbol.html, (z,), function, how)
    title = f"activations of {layer_title(problem, k)}"
    return make_step(problem, Key("a", k), title, formula, f.effect)


def total_loss(problem: Problem, found: Found) -> Step:
    """E, the mean of the samples' losses."""
    key = Key("loss", problem.last)
    E, notation = problem.name(key), problem.notation
    a, y, z = (found[Key(kind, problem.last)] for kind in ("a", "y", "z"))
    rows = (notation.show(v.value).T for v in (y, a, z))
    each = problem.loss.value(*rows)  # (m,)

    def how(i: int, j: int):
        terms = " + ".join(number_latex(v) for v in each)
        text = terms if problem.m == 1 else rf"\tfrac{{1}}{{{problem.m}}} \left( {terms} \right)"
        everywhere = frozenset(np.ndindex(a.value.shape))
        return text, (everywhere, everywhere)

    formula = Applied(
        r"\operatorname{loss}\left( @0,\ @1 \right)", "loss", (a, y),
        lambda *_: np.array([[each.mean()]]), how,
    )  # fmt: skip
    why = "One number says how wrong the outputs are; the smaller, the better."
    if problem.m > 1:
        why += f" {E.html} is the mean of the losses of the {problem.m} samples."
    why += f" Everything after this asks: how does {E.html} change if I nudge this weight?"
    equation = index_equation(problem, key)
    return make_step(problem, key, "the loss", formula, why, equation=equation)
