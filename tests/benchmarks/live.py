"""How live the live panel is: python tests/benchmarks/live.py prints one table.

The app in headless Chromium, one tab, the article's run. Speed kept is against the same
training in this process with nothing else to do, measured in the same run.
"""

import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import Page, sync_playwright

from mlp import Config, advance, begin
from tests.support.browser import Server, launch, status

SECONDS = 6.0
PLAY = ".st-key-play button"
FAST = "parity?epochs=100000&speed=as+fast+as+it+goes"
# A sweep whose every run takes seconds, long enough to go on beside all that is measured.
SWEEP = "sweep?values_width=2..9+x+8&run_epochs=2000"


def opened(browser, server: Server, path: str) -> tuple[Page, float]:
    """A page in a fresh browser context, and the seconds to its first six figures."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    since = time.perf_counter()
    page.goto(f"{server.url}/{path}")
    page.wait_for_function("(window.mlpDraws ?? 0) >= 1", timeout=60_000)
    first = time.perf_counter() - since
    page.wait_for_function("(window.mlpDraws ?? 0) >= 6", timeout=60_000)
    return page, first


def epochs(page: Page) -> int:
    """The finished epochs by the page's status."""
    words = status(page).inner_text().lower().split("epoch ")[1]
    return int(words.split()[0].rstrip(",.").replace(",", ""))


def draws(page: Page) -> dict:
    """How often each figure in sight has been drawn; those out of sight follow once a second."""
    return page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('[data-figure]')]"
        ".filter(e => e.getBoundingClientRect().top < window.innerHeight)"
        ".map(e => [e.dataset.figure, Number(e.dataset.draws)]))"
    )


def playing(page: Page, name: str = "") -> tuple[float, float]:
    """Painted updates a second of a figure, or of the slowest in sight; and epochs a second."""
    page.locator(PLAY).first.click()
    page.wait_for_timeout(1500)
    before, epoch, since = draws(page), epochs(page), time.perf_counter()
    page.wait_for_timeout(1000 * SECONDS)
    after, later, seconds = draws(page), epochs(page), time.perf_counter() - since
    drawn = [after[k] - before[k] for k in before if name in ("", k)]
    return min(drawn) / seconds, (later - epoch) / seconds


def pause(page: Page, server: Server) -> float:
    """Seconds from the click on Pause until no worker computes any more."""
    workers = server.workers()
    page.evaluate(f"document.querySelector('{PLAY}').click()")
    since = time.perf_counter()

    def used() -> float:
        return sum(sum(worker.cpu_times()[:2]) for worker in workers)

    last, stopped = used(), since
    while time.perf_counter() - since < 0.6:
        time.sleep(0.002)
        if (now := used()) > last:
            last, stopped = now, time.perf_counter()
    return stopped - since


def scrub(page: Page) -> float:
    """Seconds from a key on the slider to the weights drawn anew, the median of ten moves."""
    page.get_by_role("slider", name="Look at the end of epoch").focus()
    times = []
    for _ in range(10):
        times.append(
            page.evaluate(
                """() => new Promise(done => {
                    const map = document.querySelector('[data-figure="weights 1"]');
                    const before = map.dataset.draws, since = performance.now();
                    const key = {key: 'ArrowLeft', code: 'ArrowLeft', keyCode: 37, bubbles: true};
                    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key));
                    document.activeElement.dispatchEvent(new KeyboardEvent('keyup', key));
                    const look = () => map.dataset.draws !== before
                        ? done((performance.now() - since) / 1000) : requestAnimationFrame(look);
                    look();
                })"""
            )
        )
        page.wait_for_timeout(300)
    return median(times)


def alone() -> float:
    """Epochs a second of the same training with nothing else to do."""
    since = time.perf_counter()
    return advance(begin(Config()), seconds=3).epoch / (time.perf_counter() - since)


def main() -> None:
    """Measure, and print the table."""
    server = Server()
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            opened(browser, server, "parity")[0].context.close()
            loads = []
            for _ in range(3):
                page, first = opened(browser, server, "parity")
                loads.append(first)
                page.context.close()
            page, _ = opened(browser, server, "parity?epochs=100000")
            updates, _ = playing(page)
            page.context.close()
            headless = alone()
            page, _ = opened(browser, server, FAST)
            fast_updates, speed = playing(page)
            pauses = []
            for _ in range(7):
                pauses.append(pause(page, server))
                page.wait_for_timeout(500)
                page.locator(PLAY).first.click()
                page.wait_for_timeout(1200)
            page.locator(PLAY).first.click()
            page.wait_for_timeout(1500)
            moved = scrub(page)
            page.context.close()
            sweep = browser.new_page()
            sweep.goto(f"{server.url}/{SWEEP}")
            sweep.locator(".st-key-sweep_start button").click()
            sweep.locator(".st-key-sweep_pause button").wait_for()
            page, _ = opened(browser, server, FAST)
            beside_updates, beside = playing(page)
    finally:
        server.stop()
    print("| measured | figure |")
    print("|---|---|")
    print(f"| painted updates a second, 1 epoch a frame | {updates:.1f} |")
    print(f"| painted updates a second, as fast as it goes | {fast_updates:.1f} |")
    print(f"| epochs a second, as fast as it goes / alone | {speed:.0f} / {headless:.0f} |")
    print(f"| training speed kept | {100 * speed / headless:.0f} % |")
    print(f"| painted updates a second, fast, beside a sweep | {beside_updates:.1f} |")
    print(f"| training speed kept beside a sweep | {100 * beside / headless:.0f} % |")
    worst = 1000 * max(pauses)
    print(
        f"| click on Pause to stillness, median / worst of 7 | {1000 * median(pauses):.0f} / ",
        end="",
    )
    print(f"{worst:.0f} ms |")
    print(f"| one move of the scrubber, to the weights drawn anew | {1000 * moved:.0f} ms |")
    print(f"| opening the page to the first figure, median of 3 | {median(loads):.1f} s |")


if __name__ == "__main__":
    main()
