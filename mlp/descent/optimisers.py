"""Optimisers: one step of any array of parameters against its gradient.

The same functions walk down a surface and train a network. Each changes `parameters` and
`state` in place and uses `gradient` as scratch space. Shapes: parameters and gradient (..., P);
state (slots, ..., P), zeros at the start; learning_rate a number, or (..., 1) for a stack.
`t` counts the steps of this state, 1 at the first.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.words import number_latex


@dataclass(frozen=True)
class Optimiser:
    """One optimiser.

    step: changes the parameters, as above. slots: how many arrays of the parameters' shape it
    remembers. formulas: LaTeX of what a step does to one parameter p with the gradient g, in its
    order. start: the values that they begin with, in words.
    """

    name: str
    step: Callable[..., None]
    slots: int
    formulas: tuple[str, ...]
    start: str = ""


def sgd(
    parameters: np.ndarray, gradient: np.ndarray, state: np.ndarray, learning_rate, t: int
) -> None:
    """Step against the gradient: p <- p - eta g. Source: seed 000, section 4."""
    gradient *= learning_rate
    parameters -= gradient


def momentum(
    parameters: np.ndarray,
    gradient: np.ndarray,
    state: np.ndarray,
    learning_rate,
    t: int,
    *,
    beta: float = 0.9,
) -> None:
    """Keep rolling: v <- beta v + g, then p <- p - eta v. beta from 0 to below 1."""
    v = state[0]
    v *= beta
    v += gradient
    np.multiply(v, learning_rate, out=gradient)
    parameters -= gradient


def rmsprop(
    parameters: np.ndarray,
    gradient: np.ndarray,
    state: np.ndarray,
    learning_rate,
    t: int,
    *,
    rho: float = 0.9,
    epsilon: float = 1e-8,
) -> None:
    """Divide by the recent size: s <- rho s + (1 - rho) g^2, then p <- p - eta g / (sqrt(s) + eps).

    Source: Tieleman and Hinton, lecture 6.5 of Neural Networks for Machine Learning (2012).
    """
    s = state[0]
    s *= rho
    s += (1 - rho) * gradient**2
    gradient /= np.sqrt(s) + epsilon
    gradient *= learning_rate
    parameters -= gradient


def adam(
    parameters: np.ndarray,
    gradient: np.ndarray,
    state: np.ndarray,
    learning_rate,
    t: int,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> None:
    """Momentum and size together, both freed of their start at zero.

    m <- beta1 m + (1 - beta1) g;  s <- beta2 s + (1 - beta2) g^2;
    p <- p - eta (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + eps).
    Source: Kingma and Ba, Adam (2015), algorithm 1.
    """
    m, s = state
    m *= beta1
    m += (1 - beta1) * gradient
    s *= beta2
    s += (1 - beta2) * gradient**2
    np.divide(s, 1 - beta2**t, out=gradient)
    np.sqrt(gradient, out=gradient)
    gradient += epsilon
    np.divide(m, gradient, out=gradient)
    gradient *= learning_rate / (1 - beta1**t)
    parameters -= gradient


OPTIMISERS: dict[str, Optimiser] = {
    each.name: each
    for each in (
        Optimiser("sgd", sgd, 0, (r"p \leftarrow p - \eta\, g",)),
        Optimiser(
            "momentum",
            momentum,
            1,
            (r"v \leftarrow \beta v + g", r"p \leftarrow p - \eta\, v"),
            "v is 0 before the first step with momentum",
        ),
        Optimiser(
            "rmsprop",
            rmsprop,
            1,
            (
                r"s \leftarrow \rho s + (1 - \rho) g^2",
                r"p \leftarrow p - \eta\, \frac{g}{\sqrt{s} + \varepsilon}",
            ),
            "s is 0 before the first step with RMSProp",
        ),
        Optimiser(
            "adam",
            adam,
            2,
            (
                r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad"
                r" \hat m = \frac{m}{1 - \beta_1^t}",
                r"s \leftarrow \beta_2 s + (1 - \beta_2) g^2, \quad"
                r" \hat s = \frac{s}{1 - \beta_2^t}",
                r"p \leftarrow p - \eta\, \frac{\hat m}{\sqrt{\hat s} + \varepsilon}",
            ),
            "t is 1 at the first step with Adam, and m and s are 0 before it",
        ),
    )
}


TITLES = {
    "sgd": "gradient descent",
    "momentum": "momentum",
    "rmsprop": "RMSProp",
    "adam": "Adam",
}


# The settings of each optimiser besides its learning rate.
SETTINGS = {"sgd": (), "momentum": ("beta",), "rmsprop": ("rho",), "adam": ("beta1", "beta2")}

SYMBOLS = {
    "beta": r"\beta",
    "rho": r"\rho",
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "epsilon": r"\varepsilon",
}


def constants(optimiser: Optimiser) -> str:
    """LaTeX of the numbers that an optimiser has besides its learning rate: β = 0.9."""
    parameters = inspect.signature(optimiser.step).parameters.values()
    fixed = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    return r", \quad ".join(
        f"{SYMBOLS[name]} = {number_latex(value)}" for name, value in fixed.items()
    )
