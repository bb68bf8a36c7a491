"""The mistakes that people make in a backward pass, and what training does with them.

How each changes a formula stands where the formula is made, in mlp.derivation.
"""

from dataclasses import dataclass, replace

import numpy as np

from mlp.derivation import MISTAKES, derive
from mlp.examples import Setup
from mlp.network import Network
from mlp.notation import Notation

Array = np.ndarray


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


def training_error(
    setup: Setup, m: int, notation: Notation, mistake: str, rate: float, steps: int
) -> Array | None:
    """The error before each of so many steps down the gradient, and after the last: (steps + 1,).

    The gradient is the derivation's, with or without a mistake. None where no gradient exists.
    """
    network = Network(setup.sizes, setup.hidden, setup.output, setup.parameters.copy())
    notation, more = replace(notation, form="matrix"), {"mistake": mistake, "rate": rate}
    X, y, errors = setup.X[:m], setup.y[:m], []
    with np.errstate(all="ignore"):  # a broken run may well leave the finite numbers
        for _ in range(steps):
            errors.append(float(network.error(X, y, setup.loss)))
            made = derive(network, X, y, setup.loss, notation, proof=False, **more)
            if any(step.error for step in made):
                return None
            found = {step.key: step.value for step in made}
            for k, (W, b) in enumerate(zip(network.weights, network.biases, strict=True), 1):
                W -= rate * notation.show_gradient(found[f"dW {k}"])
                b -= rate * notation.show_gradient(found[f"db {k}"]).ravel()
        return np.array([*errors, float(network.error(X, y, setup.loss))])
