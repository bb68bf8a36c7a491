"""Runs whose settings change on the way, for the tests of files and links."""

from dataclasses import replace

from hypothesis import strategies as st

from mlp import Config, Parity, advance, begin, changed
from mlp.descent.optimisers import OPTIMISERS

SMALL = Config(data=Parity(bits=4), batch_size=3, learning_rate=0.2)  # 3 steps an epoch
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "learning_rate": st.floats(1e-3, 0.5),
        "optimiser": st.sampled_from(list(OPTIMISERS)),
        "l2": st.floats(0, 0.1),
    },
)
FLIGHTS = st.lists(st.tuples(st.integers(1, 12), CHANGES), max_size=4)


def flown(config, flight):
    """A run of some steps, then a change, then more steps and another, and so on."""
    run = begin(config)
    for steps, change in flight:
        run = changed(advance(run, steps=steps), replace(run.config, **change))
    return run
