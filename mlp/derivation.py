"""The forward and the backward pass of a network, step by step, in a chosen notation.

Each step is data: its name, equation, shapes, numbers, the matrices it used, why, and for every
gradient the proof. How a formula is written and multiplied out stands in mlp.algebra, how
symbols and orientations follow a text in mlp.notation. A page only shows what comes from here.

E is the mean over the m samples. The error of a layer, delta or dZ, is that of each sample on its
own, so the 1/m stands where the samples are summed: in dE/dW and dE/db.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from mlp import jacobians
from mlp.activations import Activation
from mlp.algebra import (
    Applied,
    Entrywise,
    Formula,
    Matrix,
    Name,
    Product,
    Scaled,
    ShapeError,
    Sum,
    Transposed,
    braced,
    latex,
    matrices,
    number_latex,
)
from mlp.gradient_check import numerical_gradient, relative_error
from mlp.indices import index_equation
from mlp.losses import Loss
from mlp.network import Network, layer_name, views
from mlp.notation import Notation

Array = np.ndarray

TOLERANCE = 1e-5  # of a relative error; central differences are good to about 1e-9
SYMBOLS = {
    "sigmoid": Name(r"\sigma", "σ"),
    "tanh": Name(r"\tanh", "tanh"),
    "relu": Name(r"\operatorname{ReLU}", "ReLU"),
    "identity": Name(r"\operatorname{id}", "id"),
    "softmax": Name(r"\operatorname{softmax}", "softmax"),
}
SLOPES = {
    "sigmoid": "σ′(z), the slope of σ, is a (1 − a).",
    "tanh": "tanh′(z), its slope, is 1 − a².",
    "relu": "ReLU′(z), its slope, is 1 where z is above 0, else 0.",
    "identity": "id′(z), its slope, is 1 everywhere.",
    "softmax": "",
}
MISTAKES = ("transpose", "prime", "z for a", "sign", "sum", "updated weights")


@dataclass(frozen=True)
class Check:
    """The proof of a gradient, in the orientation of its step.

    estimate: central differences. errors: |g - e| / max(|g|, |e|, 1e-4) of every entry.
    overall: the relative error of all entries as one figure; infinite where there is no gradient.
    """

    estimate: Array
    errors: Array
    overall: float

    @property
    def holds(self) -> bool:
        """Whether every entry agrees."""
        return bool(self.overall <= TOLERANCE and (self.errors <= TOLERANCE).all())


@dataclass(frozen=True)
class Step:
    """One step of the derivation.

    key: the same in every notation, such as "delta 2" or "W 1". kind: its first word. layer: the
    layer it belongs to, 0 for the input. symbol: what it finds. equation, shapes: LaTeX.
    formula: what was computed; inputs are its matrices. value: the numbers, None after an error.
    sample: the sample that `formula` is about, when it is about one of several.
    contribution: what that one sample adds to a sum over samples.
    why: one or two sentences. check: for gradients. error: why there are no numbers.
    """

    key: str
    name: str
    layer: int
    symbol: Name
    equation: str
    shapes: str
    formula: Formula
    value: Array | None
    why: str
    sample: int | None = None
    contribution: Formula | None = None
    check: Check | None = None
    error: str = ""

    @property
    def kind(self) -> str:
        """input, z, a, loss, delta, W or b."""
        return self.key.split()[0]

    @property
    def inputs(self) -> tuple[Formula, ...]:
        """The matrices that the formula is made of."""
        return tuple(matrices(self.formula))


@dataclass
class Scene:
    """A network, a batch and a notation, and the matrices found so far, each as a leaf.

    X: (m, n_in). y: (m, n_out). sample: whose contribution is shown, from 0. mistake: one of
    MISTAKES or "". rate: the learning rate of the updated weights.
    """

    network: Network
    X: Array
    y: Array
    loss: Loss
    notation: Notation
    sample: int = 0
    mistake: str = ""
    rate: float = 0.5
    found: dict[str, Matrix] = field(default_factory=dict)

    @property
    def m(self) -> int:
        """Samples in the batch."""
        return len(self.X)

    @property
    def last(self) -> int:
        """The number of the output layer, the input being 0."""
        return len(self.network.weights)

    def activation(self, k: int) -> Activation:
        """The activation of layer k."""
        return self.network.activations[k - 1]

    def name(self, key: str) -> Name:
        """The symbol of "z 2", "W 1", "delta 2", "y", … in the scene's notation."""
        kind, *number = key.split()
        k = int(number[0]) if number else None
        notation = self.notation
        if kind == "delta":
            return notation.symbol(notation.error(self.m), k)
        if kind in ("z", "a", "y"):
            return notation.symbol(notation.vector(kind, self.m), k)
        return notation.symbol(kind, k)

    def matrix(self, key: str, base: Array, how=None) -> Matrix:
        """Keep a matrix of the forward pass as a leaf; base: as samples in columns show it."""
        kind = key.split()[0]
        change = None
        if kind in ("W", "b") or key in ("a 0", "y"):
            # A place as a learner writes it: W and b by neuron, a and y by sample.
            by_sample = kind in ("a", "y")
            upright = self.notation.columns != by_sample
            array = "x" if key == "a 0" else key.replace(" ", "")

            def change(i, j):
                i, j = (i, j) if upright else (j, i)
                return f"{array}:{i + 1}" if kind == "b" else f"{array}:{i + 1},{j + 1}"

        leaf = Matrix(self.name(key), self.notation.show(base), how, change)
        self.found[key] = leaf
        return leaf

    def keep(self, step: Step) -> Step:
        """Remember a step's numbers for the steps after it."""
        if step.value is not None:
            self.found[step.key] = Matrix(step.symbol, step.value)
        return step

    def slope(self, k: int) -> Matrix:
        """f'(z) of layer k, entry by entry."""
        f, z, a = self.activation(k), self.found[f"z {k}"], self.found[f"a {k}"]
        prime, symbol = f.prime(a.value), SYMBOLS[f.name]

        def how(i, j):
            x, v = number_latex(a.value[i, j]), number_latex(z.value[i, j])
            rule = {"sigmoid": rf"= {x}\,(1 - {x})", "tanh": rf"= 1 - ({x})^2"}.get(f.name, "")
            return rf"{symbol.latex}'({v}) {rule} = {number_latex(prime[i, j])}"

        name = Name(
            rf"{symbol.latex}'({z.name.latex})",
            f"{symbol.html}′({z.name.html})",
        )
        return Matrix(name, prime, how)


def derive(
    network: Network,
    X: Array,
    y: Array,
    loss: Loss,
    notation: Notation,
    *,
    sample: int = 0,
    mistake: str = "",
    rate: float = 0.5,
    proof: bool = True,
) -> list[Step]:
    """Every step from the input to the last gradient.

    proof: also estimate every gradient by central differences.
    """
    scene = Scene(network, X, y, loss, notation, sample, mistake, rate)
    steps = [_input(scene)]
    for k in range(1, scene.last + 1):
        steps += [scene.keep(_weighted_sum(scene, k)), scene.keep(_activation(scene, k))]
    steps.append(_loss(scene))
    steps += _backward(scene)
    if not proof:
        return steps
    estimates = _estimates(scene)
    return [
        replace(s, check=_check(s, estimates[s.key])) if s.key in estimates else s for s in steps
    ]


def _backward(scene: Scene) -> list[Step]:
    """From the error of the output back to the first bias; after a shape error, without it."""
    steps, stuck = [], ""
    for k in range(scene.last, 0, -1):
        for make in (_error, _weight_gradient, _bias_gradient):
            step = make(scene, k)
            if stuck:
                step = replace(step, value=None, check=None, error=stuck)
            elif step.error:
                stuck = f"Never reached: the pass stops at “{step.name}”."
                scene.mistake = ""
                scene.keep(make(scene, k))
            if not stuck:
                scene.keep(step)
            elif step.error == stuck:
                scene.keep(make(scene, k))
            steps.append(step)
    return steps


def _step(scene: Scene, key: str, title: str, symbol: Name, formula: Formula, why: str, **more):
    """A step with its equation, its shapes and its numbers, or the shape error in their place."""
    k = int(key.split()[1]) if " " in key else scene.last
    try:
        value, error = formula.value, ""
        left = braced(symbol.latex, value.shape)
    except ShapeError as problem:
        value, error, left = None, str(problem), symbol.latex
    equation = f"{symbol.latex} = {latex(formula)}"
    if scene.notation.form == "index" and not scene.mistake:
        equation = index_equation(scene, key) or equation
    shapes = f"{left} = {latex(formula, shapes=True)}"
    made = {"equation": equation, "shapes": shapes, "value": value, "error": error} | more
    return Step(key=key, name=title, layer=k, symbol=symbol, formula=formula, why=why, **made)


def _title(scene: Scene, k: int) -> str:
    name = layer_name(k - 1, scene.last)
    return name if name[-1].isdigit() else f"the {name}"


def _input(scene: Scene) -> Step:
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
    return _step(scene, "input 0", "the input", x.name, given, why)


def _weighted_sum(scene: Scene, k: int) -> Step:
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
    return _step(scene, f"z {k}", f"weighted sums of {_title(scene, k)}", scene.name(f"z {k}"),
                 Sum(product, bias), why)  # fmt: skip


def _activation(scene: Scene, k: int) -> Step:
    """a = f(z)."""
    z, f, notation = scene.found[f"z {k}"], scene.activation(k), scene.notation
    symbol = SYMBOLS[f.name]

    def function(shown: Array) -> Array:
        return notation.show(f.function(notation.show(shown).T).T)

    def how(i: int, j: int):
        value = number_latex(z.value[i, j])
        if f.prime:
            return f"{symbol.latex}({value})", (frozenset({(i, j)}),)
        n = scene.network.sizes[k]
        cells = [(r, j) for r in range(n)] if notation.columns else [(i, r) for r in range(n)]
        powers = " + ".join(f"e^{{{number_latex(z.value[c])}}}" for c in cells)
        return rf"\frac{{e^{{{value}}}}}{{{powers}}}", (frozenset(cells),)

    formula = Applied(f"{symbol.latex}\\left( @0 \\right)", symbol.html, (z,), function, how)
    why = {
        "sigmoid": "σ squashes every weighted sum, each on its own, to between 0 and 1.",
        "tanh": "tanh squashes every weighted sum, each on its own, to between −1 and 1.",
        "relu": "ReLU keeps what is above 0 and turns everything else into 0.",
        "identity": "The identity passes every sum on as it is.",
        "softmax": "softmax turns each sample's sums into probabilities that add up to 1. Every "
        "output depends on every sum.",
    }[f.name]
    title = f"activations of {_title(scene, k)}"
    return _step(scene, f"a {k}", title, scene.name(f"a {k}"), formula, why)


def _loss(scene: Scene) -> Step:
    """E, the mean of the samples' losses."""
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
        why += f" E is the mean of the losses of the {scene.m} samples."
    why += " Everything after this asks: how does E change if I nudge this weight?"
    equation = index_equation(scene, "loss")
    return _step(scene, "loss", "the loss", Name("E", "<i>E</i>"), formula, why, equation=equation)


def _loss_slope(scene: Scene) -> Formula:
    """dE/da of each sample for a squared error, or dE/dz for a cross-entropy."""
    upright, found = scene.notation.upright, scene.found
    outputs = found[f"{'z' if scene.mistake == 'z for a' else 'a'} {scene.last}"]
    a, y = (scene.notation.turned(v, upright) for v in (outputs, found["y"]))
    difference = Sum(y, a, -1) if scene.mistake == "sign" else Sum(a, y, -1)
    n = scene.network.sizes[-1]
    match scene.loss.name:
        case "squared error":
            return Scaled("2", 2.0, difference)
        case "mean squared error":
            return Scaled(rf"\tfrac{{2}}{{{n}}}", 2.0 / n, difference)
    return difference


def _through(scene: Scene, k: int, gradient: Formula) -> Formula:
    """From dE/da to dE/dz of layer k."""
    notation = scene.notation
    if scene.activation(k).prime:
        if scene.mistake == "prime":
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


def _error(scene: Scene, k: int) -> Step:
    """The error of layer k: dE/dz of every sample on its own."""
    notation, found = scene.notation, scene.found
    symbol, title = scene.name(f"delta {k}"), f"error of {_title(scene, k)}"
    if k == scene.last:
        slope = _loss_slope(scene)
        formula = slope if scene.loss.output else _through(scene, k, slope)
        why = "How far each output is from its target"
        if scene.loss.output:
            why += (
                f". With the {scene.loss.name}, the derivative of {scene.loss.output} cancels: "
                "output minus target is all that is left."
            )
        elif scene.activation(k).prime:
            why += (
                ", times how steeply its activation answers there: the chain rule, entry by entry."
            )
        else:
            why += ", passed back through softmax, where every output depends on every sum."
    else:
        delta, W = found[f"delta {k + 1}"], _weights_now(scene, k + 1)
        # Forgotten, or in a notation that needs none taken where none belongs.
        way = notation.upright != (scene.mistake == "transpose")
        weights = notation.turned(W, not way)
        back = Product(weights, delta) if notation.upright else Product(delta, weights)
        formula = _through(scene, k, back)
        why = (
            f"The error travels back over the same weights {W.name.html} it came forward on, "
            "then through the slope of the activation."
        )
    if k < scene.last or not scene.loss.output:
        why = f"{why} {SLOPES[scene.activation(k).name]}".strip()
    if notation.form == "jacobians" and not scene.mistake:
        return _long_way(scene, f"delta {k}", title, symbol, why)
    if scene.m > 1 and k == scene.last:
        why += " Each sample has its own; their mean is taken later, where they are summed."
    return _step(scene, f"delta {k}", title, symbol, formula, why)


def _weights_now(scene: Scene, k: int) -> Matrix:
    """The weights of layer k, after the step if the mistake is to have made it too early."""
    W = scene.found[f"W {k}"]
    if scene.mistake != "updated weights":
        return W
    gradient = scene.notation.show(scene.notation.show_gradient(scene.found[f"W! {k}"].value))
    name = Name(rf"{W.name.latex}_{{\text{{new}}}}", f"{W.name.html}<sub>new</sub>")
    return Matrix(name, W.value - scene.rate * gradient)


def _mean(scene: Scene, formula: Formula) -> Formula:
    if scene.m == 1 or scene.mistake == "sum":
        return formula
    return Scaled(rf"\tfrac{{1}}{{{scene.m}}}", 1 / scene.m, formula)


def _weight_gradient(scene: Scene, k: int) -> Step:
    """dE/dW = delta a^T, over the samples."""
    notation, found = scene.notation, scene.found
    symbol = notation.partial(Name("E", "<i>E</i>"), scene.name(f"W {k}"))
    use = "z" if scene.mistake == "z for a" and k > 1 else "a"
    delta, a = found[f"delta {k}"], found[f"{use} {k - 1}"]
    lone = scene.mistake == "transpose" and scene.last == 1
    formula = _outer(scene, delta, notation.turned(a, notation.upright == lone))
    contribution = None
    if scene.m > 1:
        one = _of_sample(scene, delta, gradient=True), _of_sample(scene, a)
        contribution = _outer(scene, one[0], notation.turned(one[1], not notation.upright))
    title = f"gradient of the weights of {_title(scene, k)}"
    why = (
        "A weight moves E by what flows in at its start, times the error at its end: every pair of "
        "the two is one entry."
    )
    if notation.form == "jacobians" and not scene.mistake:
        step = _long_way(scene, f"W {k}", title, symbol, why)
    else:
        if scene.m > 1:
            why += f" The product also adds up the {scene.m} samples"
            why += "." if scene.mistake == "sum" else f", and 1/{scene.m} makes it their mean."
        step = _step(scene, f"W {k}", title, symbol, formula, why, contribution=contribution)
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


def _bias_gradient(scene: Scene, k: int) -> Step:
    """dE/db = the sum of the errors over the samples, over m."""
    notation, m = scene.notation, scene.m
    symbol = notation.partial(Name("E", "<i>E</i>"), scene.name(f"b {k}"))
    delta = scene.found[f"delta {k}"]
    formula, contribution = delta, None
    if m > 1:
        up = notation.upright
        name = Name(r"\mathbf{1}", "1") if up else Name(r"\mathbf{1}^{\mathsf T}", "1ᵀ")
        ones = Matrix(name, np.ones((m, 1)) if up else np.ones((1, m)))
        formula = Product(delta, ones) if up else Product(ones, delta)
        contribution = _mean(scene, _of_sample(scene, delta, gradient=True))
    title = f"gradient of the biases of {_title(scene, k)}"
    why = "A bias is a weight on an input that is always 1, so its gradient is the error itself."
    if notation.form == "jacobians" and not scene.mistake:
        step = _long_way(scene, f"b {k}", title, symbol, why)
    else:
        if m > 1:
            why += f" The ones add up the {m} samples."
        step = _step(
            scene, f"b {k}", title, symbol, _mean(scene, formula), why, contribution=contribution
        )
    return replace(step, key=f"db {k}")


def _long_way(scene: Scene, key: str, title: str, symbol: Name, why: str) -> Step:
    """A step by full Jacobians: one sample's formula, and the numbers of all samples together."""
    chains = [jacobians.chain(scene, key, s) for s in range(scene.m)]
    base = [scene.notation.show_gradient(chain.value) for chain in chains]
    if key.startswith("delta"):
        value = scene.notation.show_gradient(np.hstack(base))
    else:
        value = scene.notation.show_gradient(sum(base) / scene.m)
    shown = chains[scene.sample]
    below = "" if scene.m == 1 else f"s={scene.sample + 1}"
    left = Name(f"{symbol.latex}_{{{below}}}", "") if below else symbol
    if below and not key.startswith("delta"):
        left = Name(rf"\frac{{\partial E_{{{below}}}}}{{\partial {scene.name(key).latex}}}", "")
    equation = f"{left.latex} = {latex(shown)}"
    if below and not key.startswith("delta"):
        total = symbol.latex.replace(r"\partial E", r"\partial E_s", 1)
        equation += rf", \qquad {symbol.latex} = \tfrac{{1}}{{{scene.m}}} \sum_s {total}"
    shapes = f"{braced(left.latex, shown.shape)} = {latex(shown, shapes=True)}"
    if scene.m > 1:
        why += f" Shown is sample {scene.sample + 1}; the {scene.m} samples are put together below."
    why += " " + jacobians.saving(shown, value)
    more = {"equation": equation, "shapes": shapes, "value": value}
    sample = scene.sample if below else None
    return replace(_step(scene, key, title, symbol, shown, why), sample=sample, **more)


def _estimates(scene: Scene) -> dict[str, Array]:
    """Central differences for every gradient, in the notation's orientation."""
    network, notation = scene.network, scene.notation
    flat = numerical_gradient(network, scene.X, scene.y, scene.loss)
    found = {}
    for k, (W, b) in enumerate(zip(*views(flat, network.sizes), strict=True), 1):
        found[f"dW {k}"] = notation.show_gradient(W)
        found[f"db {k}"] = notation.show_gradient(b[:, None])
        found[f"delta {k}"] = notation.show_gradient(error_estimate(scene, k).T)
    return found


def error_estimate(scene: Scene, k: int, h: float = 1e-5) -> Array:
    """dE/dz of layer k by nudging z and feeding the rest of the network: (m, n)."""
    z = scene.notation.show(scene.found[f"z {k}"].value).T
    estimate = np.empty_like(z)

    def losses(z: Array) -> Array:
        for l in range(k, scene.last):
            a = scene.activation(l).function(z.copy())
            z = a @ scene.network.weights[l].mT + scene.network.biases[l]
        return scene.loss.value(scene.y, scene.activation(scene.last).function(z.copy()), z)

    for i in range(z.shape[1]):
        nudge = np.zeros_like(z)
        nudge[:, i] = h
        estimate[:, i] = (losses(z + nudge) - losses(z - nudge)) / (2 * h)
    return estimate


def _check(step: Step, estimate: Array) -> Check:
    """Compare a gradient with its estimate, entry by entry and as a whole."""
    if step.value is None or step.value.shape != estimate.shape:
        return Check(estimate, np.full(estimate.shape, np.inf), np.inf)
    size = np.maximum(np.maximum(abs(step.value), abs(estimate)), 1e-4)
    errors = abs(step.value - estimate) / size
    return Check(estimate, errors, relative_error(step.value, estimate))


def summary(steps: list[Step]) -> tuple[bool, float]:
    """Whether every gradient is right, and the largest relative error of all."""
    checks = [s.check for s in steps if s.check]
    return all(c.holds for c in checks), max((c.overall for c in checks), default=0.0)
