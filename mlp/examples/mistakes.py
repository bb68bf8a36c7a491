"""The mistakes that people make in a backward pass, and what training does with them.

How each changes a formula stands where the formula is made, in mlp/derivation/backward.py.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from mlp.derivation.derive import derive
from mlp.derivation.notation import Notation
from mlp.derivation.problem import MISTAKES, Key
from mlp.derivation.steps import Step
from mlp.examples.exercise import Exercise


@dataclass(frozen=True)
class Mistake:
    """A mistake. what: what goes wrong.

    harmless: (exercise, its first samples X) -> whether it changes nothing, whatever the targets;
        None where the targets decide. why: the reason then, in words.
    """

    title: str
    what: str
    harmless: Callable[[Exercise, np.ndarray], bool] | None = None
    why: str = ""


def _symmetric(exercise: Exercise, X: np.ndarray) -> bool:
    """Whether every matrix that a backward pass transposes is its own transpose."""
    turned = exercise.network.weights[1:] or [X]
    return all(np.array_equal(matrix, matrix.T) for matrix in turned)


def _slopes(exercise: Exercise, X: np.ndarray) -> list[np.ndarray]:
    """f'(z) of each layer whose error is multiplied by it: (m, n)."""
    network, loss = exercise.network, exercise.loss
    layers = list(zip(network.activations, network.forward(X).a[1:], strict=True))
    used = layers[:-1] if loss.output else layers
    return [f.prime(a.copy()) for f, a in used if f.entrywise]


def _passes_on(exercise: Exercise, X: np.ndarray) -> bool:
    """Whether a = z in every layer."""
    trace = exercise.network.forward(X)
    return all(np.array_equal(a, z) for a, z in zip(trace.a[1:], trace.z, strict=True))


TEXTS: dict[str, Mistake] = dict(
    zip(
        MISTAKES,
        (
            Mistake(
                "forget a transpose",
                "The error goes back over W the wrong way round: its transpose forgotten, or taken "
                "where the layout needs none. Without a hidden layer, it is that of a in ∂E/∂W.",
                _symmetric,
                "Here every matrix that it turns is its own transpose.",
            ),
            Mistake(
                "forget σ′",
                "The slope of the activation is left out of every error.",
                lambda exercise, X: all((slope == 1).all() for slope in _slopes(exercise, X)),
                "Here no error is multiplied by a slope other than 1.",
            ),
            Mistake(
                "z instead of a",
                "The weighted sum is used where its activation is meant: z − y at the output, and "
                "δ zᵀ for the weights.",
                _passes_on,
                "Here a = z in every layer.",
            ),
            Mistake(
                "flip the sign",
                "y − a where a − y is meant. Every gradient points the wrong way.",
            ),
            Mistake(
                "sum instead of mean",
                "The 1/m is left out, so every gradient of weights and biases is m times too long.",
                lambda exercise, X: len(X) == 1,
                "With one sample, sum and mean are the same. Take a batch of 2 or more.",
            ),
            Mistake(
                "use the updated weights",
                "A layer is updated before the error has passed back through it, so the error goes "
                "back over the new weights.",
                lambda exercise, X: len(exercise.sizes) == 2,
                "Without a hidden layer, no error passes back over weights.",
            ),
        ),
        strict=True,
    )
)


def without_effect(
    exercise: Exercise, m: int, notation: Notation, mistakes: Iterable[str], rate: float
) -> dict[str, str]:
    """Those of the mistakes that, each on its own, change no gradient of the first m samples: why.

    Two gradients are the same where they differ by rounding alone, whatever their size.
    """
    right = _derived(exercise, m, notation, (), rate)

    def same(mistake: str) -> bool:
        broken = _derived(exercise, m, notation, (mistake,), rate)
        return all(map(_same, (step.value for step in broken), (step.value for step in right)))

    return {each: _why(each, exercise, m, right) for each in mistakes if same(each)}


def _same(value: np.ndarray | None, right: np.ndarray) -> bool:
    """Whether a value is the right one, but for rounding."""
    if value is None or value.shape != right.shape:
        return False
    return bool((abs(value - right) <= 1e-12 * abs(right).max()).all())


def _why(mistake: str, exercise: Exercise, m: int, right: list[Step]) -> str:
    """Why a mistake changes nothing."""
    text = TEXTS[mistake]
    if text.harmless and text.harmless(exercise, exercise.X[:m]):
        return text.why
    if not any(step.value.any() for step in right if step.kind == "delta"):
        return "Here every error is 0."
    return "Here all that it changes comes to 0."


def _derived(
    exercise: Exercise, m: int, notation: Notation, mistakes: Iterable[str], rate: float
) -> list[Step]:
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


def of_curves(right: np.ndarray, broken: np.ndarray | None, rate: float) -> str:
    """What the error did with the right gradient and with the broken one: (steps + 1,) each."""
    said = f"{len(right) - 1} steps down the gradient of this batch, with η = {rate:g}."
    if broken is None:
        return f"{said} The broken run has no curve: the shapes do not fit, so it takes no step."
    if np.allclose(broken, right, rtol=1e-9, atol=0, equal_nan=True):
        return f"{said} Both curves are the same here."
    if broken[-1] < broken[0]:
        return (
            f"{said} The broken run’s error falls all the same. A wrong gradient can still point "
            "downhill; only the proof tells it from the right one."
        )
    return f"{said} The broken run’s error ends no lower than it begins."
