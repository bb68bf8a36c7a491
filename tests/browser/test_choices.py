"""On every page something is chosen, and then every setting is changed, in a real Chromium.

What was chosen may stay or go; the page must stand. The settings are found on the page itself, so
that a new one is changed too.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.support.browser import figure
from tests.support.settings import KINDS, Runs, changes, settings

RUNS = "&runs=".join(
    f"parity%3Fbits%3D5{more}" for more in ("", "%26seed%3D1", "%26learning_rate%3D3.0")
)


def click_in(page: Page, runs: Runs, name: str, x: float, y: float) -> None:
    """What a click at a place in a figure, given in the figure's own units, sends."""
    page.wait_for_selector(f'[data-figure="{name}"]')
    click = "([name, at]) => document.querySelector(`[data-figure='${name}']`).mlpClick(at)"
    runs.after(lambda: page.evaluate(click, [name, {"x": x, "y": y}]))


def label(page: Page, name: str) -> str:
    """What a figure says of itself."""
    return page.locator(f'[data-figure="{name}"]').get_attribute("aria-label") or ""


def to_an_end(page: Page, runs: Runs, key: str, end: str, press: str) -> None:
    """Move a slider to an end, unless it is there."""
    slider = page.locator(f".st-key-{key} input[type=range]")
    if slider.count() and slider.input_value() != slider.get_attribute(end):
        runs.after(lambda: slider.press(press))


def a_number(page: Page, runs: Runs, matrix: str) -> None:
    """The last number of a matrix."""
    numbers = page.locator(f'.st-key-numbers [data-matrix="{matrix}"] button')
    if numbers.count() and not page.locator(".st-key-how").count():
        runs.after(numbers.last.click)


def a_start(page: Page, runs: Runs, name: str, said: str) -> None:
    """A place to start from, and a step of the walk from there."""
    if said not in page.url and page.locator(f'[data-figure="{name}"]').count():
        click_in(page, runs, name, 3, 3)
    forward = page.get_by_role("button", name="One step forward").first
    if forward.count() and forward.is_enabled():
        forward.click()


def a_number_and_an_epoch(page: Page, runs: Runs) -> None:
    """The largest number, and where a run has epochs to look at, its start."""
    to_an_end(page, runs, "number", "max", "End")
    to_an_end(page, runs, "look", "min", "Home")


def a_neuron_a_cell_and_an_image(page: Page, runs: Runs) -> None:
    """The last neuron, the commonest mistake, and the second of its images."""
    if "as 4 images" in label(page, "mosaic") and "Neuron 4" not in label(page, "one neuron"):
        click_in(page, runs, "mosaic", 29 + 14, 29 + 14)
    if " × a " not in label(page, "gallery"):
        counts = np.nan_to_num(np.array(figure(page, "confusion")["data"][0]["z"], float))
        truth, answer = np.unravel_index(counts.argmax(), counts.shape)
        click_in(page, runs, "confusion", int(answer), int(truth))
        click_in(page, runs, "gallery", 29 + 14, 14)


def a_cell(page: Page, runs: Runs) -> None:
    """The last cell of the map."""
    if page.get_by_text("Click a cell").count() and not page.locator(".st-key-runs").count():
        rows, columns = np.shape(figure(page, "map")["data"][0]["z"])
        click_in(page, runs, "map", columns - 1, rows - 1)


def a_run(page: Page, runs: Runs) -> None:
    """The last run, to be taken from the first."""
    last = page.locator(".st-key-minus button[role=radio]").last
    if last.count() and last.get_attribute("aria-checked") != "true":
        runs.after(last.click)


PAGES: dict[str, Callable[[Page, Runs], None]] = {
    "backprop?step=2&batch=3": partial(a_number, matrix="result"),
    "backprop?step=8&example=your+own": partial(a_number, matrix="0"),
    "parabola": partial(a_start, name="parabola", said="x0=3"),
    "paraboloid?surface=stretched+bowl&view=Map": partial(a_start, name="map", said="a=3"),
    "parity?bits=5&at=2": a_number_and_an_epoch,
    "digits?hidden_sizes=4": a_neuron_a_cell_and_an_image,
    "sweep?values_learning_rate=0.1,1,3&values_width=2,3&run_epochs=3&bits=5": a_cell,
    f"compare?epochs=3&runs={RUNS}": a_run,
}


@pytest.mark.parametrize("address", PAGES)
def test_whatever_is_chosen_every_setting_can_be_changed(page_at, app_url, server, address):
    page, walked, told = page_at("_stcore/health"), set(), len(server.printed())
    runs = Runs(page)
    choose = partial(PAGES[address], page, runs)
    runs.after(lambda: page.goto(f"{app_url}/{address}"))
    kinds = ", ".join(f"[data-testid={kind}]" for kind in KINDS)
    page.locator(kinds).filter(visible=True).first.wait_for()
    change_all(page, runs, choose, walked)
    for popover in page.get_by_test_id("stPopoverButton").all():
        choose()
        popover.click()
        change_all(page, runs, lambda: None, walked)
        page.keyboard.press("Escape")
    print(f"\n{len(walked)} settings: {', '.join(sorted(walked))}")
    assert "Traceback" not in server.printed()[told:]


def change_all(page: Page, runs: Runs, choose: Callable[[], None], walked: set[str]) -> None:
    """Change every setting in sight that was not changed before, each time with a choice made."""
    while left := {key: kind for key, kind in settings(page).items() if key not in walked}:
        key, kind = next(iter(left.items()))
        walked.add(key)
        runs.open_lists()
        choose()
        for change in changes(page, key, kind):
            runs.after(change)
            assert not page.get_by_test_id("stException").count(), key
            choose()
            if not goes_back(page, kind):
                break


def goes_back(page: Page, kind: str) -> bool:
    """Whether a setting is changed back: where what comes after depends on it.

    Everywhere would take twice the time; where numbers of matrices are chosen it is worth that.
    """
    there = page.locator(".st-key-numbers").or_(page.get_by_test_id("stAlert"))
    return there.count() > 0 or kind in ("stSlider", "stTextInput", "stMultiSelect")
