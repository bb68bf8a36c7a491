"""The app behind a base path, as where one server has several apps, in a real Chromium."""

from collections.abc import Iterator

import pytest

from tests.support.browser import Server


@pytest.fixture(scope="module")
def app_url() -> Iterator[str]:
    """The address of an app under a base path, which page_at opens here."""
    running = Server(base_path="/lab")
    yield running.url
    printed = running.stop()
    assert "Traceback" not in printed, printed


def test_every_component_shows_under_a_base_path(page_at):
    page = page_at("digits")
    page.locator('[data-figure="mosaic"][data-draws]').wait_for()
    page.locator(".mlp-board-canvas").wait_for()
    page.locator(".st-key-own-reading svg").wait_for()
    page_at("backprop").locator(".mlp-matrix button").first.wait_for()


def test_a_figure_shows_when_the_start_page_led_to_it(page_at, app_url):
    page = page_at()
    page.goto(app_url)  # without a slash at its end
    page.get_by_role("link", name="Parabola").click()
    page.locator('[data-figure="parabola"][data-draws]').wait_for()
