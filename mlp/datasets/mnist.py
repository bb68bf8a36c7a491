"""All of MNIST: where its four files lie, how they are checked, and how they are fetched.

They are taken from the folder named in the variable MLP_MNIST_DIR, or else from the user's cache
folder, which `download` fills. MNIST is by Yann LeCun and Corinna Cortes, under CC BY-SA 3.0.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from threading import Lock
from time import monotonic
from urllib.parse import urlsplit

import numpy as np

from mlp.datasets import idx
from mlp.datasets.cache import kept

FOLDER = "MLP_MNIST_DIR"
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
# The most seconds: to connect, between two pieces, and for one file as a whole.
CONNECT, SILENCE, PATIENCE = 5.0, 10.0, 300.0
PIECE = 1024  # bytes
TELL = 0.1  # seconds between two calls of `progress`


@dataclass(frozen=True)
class File:
    """One of the files: its size packed by gzip, about; its size unpacked; the MD5 sum of that."""

    name: str
    packed: int
    size: int
    md5: str


# The sums of the original files. Mirrors may have packed them differently, so these are unpacked.
FILES = (
    File("train-images-idx3-ubyte", 9_912_422, 47_040_016, "6bbc9ace898e44ae57da46a324031adb"),
    File("train-labels-idx1-ubyte", 28_881, 60_008, "a25bea736e30d166cdddb491f175f624"),
    File("t10k-images-idx3-ubyte", 1_648_877, 7_840_016, "2646ac647ad5339dbf082846283269ea"),
    File("t10k-labels-idx1-ubyte", 4_542, 10_008, "27ae3e4e09519cfbb04c329615203637"),
)


class NotHere(ValueError):
    """MNIST cannot be read here as things stand; the message says what to do."""


class NotFetched(ValueError):
    """MNIST could not be fetched; the message says why, and what to do."""


def named_folder() -> Path | None:
    """The folder that the user has named, if any."""
    named = os.environ.get(FOLDER)
    return Path(named).expanduser() if named else None


def cache_folder() -> Path:
    """Where `download` puts the files: in the user's cache folder."""
    import pooch

    return Path(pooch.os_cache("backpropagation-lab")) / "mnist"


def is_there() -> bool:
    """Whether all four files are here, so that nothing need be fetched. Looks at no content."""
    folder = named_folder() or cache_folder()
    return all(_path(folder, file) for file in FILES)


def can_fetch() -> bool:
    """Whether `download` would help: not while the user names a folder, which comes first."""
    return named_folder() is None


def arrays() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Images (60,000, 28, 28) and labels (60,000,) to train on; 10,000 of both to test on.

    All uint8, read only, and kept for the next caller. Raises NotHere.
    """
    return _read(named_folder() or cache_folder())


@kept(1)
def _read(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    try:
        contents = [_content(folder, file) for file in FILES]
        readers = (idx.images, idx.labels, idx.images, idx.labels)
        four = [
            read(content, file.name)
            for read, content, file in zip(readers, contents, FILES, strict=True)
        ]
        idx.check_match(*four[:2])
        idx.check_match(*four[2:])
    except (OSError, ValueError) as error:
        way = "" if named_folder() else "download it on the page of the digits, or "
        raise NotHere(
            f"the full MNIST cannot be read: {error}; {way}name a folder with its four files in "
            f"{FOLDER}, or by --data in a terminal"
        ) from None
    return tuple(four)


def _path(folder: Path, file: File) -> Path | None:
    """Where a file lies in a folder, under either spelling, packed or not."""
    spellings = (file.name, file.name.replace("-idx", ".idx"))
    paths = (folder / (name + end) for name in spellings for end in ("", ".gz"))
    return next((path for path in paths if path.is_file()), None)


def _content(folder: Path, file: File) -> bytes:
    """A file's content, unpacked and checked. Raises ValueError, or OSError from reading it."""
    path = _path(folder, file)
    if path is None:
        raise ValueError(f"there is no {file.name} in {folder}")
    with path.open("rb") as stream:
        return checked(stream.read(file.size + PIECE), file)


def checked(content: bytes, file: File) -> bytes:
    """The content unpacked, if it is to the last bit what this file should hold."""
    content = idx.unpacked(content, file.size, file.name)
    digest = md5(content, usedforsecurity=False).hexdigest()
    if digest != file.md5:
        raise ValueError(f"{file.name} must have the MD5 sum {file.md5}, got {digest}")
    return content


_fetching = Lock()


def packed_bytes() -> int:
    """How much there is to fetch, about, in bytes."""
    return sum(file.packed for file in FILES)


def download(progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Fetch the files that are not in the cache folder yet, each from the first mirror that can.

    A file is written beside its place, checked and then renamed, so the cache never holds half of
    one, and a second try fetches only what is missing. progress: called about ten times a
    second with the bytes fetched and the bytes of all files, both about; what it raises ends the
    download.
    Raises NotFetched.
    """
    folder, total = cache_folder(), packed_bytes()
    # One download at a time in this process: the second caller finds the files there.
    while not _fetching.acquire(timeout=TELL):
        progress(0, total)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        done = 0
        for file in FILES:
            if not _is_good(folder, file):
                _fetch(folder, file, lambda n, before=done: progress(before + n, total))
            done += file.packed
            progress(done, total)
    except OSError as error:
        raise NotFetched(f"the folder {folder} cannot be written to: {error}") from None
    finally:
        _fetching.release()


def _is_good(folder: Path, file: File) -> bool:
    try:
        return bool(_content(folder, file))
    except (OSError, ValueError):
        return False


def _fetch(folder: Path, file: File, tell: Callable[[int], None]) -> None:
    """Fetch one file from the first mirror that has it whole."""
    troubles = []
    for mirror in MIRRORS:
        beside = folder / f"{file.name}.{os.getpid()}.part"
        try:
            _copy(mirror + file.name + ".gz", beside, _Meter(file, tell))
            checked(beside.read_bytes(), file)
            beside.replace(folder / f"{file.name}.gz")
            return
        except (OSError, ValueError) as error:  # those of requests are OSErrors
            troubles.append(f"{urlsplit(mirror).hostname}: {_why(error)}")
        finally:
            beside.unlink(missing_ok=True)
    raise NotFetched(
        f"MNIST could not be fetched ({'; '.join(troubles)}); try again later, or name a folder "
        f"with its files in {FOLDER}"
    )


def _copy(url: str, path: Path, meter: "_Meter") -> None:
    from pooch import HTTPDownloader

    HTTPDownloader(meter, PIECE, timeout=(CONNECT, SILENCE))(url, path, None)


class _Meter:
    """A progress bar for pooch: it counts bytes, and ends a file that is too long or too slow."""

    def __init__(self, file: File, tell: Callable[[int], None]):
        self.file, self.tell, self.total = file, tell, 0
        self.n, self.told, self.end = 0, -TELL, monotonic() + PATIENCE

    def update(self, n: int) -> None:
        """Count `n` more bytes."""
        self.n += n
        now = monotonic()
        if self.n > self.file.size + PIECE:
            raise ValueError(f"more than the {self.file.size:,} bytes of {self.file.name}")
        if now > self.end:
            raise TimeoutError(f"timed out after {PATIENCE:g} seconds")
        if now - self.told >= TELL:
            self.told = now
            self.tell(min(self.n, self.file.packed))

    def reset(self) -> None:
        """Count from 0: at the end, pooch counts the whole file once more."""
        self.n = 0

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


def _why(error: Exception) -> str:
    """What went wrong at a mirror, in words."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"it answered {response.status_code}"
    if "timed out" in str(error).lower():
        return "it did not answer in time"
    return str(error) if isinstance(error, ValueError) else "the connection failed"
