"""The steps of the backward pass: the error of a layer, the gradients of its weights and biases.

E is the mean over the m samples. The error of a layer, delta or dZ, is that of each sample on its
own, so the 1/m stands where the samples are summed: in dE/dW and dE/db.
"""

import numpy as np

from mlp.algebra.expression import (
    Entrywise,
    Formula,
    Matrix,
    Product,
    Scaled,
    Sum,
    Transposed,
    matrices,
)
from mlp.algebra.latex import braced, latex
from mlp.derivation import jacobians, reasons
from mlp.derivation.problem import Found, Key, Problem
from mlp.derivation.steps import Step, layer_title, make_step
from mlp.network.activation import Activation
from mlp.words import Name, number_latex


def _loss_slope(problem: Problem, found: Found) -> Formula:
    """dE/da of each sample for a squared error, or dE/dz for a cross-entropy."""
    notation, last = problem.notation, problem.last
    outputs = found[Key("z" if "z for a" in problem.mistakes else "a", last)]
    a, y = (notation.turned(v, notation.upright) for v in (outputs, found[Key("y", last)]))
    if problem.weighed:
        a = _weighed(problem, a, y)
    difference = Sum(y, a, -1) if "sign" in problem.mistakes else Sum(a, y, -1)
    if not problem.loss.factor:
        return difference
    return Scaled(*problem.loss.factor(problem.network.sizes[-1]), difference)


def _weighed(problem: Problem, a: Formula, y: Formula) -> Formula:
    """The outputs of each sample times the sum of its targets: (1^T y) a."""
    if problem.m > 1:
        return Entrywise(a, _spread(problem, problem.last, y))
    total = _total(problem, problem.last, y)
    return Product(a, total) if problem.notation.upright else Product(total, a)


def _total(problem: Problem, k: int, of: Formula) -> Formula:
    """The sum over the neurons of layer k, of each sample: 1^T v, or v 1 where gradients lie."""
    ones = _ones(problem, k)
    return Product(Transposed(ones), of) if problem.notation.upright else Product(of, ones)


def _spread(problem: Problem, k: int, of: Formula) -> Formula:
    """That sum written to every neuron: 1 (1^T v), or (v 1) 1^T."""
    ones, total = _ones(problem, k), _total(problem, k, of)
    return Product(ones, total) if problem.notation.upright else Product(total, Transposed(ones))


def _ones(problem: Problem, k: int) -> Matrix:
    return Matrix(Name(r"\mathbf{1}", "1"), np.ones((problem.network.sizes[k], 1)))


def _slope(problem: Problem, found: Found, k: int) -> Matrix:
    """f'(z) of layer k, entry by entry."""
    f, z, a = problem.activation(k), found[Key("z", k)], found[Key("a", k)]
    prime, symbol = f.prime(a.value), f.symbol

    def how(i: int, j: int) -> str:
        x, v = number_latex(a.value[i, j]), number_latex(z.value[i, j])
        return rf"{symbol.latex}'({v}) {f.slope_latex(x)} = {number_latex(prime[i, j])}"

    name = Name(rf"{symbol.latex}'({z.name.latex})", f"{symbol.html}′({z.name.html})")
    return Matrix(name, prime, how)


def _through(problem: Problem, found: Found, k: int, gradient: Formula) -> Formula:
    """From dE/da to dE/dz of layer k."""
    notation = problem.notation
    if problem.activation(k).entrywise:
        if "prime" in problem.mistakes:
            return gradient
        slope = _slope(problem, found, k)
        return Entrywise(gradient, notation.turned(slope, notation.upright))
    # softmax: a ⊙ (g - 1 (1^T (a ⊙ g))), which is (diag(a) - a a^T) g without the matrix
    a = notation.turned(found[Key("a", k)], notation.upright)
    spread = _spread(problem, k, Entrywise(a, gradient))
    return Entrywise(a, Sum(gradient, spread, -1))


def error(problem: Problem, found: Found, k: int) -> Step:
    """The error of layer k: dE/dz of every sample on its own."""
    key, notation = Key("delta", k), problem.notation
    title = f"error of {layer_title(problem, k)}"
    symbol = problem.name(key).html
    why = f"{symbol} stands for {_meaning(problem, k)}: {_error_why(problem, k)}"
    if notation.form == "jacobians" and not problem.mistakes:
        if step := _long_way(problem, found, key, title, why):
            return step
        why += f" {reasons.no_long_way(problem)}"
    if k == problem.last:
        slope = _loss_slope(problem, found)
        formula = slope if problem.loss.output else _through(problem, found, k, slope)
        if problem.weighed:
            why += " The ones add up the targets."
        if problem.m > 1:
            why += " Each sample has its own; they are added up later, for the gradients."
    else:
        delta, W = found[Key("delta", k + 1)], _weights_now(problem, found, k + 1)
        # Forgotten, or in a notation that needs none taken where none belongs.
        way = notation.upright != ("transpose" in problem.mistakes)
        weights = notation.turned(W, not way)
        back = Product(weights, delta) if notation.upright else Product(delta, weights)
        formula = _through(problem, found, k, back)
    return make_step(problem, key, title, formula, why)


def _error_why(problem: Problem, k: int) -> str:
    """Where the error of a layer comes from, in words."""
    f, loss = problem.activation(k), problem.loss
    if k < problem.last:
        W = problem.name(Key("W", k + 1)).html
        way = f"the error travels back over the same weights {W} it came forward on"
        if not f.entrywise:
            return f"{way}, then back {_through_all(f)}."
        return f"{way}, then through the slope of the activation. {f.slope}"
    if loss.output:
        return reasons.of_cancelled(problem)
    target = "how far each output is from its target"
    if f.entrywise:
        steep = "times how steeply its activation answers there: the chain rule"
        return f"{target}, {steep}. {f.slope}"
    return f"{target}, passed back {_through_all(f)}."


def _through_all(f: Activation) -> str:
    """What an error passes through where every output depends on every sum."""
    return f"through {f.symbol.html}, where every output depends on every sum"


def _meaning(problem: Problem, k: int) -> str:
    """What the error of a layer is: the derivative by its weighted sums."""
    notation, z = problem.notation, problem.name(Key("z", k))
    if problem.m == 1:
        return notation.partial(notation.cost, z).html
    return f"{notation.partial(notation.cost_of('s'), z).html}, sample by sample"


def _weights_now(problem: Problem, found: Found, k: int) -> Matrix:
    """The weights of layer k, after the step if the mistake is to have made it too early."""
    W, notation = found[Key("W", k)], problem.notation
    if "updated weights" not in problem.mistakes:
        return W
    gradient = notation.show(notation.show_gradient(found[Key("dW", k)].value))
    name = Name(rf"{W.name.latex}_{{\text{{new}}}}", f"{W.name.html}<sub>new</sub>")
    return Matrix(name, W.value - problem.rate * gradient)


def _mean(problem: Problem, formula: Formula) -> Formula:
    if problem.m == 1 or "sum" in problem.mistakes:
        return formula
    return Scaled(rf"\tfrac{{1}}{{{problem.m}}}", 1 / problem.m, formula)


def weight_gradient(problem: Problem, found: Found, k: int) -> Step:
    """dE/dW = delta a^T, over the samples."""
    key, notation, m = Key("dW", k), problem.notation, problem.m
    title = f"gradient of the weights of {layer_title(problem, k)}"
    why = (
        f"A weight moves {notation.cost.html} by what flows in at its start, times the error at "
        "its end: every pair of the two is one entry."
    )
    if notation.form == "jacobians" and not problem.mistakes:
        return _long_way(problem, found, key, title, why)
    use = "z" if "z for a" in problem.mistakes and k > 1 else "a"
    delta, a = found[Key("delta", k)], found[Key(use, k - 1)]
    lone = "transpose" in problem.mistakes and problem.last == 1
    formula = _outer(problem, delta, notation.turned(a, notation.upright == lone))
    contribution = None
    if m > 1:
        one_delta, one_a = _of_sample(problem, delta, gradient=True), _of_sample(problem, a)
        contribution = _outer(problem, one_delta, notation.turned(one_a, not notation.upright))
        why += f" The product also adds up the {m} samples, and 1/{m} makes it their mean."
    return make_step(problem, key, title, formula, why, contribution=contribution)


def _outer(problem: Problem, delta: Formula, a: Formula) -> Formula:
    product = Product(delta, a) if problem.notation.upright else Product(a, delta)
    return _mean(problem, product)


def _of_sample(problem: Problem, matrix: Matrix, gradient: bool = False) -> Matrix:
    """The part of one sample: a column or a row of a matrix."""
    s, notation = problem.sample, problem.notation
    in_columns = notation.upright if gradient else notation.columns
    value = matrix.value[:, s : s + 1] if in_columns else matrix.value[s : s + 1]
    below = f"s={s + 1}"
    name = Name(f"{matrix.name.latex}_{{{below}}}", f"{matrix.name.html}<sub>{below}</sub>")
    return Matrix(name, value, matrix.how)


def bias_gradient(problem: Problem, found: Found, k: int) -> Step:
    """dE/db = the sum of the errors over the samples, over m."""
    key, notation, m = Key("db", k), problem.notation, problem.m
    title = f"gradient of the biases of {layer_title(problem, k)}"
    why = "A bias is a weight on an input that is always 1, so its gradient is the error itself."
    if notation.form == "jacobians" and not problem.mistakes:
        return _long_way(problem, found, key, title, why)
    delta = found[Key("delta", k)]
    formula, contribution = delta, None
    if m > 1:
        up = notation.upright
        name = Name(r"\mathbf{1}", "1") if up else Name(r"\mathbf{1}^{\mathsf T}", "1ᵀ")
        ones = Matrix(name, np.ones((m, 1)) if up else np.ones((1, m)))
        formula = Product(delta, ones) if up else Product(ones, delta)
        contribution = _mean(problem, _of_sample(problem, delta, gradient=True))
        why += f" The ones add up the {m} samples, and 1/{m} makes it their mean."
    return make_step(problem, key, title, _mean(problem, formula), why, contribution=contribution)


def _long_way(problem: Problem, found: Found, key: Key, title: str, why: str) -> Step | None:
    """A step by full Jacobians: one sample's formula, and the numbers of all samples together.

    None where a Jacobian has an entry that is no finite number.
    """
    notation, m, sample = problem.notation, problem.m, problem.sample
    chains = [jacobians.chain(problem, found, key, s) for s in range(m)]
    if not all(np.isfinite(part.value).all() for chain in chains for part in matrices(chain)):
        return None
    base = [notation.show_gradient(chain.value) for chain in chains]
    # Errors stand side by side, a sample each; gradients are averaged.
    together = np.hstack(base) if key.kind == "delta" else sum(base) / m
    value, shown = notation.show_gradient(together), chains[sample]
    left = _name_of_sample(problem, key).latex
    equation = f"{left} = {latex(shown)}"
    if m > 1:
        why += f" Shown is sample {sample + 1}; the {m} samples are put together below."
        if key.kind != "delta":
            each, mean = problem.gradient(notation.cost_of("s"), key), problem.name(key)
            equation += rf", \qquad {mean.latex} = \tfrac{{1}}{{{m}}} \sum_s {each.latex}"
    shapes = f"{braced(left, shown.shape)} = {latex(shown, shapes=True)}"
    why = f"{why} {jacobians.saving(problem, key)}".strip()
    more = {"equation": equation, "shapes": shapes, "value": value}
    return make_step(problem, key, title, shown, why, sample=sample if m > 1 else None, **more)


def _name_of_sample(problem: Problem, key: Key) -> Name:
    """The symbol of what a step finds for the sample in sight alone."""
    symbol, below = problem.name(key), f"s={problem.sample + 1}"
    if problem.m == 1:
        return symbol
    if key.kind == "delta":
        return problem.notation.symbol(problem.notation.error(1), key.layer, below)
    return problem.gradient(problem.notation.cost_of(below), key)
