"""Numbers put in by hand, as text for an address.

An edit is written as W1:2,3=0.5 (neuron, input), b1:2=0.5, x:1,2=0.5 or y:1,2=1 (sample first);
several are joined by semicolons. W1 is the first layer of weights in every notation.
"""

import re
from dataclasses import replace

from mlp import checks
from mlp.examples.exercise import Exercise
from mlp.network.shape import views

EDIT = re.compile(r"([Wbxy])(\d*):(\d+)(?:,(\d+))?=(\S+)")


def edited(exercise: Exercise, edits: str) -> Exercise:
    """The exercise with numbers put in by hand. Raises ValueError naming the edit that fails."""
    X, y, parameters = exercise.X.copy(), exercise.y.copy(), exercise.parameters.copy()
    weights, biases = views(parameters, exercise.sizes)
    for text in filter(None, (part.strip() for part in edits.split(";"))):
        match = EDIT.fullmatch(text)
        if not match:
            raise ValueError(f"edits must look like W1:2,3=0.5, got {text!r}")
        kind, layer, i, j, value = match.groups()
        try:
            number = checks.real("the value", float(value), at_least=-1e6, at_most=1e6)
            k = int(layer) - 1 if kind in "Wb" else 0
            if k < 0 or (kind in "xy" and layer) or (j is None) != (kind == "b"):
                raise IndexError
            array = {"W": weights, "b": biases, "x": [X], "y": [y]}[kind][k]
            at = (int(i) - 1,) if j is None else (int(i) - 1, int(j) - 1)
            if min(at) < 0:
                raise IndexError
            array[at] = number
        except (IndexError, ValueError) as error:
            more = f": {error}" if isinstance(error, ValueError) else ""
            raise ValueError(f"edits has no place or number for {text!r}{more}") from None
    return replace(exercise, X=X, y=y, parameters=parameters)


def with_edit(edits: str, place: str, value: float) -> str:
    """The edits with one more, in place of an earlier one of the same entry."""
    kept = [e for e in edits.split(";") if e.strip() and e.split("=")[0].strip() != place]
    return ";".join([*kept, f"{place}={value:g}"])
