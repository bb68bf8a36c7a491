"""Files: what is saved goes on bit for bit, and nothing else is ever believed."""

import io
import json
import pickle
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from mlp import Config, Parity, advance, begin, branch, changed, state_at
from mlp.network.activations import ACTIVATIONS
from mlp.sharing import file as run_file
from mlp.sharing.address import Address
from mlp.sharing.contents import config_from_nested, nested_settings
from mlp.sharing.file import (
    MAX_FILE_BYTES,
    NAMES,
    FileError,
    fits,
    load,
    save,
)
from mlp.training.history import history_csv
from mlp.training.run import Run
from mlp.training.schedule import MAX_CHANGES
from tests.support.alike import same_bits, same_run
from tests.support.changed_runs import FLIGHTS, SMALL, flown

pytestmark = pytest.mark.filterwarnings("error")


def a_run():
    """A run with all that a file holds: changes, a memory, snapshots, and a broken-off epoch."""
    run = flown(SMALL, [(4, {"optimiser": "adam"}), (6, {"learning_rate": 0.05})])
    return advance(run, steps=4)


SAVED = save(a_run())


def contents(file=SAVED):
    """The arrays in a file, and its header as the JSON that it is."""
    with np.load(io.BytesIO(file)) as archive:
        arrays = {name: archive[name].copy() for name in archive.files}
    return arrays, json.loads(arrays.pop("header").tobytes())


def pack(arrays, header, seal=True):
    """A file of these arrays, with a checksum that fits, as someone who knows the code would."""
    arrays = arrays | {"header": np.frombuffer(json.dumps(header).encode(), np.uint8)}
    if seal:
        arrays["checksum"] = np.frombuffer(run_file._digest(arrays), np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def refused(file):
    """The sentence with which a file is refused."""
    with pytest.raises(FileError) as error:
        load(file)
    message = str(error.value)
    assert message.startswith("This file ")
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 300
    return message


def loads_or_is_refused(file):
    """The run in a file, shown to be one that can be used; or None when the file is refused."""
    try:
        run = load(file)
    except FileError:
        refused(file)
        return None
    assert isinstance(run, Run)
    further = advance(run, steps=4)
    assert further.diverged or further.position > run.position
    state_at(run, run.epoch)
    branch(run, 0)
    assert Address.of(run).text
    history_csv(run.history)
    return run


# What is saved goes on


@given(FLIGHTS, st.integers(0, 20), st.sampled_from(["float64", "float32"]))
@settings(max_examples=60)
def test_a_run_saved_anywhere_goes_on_exactly_where_it_stood(flight, steps, precision):
    run = advance(flown(replace(SMALL, precision=precision), flight), steps=steps)
    loaded = load(save(run))
    assert same_run(loaded, run)
    assert same_bits(loaded.history.snapshots, run.history.snapshots)
    assert loaded.history.stride == run.history.stride
    assert same_run(advance(loaded, epochs=5), advance(run, epochs=5))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_run_with_any_activation_is_saved_and_linked_under_its_name(name):
    run = advance(begin(replace(SMALL, hidden=name, output=name)), steps=3)
    assert same_run(load(save(run)), run)
    assert Address.read(Address.of(run).text).config == run.config


@given(st.integers(0, 12))
def test_every_epoch_of_a_loaded_run_is_reached(epoch):
    run = advance(a_run(), epochs=8)
    assert same_bits(state_at(load(save(run)), epoch), state_at(run, epoch))


def test_a_long_run_is_saved_with_few_snapshots_and_still_reaches_every_epoch():
    run = advance(begin(SMALL), epochs=200)
    loaded = load(save(run))
    assert 32 <= len(loaded.history.snapshots) <= 64
    for epoch in (0, 1, 99, 199, 200):
        assert same_bits(state_at(loaded, epoch), state_at(run, epoch))
    assert same_run(advance(loaded, epochs=9), advance(run, epochs=9))


def test_a_run_that_diverged_is_saved_and_can_still_be_rewound():
    config = replace(SMALL, hidden="relu", output="identity")
    run = changed(advance(begin(config), epochs=2), replace(config, learning_rate=1e6))
    run = advance(run, epochs=20)
    loaded = load(save(run))
    assert run.diverged
    assert same_run(loaded, run)
    assert same_run(advance(branch(loaded, 2), epochs=20), run)


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_a_run_on_its_way_to_overflow_is_loaded_from_every_step(precision):
    """Here L2 blows the weights up a step before any error shows it."""
    config = replace(
        SMALL,
        hidden="tanh",
        output="softmax",
        loss="cross-entropy",
        learning_rate=6e7,
        l2=1.0,
        precision=precision,
    )
    run = begin(config)
    while not run.diverged and run.epoch < 60:
        assert same_run(load(save(run)), run)
        run = advance(run, steps=1)
    assert run.diverged
    assert same_run(load(save(run)), run)


def test_a_run_from_a_link_with_changes_ahead_is_saved_with_them():
    run = a_run()
    ahead = advance(begin(run.config, run.schedule), steps=2)
    loaded = load(save(ahead))
    assert same_run(loaded, ahead)
    assert same_run(advance(loaded, steps=12), advance(ahead, steps=12))


def test_a_larger_network_is_thinned_until_its_file_may_be_loaded():
    config = Config(data=Parity(bits=3), hidden_sizes=(256, 256), optimiser="adam")
    run = advance(begin(config), epochs=25)
    file = save(run)
    assert len(file) <= MAX_FILE_BYTES
    assert same_run(load(file), run)
    assert same_bits(state_at(load(file), 13), state_at(run, 13))


def test_a_network_too_large_for_any_file_says_so_when_it_is_saved():
    run = begin(Config(data=Parity(bits=3), hidden_sizes=(1024, 1024)))
    with pytest.raises(FileError) as error:
        save(run)
    assert str(error.value) == "This run does not fit into a file of 10 MB."


def test_the_same_run_makes_the_same_arrays_and_a_readable_header():
    arrays, header = contents()
    again, same_header = contents(save(a_run()))
    assert same_bits(arrays, again)
    assert header == same_header
    assert header["schedule"][0] == [0, 0, nested_settings(SMALL)]
    assert [entry[:2] for entry in header["schedule"]] == [[0, 0], [1, 1], [3, 1]]


def test_a_file_saved_by_an_earlier_version_is_loaded_and_makes_the_same_file():
    file = Path(__file__).with_name("saved_earlier.npz").read_bytes()
    run, config = load(file), replace(SMALL, data=Parity(bits=4, rule="three"), seed=5)
    config = replace(config, hidden_sizes=(4, 2))
    later = replace(config, optimiser="adam", learning_rate=0.01)
    assert run.schedule == (((0, 0), config), ((1, 1), later)) and run.position == (2, 1)
    with np.load(io.BytesIO(file)) as before, np.load(io.BytesIO(save(run))) as after:
        assert same_bits(dict(after), dict(before))


def test_a_file_from_before_there_was_a_scale_is_a_config_of_scale_1():
    values = nested_settings(Config(initialisation="he"))
    del values["scale"]
    assert config_from_nested(values) == Config(initialisation="he", scale=1.0)


def broken(**changes):
    """The settings of a header with these changes."""
    return nested_settings(Config()) | changes


@pytest.mark.parametrize(
    "values",
    [
        {},
        [],
        None,
        7,
        "parity",
        broken(data=None),
        broken(data={}),
        broken(data={"name": "nonsense"}),
        broken(data={"name": ["parity"]}),
        broken(data={"name": "parity", "bits": 10, "weight": 3}),
        broken(data={"name": "parity", "seed": 1}),
        broken(data={"name": "parity", "data": "digits"}),
        broken(data={"name": "parity", "hidden_sizes": [3]}),
        broken(bits=10),
        broken(hidden_sizes=None),
        broken(hidden_sizes=3),
        broken(hidden_sizes="33"),
        broken(hidden_sizes=[[3]]),
        broken(surprise=1),
        broken(seed="0"),
        broken(learning_rate=float("nan")),
        {name: value for name, value in nested_settings(Config()).items() if name != "data"},
    ],
    ids=lambda values: f"{values!r:.60}",
)
def test_settings_in_a_header_that_are_not_a_config_raise_a_value_error(values):
    with pytest.raises(ValueError, match="."):
        config_from_nested(values)


# What was not saved here is refused


@pytest.mark.parametrize(
    "file",
    [b"", b"P", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n" + bytes(100), b"epoch,error\n0,0.48\n"],
)
def test_what_is_not_an_archive_is_refused(file):
    assert refused(file) == "This file is not a run saved here, or it was cut short."


def test_an_archive_of_something_else_is_refused():
    file = io.BytesIO()
    np.savez(file, W0=np.zeros((32, 784)), b0=np.zeros(32))
    assert refused(file.getvalue()) == "This file is not a run saved here."


def test_a_single_array_is_refused():
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    assert refused(file.getvalue()) == "This file is not a run saved here, or it was cut short."


@given(st.integers(0, len(SAVED) - 1))
@settings(max_examples=300)
def test_a_file_cut_short_at_any_byte_is_refused(length):
    assert refused(SAVED[:length]) == "This file is not a run saved here, or it was cut short."


@given(st.integers(0, len(SAVED) - 1), st.integers(1, 255))
@settings(max_examples=600)
def test_a_file_with_one_changed_byte_is_refused_or_holds_the_very_same_run(at, flip):
    """The same run, because a zip also has dates and the like, in which nothing is stored."""
    file = bytearray(SAVED)
    file[at] ^= flip
    try:
        run = load(bytes(file))
    except FileError:
        refused(bytes(file))
    else:
        assert same_run(run, a_run())


@given(st.data())
@settings(max_examples=200)
def test_a_file_with_a_piece_cut_out_or_put_in_is_refused_or_holds_the_very_same_run(data):
    lo = data.draw(st.integers(0, len(SAVED)))
    hi = data.draw(st.integers(lo, min(len(SAVED), lo + 200)))
    file = SAVED[:lo] + data.draw(st.binary(max_size=200)) + SAVED[hi:]
    try:
        run = load(file)
    except FileError:
        refused(file)
    else:
        assert same_run(run, a_run())


@pytest.mark.parametrize("name", sorted(NAMES - {"checksum", "header"}))
def test_a_number_changed_without_the_checksum_is_refused(name):
    arrays, header = contents()
    arrays[name].view(np.uint8).flat[-1] ^= 1
    assert refused(pack(arrays, header, seal=False)) == (
        "This file was changed after it was saved."
    )


def test_a_header_changed_without_the_checksum_is_refused():
    arrays, header = contents()
    header["stride"] = 2
    assert refused(pack(arrays, header, seal=False)) == (
        "This file was changed after it was saved."
    )


def test_a_file_over_ten_megabytes_is_refused_unopened():
    assert refused(bytes(MAX_FILE_BYTES + 1)) == "This file is over the limit of 10 MB."
    assert "limit" not in refused(bytes(MAX_FILE_BYTES))


def zipped(replaced, method=zipfile.ZIP_DEFLATED):
    """The saved file with other bytes in some of its members."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SAVED)) as old, zipfile.ZipFile(file, "w", method) as new:
        for member in old.namelist():
            new.writestr(member, replaced.get(member, old.read(member)))
    return file.getvalue()


def peak_memory(file):
    tracemalloc.start()
    refused(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_a_zip_bomb_is_refused_without_being_unpacked():
    bomb = zipped({"rows.npy": bytes(100_000_000)})
    assert len(bomb) < 1_000_000
    assert refused(bomb) == "This file unpacks to more than a run can hold."
    assert peak_memory(bomb) < 1_000_000


def test_a_zip_that_understates_what_it_unpacks_to_is_refused_without_being_unpacked():
    bomb = bytearray(zipped({"rows.npy": bytes(100_000_000)}))
    claim = (100_000_000).to_bytes(4, "little")
    assert bomb.count(claim) >= 1
    bomb = bytes(bomb).replace(claim, (1000).to_bytes(4, "little"))
    assert peak_memory(bomb) < 1_000_000


def npy(header):
    """The bytes of an array file with this text as its header."""
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 3), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 3, }",
        "{'descr': '|S0', 'fortran_order': False, 'shape': (1000000000000000, 3), }",
        "{'descr': (), 'fortran_order': False, 'shape': (1,), }",
        "{'descr': [()], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': [('a', '<f8', (2,))], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': 'nonsense', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f8', 'fortran_order': 7, 'shape': (1,), }",
        "{'descr': ((((((((((",
        "{" * 300,
        "(" * 9000,
        "-" * 9000 + "1",
        "  indented\n wrongly",
        "__import__('os').abort()",
        "'" * 3,
        "",
    ],
    ids=lambda header: header[:40] or "nothing",
)
@pytest.mark.parametrize("member", ["rows.npy", "header.npy"])
def test_an_array_with_a_malformed_description_is_refused(member, header):
    refused(zipped({member: npy(header)}))


@given(st.binary(max_size=300), st.sampled_from(sorted(NAMES)))
@settings(max_examples=200)
def test_an_archive_with_any_bytes_for_an_array_is_refused(noise, name):
    refused(zipped({f"{name}.npy": noise}))
    refused(zipped({f"{name}.npy": npy("") + noise}))


class Trap:
    """An object whose unpickling would be noticed."""

    sprung = False

    def __reduce__(self):
        return (setattr, (Trap, "sprung", True))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_an_array_of_pickled_objects_is_refused_and_never_unpickled(name):
    file = io.BytesIO()
    np.save(file, np.array([Trap()], dtype=object), allow_pickle=True)
    refused(zipped({f"{name}.npy": file.getvalue()}))
    refused(zipped({f"{name}.npy": pickle.dumps(Trap())}))
    assert not Trap.sprung


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@given(at=st.integers(0, 6000), flip=st.integers(1, 255))
@settings(max_examples=60)
def test_an_archive_packed_another_way_fails_no_worse(method, at, flip):
    file = bytearray(zipped({}, method))
    file[at % len(file)] ^= flip
    try:
        run = load(bytes(file))
    except FileError:
        refused(bytes(file))
    else:
        assert same_run(run, a_run())


def test_an_encrypted_archive_is_refused():
    file = bytearray(SAVED)
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        file[file.index(signature) + flags] |= 1
    refused(bytes(file))


def test_a_member_missing_or_one_too_many_is_refused():
    arrays, header = contents()
    assert refused(pack(arrays | {"more": np.zeros(1)}, header)) == (
        "This file is not a run saved here."
    )
    del arrays["slots"]
    assert refused(pack(arrays, header)) == "This file is not a run saved here."


# Even a checksum that fits makes nothing believed


def shift(name, index, value):
    """A change of one entry of one array."""

    def change(arrays, header):
        arrays[name] = arrays[name].copy()
        arrays[name][index] = value

    return change


def become(name, make):
    """A change of a whole array."""

    def change(arrays, header):
        arrays[name] = np.asarray(make(arrays[name]))

    return change


def head(*path, value):
    """A change somewhere in the header."""

    def change(arrays, header):
        place = header
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def endless(arrays, header):
    """More epochs than any run has, and all else to match."""
    arrays["rows"] = np.zeros((100_001, 3))
    arrays["counters"][-1, 0] = 100_001


def overlong(arrays, header):
    """A third step in an epoch of three, after which the epoch would have ended."""
    arrays["counters"][-1, 1] = 3
    arrays["errors"] = np.append(arrays["errors"], 0.1)


FORGED = {
    "weights that are not numbers": shift("parameters", (-1, 0), np.nan),
    "an infinite weight in a snapshot": shift("parameters", (0, 0), np.inf),
    "weights of another network": become("parameters", lambda a: a[:, :-1]),
    "weights without an axis": become("parameters", lambda a: a[0]),
    "weights of another precision": become("parameters", lambda a: a.astype("float32")),
    "weights of the other byte order": become("parameters", lambda a: a.astype(">f8")),
    "no weights": become("parameters", lambda a: a[:0]),
    "one state too few": become("counters", lambda a: a[:-1]),
    "no states": become("counters", lambda a: a[:0]),
    "a number for counters": become("counters", lambda a: 7),
    "counters with decimals": become("counters", lambda a: a.astype(float)),
    "a negative epoch": shift("counters", (-1, 0), -1),
    "a negative step": shift("counters", (-1, 1), -1),
    "a negative count of steps": shift("counters", (-1, 2), -1),
    "a step that no epoch has": overlong,
    "another epoch than the history's": shift("counters", (-1, 0), 9),
    "a snapshot within an epoch": shift("counters", (1, 1), 1),
    "snapshots out of order": shift("counters", (1, 0), 3),
    "no snapshot of the start": shift("counters", (0, 0), 1),
    "a snapshot from the future": shift("counters", (-2, 0), 5),
    "memory of another shape": become("slots", lambda a: a[:, :, :-1]),
    "memory of another precision": become("slots", lambda a: a.astype("float32")),
    "more memory than any optimiser has": become("slots", lambda a: np.repeat(a, 2, axis=1)),
    "memory that the optimiser lacks": shift("slot_counts", -1, 0),
    "memory beyond the array": shift("slot_counts", -1, 3),
    "a negative memory": shift("slot_counts", -1, -1),
    "memory for an optimiser without": shift("slot_counts", 0, 2),
    "no counts of memory": become("slot_counts", lambda a: a[:0]),
    "counts that are text": become("slot_counts", lambda a: a.astype("U3")),
    "random numbers that are cut short": become("generator_keys", lambda a: a[:, :600]),
    "random numbers of another kind": become("generator_keys", lambda a: a.astype("uint64")),
    "a place before the random numbers": shift("generator_positions", -1, -1),
    "a place after the random numbers": shift("generator_positions", 0, 625),
    "a place far after the random numbers": shift("generator_positions", -1, 2**31 - 1),
    "no places": become("generator_positions", lambda a: a[:, None]),
    "no normal number left over": become("generator_gauss", lambda a: a[:, :1]),
    "a left over that is no number": shift("generator_gauss", (0, 0), np.nan),
    "more than one left over": shift("generator_gauss", (0, 0), 2.0**31),
    "an error too many": become("errors", lambda a: np.append(a, 0.1)),
    "an error that is no number": become("errors", lambda a: a * np.nan),
    "errors that are text": become("errors", lambda a: a.astype("U9")),
    "a history of two columns": become("rows", lambda a: a[:, :2]),
    "a history of another precision": become("rows", lambda a: a.astype("float32")),
    "a flat history": become("rows", lambda a: a.ravel()),
    "a history with an infinite error": shift("rows", (0, 0), np.inf),
    "a history that is too long": endless,
    "a stride of nothing": head("stride", value=0),
    "a stride of text": head("stride", value="1"),
    "a stride of half": head("stride", value=0.5),
    "no settings": head("schedule", value=[]),
    "settings that are none": head("schedule", value=None),
    "settings that are text": head("schedule", value="settings"),
    "one setting short": head("schedule", 0, value=[0, 0]),
    "a start that is not the start": head("schedule", 0, 0, value=1),
    "changes out of order": head("schedule", 1, 0, value=4),
    "a change at a step that no epoch has": head("schedule", 2, 1, value=3),
    "a change at a negative step": head("schedule", 2, 1, value=-1),
    "a change after the last epoch ever": head("schedule", 2, 0, value=10**6),
    "a change in infinity": head("schedule", 2, 0, value=float("inf")),
    "too many changes": head(
        "schedule", value=[[0, 0, nested_settings(SMALL)]] * (MAX_CHANGES + 1)
    ),
    "a change of the whole network": head("schedule", 1, 2, "seed", value=1),
    "a setting that is not one": head("schedule", 0, 2, "seed", value=-1),
    "an unknown setting": head("schedule", 0, 2, "magic", value=1),
    "a learning rate that is no number": head("schedule", 2, 2, "learning_rate", value=10**400),
    "a learning rate of text": head("schedule", 2, 2, "learning_rate", value="fast\n" * 999),
    "no data": head("schedule", 0, 2, "data", value={}),
    "a network beyond the limits": head("schedule", 0, 2, "hidden_sizes", value=[9**9] * 9),
    "an end that is text": head("diverged", value="here"),
    "an end elsewhere": head("diverged", value=[9, 9, "output layer"]),
    "an end in no layer": head("diverged", value=[4, 2, "<script>"]),
    "an end in a list": head("diverged", value=[4, 2, ["output layer"]]),
    "an end that is false": head("diverged", value=False),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_file_is_refused_though_its_checksum_fits(forgery):
    arrays, header = contents()
    FORGED[forgery](arrays, header)
    assert refused(pack(arrays, header)).startswith("This file does not hold a complete run")


def test_the_file_that_the_forgeries_start_from_is_a_good_one():
    assert same_run(load(pack(*contents())), a_run())
    assert a_run().position == (4, 2)


@pytest.mark.parametrize(
    "header",
    [None, 7, "run", [], {}, {"format": None}, {"format": "backpropagation-lab run 2"}],
    ids=repr,
)
def test_a_header_of_another_format_is_refused(header):
    assert refused(pack(contents()[0], header)) in (
        "This file is not a run saved here.",
        "This file was saved by another version of the lab.",
    )


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff\xfe", b"nan", b"[" * 100_000, b'{"format":' + b"9" * 5000 + b"}"]
)
def test_a_header_that_is_no_json_is_refused(text):
    arrays, _ = contents()
    arrays["header"] = np.frombuffer(text, np.uint8)
    arrays["checksum"] = np.frombuffer(run_file._digest(arrays), np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    assert refused(file.getvalue()) == "This file is not a run saved here."


@given(st.sampled_from(sorted(NAMES - {"checksum", "header"})), st.data())
@settings(max_examples=200)
def test_a_file_with_any_array_in_place_of_another_is_refused_or_of_use(name, data):
    arrays, header = contents()
    kinds = st.one_of(arrays_of.scalar_dtypes(), st.just(arrays[name].dtype))
    shapes = st.one_of(
        arrays_of.array_shapes(min_dims=0, min_side=0, max_side=4), st.just(arrays[name].shape)
    )
    dtype, shape = data.draw(kinds), data.draw(shapes)
    elements = arrays_of.from_dtype(dtype)
    arrays[name] = data.draw(arrays_of.arrays(dtype, shape, elements=elements, fill=elements))
    loads_or_is_refused(pack(arrays, header))


@given(st.sampled_from(sorted(NAMES - {"checksum", "header"})), st.data())
@settings(max_examples=200)
def test_a_file_with_any_one_entry_changed_is_refused_or_of_use(name, data):
    arrays, header = contents()
    flat = arrays[name].reshape(-1)
    at = data.draw(st.integers(0, flat.size - 1))
    flat[at] = data.draw(arrays_of.from_dtype(flat.dtype))
    loads_or_is_refused(pack(arrays, header))


def places(value, path=()):
    """Every place in a header, as the keys that lead to it."""
    yield path
    keys = value if isinstance(value, dict) else range(len(value) if type(value) is list else 0)
    for key in keys:
        yield from places(value[key], (*path, key))


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from([0, 1, -1, 2**31, 10**30, 1e308, "sgd", "adam", "softmax", "relu", "he"]),
    ),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=5,
)


@given(st.sampled_from([p for p in places(contents()[1]) if p]), JSON)
@settings(max_examples=400)
def test_a_file_with_anything_anywhere_in_its_header_is_refused_or_of_use(path, value):
    arrays, header = contents()
    head(*path, value=value)(arrays, header)
    loads_or_is_refused(pack(arrays, header))


def test_what_fits_into_a_file_can_be_saved_and_the_rest_is_known_before():
    assert run_file.fits(a_run()) and save(a_run())
    large = begin(Config(hidden_sizes=(1024, 1024)))
    assert not run_file.fits(large)
    with pytest.raises(FileError, match="does not fit"):
        save(large)


def test_a_run_changed_more_often_than_a_file_may_say_is_not_saved():
    run = advance(begin(SMALL), steps=1)
    schedule = tuple(((epoch, 0), SMALL) for epoch in range(MAX_CHANGES + 1))
    run = replace(run, schedule=schedule)
    assert not fits(run)
    with pytest.raises(FileError, match="does not fit"):
        save(run)
