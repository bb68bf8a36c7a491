"""How a gradient becomes a step: an optimiser with the rates, the decay and the memory of a run."""

from collections.abc import Sequence

import numpy as np

from mlp.descent.optimisers import OPTIMISERS
from mlp.network.shape import weight_mask
from mlp.training.config import Config
from mlp.training.state import State


class Update:
    """The optimiser of a run, or of all runs of a stack, and what it needs for the next step.

    slots: its memory, (slots, ..., P). t: the number of steps that it has taken.
    """

    def __init__(self, configs: Sequence[Config], state: State):
        config, stacked = configs[0], state.parameters.ndim > 1

        def per_run(values: list[float]) -> np.ndarray:
            """One number for a single network, (); for a stack a column, (runs, 1)."""
            numbers = np.array(values, config.precision)
            return numbers[:, None] if stacked else numbers[0, ...]

        self._optimise = OPTIMISERS[config.optimiser].step
        self._learning_rate = per_run([c.learning_rate for c in configs])
        l2 = per_run([c.l2 for c in configs])
        # Zero for biases, which do not decay.
        self._decay = l2 * weight_mask(config.sizes, config.precision) if np.any(l2) else None
        self.slots, self.t = state.slots.copy(), state.t

    def step(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        """Add the decay, g <- g + l2 w, then step against g as the optimiser does, in place.

        parameters: (..., P). gradient: (..., P), of the error alone; it is used up.
        """
        if self._decay is not None:
            gradient += self._decay * parameters
        self.t += 1
        self._optimise(parameters, gradient, self.slots, self._learning_rate, self.t)
