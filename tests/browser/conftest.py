"""The running app and a real Chromium, for the tests in this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.browser import PATIENCE, Server, launch

expect.set_options(timeout=1000 * PATIENCE)

# On a deep link Streamlit's own front end tries two addresses below the page before the root.
STREAMLITS_OWN = ("_stcore/health", "_stcore/host-config")
# What Chromium says of drawing in three dimensions without a graphics card.
SOFTWARE_DRAWING = ("GL Driver Message", "Canvas2D: Multiple readback")
# What Streamlit's front end says where a press and a widget of a fragment leave in one message; the
# callbacks of buttons know this message.
ONE_MESSAGE = "Multiple different fragmentIds detected in a single batch"


def pytest_collection_modifyitems(items):
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests of a run."""
    running = Server()
    yield running
    printed = running.stop()
    assert "Traceback" not in printed, printed


@pytest.fixture(scope="session")
def app_url(server: Server) -> str:
    """The address of the running app."""
    return server.url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of a run."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page_at(app_url: str, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of the app: page_at("parity?seed=1", width=390, dark=True).

    At the end of the test, nothing may have been asked of any other address, by the page or by a
    tab that it opened, and the console must be clean.
    """
    contexts, complaints = [], []

    def complain(message):
        expected = message.location.get("url", "").endswith(STREAMLITS_OWN)
        expected = expected or any(
            words in message.text for words in (*SOFTWARE_DRAWING, ONE_MESSAGE)
        )
        if message.type in ("error", "warning") and not expected:
            complaints.append(f"{message.type}: {message.text}")

    def leave(request):
        if not request.url.startswith((app_url, "data:", "blob:")):
            complaints.append(f"asked for {request.url}")

    def open_page(path: str = "", width: int = 1280, height: int = 900, dark: bool = False):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=width < 600,
            accept_downloads=True,
        )
        context.set_default_timeout(1000 * PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
        context.on("request", leave)
        page.goto(f"{app_url}/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)
