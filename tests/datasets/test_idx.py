"""The IDX reader: what is such a file comes back as it was, and anything else is refused."""

import gzip
import struct
import tracemalloc
import zlib
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp.datasets import idx
from tests.support.small_mnist import idx_bytes

MOST = 10_000
PIXELS = st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: st.binary(min_size=prod(shape), max_size=prod(shape)).map(
        lambda values: np.frombuffer(values, np.uint8).reshape(shape)
    )
)
DIGITS = st.lists(st.integers(0, 9), min_size=1, max_size=40).map(lambda n: np.array(n, np.uint8))


def refusal(read, *arguments) -> str:
    """The words with which it is refused."""
    with pytest.raises(ValueError) as error:
        read(*arguments)
    return str(error.value)


@given(PIXELS, DIGITS, st.booleans())
def test_what_was_written_is_read_packed_or_plain(pixels, digits, packed):
    pack = gzip.compress if packed else bytes
    for read, values in ((idx.images, pixels), (idx.labels, digits)):
        back = read(idx.unpacked(pack(idx_bytes(values)), MOST))
        assert back.dtype == np.uint8
        np.testing.assert_array_equal(back, values)


@given(PIXELS, st.data())
def test_a_file_of_another_length_is_refused_as_are_other_sizes(pixels, data):
    content = idx_bytes(pixels)
    cut = data.draw(st.integers(0, len(content) - 1))
    refusal(idx.images, content[:cut])
    refusal(idx.images, content + data.draw(st.binary(min_size=1, max_size=9)))
    place, bits = data.draw(st.integers(0, 15)), data.draw(st.integers(1, 255))
    other = bytearray(content)
    other[place] ^= bits
    refusal(idx.images, bytes(other))


@given(st.binary(max_size=60), st.booleans(), st.sampled_from([idx.images, idx.labels]))
@settings(max_examples=300)
def test_any_bytes_give_an_array_or_one_clear_error(content, packed, read):
    content = gzip.compress(content) if packed else content
    try:
        assert read(idx.unpacked(content, MOST)).dtype == np.uint8
    except ValueError as error:
        assert len(str(error).splitlines()) == 1


@given(DIGITS, st.data())
@settings(max_examples=300)
def test_a_mutilated_gzip_file_gives_the_same_values_or_an_error_and_nothing_else(digits, data):
    packed = bytearray(gzip.compress(idx_bytes(digits)))
    place = data.draw(st.integers(0, len(packed) - 1))
    if data.draw(st.booleans()):
        packed = packed[:place]
    else:
        packed[place] ^= data.draw(st.integers(1, 255))
    try:
        back = idx.labels(idx.unpacked(bytes(packed), MOST))
    except ValueError as error:
        assert str(error)
    else:  # a byte of the time, or of the name of the system that packed it
        np.testing.assert_array_equal(back, digits)


@pytest.mark.parametrize(
    ("read", "content", "message"),
    [
        (idx.images, b"", "must begin with 16 bytes of header, got 0"),
        (idx.labels, b"1234567", "must begin with 8 bytes of header, got 7"),
        (idx.images, struct.pack(">4I", 2049, 1, 1, 1), "the magic number 2051, got 2049"),
        (idx.labels, struct.pack(">2I", 2051, 1), "the magic number 2049, got 2051"),
        (idx.images, struct.pack(">4I", 2051, 1, 2, 2) + b"123", "1 x 2 x 2 values of its header"),
        (idx.labels, struct.pack(">2I", 2049, 1) + b"\1\2", "the 1 values of its header, got 2"),
        (idx.labels, struct.pack(">2I", 2049, 0), "the 0 values of its header, got 0"),
        (idx.images, struct.pack(">4I", 2051, *[2**32 - 1] * 3), "4,294,967,295 x 4,294,967,295"),
        (idx.labels, struct.pack(">2I", 2049, 2) + b"\x09\x0a", "digits from 0 to 9, got 10"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(read, content, message):
    said = refusal(read, content, "train-it")
    assert said.startswith("train-it must ")
    assert message in said


def test_truncated_gzip_and_a_wrong_sum_are_damage():
    packed = gzip.compress(idx_bytes(np.arange(10, dtype=np.uint8)))
    for broken in (packed[:-9], packed[:-8] + bytes(8), packed[:2] + b"\xff" + packed[3:]):
        assert "is a damaged gzip file: " in refusal(idx.unpacked, broken, MOST)


def test_a_gzip_bomb_is_refused_before_it_unfolds():
    packer, packed = zlib.compressobj(9, wbits=31), []
    for _ in range(100):
        packed.append(packer.compress(bytes(2**20)))
    bomb = b"".join(packed) + packer.flush()
    assert len(bomb) < 2**17
    tracemalloc.start()
    assert "at most 10,000 bytes" in refusal(idx.unpacked, bomb, MOST)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_a_plain_file_that_is_too_long_is_refused():
    assert idx.unpacked(bytes(MOST), MOST) == bytes(MOST)
    assert "at most 10,000 bytes" in refusal(idx.unpacked, bytes(MOST + 1), MOST)


@given(st.integers(1, 9), st.integers(1, 9))
def test_every_image_must_have_a_label(images, labels):
    arrays = np.zeros((images, 2, 2), np.uint8), np.zeros(labels, np.uint8)
    if images == labels:
        assert idx.check_match(*arrays) is None
    else:
        assert refusal(idx.check_match, *arrays).endswith(f"{images} images and {labels} labels")
