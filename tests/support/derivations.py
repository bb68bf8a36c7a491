"""Derivations drawn at random: networks, batches, notations, and what follows from them alone."""

import re
from dataclasses import dataclass
from itertools import product

import numpy as np

from mlp.derivation.derive import derive
from mlp.derivation.notation import BRACKETS, FORMS, LAYOUTS, LETTERS, SAMPLES, Notation
from mlp.derivation.steps import Step
from mlp.examples.edits import edited
from mlp.examples.exercise import Exercise, own
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES

CANCELS = {"cross-entropy": "softmax", "binary cross-entropy": "sigmoid"}


@dataclass(frozen=True)
class At:
    """A step, and all that was drawn for it."""

    exercise: Exercise
    m: int
    notation: Notation
    sample: int
    step: Step

    @property
    def kind(self):
        return self.step.kind

    @property
    def k(self):
        return self.step.layer

    @property
    def form(self):
        return self.notation.form

    @property
    def sizes(self):
        return self.exercise.sizes

    @property
    def last(self):
        return self.k == len(self.sizes) - 1

    @property
    def f(self):
        return self.exercise.output if self.last else self.exercise.hidden

    @property
    def entrywise(self):
        return self.f != "softmax"

    @property
    def cancels(self):
        return self.last and self.exercise.loss_name in CANCELS

    @property
    def long(self):
        """Whether it is a gradient by full Jacobians."""
        return self.form == "jacobians" and self.kind in ("delta", "dW", "db")

    def by_index(self, *kinds):
        return self.form == "index" and self.kind in kinds

    def sums_over(self, index, layer):
        """Whether every sum over an index has as many terms as a layer has neurons."""
        ends = re.findall(rf"\\sum_\{{{index}=1\}}\^\{{(\d+)\}}", self.step.equation)
        return all(int(end) == self.sizes[layer] for end in ends)

    def named(self, letter, k):
        """A letter with a layer as plain text."""
        opening, closing = self.notation.brackets
        return f"{letter}{opening}{k + self.notation.first_layer}{closing}"

    @property
    def formulas(self):
        return self.step.equation + self.step.shapes


def drawn(n):
    """The steps of n networks with batches, notations and samples in sight."""
    generator = np.random.RandomState(3)
    notations = [Notation(*each) for each in product(SAMPLES, LAYOUTS, (0, 1), BRACKETS, FORMS,
                                                     LETTERS)]  # fmt: skip
    for seed in range(n):
        sizes = tuple(map(int, generator.randint(1, 5, generator.randint(2, 5))))
        loss = str(generator.choice(list(LOSSES)))
        hidden, output = (str(generator.choice(list(ACTIVATIONS))) for _ in range(2))
        exercise = own(sizes, hidden, LOSSES[loss].output or output, loss, seed)
        # Zeros in the data, which are not zeros of a form.
        exercise = edited(exercise, "W1:1,1=0;x:1,1=0;x:2,1=0")
        m = int(generator.choice([1, 3]))
        notation = notations[generator.randint(len(notations))]
        sample = int(generator.randint(m))
        question = exercise.network, exercise.X[:m], exercise.y[:m], exercise.loss
        for step in derive(*question, notation, sample=sample, proved=False):
            yield At(exercise, m, notation, sample, step)


def plain(html):
    """The text of a sentence without its tags."""
    return re.sub(r"<[^>]+>", "", html)
