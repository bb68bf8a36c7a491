"""State: where a run, or a stack of runs, stands; how it starts and is stacked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mlp.descent.optimisers import OPTIMISERS
from mlp.network.initialisation import initialise
from mlp.network.network import Network
from mlp.training.config import Config


@dataclass(frozen=True)
class State:
    """Where a run stands: everything the next step needs, and nothing else.

    parameters: (P,), or (runs, P) for a stack. slots: the optimiser's memory, (slots, ..., P).
    generators: of each network, the state of its RandomState at the start of this epoch.
    epoch: finished epochs. step: steps taken in the current epoch. t: steps of the optimiser.
    errors: the batch errors of the current epoch so far, (step,) or (step, runs).
    """

    parameters: np.ndarray
    slots: np.ndarray
    generators: tuple[dict, ...]
    epoch: int = 0
    step: int = 0
    t: int = 0
    errors: np.ndarray = field(default_factory=lambda: np.empty(0))

    @property
    def position(self) -> tuple[int, int]:
        """The finished epochs, and the steps since."""
        return self.epoch, self.step


def start(config: Config) -> State:
    """The very start of a run: parameters drawn by the config's seed, nothing trained."""
    generator = np.random.RandomState(config.seed)
    parameters = initialise(config.sizes, config.initialisation, generator, config.scale)
    parameters = parameters.astype(config.precision)
    return State(parameters, fresh_slots(config, parameters), (generator.get_state(legacy=False),))


def fresh_slots(config: Config, parameters: np.ndarray) -> np.ndarray:
    """An optimiser's memory before its first step: zeros, (slots, ..., P)."""
    return np.zeros((OPTIMISERS[config.optimiser].slots, *parameters.shape), parameters.dtype)


def stack(states: Sequence[State]) -> State:
    """Put runs that stand at the same step on one leading axis."""
    first = states[0]
    return State(
        np.stack([s.parameters for s in states]),
        np.stack([s.slots for s in states], axis=1),
        tuple(s.generators[0] for s in states),
        first.epoch,
        first.step,
        first.t,
        np.stack([s.errors for s in states], axis=-1),
    )


def network_of(config: Config, state: State) -> Network:
    """The network of a state, over a copy of its parameters."""
    return Network(config.sizes, config.hidden, config.output, state.parameters.copy())
