"""One step of a derivation: its name, equation, shapes and numbers, and why it is taken."""

from dataclasses import dataclass

import numpy as np

from mlp.algebra.expression import Formula, ShapeError, matrices
from mlp.algebra.latex import braced, latex
from mlp.derivation.indices import index_equation
from mlp.derivation.proof import Check
from mlp.derivation.scene import Scene
from mlp.network.shape import layer_name
from mlp.words import Name


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
    value: np.ndarray | None
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


def make_step(scene: Scene, key: str, title: str, symbol: Name, formula: Formula, why: str, **more):
    """A step with its equation, its shapes and its numbers, or the shape error in their place."""
    k = int(key.split()[1]) if " " in key else scene.last
    try:
        value, error = formula.value, ""
        left = braced(symbol.latex, value.shape)
    except ShapeError as problem:
        value, error, left = None, str(problem), symbol.latex
    equation = f"{symbol.latex} = {latex(formula)}"
    if scene.notation.form == "index" and not scene.mistakes:
        equation = index_equation(scene, key) or equation
    shapes = f"{left} = {latex(formula, shapes=True)}"
    made = {"equation": equation, "shapes": shapes, "value": value, "error": error} | more
    return Step(key=key, name=title, layer=k, symbol=symbol, formula=formula, why=why, **made)


def layer_title(scene: Scene, k: int) -> str:
    """A layer by its name and by the number that the text gives it: the output layer (layer 3)."""
    name = layer_name(k - 1, scene.last)
    number = f"{k + scene.notation.first_layer}"
    if name.endswith(f" {number}"):
        return name
    return f"{name if name[-1].isdigit() else f'the {name}'} (layer {number})"
