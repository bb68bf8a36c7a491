"""One step of a derivation: its name, equation, shapes and numbers, and why it is taken."""

from dataclasses import dataclass

import numpy as np

from mlp.algebra.expression import Formula, Matrix, ShapeError, matrices
from mlp.algebra.latex import braced, latex
from mlp.derivation.indices import index_equation
from mlp.derivation.legend import legend
from mlp.derivation.problem import PARAMETERS, Found, Key, Problem
from mlp.derivation.proof import Check
from mlp.network.shape import layer_name, the_layer
from mlp.words import Name


@dataclass(frozen=True)
class Step:
    """One step of the derivation.

    key: what it finds, the same in every notation. symbol: the same in this notation.
    equation, shapes: LaTeX. formula: what was computed; inputs are its matrices. value: the
    numbers, None after an error. sample: the sample that `formula` is about, when it is about one
    of several. contribution: what that one sample adds to a sum over samples.
    why: one or two sentences. legend: what the signs and indices of both formulas stand for.
    check: for gradients. error: why there are no numbers.
    """

    key: Key
    name: str
    symbol: Name
    equation: str
    shapes: str
    formula: Formula
    value: np.ndarray | None
    why: str
    legend: str = ""
    sample: int | None = None
    contribution: Formula | None = None
    check: Check | None = None
    error: str = ""

    @property
    def kind(self) -> str:
        """input, z, a, loss, delta, dW or db."""
        return self.key.kind

    @property
    def layer(self) -> int:
        """The layer it belongs to, 0 for the input."""
        return self.key.layer

    @property
    def inputs(self) -> tuple[Formula, ...]:
        """The matrices that the formula is made of."""
        return tuple(matrices(self.formula))

    @property
    def in_matrices(self) -> bool:
        """Whether the equation already is the formula of matrices, not a sum over indices."""
        return f" = {latex(self.formula)}" in self.equation


def make_step(problem: Problem, key: Key, title: str, formula: Formula, why: str, **more) -> Step:
    """A step with its equation, its shapes and its numbers, or the shape error in their place.

    more: fields of the step to be taken instead of those made here.
    """
    symbol = problem.name(key)
    try:
        value, error = formula.value, ""
        left = braced(symbol.latex, value.shape)
    except ShapeError as misfit:
        value, error, left = None, str(misfit), symbol.latex
    equation = f"{symbol.latex} = {latex(formula)}"
    if problem.notation.form == "index" and not problem.mistakes:
        equation = index_equation(problem, key) or equation
    shapes = f"{left} = {latex(formula, shapes=True)}"
    made = {"equation": equation, "shapes": shapes, "value": value, "error": error} | more
    if problem.mistakes and key.kind in ("delta", *PARAMETERS):
        why = f"As it should be: {why}"
    made["legend"] = legend(problem, key, made["equation"], made["shapes"])
    return Step(key=key, name=title, symbol=symbol, formula=formula, why=why, **made)


def with_step(found: Found, step: Step) -> Found:
    """What is found once a step is taken: its numbers too, where it has any."""
    if step.value is None:
        return found
    return {**found, step.key: Matrix(step.symbol, step.value)}


def layer_title(problem: Problem, k: int) -> str:
    """A layer by its name and by the number that the text gives it: the output layer (layer 3)."""
    name = layer_name(k - 1, problem.last)
    number = f"{k + problem.notation.first_layer}"
    if name.endswith(f" {number}"):
        return name
    return f"{the_layer(name)} (layer {number})"
