"""The steps of the backward pass: the error of a layer, the gradients of its weights and biases.

E is the mean over the m samples. The error of a layer, delta or dZ, is that of each sample on its
own, so the 1/m stands where the samples are summed: in dE/dW and dE/db.
"""

from dataclasses import replace

import numpy as np

from mlp.algebra.expression import Entrywise, Formula, Matrix, Product, Scaled, Sum, Transposed
from mlp.algebra.latex import braced, latex
from mlp.derivation import jacobians
from mlp.derivation.scene import Scene
from mlp.derivation.steps import Step, layer_title, make_step
from mlp.words import Name


def _loss_slope(scene: Scene) -> Formula:
    """dE/da of each sample for a squared error, or dE/dz for a cross-entropy."""
    upright, found = scene.notation.upright, scene.found
    outputs = found[f"{'z' if 'z for a' in scene.mistakes else 'a'} {scene.last}"]
    a, y = (scene.notation.turned(v, upright) for v in (outputs, found["y"]))
    difference = Sum(y, a, -1) if "sign" in scene.mistakes else Sum(a, y, -1)
    if not scene.loss.factor:
        return difference
    return Scaled(*scene.loss.factor(scene.network.sizes[-1]), difference)


def _through(scene: Scene, k: int, gradient: Formula) -> Formula:
    """From dE/da to dE/dz of layer k."""
    notation = scene.notation
    if scene.activation(k).entrywise:
        if "prime" in scene.mistakes:
            return gradient
        return Entrywise(gradient, notation.turned(scene.slope(k), notation.upright))
    # softmax: a ⊙ (g - 1 (1^T (a ⊙ g))), which is (diag(a) - a a^T) g without the matrix
    a = notation.turned(scene.found[f"a {k}"], notation.upright)
    n = scene.network.sizes[k]
    ones = Matrix(Name(r"\mathbf{1}", "1"), np.ones((n, 1)))
    if notation.upright:
        spread = Product(ones, Product(Transposed(ones), Entrywise(a, gradient)))
    else:
        spread = Product(Product(Entrywise(a, gradient), ones), Transposed(ones))
    return Entrywise(a, Sum(gradient, spread, -1))


def error(scene: Scene, k: int) -> Step:
    """The error of layer k: dE/dz of every sample on its own."""
    notation, found = scene.notation, scene.found
    symbol, title = scene.name(f"delta {k}"), f"error of {layer_title(scene, k)}"
    why = f"{symbol.html} stands for {_meaning(scene, k)}: {_error_why(scene, k)}"
    if notation.form == "jacobians" and not scene.mistakes:
        return _long_way(scene, f"delta {k}", title, symbol, why)
    if k == scene.last:
        slope = _loss_slope(scene)
        formula = slope if scene.loss.output else _through(scene, k, slope)
        if scene.m > 1:
            why += " Each sample has its own; their mean is taken later, where they are summed."
    else:
        delta, W = found[f"delta {k + 1}"], _weights_now(scene, k + 1)
        # Forgotten, or in a notation that needs none taken where none belongs.
        way = notation.upright != ("transpose" in scene.mistakes)
        weights = notation.turned(W, not way)
        back = Product(weights, delta) if notation.upright else Product(delta, weights)
        formula = _through(scene, k, back)
    return make_step(scene, f"delta {k}", title, symbol, formula, why)


def _error_why(scene: Scene, k: int) -> str:
    """Where the error of a layer comes from, in words."""
    slope = scene.activation(k).slope
    if k < scene.last:
        W = scene.name(f"W {k + 1}").html
        way = f"the error travels back over the same weights {W} it came forward on"
        return f"{way}, then through the slope of the activation. {slope}".strip()
    target = "how far each output is from its target"
    if scene.loss.output:
        return (
            f"{target}. With the {scene.loss.name}, the derivative of {scene.loss.output} "
            "cancels: output minus target is all that is left."
        )
    if scene.activation(k).entrywise:
        steep = "times how steeply its activation answers there: the chain rule, entry by entry"
        return f"{target}, {steep}. {slope}"
    f = scene.activation(k).symbol.html
    return f"{target}, passed back through {f}, where every output depends on every sum."


def _meaning(scene: Scene, k: int) -> str:
    """What the error of a layer is: the derivative by its weighted sums."""
    notation = scene.notation
    if scene.m == 1:
        return notation.partial(notation.cost, scene.name(f"z {k}")).html
    each = notation.partial(notation.cost_of("s"), scene.name(f"z {k}")).html
    return f"{each}, sample by sample"


def _weights_now(scene: Scene, k: int) -> Matrix:
    """The weights of layer k, after the step if the mistake is to have made it too early."""
    W = scene.found[f"W {k}"]
    if "updated weights" not in scene.mistakes:
        return W
    gradient = scene.notation.show(scene.notation.show_gradient(scene.found[f"W! {k}"].value))
    name = Name(rf"{W.name.latex}_{{\text{{new}}}}", f"{W.name.html}<sub>new</sub>")
    return Matrix(name, W.value - scene.rate * gradient)


def _mean(scene: Scene, formula: Formula) -> Formula:
    if scene.m == 1 or "sum" in scene.mistakes:
        return formula
    return Scaled(rf"\tfrac{{1}}{{{scene.m}}}", 1 / scene.m, formula)


def weight_gradient(scene: Scene, k: int) -> Step:
    """dE/dW = delta a^T, over the samples."""
    notation, found = scene.notation, scene.found
    symbol = notation.partial(notation.cost, scene.name(f"W {k}"))
    use = "z" if "z for a" in scene.mistakes and k > 1 else "a"
    delta, a = found[f"delta {k}"], found[f"{use} {k - 1}"]
    lone = "transpose" in scene.mistakes and scene.last == 1
    formula = _outer(scene, delta, notation.turned(a, notation.upright == lone))
    contribution = None
    if scene.m > 1:
        one = _of_sample(scene, delta, gradient=True), _of_sample(scene, a)
        contribution = _outer(scene, one[0], notation.turned(one[1], not notation.upright))
    title = f"gradient of the weights of {layer_title(scene, k)}"
    why = (
        f"A weight moves {notation.cost.html} by what flows in at its start, times the error at "
        "its end: every pair of the two is one entry."
    )
    if notation.form == "jacobians" and not scene.mistakes:
        step = _long_way(scene, f"W {k}", title, symbol, why)
    else:
        if scene.m > 1:
            why += f" The product also adds up the {scene.m} samples"
            why += "." if "sum" in scene.mistakes else f", and 1/{scene.m} makes it their mean."
        step = make_step(scene, f"W {k}", title, symbol, formula, why, contribution=contribution)
    step = replace(step, key=f"dW {k}")
    if step.value is not None:
        found[f"W! {k}"] = Matrix(symbol, step.value)
    return step


def _outer(scene: Scene, delta: Formula, a: Formula) -> Formula:
    return _mean(scene, Product(delta, a) if scene.notation.upright else Product(a, delta))


def _of_sample(scene: Scene, matrix: Matrix, gradient: bool = False) -> Matrix:
    """The part of one sample: a column or a row of a matrix."""
    s, notation = scene.sample, scene.notation
    in_columns = notation.upright if gradient else notation.columns
    value = matrix.value[:, s : s + 1] if in_columns else matrix.value[s : s + 1]
    below = f"s={s + 1}"
    name = Name(f"{matrix.name.latex}_{{{below}}}", f"{matrix.name.html}<sub>{below}</sub>")
    return Matrix(name, value, matrix.how)


def bias_gradient(scene: Scene, k: int) -> Step:
    """dE/db = the sum of the errors over the samples, over m."""
    notation, m = scene.notation, scene.m
    symbol = notation.partial(notation.cost, scene.name(f"b {k}"))
    delta = scene.found[f"delta {k}"]
    formula, contribution = delta, None
    if m > 1:
        up = notation.upright
        name = Name(r"\mathbf{1}", "1") if up else Name(r"\mathbf{1}^{\mathsf T}", "1ᵀ")
        ones = Matrix(name, np.ones((m, 1)) if up else np.ones((1, m)))
        formula = Product(delta, ones) if up else Product(ones, delta)
        contribution = _mean(scene, _of_sample(scene, delta, gradient=True))
    title = f"gradient of the biases of {layer_title(scene, k)}"
    why = "A bias is a weight on an input that is always 1, so its gradient is the error itself."
    if notation.form == "jacobians" and not scene.mistakes:
        step = _long_way(scene, f"b {k}", title, symbol, why)
    else:
        if m > 1:
            why += f" The ones add up the {m} samples."
        step = make_step(
            scene, f"b {k}", title, symbol, _mean(scene, formula), why, contribution=contribution
        )
    return replace(step, key=f"db {k}")


def _long_way(scene: Scene, key: str, title: str, symbol: Name, why: str) -> Step:
    """A step by full Jacobians: one sample's formula, and the numbers of all samples together."""
    notation = scene.notation
    chains = [jacobians.chain(scene, key, s) for s in range(scene.m)]
    base = [notation.show_gradient(chain.value) for chain in chains]
    if key.startswith("delta"):
        value = notation.show_gradient(np.hstack(base))
    else:
        value = notation.show_gradient(sum(base) / scene.m)
    shown = chains[scene.sample]
    below = "" if scene.m == 1 else f"s={scene.sample + 1}"
    left = Name(f"{symbol.latex}_{{{below}}}", "") if below else symbol
    if below and not key.startswith("delta"):
        left = notation.partial(notation.cost_of(below), scene.name(key))
    equation = f"{left.latex} = {latex(shown)}"
    if below and not key.startswith("delta"):
        each = notation.partial(notation.cost_of("s"), scene.name(key)).latex
        equation += rf", \qquad {symbol.latex} = \tfrac{{1}}{{{scene.m}}} \sum_s {each}"
    shapes = f"{braced(left.latex, shown.shape)} = {latex(shown, shapes=True)}"
    if scene.m > 1:
        why += f" Shown is sample {scene.sample + 1}; the {scene.m} samples are put together below."
    why += " " + jacobians.saving(shown, value)
    more = {"equation": equation, "shapes": shapes, "value": value}
    sample = scene.sample if below else None
    return replace(make_step(scene, key, title, symbol, shown, why), sample=sample, **more)
