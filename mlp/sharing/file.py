"""A run as a file: NumPy's .npz with plain arrays, a header in JSON, and a checksum over both.

Nothing in a file is ever unpickled, and every value is checked before it is used.
"""

import hashlib
import io
import json
import zipfile

import numpy as np

from mlp.sharing.contents import arrays_of, header_of, run_of, written_rows
from mlp.training.history import state_bytes
from mlp.training.run import Run
from mlp.training.schedule import MAX_CHANGES

FORMAT = "backpropagation-lab run 1"
MAX_FILE_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 64_000_000
REST_BYTES = 500_000  # kept free for all that is neither a state nor the history
# With this many, every epoch of a loaded run is near a snapshot, and the file stays small.
MAX_SNAPSHOTS = 64


class FileError(ValueError):
    """A file that holds no run or was changed; the message is for the person who opened it."""


def save(run: Run) -> bytes:
    """The run as the bytes of an .npz file; the run that `load` makes of them goes on alike.

    Raises FileError for a network so large that `load` would refuse its file.
    """
    arrays = arrays_of(run, max(1, min(MAX_SNAPSHOTS, _states_within(run) - 1)))
    header = {"format": FORMAT} | header_of(run)
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


def fits(run: Run) -> bool:
    """Whether the run is small enough for a file: its start and where it stands now, at least."""
    if len(run.schedule) > MAX_CHANGES:
        return False
    return _states_within(run) >= 2


def _states_within(run: Run) -> int:
    """How many states of a run fit into a file beside its history."""
    history = written_rows(run.history.rows).nbytes
    return (MAX_FILE_BYTES - REST_BYTES - history) // state_bytes(run.state)


def load(file: bytes) -> Run:
    """The run in the bytes of a file that `save` wrote.

    Raises FileError, with one sentence that says what is wrong, for any other bytes: a file that
    is too large, cut short, of another kind, or changed after it was saved.
    """
    arrays = _read(file)
    header = _header(arrays)
    try:
        return run_of(header, arrays)
    except ValueError as error:
        raise FileError(f"This file does not hold a complete run: {str(error)[:200]}.") from None
    except Exception as error:  # its cause can only be in the file
        raise FileError("This file does not hold a complete run.") from error


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
        if not all(isinstance(array, np.ndarray) for array in arrays.values()):
            raise FileError("This file is not a run saved here.")
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
