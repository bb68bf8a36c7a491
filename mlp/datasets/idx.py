"""IDX, the file format of MNIST: a magic number, the sizes, then one byte for every value.

The reader is strict: what is not exactly such a file gives a ValueError that says why.
"""

import gzip
import struct
import zlib
from io import BytesIO
from math import prod

import numpy as np

GZIP = b"\x1f\x8b"  # how every gzip file begins
UNSIGNED_BYTES = 0x08  # the third byte of a magic number; the fourth is how many sizes follow


def unpacked(content: bytes, most: int, name: str = "the file") -> bytes:
    """The content itself, or what it unpacks to where it is gzip; at most `most` bytes.

    Unpacking stops at that limit, so a small file cannot fill the memory.
    """
    if content.startswith(GZIP):
        try:
            with gzip.GzipFile(fileobj=BytesIO(content)) as stream:
                content = stream.read(most + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{name} is a damaged gzip file: {error}") from None
    if len(content) > most:
        raise ValueError(f"{name} must hold at most {most:,} bytes, but there are more")
    return content


def images(content: bytes, name: str = "the images") -> np.ndarray:
    """Images from the bytes of an IDX file: (m, rows, columns) of uint8."""
    return _values(content, 3, name)


def labels(content: bytes, name: str = "the labels") -> np.ndarray:
    """Labels from the bytes of an IDX file: (m,) of uint8, 0 to 9."""
    values = _values(content, 1, name)
    if values.max() > 9:
        raise ValueError(f"{name} must hold digits from 0 to 9, got {values.max()}")
    return values


def check_match(images: np.ndarray, labels: np.ndarray) -> None:
    """Raise ValueError unless every image has a label."""
    if len(images) != len(labels):
        raise ValueError(
            f"every image must have a label, got {len(images):,} images and {len(labels):,} labels"
        )


def _values(content: bytes, axes: int, name: str) -> np.ndarray:
    """The values, shaped by the sizes in the header: big-endian, 4 bytes each, as the magic is."""
    start = 4 + 4 * axes
    if len(content) < start:
        raise ValueError(f"{name} must begin with {start} bytes of header, got {len(content)}")
    magic, *sizes = struct.unpack(f">{1 + axes}I", content[:start])
    wanted = UNSIGNED_BYTES << 8 | axes
    if magic != wanted:
        raise ValueError(f"{name} must begin with the magic number {wanted}, got {magic}")
    count, there = prod(sizes), len(content) - start
    if count == 0 or count != there:
        shape = " x ".join(f"{size:,}" for size in sizes)
        raise ValueError(f"{name} must hold the {shape} values of its header, got {there:,}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(sizes)
