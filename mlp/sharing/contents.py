"""What a file holds of a run: a header of plain values, and arrays; and the run that they make.

Every value is checked against what the run's config allows before it is used.
"""

from dataclasses import fields

import numpy as np

from mlp.descent.optimisers import OPTIMISERS
from mlp.network.shape import layer_name, parameter_count
from mlp.training.config import MAX_EPOCHS, Config, config_from_settings, flat_settings
from mlp.training.epoch import COLUMNS, ERROR, blank_rows, known_columns
from mlp.training.history import Divergence, History
from mlp.training.run import Run
from mlp.training.schedule import MAX_CHANGES, config_before, in_order
from mlp.training.state import State


def header_of(run: Run) -> dict:
    """The schedule and the end of a run, as JSON can hold them."""
    diverged = run.diverged
    return {
        "schedule": [[*position, nested_settings(config)] for position, config in run.schedule],
        "stride": run.history.stride,
        "diverged": diverged and [diverged.epoch, diverged.step, diverged.layer],
    }


def arrays_of(run: Run, most: int) -> dict[str, np.ndarray]:
    """The history of a run, and n of its states, the current one last, as arrays.

    most: how many of its snapshots, evenly spaced; the start is always one of them.
    rows: (epochs, columns), those that `known_columns` gives. Of each state: parameters (n, P),
    slots (n, slots, P), slot_counts (n,), counters (n, 3), generator_keys (n, 624),
    generator_positions (n,), generator_gauss (n, 2). errors: (step,), of the current one.
    """
    snapshots = run.history.snapshots
    states = [*snapshots[:: -(-len(snapshots) // most)], run.state]
    slots = max(state.slots.shape[0] for state in states)
    generators = [state.generators[0] for state in states]
    return {
        "rows": written_rows(run.history.rows),
        "parameters": np.stack([s.parameters for s in states]),
        "slots": np.stack([_padded(s.slots, slots) for s in states]),
        "slot_counts": np.array([s.slots.shape[0] for s in states]),
        "counters": np.array([(s.epoch, s.step, s.t) for s in states]),
        "generator_keys": np.stack([g["state"]["key"] for g in generators]),
        "generator_positions": np.array([g["state"]["pos"] for g in generators]),
        "generator_gauss": np.array([(g["has_gauss"], g["gauss"]) for g in generators]),
        "errors": run.state.errors,
    }


def written_rows(rows: np.ndarray) -> np.ndarray:
    """The rows of a history as a file has them: the columns that a table of them has."""
    return rows.take([column.index for column in known_columns(rows)], axis=1)


def _read_rows(written: np.ndarray) -> np.ndarray:
    """The rows of a history from those of a file; NaN where the file has no column."""
    lasting = [column.index for column in COLUMNS.values() if not column.stands_in]
    widths = {len(some): some for some in (lasting, list(range(len(COLUMNS))))}
    right = written.ndim == 2 and written.shape[1] in widths and written.dtype == float
    _require(right, "its history is broken")
    _require(len(written) <= MAX_EPOCHS, "its history is too long")
    rows = blank_rows(len(written))
    rows[:, widths[written.shape[1]]] = written
    return rows


def run_of(header: dict, arrays: dict) -> Run:
    """The run that `header_of` and `arrays_of` wrote.

    Raises ValueError that says what is wrong, or another error where a part is missing.
    """
    entries = header["schedule"]
    _require(len(entries) > 0, "it has no settings")
    _require(len(entries) <= MAX_CHANGES, "it has too many changes")
    schedule = tuple(((int(e), int(s)), config_from_nested(values)) for e, s, values in entries)
    config = schedule[-1][1]
    _require(in_order(schedule), "its changes are out of order")
    _require(
        all(config.differs_in_flight_only(other) for _, other in schedule),
        "its settings do not belong together",
    )
    rows = _read_rows(arrays["rows"])
    states = _states(config, arrays)
    for state in states:
        slots = OPTIMISERS[config_before(schedule, state.position).optimiser].slots
        _require(len(state.slots) == slots, "its arrays do not fit its settings")
    *snapshots, state = states
    diverged = _divergence(header["diverged"], config, state)
    epochs = [s.epoch for s in snapshots]
    _require(epochs[:1] == [0] and epochs == sorted(set(epochs)), "its snapshots are out of order")
    _require(state.epoch == len(rows) and epochs[-1] <= state.epoch, "its epochs do not add up")
    finite = all(np.isfinite(s.parameters).all() for s in snapshots)
    _require(finite and np.isfinite(ERROR.of(rows)).all(), "it has values that are not finite")
    if not diverged:
        _require(np.isfinite(state.parameters).all(), "it has values that are not finite")
    stride = header["stride"]
    _require(type(stride) is int and stride >= 1, "its snapshots are out of order")
    return Run(schedule, state, History(rows, tuple(snapshots), stride), diverged)


def nested_settings(config: Config) -> dict:
    """The settings of a config as the header has them: those of its data by themselves."""
    settings = flat_settings(config) | {"hidden_sizes": list(config.hidden_sizes)}
    of_data = {f.name: settings.pop(f.name) for f in fields(config.data)}
    return settings | {"data": {"name": config.data.name} | of_data}


def config_from_nested(values: dict) -> Config:
    """The config that `nested_settings` wrote. Raises ValueError for anything else."""
    try:
        own = dict(values)
        data = dict(own.pop("data"))
        hidden_sizes = tuple(own.pop("hidden_sizes"))
        # A name that is given twice is a TypeError.
        settings = dict(data=data.pop("name"), hidden_sizes=hidden_sizes, **data, **own)
    except (TypeError, KeyError) as error:
        raise ValueError(f"these are not the settings of a run: {error}") from None
    return config_from_settings(settings)


def _padded(slots: np.ndarray, count: int) -> np.ndarray:
    """Slots with zeros added up to a common count, so that they stack."""
    return np.concatenate([slots, np.zeros((count - len(slots), *slots.shape[1:]), slots.dtype)])


def _divergence(values: list | None, config: Config, state: State) -> Divergence | None:
    if values is None:
        return None
    epoch, step, layer = values
    layers = len(config.sizes) - 1
    there = (epoch, step) == state.position
    known = layer in [layer_name(i, layers) for i in range(layers)]
    _require(there and known, "it says that it ended where it cannot have")
    return Divergence(state.epoch, state.step, layer)


def _states(config: Config, arrays: dict) -> list[State]:
    """The states of a file, snapshots first and the current one last."""
    _require(_arrays_fit(config, arrays), "its arrays do not fit its settings")
    counters, errors = arrays["counters"], arrays["errors"]
    step = int(counters[-1, 1])
    _require(
        (counters >= 0).all()
        and (counters[:-1, 1] == 0).all()
        and step < config.batches.steps
        and errors.shape == (step,)
        and errors.dtype.kind == "f",
        "its counters are out of range",
    )
    _require(np.isfinite(errors).all(), "it has values that are not finite")
    *kept, now = range(len(counters))
    none = np.empty(0)
    return [*(_state(arrays, i, none) for i in kept), _state(arrays, now, errors)]


def _arrays_fit(config: Config, arrays: dict) -> bool:
    """Whether the arrays of n states have the shapes and types that this config gives them."""
    P, n = parameter_count(config.sizes), len(arrays["counters"])
    kept = max(optimiser.slots for optimiser in OPTIMISERS.values())
    slots = arrays["slots"]
    shapes = {
        "counters": (n, 3),
        "parameters": (n, P),
        "slots": (n, min(slots.shape[1], kept) if slots.ndim == 3 else kept, P),
        "slot_counts": (n,),
        "generator_keys": (n, 624),
        "generator_positions": (n,),
        "generator_gauss": (n, 2),
    }
    precision = np.dtype(config.precision)
    types = {"parameters": precision, "slots": precision}
    types |= {"generator_keys": np.dtype(np.uint32), "generator_gauss": np.dtype(float)}
    whole = ("counters", "slot_counts", "generator_positions")
    return (
        n >= 2
        and all(arrays[name].shape == shape for name, shape in shapes.items())
        and all(arrays[name].dtype == kind for name, kind in types.items())
        and all(arrays[name].dtype.kind == "i" for name in whole)
    )


def _state(arrays: dict, i: int, errors: np.ndarray) -> State:
    """The i-th state of a file. errors: of the batches so far in its epoch."""
    gauss = arrays["generator_gauss"][i]
    generator = {
        "bit_generator": "MT19937",
        "state": {
            "key": arrays["generator_keys"][i],
            "pos": int(arrays["generator_positions"][i]),
        },
        "has_gauss": int(gauss[0]),
        "gauss": float(gauss[1]),
    }
    # NumPy does not check the position, and would read past the end of the keys.
    there = 0 <= generator["state"]["pos"] <= 624 and generator["has_gauss"] in (0, 1)
    _require(there, "its random numbers are out of range")
    epoch, step, t = (int(counter) for counter in arrays["counters"][i])
    slots, count = arrays["slots"][i], int(arrays["slot_counts"][i])
    _require(0 <= count <= len(slots), "its counters are out of range")
    return State(arrays["parameters"][i], slots[:count], (generator,), epoch, step, t, errors)


def _require(holds: bool, what: str):
    if not holds:
        raise ValueError(what)
