"""All of MNIST: read from a folder, fetched from mirrors on this machine, never half.

Where the real files lie beside the project they are used; elsewhere a small set takes their place.
"""

import gzip
import threading
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlp import Digits, Network, datasets
from mlp.datasets import digits, mnist
from tests.support import mirrors, small_mnist
from tests.support.mirrors import mirror

REAL = small_mnist.SHARED / "data" / "mnist"
GOLDEN = small_mnist.SHARED / "golden" / "mnist_784_32_10_weights.npz"


@pytest.fixture
def small(monkeypatch, tmp_path):
    """The small set as MNIST, nowhere yet: its files, with an empty cache folder and no mirror."""
    files = small_mnist.install(monkeypatch)
    monkeypatch.delenv(mnist.FOLDER, raising=False)
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(mnist, "MIRRORS", ())
    yield files
    small_mnist.forget()


@pytest.fixture
def packed(small):
    """The files of the small set as a mirror has them."""
    return {f"{name}.gz": gzip.compress(content, 1) for name, content in small.items()}


@pytest.fixture
def whole(monkeypatch, request, tmp_path):
    """MNIST from a folder: the real one where it is, else the small set."""
    if REAL.is_dir():
        folder = REAL
    else:
        folder = tmp_path
        small_mnist.write(folder, small_mnist.install(monkeypatch))
    monkeypatch.setenv(mnist.FOLDER, str(folder))
    small_mnist.forget()
    yield digits.full()
    small_mnist.forget()


def use(monkeypatch, *addresses):
    """These mirrors, in turn, with little patience."""
    monkeypatch.setattr(mnist, "MIRRORS", addresses)
    monkeypatch.setattr(mnist, "SILENCE", 0.3)


def not_fetched() -> str:
    """The words with which a download ends that cannot be; it leaves nothing half done behind."""
    with pytest.raises(mnist.NotFetched) as error:
        mnist.download()
    assert not list(mnist.cache_folder().glob("*.part"))
    return str(error.value)


def test_there_is_a_label_for_each_image_and_as_many_as_the_settings_say(whole):
    X, y = whole.X_train, whole.y_train
    assert len(X) == len(y) == Digits(images="full").train_count
    assert X.shape[1:] == whole.X_test.shape[1:] == (28, 28)
    assert len(whole.X_test) == len(whole.y_test)
    assert {a.dtype for a in (X, y, whole.X_test, whole.y_test)} == {np.dtype(np.uint8)}
    assert set(y) == set(whole.y_test) == set(range(10))


def test_the_images_that_come_along_are_500_of_each_digit_and_none_is_in_both_parts():
    few = digits.embedded()
    train, test = ({image.tobytes() for image in X} for X in (few.X_train, few.X_test))
    assert (len(train), len(test)) == (4000, 1000)
    assert not train & test
    assert np.bincount(few.y_train).tolist() == [400] * 10
    assert np.bincount(few.y_test).tolist() == [100] * 10


def test_the_images_that_come_along_are_among_those_to_train_on_with_the_same_labels(whole):
    """Of the small set all, since it was made of them."""
    few = digits.embedded()
    pairs = zip((*few.X_train, *few.X_test), (*few.y_train, *few.y_test), strict=True)
    those = {(image.tobytes(), label) for image, label in pairs}
    all_of_it = {
        (i.tobytes(), label) for i, label in zip(whole.X_train, whole.y_train, strict=True)
    }
    assert those <= all_of_it if REAL.is_dir() else all_of_it <= those


def golden() -> tuple[list[np.ndarray], int | None]:
    """Weights and biases in turn, and how many test images they get right, where that is known."""
    if GOLDEN.exists():
        with np.load(GOLDEN, allow_pickle=False) as file:
            return [file[name] for name in ("W0", "b0", "W1", "b1")], 9259
    generator = np.random.RandomState(0)
    shapes = ((32, 784), (32,), (10, 32), (10,))
    return [generator.randn(*shape) for shape in shapes], None


def test_the_articles_trained_weights_get_9259_of_the_test_images_right(whole):
    """Where they are not, weights drawn at random get as many right as the article's own loops."""
    parameters, right = golden()
    data = datasets.load(Digits(images="full", pixels="0 to 255"), "float64")
    if right is None or not REAL.is_dir():
        right, (W, b, V, c) = 0, parameters
        for x, y in zip(data.X_test, data.y_test, strict=True):
            a = 1 / (1 + np.exp(np.clip(-(W @ x + b), None, 700)))
            right += (V @ a + c).argmax() == y.argmax()
    flat = np.concatenate([each.ravel() for each in parameters])
    outputs = Network((784, 32, 10), "sigmoid", "sigmoid", flat).forward(data.X_test).a[-1]
    assert (outputs.argmax(axis=1) == data.y_test.argmax(axis=1)).sum() == right


@pytest.mark.parametrize(("pixels", "top"), [("0 to 1", 1.0), ("0 to 255", 255.0)])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_inputs_are_the_pixels_over_their_range_however_they_are_kept(precision, pixels, top):
    few, data = digits.embedded(), Digits(pixels=pixels).load(precision)
    rows = np.arange(100).reshape(4, 25)
    inputs = data.gather(rows)
    assert inputs.dtype == data.X_test.dtype == precision
    expected = few.X_train[rows].reshape(4, 25, 784) * (top / 255)
    np.testing.assert_allclose(inputs, expected, rtol=1e-6)
    np.testing.assert_allclose(data.X_test, few.X_test.reshape(1000, 784) * (top / 255), rtol=1e-6)
    assert inputs.max() == data.X_test.max() == top


def test_raw_pixels_and_those_from_0_to_1_share_their_images(small, tmp_path, monkeypatch):
    small_mnist.write(tmp_path, small)
    monkeypatch.setenv(mnist.FOLDER, str(tmp_path))
    one, other = (
        datasets.load(Digits(images="full", pixels=pixels), precision)
        for pixels, precision in (("0 to 1", "float32"), ("0 to 255", "float64"))
    )
    assert np.shares_memory(one.X_train, other.X_train)


def test_sessions_that_start_at_once_read_it_once(small, tmp_path, monkeypatch):
    small_mnist.write(tmp_path, small)
    monkeypatch.setenv(mnist.FOLDER, str(tmp_path))
    read, opened = mnist._content, []
    monkeypatch.setattr(
        mnist, "_content", lambda *a: (opened.append(a), time.sleep(0.02), read(*a))[2]
    )
    got = []
    work = [
        threading.Thread(target=lambda: got.append(datasets.load(Digits(images="full"), "float32")))
        for _ in range(6)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert len(opened) == len(mnist.FILES)
    assert len(got) == 6 and all(data is got[0] for data in got)


@pytest.mark.parametrize("spelling", [str, lambda name: name.replace("-idx", ".idx")])
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_folder_may_hold_either_spelling_packed_or_plain(
    small, tmp_path, monkeypatch, spelling, is_packed
):
    small_mnist.write(tmp_path, {spelling(n): content for n, content in small.items()}, is_packed)
    monkeypatch.setenv(mnist.FOLDER, str(tmp_path))
    assert mnist.is_there() and not mnist.can_fetch()
    np.testing.assert_array_equal(
        digits.full().y_test, digits.embedded().y_test[: small_mnist.TEST]
    )


def test_where_it_is_not_a_load_says_what_to_do_and_a_config_can_still_be_made(small, monkeypatch):
    assert not mnist.is_there() and mnist.can_fetch()
    with pytest.raises(mnist.NotHere, match="download it on the page of the digits, or name a fol"):
        Digits(images="full").load("float32")
    monkeypatch.setenv(mnist.FOLDER, "/no/such/folder")
    with pytest.raises(
        ValueError, match="no train-images-idx3-ubyte in /no/such/folder; name a fo"
    ):
        Digits(images="full").load("float32")


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_a_folder_with_any_file_changed_is_refused_whichever_bit_it_is(
    small, tmp_path, monkeypatch, data
):
    files = dict(small)
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[name])
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    small_mnist.write(tmp_path, files | {name: bytes(content)}, packed=False)
    monkeypatch.setenv(mnist.FOLDER, str(tmp_path))
    with pytest.raises(mnist.NotHere, match=f"cannot be read: .*{name}"):
        digits.full()


def test_it_is_fetched_into_the_cache_with_word_on_the_progress(small, packed, monkeypatch):
    said = []
    with mirror(mirrors.sends(packed)) as (address, asked):
        use(monkeypatch, address)
        mnist.download(lambda done, total: said.append((done, total)))
    assert asked == list(packed)
    assert mnist.is_there()
    assert sorted(path.name for path in mnist.cache_folder().iterdir()) == sorted(packed)
    total = sum(file.packed for file in mnist.FILES)
    assert said[-1] == (total, total)
    assert [done for done, _ in said] == sorted(done for done, _ in said)
    assert len(digits.full().X_train) == small_mnist.TRAIN


def test_what_is_there_is_not_fetched_again(packed, monkeypatch):
    with mirror(mirrors.sends(packed)) as (address, asked):
        use(monkeypatch, address)
        mnist.download()
        mnist.download()
        (mnist.cache_folder() / "train-labels-idx1-ubyte.gz").write_bytes(b"damaged")
        mnist.download()
    assert asked == [*packed, "train-labels-idx1-ubyte.gz"]


def test_the_second_mirror_is_asked_when_the_first_fails(packed, monkeypatch):
    with (
        mirror(mirrors.refuses(404)) as (first, asked_first),
        mirror(mirrors.sends(packed)) as (second, asked_second),
    ):
        use(monkeypatch, first, second)
        mnist.download()
    assert asked_first == asked_second == list(packed)
    assert mnist.is_there()


def test_trying_again_goes_on_with_the_files_that_lack(packed, monkeypatch):
    half = dict(list(packed.items())[:2])
    bad = packed | dict.fromkeys(list(packed)[2:], b"not yet")
    with mirror(mirrors.sends(bad)) as (address, _):
        use(monkeypatch, address)
        not_fetched()
    assert sorted(path.name for path in mnist.cache_folder().iterdir()) == sorted(half)
    with mirror(mirrors.sends(packed)) as (address, asked):
        use(monkeypatch, address)
        mnist.download()
    assert asked == list(packed)[2:]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda files, over: mirrors.refuses(404), "127.0.0.1: it answered 404"),
        (lambda files, over: mirrors.truncates(files), "127.0.0.1: the connection failed"),
        (lambda files, over: mirrors.hangs(over), "127.0.0.1: it did not answer in time"),
        (lambda files, over: mirrors.hangs(over, files), "127.0.0.1: it did not answer in time"),
        (
            lambda files, over: mirrors.sends({n: gzip.compress(n.encode()) for n in files}),
            "train-images-idx3-ubyte must have the MD5 sum ",
        ),
        (
            lambda files, over: mirrors.sends(dict.fromkeys(files, bytes(200_000))),
            "more than the 47,056 bytes of train-images-idx3-ubyte",
        ),
        (
            lambda files, over: mirrors.sends(dict.fromkeys(files, gzip.compress(bytes(10**7)))),
            "train-images-idx3-ubyte must hold at most 47,056 bytes",
        ),
    ],
    ids=["404", "truncated", "silent", "falls silent", "wrong sum", "too long", "bomb"],
)
def test_a_mirror_that_fails_is_named_with_the_reason(packed, monkeypatch, answer, message):
    over = threading.Event()
    with mirror(answer(packed, over)) as (address, _):
        use(monkeypatch, address)
        said = not_fetched()
        over.set()
    assert message in said
    assert said.endswith(f"try again later, or name a folder with its files in {mnist.FOLDER}")
    assert not mnist.is_there()


def test_without_a_network_it_says_that_there_is_no_connection(small, monkeypatch):
    with mirror(mirrors.refuses(404)) as (address, _):
        pass
    use(monkeypatch, address)
    assert "127.0.0.1: the connection failed" in not_fetched()


def test_a_mirror_that_drips_is_given_up_on(packed, monkeypatch):
    monkeypatch.setattr(mnist, "PATIENCE", -1.0)
    with mirror(mirrors.sends(packed)) as (address, _):
        use(monkeypatch, address)
        assert "it did not answer in time" in not_fetched()


def test_who_watches_can_end_it_and_nothing_is_left(packed, monkeypatch):
    class Closed(BaseException):
        """As a page's script ends."""

    def tell(done, total):
        raise Closed

    with mirror(mirrors.sends(packed)) as (address, _):
        use(monkeypatch, address)
        with pytest.raises(Closed):
            mnist.download(tell)
        assert not list(mnist.cache_folder().iterdir())
        mnist.download()
    assert mnist.is_there()


def test_two_who_fetch_at_once_fetch_it_once(packed, monkeypatch):
    with mirror(mirrors.sends(packed)) as (address, asked):
        use(monkeypatch, address)
        work = [threading.Thread(target=mnist.download) for _ in range(3)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
    assert asked == list(packed)


def test_a_cache_folder_that_cannot_be_written_to_is_said(packed, monkeypatch, tmp_path):
    (tmp_path / "cache").write_text("a file is in the way")
    with pytest.raises(mnist.NotFetched, match="cache cannot be written to"):
        mnist.download()
