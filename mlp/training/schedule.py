"""The schedule of a run: its configs, each with the step from which it holds."""

from collections.abc import Sequence

from mlp.training.config import MAX_EPOCHS

# More changes in flight than this are refused in links and files.
MAX_CHANGES = 1000


def in_order(schedule: Sequence) -> bool:
    """Whether the changes begin at the start and follow one another, at steps that there are."""
    places, steps = [place for place, _ in schedule], schedule[-1][1].batches.steps
    there = all(0 <= epoch <= MAX_EPOCHS and 0 <= step < steps for epoch, step in places)
    return there and places[0] == (0, 0) and places == sorted(set(places))
