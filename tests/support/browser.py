"""The running app, and what a test reads from its pages; for tests and benchmarks alike."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import psutil
from playwright.sync_api import Browser, Locator, Page, Playwright

from tests.support.processes import workers

ROOT = Path(__file__).parents[2]
# How long a test waits for what must come: a busy machine is no fault of the page.
PATIENCE = 90
SCREENSHOTS = ROOT / "tests" / "screenshots"
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright) -> Browser:
    """Chromium without a screen: the one that CHROMIUM names, or the machine's own."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


class Server:
    """The app as a learner starts it, on a free port of this machine; or another script.

    headless: without opening a browser. environment: the variables it sees, by default this
    process's. base_path: what the server puts before every address, such as "/lab".
    """

    def __init__(
        self,
        script: str = "app.py",
        headless: bool = True,
        environment: Mapping[str, str] | None = None,
        base_path: str = "",
    ):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://localhost:{port}{base_path}"
        command = [sys.executable, "-m", "streamlit", "run", script]
        command += ["--server.port", str(port), "--server.headless", str(headless).lower()]
        command += ["--server.baseUrlPath", base_path]
        # Not a pipe: one that nobody reads would stop a server that has much to say.
        self._printed = TemporaryFile("w+", encoding="utf8")  # noqa: SIM115, closed in stop
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self._printed, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).read()
                break
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.stop()
                    raise
                time.sleep(0.1)

    def workers(self) -> list[psutil.Process]:
        """The training processes that run now."""
        return workers(self.process.pid)

    def threads(self) -> int:
        """How many threads the server has now."""
        return psutil.Process(self.process.pid).num_threads()

    def printed(self) -> str:
        """What it has printed so far."""
        handle = self._printed.fileno()  # read from its start, without moving where it is written
        return os.pread(handle, os.fstat(handle).st_size, 0).decode("utf8")

    def stop(self) -> str:
        """End the server; returns what it printed."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with self._printed:
            return self.printed()


def figure(page: Page, name: str) -> dict:
    """What a figure shows, once it is drawn: Plotly's own data and layout, read from the page."""
    page.wait_for_selector(f'[data-figure="{name}"][data-draws]', state="attached")
    return page.evaluate(
        """name => {
            const element = document.querySelector(`[data-figure="${name}"]`);
            const plain = value => ArrayBuffer.isView(value) ? Array.from(value)
                : Array.isArray(value) ? value.map(plain) : value;
            const data = element._fullData.map(trace => Object.fromEntries(
                ["x", "y", "z", "name"].map(key => [key, plain(trace[key])])));
            return {data, layout: element.layout, alt: element.getAttribute("aria-label")};
        }""",
        name,
    )


def listens(page: Page, key: str) -> Page:
    """Wait until a button is there and hears its key on the keyboard.

    The front end loads its buttons by and by: before a button is drawn, nobody hears its key.
    """
    page.wait_for_selector(f".st-key-{key} button >> visible=true")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.evaluate("() => new Promise(done => requestIdleCallback(done))")
    return page


def lists_at_rest(page: Page) -> None:
    """Wait until no list unfolds any more: a click on what moves can miss it."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    page.wait_for_function(
        """() => [...document.querySelectorAll("[data-testid=stExpander] details")]
            .every(list => list.getAnimations({subtree: true}).length === 0)"""
    )


def open_list(page: Page, words: str) -> None:
    """Open the list whose head begins with these words."""
    page.locator("[data-testid=stExpander] summary").filter(has_text=words).click()
    lists_at_rest(page)


def panel_ready(page: Page, figures: int) -> Page:
    """Wait for the first pictures of a training page, and until its buttons hear their keys."""
    page.wait_for_function("n => (window.mlpDraws ?? 0) >= n", arg=figures)
    return listens(page, "play")


def status(page: Page) -> Locator:
    """The line that says where a run is."""
    return page.locator("[data-testid=stMarkdownContainer]:has(.stMarkdownBadge)").first


def place(page: Page, name: str, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a point of a figure is, in its own units; scrolled into sight."""
    page.locator(f'[data-figure="{name}"]').scroll_into_view_if_needed()
    return tuple(
        page.evaluate(
            """([name, x, y]) => {
                const element = document.querySelector(`[data-figure="${name}"]`);
                const {xaxis, yaxis} = element._fullLayout, box = element.getBoundingClientRect();
                return [box.x + xaxis._offset + xaxis.d2p(x), box.y + yaxis._offset + yaxis.d2p(y)];
            }""",
            [name, x, y],
        )
    )


# Where each figure of the page begins, in pixels from its top, and where the page ends.
PLACES = """() => {
    const page = document.querySelector('[data-testid=stMain]');
    return [...document.querySelectorAll('[data-figure]')]
        .map(figure => figure.getBoundingClientRect().top + page.scrollTop)
        .concat(page.scrollHeight);
}"""


def wait_for_draws(page: Page, more: int = 1) -> None:
    """Wait until n more figures have been drawn."""
    page.wait_for_function(
        "target => (window.mlpDraws ?? 0) >= target",
        arg=(page.evaluate("window.mlpDraws ?? 0")) + more,
    )


def keep_busy(page: Page) -> None:
    """Let the browser answer nothing for a while, as when it draws a lot."""
    page.evaluate(
        """() => setTimeout(() => {
            const since = performance.now();
            while (performance.now() - since < 700);
        })"""
    )


def stands_still(page: Page) -> None:
    """Wait until no figure has been drawn for a while, and none out of sight waits to be."""
    page.wait_for_function(
        """() => {
            const now = performance.now(), draws = window.mlpDraws ?? 0;
            const waits = [...document.querySelectorAll("[data-figure]")].some(
                figure => figure.mlpNext);
            if (waits || window.lastDraws?.draws !== draws) window.lastDraws = {draws, since: now};
            return now - window.lastDraws.since > 800;
        }"""
    )


def shows(page: Page, name: str, values, rtol: float = 1e-6) -> None:
    """Wait until a figure's first trace shows these values."""
    deadline, shown = time.monotonic() + PATIENCE, None
    while time.monotonic() < deadline:
        shown = np.array(figure(page, name)["data"][0]["z"], float)
        if shown.shape == np.shape(values) and np.allclose(shown, values, rtol, atol=0):
            return
        page.wait_for_timeout(100)
    np.testing.assert_allclose(shown, values, rtol=rtol)


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": int(height) + 20})
    page.wait_for_timeout(400)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    page.set_viewport_size(size)
