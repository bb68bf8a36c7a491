"""How long an epoch of a run takes, and where its epochs lie on an axis of time."""

from dataclasses import dataclass, replace
from time import thread_time

import numpy as np

from mlp.training.config import Config
from mlp.training.loop import train
from mlp.training.state import start

# Long enough that one slow moment of the machine does not decide.
TIMED_SECONDS = 0.3


@dataclass(frozen=True)
class Axes:
    """Where the epochs of a run lie on each horizontal axis, (epochs,) each, from the first on.

    seconds: None until the seconds an epoch were measured.
    """

    epochs: np.ndarray
    steps: np.ndarray
    seconds: np.ndarray | None


def axes(config: Config, epochs: int, seconds_an_epoch: float | None = None) -> Axes:
    """Epochs 1 to `epochs` in epochs, in steps, and in measured seconds."""
    n = np.arange(1, epochs + 1)
    return Axes(
        n, n * config.batches.steps, None if seconds_an_epoch is None else n * seconds_an_epoch
    )


def seconds_an_epoch(config: Config) -> float:
    """Measure on this machine, by training: the seconds that an epoch of this run takes alone.

    At least an epoch, and at least a third of a second; to be called where it trains, in a worker.
    What does not change the time of a step is set so that no number overflows meanwhile.
    By the thread's own clock: what others do on this machine is not counted.
    """
    tame = {"learning_rate": 1e-6, "l2": min(config.l2, 1e-3), "initialisation": "xavier"}
    config = replace(config, scale=1.0, **tame)
    state, epochs = train(config, start(config), steps=1).state, 0
    began = thread_time()
    while thread_time() - began < TIMED_SECONDS or not epochs:
        state, epochs = train(config, state, epochs=1).state, epochs + 1
    # The first epoch had one step less to go.
    return (thread_time() - began) / (epochs - 1 / config.batches.steps)
