"""A network with its samples, as the backpropagation page takes one apart; and one of any sizes."""

from dataclasses import dataclass

import numpy as np

from mlp import checks
from mlp.datasets import one_hot
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import initialise
from mlp.network.loss import Loss
from mlp.network.losses import LOSSES
from mlp.network.network import Network

MOST_SAMPLES = 8
MOST_LAYERS, MOST_NEURONS = 6, 8


@dataclass(frozen=True)
class Exercise:
    """A network with 1 to 8 samples.

    X: (m, n_in). y: (m, n_out). parameters: flat (P,). first: how many layers of a larger network
    come before its input.
    """

    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss_name: str
    X: np.ndarray
    y: np.ndarray
    parameters: np.ndarray
    first: int = 0

    @property
    def network(self) -> Network:
        """A network over the parameters."""
        return Network(self.sizes, self.hidden, self.output, self.parameters)

    @property
    def loss(self) -> Loss:
        """The loss itself."""
        return LOSSES[self.loss_name]


def drawn(sizes: tuple[int, ...], seed: int) -> np.ndarray:
    """Weights and biases that are easy to read: drawn from N(0, 1), to one decimal, never 0."""
    flat = initialise(sizes, "normal", np.random.RandomState(seed)).round(1)
    return np.where(flat == 0, 0.1, flat)


def own(sizes: tuple[int, ...], hidden: str, output: str, loss: str, seed: int) -> Exercise:
    """A network of any sizes that fit the screen, with weights and samples drawn from a seed.

    sizes: 2 to 6 numbers from 1 to 8. Raises ValueError for what makes no sense together.
    """
    if not 2 <= len(sizes) <= MOST_LAYERS:
        raise ValueError(f"sizes must be 2 to {MOST_LAYERS} numbers, got {len(sizes)}")
    for n in sizes:
        checks.whole("sizes", n, 1, MOST_NEURONS)
    checks.one_of("hidden", hidden, ACTIVATIONS)
    checks.one_of("output", output, ACTIVATIONS)
    checks.one_of("loss", loss, LOSSES)
    needed = LOSSES[loss].output
    if needed and output != needed:
        raise ValueError(f"{loss} needs the output activation {needed}, got {output}")
    generator = np.random.RandomState(checks.whole("seed", seed, 0, 2**32 - 1))
    X = generator.uniform(-1, 1, (MOST_SAMPLES, sizes[0])).round(1)
    classes = generator.randint(0, max(sizes[-1], 2), MOST_SAMPLES)
    y = one_hot(classes, max(sizes[-1], 2))[:, : sizes[-1]]
    if sizes[-1] == 1 and LOSSES[loss].targets_sum_to_one:
        y = np.ones((MOST_SAMPLES, 1))
    return Exercise(sizes, hidden, output, loss, X, y, drawn(sizes, seed))
