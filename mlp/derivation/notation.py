"""Notations: how the same network is written in different texts, symbols and orientations alike.

The base is columns as samples in denominator layout, z = W a + b and dE/dW shaped as W. Rows as
samples transpose every matrix of the forward pass. Numerator layout transposes every gradient.
"""

from dataclasses import dataclass

import numpy as np

from mlp import checks
from mlp.algebra.expression import Formula, Matrix, Transposed
from mlp.words import Name

SAMPLES = ("columns", "rows")
LAYOUTS = ("denominator", "numerator")
BRACKETS = ("()", "[]")
FORMS = ("matrix", "index", "jacobians")
LETTERS = ("E", "L", "J")


@dataclass(frozen=True)
class Notation:
    """The switches of a notation.

    samples: each sample is a column (z = W a + b) or a row (Z = A W + b). layout: a gradient has
    the shape of what one differentiates by (denominator) or its transpose (numerator).
    first_layer: the number of the input layer, 0 or 1;
    higher where the first layers of a network are left out. brackets: around a layer's number.
    form: matrices, sums over indices, or full Jacobians. letter: of the loss, E in seed 000, L in
    seed 001's question and seed 003, J in its answer and seed 002.
    """

    samples: str = "columns"
    layout: str = "denominator"
    first_layer: int = 0
    brackets: str = "()"
    form: str = "matrix"
    letter: str = "E"

    def __post_init__(self):
        checks.one_of("samples", self.samples, SAMPLES)
        checks.one_of("layout", self.layout, LAYOUTS)
        checks.whole("first_layer", self.first_layer, 0, 100)
        checks.one_of("brackets", self.brackets, BRACKETS)
        checks.one_of("form", self.form, FORMS)
        checks.one_of("letter", self.letter, LETTERS)

    @property
    def columns(self) -> bool:
        """Whether samples are columns."""
        return self.samples == "columns"

    @property
    def upright(self) -> bool:
        """Whether gradients stand as in the base, not transposed."""
        return self.columns == (self.layout == "denominator")

    def show(self, base: np.ndarray) -> np.ndarray:
        """A matrix of the forward pass as this notation shows it, from the base's."""
        return base if self.columns else base.T

    def show_gradient(self, base: np.ndarray) -> np.ndarray:
        """A gradient as this notation shows it, from the base's."""
        return base if self.upright else base.T

    def turned(self, matrix: Matrix, upright: bool) -> Formula:
        """A matrix of the forward pass, transposed if that makes it stand as asked."""
        return matrix if self.columns == upright else Transposed(matrix)

    def layer(self, k: int) -> str:
        """The number of layer k, where k = 0 is the input, in its brackets: (2)."""
        return f"{self.brackets[0]}{k + self.first_layer}{self.brackets[1]}"

    def symbol(self, letter: str, k: int | None = None, sub: str = "") -> Name:
        """A letter with its layer: z^{(2)}. sub: indices, for the index form."""
        html = HTML.get(letter, f"<i>{letter}</i>")
        below, below_html = (f"_{{{sub}}}", f"<sub>{sub}</sub>") if sub else ("", "")
        if k is None:
            return Name(f"{letter}{below}", f"{html}{below_html}")
        layer = self.layer(k)
        return Name(f"{letter}^{{{layer}}}{below}", f"{html}<sup>{layer}</sup>{below_html}")

    def vector(self, letter: str, m: int) -> str:
        """The letter of z, a or y: small for one sample, a column or a row; capital for a batch."""
        return letter if m == 1 else letter.upper()

    def error(self, m: int) -> str:
        """The letter of dE/dz: delta, or seed 002's dZ for rows and beside Kronecker's deltas.

        m: the number of samples it stands for, as for `vector`.
        """
        if self.columns and self.form != "index":
            return r"\delta"
        return "d" + self.vector("z", m)

    @property
    def cost(self) -> Name:
        """The symbol of the loss, the mean over the batch."""
        return self.symbol(self.letter)

    def cost_of(self, sample: str) -> Name:
        """The symbol of one sample's loss; beside J it is L_s, as in seed 002."""
        return self.symbol("L" if self.letter == "J" else self.letter, sub=sample)

    def partial(self, of: Name, by: Name) -> Name:
        """A derivative: of over by."""
        return Name(
            rf"\frac{{\partial {of.latex}}}{{\partial {by.latex}}}", f"∂{of.html}/∂{by.html}"
        )


HTML = {r"\delta": "<i>δ</i>"}
