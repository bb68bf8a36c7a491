"""Why the error of the outputs is what it is where the loss brings their activation, in words."""

from mlp.derivation.problem import Key, Problem
from mlp.words import listed


def of_cancelled(problem: Problem) -> str:
    """What is left once the derivative of the output activation has cancelled."""
    loss, several = problem.loss, problem.m > 1
    cancels = f"With the {loss.name}, the derivative of {loss.output} cancels"
    if not problem.weighed:
        whose = "the targets of each sample" if several else "the targets"
        since = f"since {whose} add up to 1, " if loss.targets_sum_to_one else ""
        return (
            f"how far each output is from its target. {cancels}: {since}output minus target is "
            "all that is left."
        )
    totals = listed(f"{total:,.12g}".replace("-", "−") for total in problem.totals)
    whose = "The targets of the samples" if several else "The targets"
    return (
        "how far each output, times the sum of the targets, is from its own target. "
        f"{cancels}, and this is all that is left. {whose} add up to {totals}; only where they "
        "add up to 1 is it output minus target."
    )


def no_long_way(problem: Problem) -> str:
    """Why the error of the outputs stands in matrix form among Jacobians."""
    notation, a = problem.notation, problem.name(Key("a", problem.last))
    cost = notation.cost if problem.m == 1 else notation.cost_of("s")
    slope = notation.partial(cost, a).html
    return (
        f"An output is so close to 0 or 1 that {slope} is too large to be computed from it, so "
        "this step stands in matrix form."
    )
