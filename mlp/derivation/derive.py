"""The forward and the backward pass of a network, step by step, in a chosen notation.

Each step is data: its name, equation, shapes, numbers, the matrices it used, why, and for every
gradient the proof. The steps themselves stand in forward.py and backward.py, how a formula is
multiplied out in mlp/algebra, how symbols and orientations follow a text in notation.py. A page
only shows what comes from here.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from mlp.derivation import backward, forward, proof
from mlp.derivation.notation import Notation
from mlp.derivation.problem import Found, Problem
from mlp.derivation.steps import Step, with_step
from mlp.network.loss import Loss
from mlp.network.network import Network


def derive(
    network: Network,
    X: np.ndarray,
    y: np.ndarray,
    loss: Loss,
    notation: Notation,
    *,
    sample: int = 0,
    mistakes: Iterable[str] = (),
    rate: float = 0.5,
    proved: bool = True,
) -> list[Step]:
    """Every step from the input to the last gradient.

    X: (m, n_in). y: (m, n_out). sample: whose share of every sum is told apart, from 0.
    mistakes: some of MISTAKES, to be made in the backward pass. rate: the learning rate of the
    weights that a mistake updates too early. proved: also estimate every gradient by central
    differences.
    """
    problem = Problem(network, X, y, loss, notation, sample, frozenset(mistakes), rate)
    found = problem.given()
    steps = [forward.given(problem, found)]
    for k in range(1, problem.last + 1):
        for make in (forward.weighted_sum, forward.activation):
            steps.append(make(problem, found, k))
            found = with_step(found, steps[-1])
    steps += [forward.total_loss(problem, found), *_backward(problem, found)]
    if not proved:
        return steps
    nudged = proof.estimates(problem, found)
    return [
        replace(s, check=proof.check(s.value, nudged[s.key])) if s.key in nudged else s
        for s in steps
    ]


def _backward(problem: Problem, found: Found) -> list[Step]:
    """From the error of the output back to the first bias; after a shape error, without numbers."""
    steps, stopped = [], ""
    for k in range(problem.last, 0, -1):
        for make in (backward.error, backward.weight_gradient, backward.bias_gradient):
            step = make(problem, found, k)
            if step.error:
                # What follows is never reached; it is written as if this one step were right.
                stopped = f"Never reached: the pass stops at “{step.name}”."
                problem = replace(problem, mistakes=problem.mistakes - {"transpose"})
                found = with_step(found, make(problem, found, k))
            else:
                found = with_step(found, step)
                step = replace(step, value=None, error=stopped) if stopped else step
            steps.append(step)
    return steps


def summary(steps: list[Step]) -> tuple[bool, float]:
    """Whether every gradient is right, and the largest relative error of all."""
    checks = [s.check for s in steps if s.check]
    return all(c.holds for c in checks), max((c.overall for c in checks), default=0.0)
