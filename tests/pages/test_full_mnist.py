"""Asking for all of MNIST where it is not here: on a page of nothing but its form and the offer."""

import gzip
import threading

import pytest
from streamlit.testing.v1 import AppTest

from mlp.datasets import mnist
from tests.claims.claim import reads
from tests.support import mirrors, small_mnist
from tests.support.mirrors import mirror


def script():
    import streamlit as st

    from mlp.training.presets import presets_of
    from pages.parts.settings import full_mnist
    from pages.parts.settings.config_form import config_form

    config, trouble = config_form(presets_of("digits"))
    if trouble and not full_mnist.offer():
        st.error(trouble)
    if config:
        st.success(f"{config.data.images}, {config.data.train_count}, seed {config.seed}")


@pytest.fixture
def files(monkeypatch, tmp_path):
    """The small set, nowhere yet, as a mirror has it."""
    few = small_mnist.install(monkeypatch)
    monkeypatch.delenv(mnist.FOLDER, raising=False)
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path / "cache")
    yield {f"{name}.gz": gzip.compress(content, 1) for name, content in few.items()}
    small_mnist.forget()


def opened(images: str, **more: str) -> AppTest:
    """The page as a link with these images opens it."""
    app = AppTest.from_function(script, default_timeout=120)
    for name, value in ({"images": images} | more).items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return app


def said(elements) -> list[str]:
    return [element.value for element in elements]


def test_the_images_that_come_along_need_no_offer_and_one_line_says_that_there_are_more(files):
    app = opened("embedded")
    assert said(app.success) == ["embedded, 4000, seed 2"]
    assert any("1,000 to test on. The full MNIST is not on" in text for text in said(app.caption))
    assert not app.info and not app.error


def test_a_link_to_all_of_mnist_offers_to_fetch_it_and_begins_with_it_when_it_is_there(
    files, monkeypatch
):
    app = opened("full", seed="5")
    assert not app.success and not app.error
    assert "can be fetched once" in said(app.info)[0]
    label = app.button(key="fetch_mnist").label
    assert label.startswith("Download the full MNIST (") and label.endswith(" MB)")
    assert reads(label, sum(map(len, files.values())) / 1e6)
    with mirror(mirrors.sends(files)) as (address, asked):
        monkeypatch.setattr(mnist, "MIRRORS", (address,))
        app = click(app, "fetch_mnist")
    assert asked == list(files)
    assert said(app.success) == ["full, 60, seed 5"]
    assert not app.info and not app.error


def test_a_download_that_fails_says_why_and_can_be_tried_again(files, monkeypatch):
    over = threading.Event()
    patience = mnist.SILENCE
    monkeypatch.setattr(mnist, "SILENCE", 0.3)
    with mirror(mirrors.hangs(over)) as (address, _):
        monkeypatch.setattr(mnist, "MIRRORS", (address,))
        app = click(opened("full"), "fetch_mnist")
        over.set()
    assert "127.0.0.1: it did not answer in time" in said(app.error)[0]
    assert app.button(key="fetch_mnist").label == "Try again"
    monkeypatch.setattr(mnist, "SILENCE", patience)
    with mirror(mirrors.sends(files)) as (address, _):
        monkeypatch.setattr(mnist, "MIRRORS", (address,))
        app = click(app, "fetch_mnist")
    assert said(app.success) == ["full, 60, seed 2"]


def test_one_may_go_on_with_the_images_that_come_along(files):
    app = click(opened("full"), "use_embedded")
    assert said(app.success) == ["embedded, 4000, seed 2"]
    assert not app.info


def test_a_folder_that_the_user_named_and_that_lacks_it_is_named_instead(files, monkeypatch):
    monkeypatch.setenv(mnist.FOLDER, "/no/such/folder")
    app = opened("full")
    assert "no train-images-idx3-ubyte in /no/such/folder" in said(app.error)[0]
    assert not app.info and not app.success
