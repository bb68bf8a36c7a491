"""Every button above every figure, pressed in a real Chromium: none may ask another machine.

page_at watches what is asked for, by the page and by the tabs that it opens.
"""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import ROOT, stands_still

RUNS = "runs=parity%3Fbits%3D6&runs=parity%3Fbits%3D6%26learning_rate%3D3.0"


def keep_a_digit(page: Page) -> None:
    """Draw a line and keep it, so that the figure of one's own digits is there."""
    board = page.locator(".mlp-board-canvas")
    board.drag_to(board, source_position={"x": 150, "y": 50}, target_position={"x": 150, "y": 250})
    page.locator(".st-key-label-1 button").click()


def train_a_cell(page: Page) -> None:
    """Train a sweep, so that the curves of its best cell are there."""
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Finished")).to_be_visible()


# A page, what is done on it first, and the figures that are there then.
PAGES = [
    ("parabola", None, ["parabola", "error", "map"]),
    ("paraboloid", None, ["map", "surface 3d", "error", "batch map", "batch error", "noise"]),
    ("backprop?mistake=flip+the+sign", None, ["broken"]),
    ("parity", None, ["network", "error", "accuracy", "weights 1", "weights 2", "importance"]),
    (
        "digits",
        keep_a_digit,
        ["mosaic", "one neuron", "neuron to outputs", "saturation", "error", "accuracy"]
        + ["confusion", "gallery", "pixels that matter", "means", "likes", "own digits figure"],
    ),
    ("sweep?values_learning_rate=1&run_epochs=2&bits=6", train_a_cell, ["map", "curves"]),
    (f"compare?{RUNS}", None, ["curves", "weights 0", "weights 1", "difference"]),
]


def test_every_page_but_the_start_has_its_figures_here():
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert pages - {"start"} == {path.split("?")[0] for path, *_ in PAGES}


@pytest.mark.parametrize(("path", "first", "names"), PAGES, ids=[path for path, *_ in PAGES])
def test_no_button_of_a_figure_asks_another_machine(page_at, path, first, names):
    page = page_at(path)
    if first:
        first(page)
    for name in names:
        page.locator(f'[data-figure="{name}"][data-draws]').wait_for()
    stands_still(page)
    shown = page.locator("[data-figure]").evaluate_all("all => all.map(e => e.dataset.figure)")
    assert sorted(shown) == sorted(names)
    for name in names:
        figure = page.locator(f'[data-figure="{name}"]')
        assert figure.evaluate("drawn => drawn._context.plotlyServerURL") == ""
        press_every_button(figure)


def press_every_button(figure: Locator) -> None:
    """Press the buttons above a figure, and whatever button or link each of them opens."""
    buttons = figure.locator(".modebar-btn")
    opened = figure.locator("button:not(.modebar-btn), a[href]")
    assert buttons.count()
    for i in range(buttons.count()):
        # By the keyboard: a note that Plotly shows for a moment lies over the buttons.
        buttons.nth(i).press("Enter")
        for k in range(opened.count()):
            if not opened.count():  # the one before has closed what was open
                buttons.nth(i).press("Enter")
            opened.nth(k).press("Enter")
