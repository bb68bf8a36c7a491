"""A run as a file: NumPy's .npz with plain arrays, a header in JSON, and a checksum over both.

Nothing in a file is ever unpickled, and every value is checked before it is used.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import fields

import numpy as np

from mlp.descent.optimisers import OPTIMISERS
from mlp.network.shape import layer_name, parameter_count
from mlp.training.config import MAX_EPOCHS, Config, config_from_settings, flat_settings
from mlp.training.epoch import COLUMNS, ERROR
from mlp.training.history import Divergence, History, state_bytes
from mlp.training.run import Run
from mlp.training.schedule import MAX_CHANGES, config_before, in_order
from mlp.training.state import State

FORMAT = "backpropagation-lab run 1"
MAX_FILE_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 64_000_000
# With this many, every epoch of a loaded run is near a snapshot, and the file stays small.
FILE_SNAPSHOTS = 64


class FileError(ValueError):
    """A file that holds no run or was changed; the message is for the person who opened it."""


def save(run: Run) -> bytes:
    """The run as the bytes of an .npz file; the run that `load` makes of them goes on alike.

    Raises FileError for a network so large that `load` would refuse its file.
    """
    states = [*_thinned(run), run.state]
    slots = max(state.slots.shape[0] for state in states)
    arrays = {
        "rows": run.history.rows,
        "parameters": np.stack([s.parameters for s in states]),
        "slots": np.stack([_padded(s.slots, slots) for s in states]),
        "slot_counts": np.array([s.slots.shape[0] for s in states]),
        "counters": np.array([(s.epoch, s.step, s.t) for s in states]),
        "generator_keys": np.stack([s.generators[0]["state"]["key"] for s in states]),
        "generator_positions": np.array([s.generators[0]["state"]["pos"] for s in states]),
        "generator_gauss": np.array(
            [(s.generators[0]["has_gauss"], s.generators[0]["gauss"]) for s in states]
        ),
        "errors": run.state.errors,
    }
    diverged = run.diverged and [run.diverged.epoch, run.diverged.step, run.diverged.layer]
    header = {
        "format": FORMAT,
        "schedule": [[*position, nested_settings(config)] for position, config in run.schedule],
        "stride": run.history.stride,
        "diverged": diverged,
    }
    text = json.dumps(header, sort_keys=True)
    arrays["header"] = np.frombuffer(text.encode(), np.uint8)
    arrays["checksum"] = np.frombuffer(_digest(arrays), np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    unpacked = sum(array.nbytes for array in arrays.values())
    too_large = len(file.getvalue()) > MAX_FILE_BYTES or unpacked > MAX_UNPACKED_BYTES
    if too_large or not fits(run):
        raise FileError(f"This run does not fit into a file of {MAX_FILE_BYTES // 10**6} MB.")
    return file.getvalue()


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


def fits(run: Run) -> bool:
    """Whether the run is small enough for a file: its start and where it stands now, at least."""
    if len(run.schedule) > MAX_CHANGES:
        return False
    return 2 * state_bytes(run.state) + run.history.rows.nbytes + 500_000 <= MAX_FILE_BYTES


def load(file: bytes) -> Run:
    """The run in the bytes of a file that `save` wrote.

    Raises FileError, with one sentence that says what is wrong, for any other bytes: a file that
    is too large, cut short, of another kind, or changed after it was saved.
    """
    arrays = _read(file)
    header = _header(arrays)
    try:
        return _restore(header, arrays)
    except ValueError as error:
        raise FileError(f"This file does not hold a complete run: {str(error)[:200]}.") from None
    except Exception as error:  # its cause can only be in the file
        raise FileError("This file does not hold a complete run.") from error


def _thinned(run: Run) -> tuple[State, ...]:
    """Evenly spaced snapshots, few enough for the limit of a file; the start is one of them."""
    snapshots = run.history.snapshots
    most = (MAX_FILE_BYTES - 500_000 - run.history.rows.nbytes) // state_bytes(run.state) - 1
    most = max(1, min(FILE_SNAPSHOTS, most))
    return snapshots[:: -(-len(snapshots) // most)]


def _padded(slots: np.ndarray, count: int) -> np.ndarray:
    """Slots with zeros added up to a common count, so that they stack."""
    return np.concatenate([slots, np.zeros((count - len(slots), *slots.shape[1:]), slots.dtype)])


def _digest(arrays: dict) -> bytes:
    """SHA-256 over the name, type, shape and bytes of every array except the checksum."""
    digest = hashlib.sha256()
    for name in sorted(arrays.keys() - {"checksum"}):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.digest()


NAMES = {
    "rows",
    "parameters",
    "slots",
    "slot_counts",
    "counters",
    "generator_keys",
    "generator_positions",
    "generator_gauss",
    "errors",
    "header",
    "checksum",
}


def _read(file: bytes) -> dict:
    """The arrays of a file, whose sizes are checked before anything is unpacked."""
    if len(file) > MAX_FILE_BYTES:
        raise FileError(f"This file is over the limit of {MAX_FILE_BYTES // 10**6} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            members = archive.infolist()
            if {m.filename for m in members} != {f"{name}.npy" for name in NAMES}:
                raise FileError("This file is not a run saved here.")
            if sum(m.file_size for m in members) > MAX_UNPACKED_BYTES:
                raise FileError("This file unpacks to more than a run can hold.")
        with np.load(io.BytesIO(file), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in NAMES}
        # NumPy returns a member that is not an array as bytes.
        _require(all(isinstance(array, np.ndarray) for array in arrays.values()), "not arrays")
        return arrays
    except FileError:
        raise
    except Exception as error:  # zipfile, zlib, lzma and NumPy each raise errors of their own
        raise FileError("This file is not a run saved here, or it was cut short.") from error


def _header(arrays: dict) -> dict:
    """The checked header of a file's arrays."""
    if arrays["checksum"].tobytes() != _digest(arrays):
        raise FileError("This file was changed after it was saved.")
    try:
        header = json.loads(arrays["header"].tobytes())
        known = header["format"] == FORMAT
    except (ValueError, TypeError, KeyError, RecursionError):
        raise FileError("This file is not a run saved here.") from None
    if not known:
        raise FileError("This file was saved by another version of the lab.")
    return header


def _restore(header: dict, arrays: dict) -> Run:
    """The run of a file; every number is checked against what its config allows."""
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
    rows = arrays["rows"]
    right = rows.ndim == 2 and rows.shape[1] == len(COLUMNS) and rows.dtype == float
    _require(right, "its history is broken")
    _require(len(rows) <= MAX_EPOCHS, "its history is too long")
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
    P, counters = parameter_count(config.sizes), arrays["counters"]
    n = len(counters)
    parameters, slots = arrays["parameters"], arrays["slots"]
    keys, gauss = arrays["generator_keys"], arrays["generator_gauss"]
    most = max(optimiser.slots for optimiser in OPTIMISERS.values())
    right = (
        n >= 2
        and counters.shape == (n, 3)
        and counters.dtype.kind == "i"
        and parameters.shape == (n, P)
        and parameters.dtype == slots.dtype == np.dtype(config.precision)
        and slots.ndim == 3
        and slots.shape[::2] == (n, P)
        and slots.shape[1] <= most
        and keys.shape == (n, 624)
        and keys.dtype == np.uint32
        and gauss.shape == (n, 2)
        and gauss.dtype == float
        and arrays["slot_counts"].shape == arrays["generator_positions"].shape == (n,)
        and arrays["slot_counts"].dtype.kind == arrays["generator_positions"].dtype.kind == "i"
    )
    _require(right, "its arrays do not fit its settings")
    errors = arrays["errors"]
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
    states = []
    for i in range(n):
        generator = {
            "bit_generator": "MT19937",
            "state": {"key": keys[i], "pos": int(arrays["generator_positions"][i])},
            "has_gauss": int(gauss[i, 0]),
            "gauss": float(gauss[i, 1]),
        }
        # NumPy does not check the position, and would read past the end of the keys.
        there = 0 <= generator["state"]["pos"] <= 624 and generator["has_gauss"] in (0, 1)
        _require(there, "its random numbers are out of range")
        epoch, step, t = (int(c) for c in counters[i])
        count = int(arrays["slot_counts"][i])
        _require(0 <= count <= slots.shape[1], "its counters are out of range")
        last = errors if i == n - 1 else np.empty(0)
        state = State(parameters[i], slots[i, :count], (generator,), epoch, step, t, last)
        states.append(state)
    return states


def _require(holds: bool, what: str):
    if not holds:
        raise ValueError(what)
