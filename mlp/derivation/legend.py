"""What the signs and the indices of a step stand for, each said where it is used."""

import re

from mlp.derivation.problem import Key, Problem

SIGNS = {
    r"\odot": "⊙ multiplies entry by entry.",
    r"\mathsf T": "ᵀ swaps rows and columns.",
    r"\mathbf{1}": "**1** is a row or a column of ones.",
    r"\delta_{": "δ with two indices is Kronecker’s: 1 where they are equal, else 0, so it "
    "picks one term out of a sum.",
}
INDICES = {  # of each kind of step; a sample's index is the same in all of them
    "z": {"i": "is a neuron of this layer", "j": "runs over the layer before"},
    "a": {"i": "is a neuron of this layer", "p": "runs over all neurons of this layer"},
    "loss": {"i": "runs over the outputs"},
    "delta": {
        "i": "is a neuron of this layer",
        "p": "runs over the layer after",
        "q": "runs over all neurons of this layer",
    },
    "dW": {
        "i": "is a neuron of this layer",
        "j": "is one of the layer before",
        "p": "runs over all neurons of this layer",
        "q": "runs over the layer before",
    },
    "db": {"i": "is a neuron of this layer", "p": "runs over all neurons of this layer"},
}


def legend(problem: Problem, key: Key, equation: str, shapes: str) -> str:
    """Sentences on all that stands in the two formulas of a step and is not said elsewhere."""
    said = [text for sign, text in SIGNS.items() if sign in equation + shapes]
    if "reshape" in equation:
        shape = "Wᵀ" if problem.notation.layout == "numerator" else "W"
        said.append(f"reshape writes the same numbers, row by row, into the shape of {shape}.")
    if indices := "; ".join(_indices(problem, key, equation)):
        said.append(f"{indices}.")
    one = problem.notation.cost_of("s").latex[0]
    if re.search(rf"(?<![A-Za-z\\]){one}_{{s", equation):
        mean = problem.notation.letter
        said.append(f"{one}ₛ is the loss of sample s, and {mean} the mean over the batch.")
    return " ".join(said)


def _indices(problem: Problem, key: Key, equation: str) -> list[str]:
    """What each index of an equation is, in the order i, j, p, q, s."""
    inside = re.findall(r"_\{?([^{}]*)", re.sub(r"\\[a-zA-Z]+", "", equation))
    used = set("".join(inside))
    meaning = INDICES.get(key.kind, {})
    if key == Key("delta", problem.last):
        meaning = meaning | {"p": "runs over the outputs"}
    said = [f"{index} {text}" for index, text in meaning.items() if index in used]
    return said + ["s is the number of a sample"] * ("s" in used)
