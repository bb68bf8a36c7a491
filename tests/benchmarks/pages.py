"""How quickly pages answer: python tests/benchmarks/pages.py prints one table.

The app in headless Chromium, one tab: a step of the derivation from the key to its numbers, a walk
of sixty frames, and the seconds until a closed tab's workers have ended.
"""

import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import sync_playwright

from tests.benchmarks.live import FAST, opened
from tests.support.browser import Server, launch
from tests.support.waiting import until

# From a key to the next time that all matrices of a step are drawn, by the browser's own clock.
TIMED = """() => {
    let drawn = window.mlpSteps, pressed = 0;
    window.taken = [];
    document.addEventListener("keydown", () => (pressed = performance.now()), true);
    Object.defineProperty(window, "mlpSteps", {
        get: () => drawn,
        set: value => {
            drawn = value;
            if (pressed) window.taken.push(performance.now() - pressed);
            pressed = 0;
        },
    });
}"""

WALK = '[data-figure="parabola"][data-step="60"]'


def step_changes(browser, server: Server) -> list[float]:
    """Milliseconds of twenty changes of the step on Backpropagation."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{server.url}/backprop")
    page.wait_for_function("window.mlpSteps >= 1", timeout=60_000)
    page.wait_for_timeout(1500)
    page.evaluate(TIMED)
    for key in ["ArrowRight"] * 10 + ["ArrowLeft"] * 10:
        count = page.evaluate("window.taken.length")
        page.keyboard.press(key)
        page.wait_for_function("count => window.taken.length > count", arg=count, timeout=60_000)
        page.wait_for_timeout(300)
    return page.evaluate("window.taken")


def steps_a_second(browser, server: Server) -> float:
    """Steps a second of a walk down the parabola that plays."""
    page, _ = opened_alone(browser, server, "parabola?eta=0.02&n=60")
    page.wait_for_timeout(1500)
    since = time.perf_counter()
    page.get_by_role("button", name="Play").click()
    page.locator(WALK).wait_for(timeout=60_000)
    return 60 / (time.perf_counter() - since)


def opened_alone(browser, server: Server, path: str):
    """A page with few figures, and the seconds to its first."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    since = time.perf_counter()
    page.goto(f"{server.url}/{path}")
    page.wait_for_function("(window.mlpDraws ?? 0) >= 1", timeout=60_000)
    return page, time.perf_counter() - since


def seconds_to_end(browser, server: Server) -> float:
    """Seconds from closing a tab that trains until its last worker has ended."""
    page, _ = opened(browser, server, FAST)
    page.locator(".st-key-play button").first.click()
    until(server.workers)
    page.wait_for_timeout(2000)
    page.context.close()
    since = time.monotonic()
    until(lambda: not server.workers())
    return time.monotonic() - since


def main() -> None:
    """Measure and print."""
    server = Server()
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            firsts = [opened_alone(browser, server, "parabola")[1] for _ in range(5)]
            taken = step_changes(browser, server)
            rate, end = steps_a_second(browser, server), seconds_to_end(browser, server)
    finally:
        server.stop()
    print("| measured | figure |\n|---|---|")
    print(f"| opening Parabola to its first figure, median of 5 | {median(firsts):.2f} s |")
    middle, worst = median(taken), max(taken)
    print(f"| a step change, median / worst of {len(taken)} | {middle:.0f} / {worst:.0f} ms |")
    print(f"| steps a second of a walk of 60 frames | {rate:.1f} |")
    print(f"| from closing a tab until its workers have ended | {end:.1f} s |")


if __name__ == "__main__":
    main()
