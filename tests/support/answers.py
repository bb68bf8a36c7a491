"""What a network answers, worked out by loops of the tests' own over samples and layers."""

import numpy as np

from mlp import Config

F = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: z * (z > 0),
    "identity": lambda z: z,
}


def right_answers(config: Config, parameters: np.ndarray, X, y) -> float:
    """The share of right answers, by loops over samples and layers of this test's own."""
    right = 0
    for a, target in zip(X, y, strict=True):
        lo = 0
        for layer, (n, m) in enumerate(zip(config.sizes, config.sizes[1:], strict=False)):
            W, b = parameters[lo : lo + n * m].reshape(m, n), parameters[lo + n * m :][:m]
            last = layer == len(config.sizes) - 2
            a = F[config.output if last else config.hidden](W @ a + b)
            lo += n * m + m
        right += int(np.argmax(a) == np.argmax(target))
    return right / len(X)
