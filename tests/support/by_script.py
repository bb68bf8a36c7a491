"""A run by its own script: an implementation beside the lab's, to hold the lab against."""

import contextlib
import io

import numpy as np

from mlp import Config, Stop
from mlp.sharing.script import script


def network_of_script(config: Config) -> tuple[object, dict]:
    """The network that the script of a config begins with, and the script's names."""
    space = {"__name__": "a script"}
    with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(script(config, Stop(epochs=100)), "run.py", "exec"), space)
    return space["Network"](), space


def start_of_script(config: Config) -> tuple[list, list]:
    """The first weights and biases, and the samples of the batches of two epochs."""
    network, _ = network_of_script(config)
    drawn = [p.copy() for layer in zip(network.weights, network.biases, strict=True) for p in layer]
    batches = []

    def sgd(X, y):
        batches.append((X.astype(float), y.astype(float)))
        return 0.0

    network.SGD = sgd
    epochs = network.tango()
    next(epochs), next(epochs)
    return drawn, batches


def end_of_script(config: Config, most: int) -> tuple[int, int] | None:
    """The epoch and step, from 0, in which the numbers stop being finite; None within `most`."""
    network, _ = network_of_script(config)
    place, at, step_of = [0, 0], [], network.SGD

    def sgd(X, y):
        error = step_of(X, y)
        arrays = (error, *network.weights, *network.biases)
        if not at and not all(np.isfinite(each).all() for each in arrays):
            at.append(tuple(place))
        place[1] += 1
        return error

    network.SGD = sgd
    epochs = network.tango()
    with np.errstate(all="ignore"):
        for epoch in range(most):
            place[:] = [epoch, 0]
            try:
                next(epochs)
            except SystemExit:
                return at[0]
    return None
