"""How live the digits page is: python tests/benchmarks/digits.py prints one table.

The app in headless Chromium on the embedded images. Memory is the server's own, a session at a
time, each trained twice until its history has as many snapshots as are kept: the run before can be
brought back.
"""

import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

import psutil
from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.live import PLAY, opened, pause, playing
from tests.support.browser import Server, launch

SESSIONS = 5
FAST = "speed=as+fast+as+it+goes"
# A modern run that stays in the middle of its epochs for seconds.
SLOW = "hidden_sizes=512&batch_size=8&epochs=1000&patience=0"


def received(page: Page, seconds: float) -> float:
    """How many bytes a second the page gets from the server."""
    total = 0

    def count(frame):
        nonlocal total
        total += len(frame)

    page.on("websocket", lambda socket: socket.on("framereceived", count))
    page.reload()
    page.wait_for_function("(window.mlpDraws ?? 0) >= 8", timeout=60_000)
    page.wait_for_timeout(1500)
    page.locator(PLAY).first.click()
    page.wait_for_timeout(1500)
    before, since = total, time.perf_counter()
    page.wait_for_timeout(1000 * seconds)
    rate = (total - before) / (time.perf_counter() - since)
    page.locator(PLAY).first.click()
    page.wait_for_timeout(1000)
    return rate


def stroke(page: Page) -> float:
    """Milliseconds from the end of a stroke until the bars are drawn anew."""
    canvas = page.locator(".mlp-board-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    x, y, size = box["x"], box["y"], box["width"]
    page.evaluate(
        """() => {
            const canvas = [...document.querySelectorAll('*')].map(e => e.shadowRoot)
                .filter(Boolean).map(r => r.querySelector('.mlp-board-canvas')).find(Boolean)
                ?? document.querySelector('.mlp-board-canvas');
            canvas.addEventListener('pointerup', () => {
                const since = performance.now();
                const seen = () => document.querySelector('.st-key-own_reading svg')
                    ?? [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)
                        .map(r => r.querySelector('svg[aria-label*=network]')).find(Boolean);
                const before = seen();
                const look = () => seen() !== before
                    ? window.mlpStroke = performance.now() - since : requestAnimationFrame(look);
                look();
            }, {once: true});
            window.mlpStroke = null;
        }"""
    )
    page.mouse.move(x + 0.5 * size, y + 0.2 * size)
    page.mouse.down()
    page.mouse.move(x + 0.5 * size, y + 0.8 * size, steps=10)
    page.wait_for_timeout(600)  # so that what was sent on the way has long been answered
    page.mouse.move(x + 0.55 * size, y + 0.8 * size)
    page.mouse.up()
    page.wait_for_function("window.mlpStroke", timeout=10_000)
    milliseconds = page.evaluate("window.mlpStroke")
    page.get_by_role("button", name="Clear").first.click()
    page.wait_for_timeout(500)
    return milliseconds


def memory(browser, server: Server) -> list[float]:
    """The megabytes that each further session adds to the server."""
    process, sizes = psutil.Process(server.process.pid), []
    for _ in range(SESSIONS + 1):
        page, _ = opened(browser, server, f"digits?epochs=200&patience=0&{FAST}")
        for run in range(2):
            if run:
                page.locator(".st-key-new_start button").first.click()
                page.get_by_text("Ready").wait_for()
            page.locator(PLAY).first.click()
            page.get_by_text("Finished").wait_for(timeout=180_000)
        page.wait_for_timeout(2000)
        sizes.append(process.memory_info().rss / 2**20)
    return [later - earlier for earlier, later in zip(sizes, sizes[1:], strict=False)]


def main() -> None:
    """Measure, and print the table."""
    server = Server()
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            opened(browser, server, "digits")[0].context.close()
            page, _ = opened(browser, server, "digits?epochs=100000&patience=0")
            updates, epochs = playing(page, "mosaic")
            page.context.close()
            page, _ = opened(browser, server, f"digits?epochs=100000&patience=0&{FAST}")
            fast, fast_epochs = playing(page, "mosaic")
            page.context.close()
            page, _ = opened(browser, server, f"digits?{SLOW}&{FAST}")
            slow, _ = playing(page, "mosaic")
            pauses = []
            for _ in range(7):
                pauses.append(pause(page, server))
                page.wait_for_timeout(700)
                page.locator(PLAY).first.click()
                page.wait_for_timeout(1500)
            page.context.close()
            page, _ = opened(browser, server, "digits")
            page.wait_for_timeout(2000)
            strokes = [stroke(page) for _ in range(7)]
            bytes_a_second = received(page, 5)
            page.context.close()
            more = memory(browser, server)
    finally:
        server.stop()
    print("| measured | figure |")
    print("|---|---|")
    print(f"| painted updates a second, 1 epoch a frame | {updates:.1f} |")
    print(f"| the same as fast as it goes | {fast:.1f} |")
    print(f"| epochs a second, 1 epoch a frame / as fast as it goes | {epochs:.1f} / ", end="")
    print(f"{fast_epochs:.1f} |")
    print(f"| painted updates a second in the middle of a long epoch | {slow:.1f} |")
    print(
        f"| click on Pause to stillness, median / worst of 7 | {1000 * median(pauses):.0f} / ",
        end="",
    )
    print(f"{1000 * max(pauses):.0f} ms |")
    print(f"| end of a stroke to the bars, median / worst of 7 | {median(strokes):.0f} / ", end="")
    print(f"{max(strokes):.0f} ms |")
    print(f"| sent to the page while it plays | {bytes_a_second / 1000:.0f} kB/s |")
    print(f"| memory of each further session | {', '.join(f'{m:.0f}' for m in more)} MB |")


if __name__ == "__main__":
    main()
