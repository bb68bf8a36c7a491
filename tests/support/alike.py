"""What "the same, bit for bit" means for arrays, states and runs, for the tests that say it."""

from dataclasses import fields, is_dataclass

import numpy as np


def same_bits(one, other) -> bool:
    """Whether two values are the same down to the last bit, arrays and all that lies inside."""
    if isinstance(one, np.ndarray | np.generic):
        one, other = np.asarray(one), np.asarray(other)
        alike = one.dtype == other.dtype and one.shape == other.shape
        return alike and one.tobytes() == other.tobytes()
    if is_dataclass(one):
        names = [f.name for f in fields(one)]
        pairs = [(getattr(one, name), getattr(other, name)) for name in names]
        return type(one) is type(other) and all(same_bits(*pair) for pair in pairs)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_bits(one[k], other[k]) for k in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same_bits, one, other))
    return type(one) is type(other) and one == other


def same_run(one, other) -> bool:
    """Whether two runs stand at the same place, came there the same way and will go on alike."""
    return (
        same_bits(one.state, other.state)
        and same_bits(one.history.rows, other.history.rows)
        and same_bits(one.schedule, other.schedule)
        and same_bits(one.diverged, other.diverged)
    )
