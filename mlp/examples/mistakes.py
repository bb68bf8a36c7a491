"""The mistakes that people make in a backward pass, and what training does with them.

How each changes a formula stands where the formula is made, in mlp/derivation/backward.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from mlp.derivation.derive import derive
from mlp.derivation.notation import Notation
from mlp.derivation.problem import MISTAKES, Key
from mlp.examples.exercise import Exercise


@dataclass(frozen=True)
class Mistake:
    """A mistake. what: what goes wrong. harmless: when it changes nothing."""

    title: str
    what: str
    harmless: str


TEXTS: dict[str, Mistake] = dict(
    zip(
        MISTAKES,
        (
            Mistake(
                "forget a transpose",
                "The error goes back over W the wrong way round: its transpose forgotten, or taken "
                "where the layout needs none.",
                "With matrices of 1 × 1, or equal to their transpose, nothing changes.",
            ),
            Mistake(
                "forget σ′",
                "The slope of the activation is left out of every error.",
                "Where every slope is 1, as with ReLU above 0, nothing changes.",
            ),
            Mistake(
                "z instead of a",
                "The weighted sum is used where its activation is meant: z − y at the output, and "
                "δ zᵀ for the weights.",
                "Where a = z, as with the identity or ReLU above 0, nothing changes.",
            ),
            Mistake(
                "flip the sign",
                "y − a where a − y is meant. Every gradient points the wrong way.",
                "Only where the error is 0 does nothing change.",
            ),
            Mistake(
                "sum instead of mean",
                "The 1/m is left out, so every gradient is m times too long.",
                "With one sample, sum and mean are the same. Take a batch of 2 or more.",
            ),
            Mistake(
                "use the updated weights",
                "A layer is updated before the error has passed back through it, so the error goes "
                "back over the new weights.",
                "Without a hidden layer, no error passes back over weights.",
            ),
        ),
        strict=True,
    )
)


def without_effect(
    exercise: Exercise, m: int, notation: Notation, mistakes: Iterable[str], rate: float
) -> list[str]:
    """Those of the mistakes that, each on its own, change no gradient of the first m samples."""

    def gradients(mistakes: tuple[str, ...]) -> list[np.ndarray | None]:
        return [step.value for step in _derived(exercise, m, notation, mistakes, rate)]

    right = gradients(())

    def same(values: list[np.ndarray | None]) -> bool:
        pairs = zip(values, right, strict=True)
        return all(v is not None and v.shape == r.shape and np.allclose(v, r) for v, r in pairs)

    return [mistake for mistake in mistakes if same(gradients((mistake,)))]


def _derived(exercise: Exercise, m: int, notation: Notation, mistakes: Iterable[str], rate: float):
    """The steps in matrix form, which is the one that mistakes are made in, without the proof."""
    question = exercise.network, exercise.X[:m], exercise.y[:m], exercise.loss
    notation = replace(notation, form="matrix")
    return derive(*question, notation, mistakes=mistakes, rate=rate, proved=False)


def training_error(
    exercise: Exercise, m: int, notation: Notation, mistakes: Iterable[str], rate: float, steps: int
) -> np.ndarray | None:
    """The error before each step down the gradient, and after the last: (steps + 1,).

    The gradient is the derivation's, with or without mistakes. None where no gradient exists.
    """
    exercise = replace(exercise, parameters=exercise.parameters.copy())
    network, errors = exercise.network, []
    X, y = exercise.X[:m], exercise.y[:m]
    with np.errstate(all="ignore"):  # a broken run may well leave the finite numbers
        for _ in range(steps):
            errors.append(float(network.error(X, y, exercise.loss)))
            made = _derived(exercise, m, notation, mistakes, rate)
            if any(step.error for step in made):
                return None
            found = {step.key: step.value for step in made}
            for k, (W, b) in enumerate(zip(network.weights, network.biases, strict=True), 1):
                W -= rate * notation.show_gradient(found[Key("dW", k)])
                b -= rate * notation.show_gradient(found[Key("db", k)]).ravel()
        return np.array([*errors, float(network.error(X, y, exercise.loss))])
