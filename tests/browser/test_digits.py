"""The digits page as a learner meets it, in a real Chromium."""

import re
from collections import Counter

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mlp import advance, begin
from mlp.training.presets import presets_of
from mlp.training.state import network_of
from mlp.words import one
from tests.support.browser import (
    PLACES,
    figure,
    panel_ready,
    place,
    screenshot,
    stands_still,
    status,
    wait_for_draws,
)

FIGURES = 11
TRAINED = "digits?epochs=5&speed=as+fast+as+it+goes"


def ready(page: Page) -> Page:
    """Wait for the first picture of every figure."""
    return panel_ready(page, FIGURES)


def press(page: Page, key: str) -> None:
    """Click a button by its key."""
    page.locator(f".st-key-{key} button >> visible=true").first.click()


def train(page: Page) -> Page:
    """Play until the run has ended by its rules."""
    press(page, "play")
    expect(status(page)).to_contain_text("Finished")
    stands_still(page)
    return page


def mosaic(page: Page) -> np.ndarray:
    """The weights that the mosaic shows now."""
    return np.array(figure(page, "mosaic")["data"][0]["z"], float)


def draw(page: Page, *strokes: list[tuple[float, float]]) -> None:
    """Draw strokes on the board with the mouse; places from 0 to 1."""
    board = page.locator(".mlp-board-canvas")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    for stroke in strokes:
        for k, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
            if k == 0:
                page.mouse.down()
        page.mouse.up()


ONE = [(0.52, 0.15), (0.5, 0.85)]


def reading(page: Page):
    """What the network makes of the drawing, in words."""
    return page.locator(".st-key-own-reading svg")


def point_at(page: Page, name: str, x: float, y: float) -> tuple[float, float]:
    """Bring the mouse to a place in a figure, given in the figure's own units."""
    at = place(page, name, x, y)
    page.mouse.move(at[0] - 3, at[1])
    page.mouse.move(*at)
    return at


def click_in(page: Page, name: str, x: float, y: float) -> None:
    """Click a place in a figure, given in the figure's own units."""
    page.mouse.click(*point_at(page, name, x, y))


def test_one_epoch_changes_the_mosaic_and_hovering_names_its_weights(page_at):
    page = ready(page_at("digits"))
    stands_still(page)
    draws, before = page.evaluate("window.mlpDraws"), mosaic(page)
    page.wait_for_timeout(1000)
    assert page.evaluate("window.mlpDraws") == draws, "nothing moves before Play"
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    stands_still(page)
    run = advance(begin(presets_of("digits")[0].config), epochs=1)
    image = network_of(run.config, run.state).weights[0][7].reshape(28, 28)
    np.testing.assert_allclose(mosaic(page)[29:57, 29:57], image, rtol=1e-4, atol=1e-6)
    assert not np.allclose(np.nan_to_num(before), np.nan_to_num(mosaic(page)))
    spot = "mosaic", 29 + 4, 29 + 9
    point_at(page, *spot)
    label = page.locator('[data-figure="mosaic"] .hoverlayer')
    expect(label).to_contain_text("neuron 8, row 10, column 5: ")
    value = label.text_content().split(": ")[1].replace("−", "-")
    assert float(value) == pytest.approx(image[9, 4], abs=1e-4)
    click_in(page, *spot)
    expect(page.locator('[data-figure="one neuron"]')).to_have_attribute(
        "aria-label", re.compile("Neuron 8, large")
    )


def test_a_drawn_one_is_read_as_a_one_taken_back_cleared_and_kept(page_at):
    page = train(ready(page_at(TRAINED)))
    draw(page, ONE)
    expect(reading(page)).to_have_attribute("aria-label", re.compile("reads a 1,"))
    before = page.evaluate("window.mlpDraws")
    draw(page, [(0.3, 0.5), (0.7, 0.5)])
    page.locator(".mlp-board-bar button", has_text="Undo").click()
    expect(reading(page)).to_have_attribute("aria-label", re.compile("reads a 1,"))
    assert page.evaluate("window.mlpDraws") == before, "a stroke draws no figure anew"
    screenshot(page, "digits trained 1280 light")
    clear = page.locator(".mlp-board-bar button", has_text="Clear")
    clear.focus()
    page.keyboard.press("Space")
    expect(reading(page)).to_have_attribute("aria-label", re.compile("waits"))
    expect(status(page)).to_contain_text("Finished")
    draw(page, ONE)
    expect(reading(page)).to_have_attribute("aria-label", re.compile("reads a 1,"))
    press(page, "label-1")
    expect(page.get_by_text("1 of 1 read right")).to_be_visible()
    expect(reading(page)).to_have_attribute("aria-label", re.compile("waits"))
    with page.expect_download() as download:
        press(page, "download_own")
    with np.load(download.value.path(), allow_pickle=False) as file:
        assert file["X"].shape == (1, 28, 28) and file["y"].tolist() == [1]


def test_a_press_without_a_move_draws_a_dot_which_is_read(page_at):
    page = ready(page_at("digits"))
    page.locator(".mlp-board-canvas").click()
    expect(reading(page)).to_have_attribute("aria-label", re.compile("reads a"))


def test_the_drawing_is_read_anew_while_the_network_learns_and_nothing_jumps(page_at):
    page = ready(page_at("digits?epochs=1000&patience=0"))
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    draw(page, ONE)
    expect(reading(page)).to_have_attribute("aria-label", re.compile("reads a"))
    stands_still(page)
    early, before = reading(page).get_attribute("aria-label"), page.evaluate(PLACES)
    press(page, "play")
    expect(reading(page)).not_to_have_attribute("aria-label", early)
    expect(reading(page)).to_have_attribute("aria-label", re.compile("reads a 1, output 0.9"))
    assert page.evaluate(PLACES) == pytest.approx(before, abs=1)
    draw(page, [(0.2, 0.2), (0.8, 0.2)])
    expect(reading(page)).not_to_have_attribute("aria-label", re.compile("reads a 1,"))
    press(page, "play")
    expect(status(page)).to_contain_text("Paused")


def test_every_update_reaches_the_page_whole(page_at):
    """What a tick writes last is a button; Streamlit may drop it where the next run is due.

    That is the next tick, or the whole page, where somebody else begins to play or ends.
    """
    page, received = page_at("digits?epochs=1000&patience=0"), []

    def listen(socket):
        socket.on("framereceived", lambda frame: received.append(frame))

    page.on("websocket", listen)
    page.reload()
    ready(page)
    other = ready(page_at("digits?epochs=1000&patience=0"))
    press(other, "play")
    press(page, "play")
    wait_for_draws(page, 5 * FIGURES)
    press(other, "play")
    expect(status(other)).to_contain_text("Paused")
    wait_for_draws(page, 5 * FIGURES)
    ticks = runs_of_the_fragment(received)[:-1]  # the last is still under way
    press(page, "play")
    expect(status(page)).to_contain_text("Paused")
    whole = [any(element.endswith("-climb_again") for element in tick) for tick in ticks]
    print(f"\n{sum(whole)} of {len(whole)} updates came whole")
    assert len(whole) > 5 and all(whole)


def runs_of_the_fragment(received: list[bytes]) -> list[list[str]]:
    """What the server wrote in each run of the part that ticks: the names of the buttons."""
    runs = []
    for frame in received:
        message = ForwardMsg.FromString(frame)
        if message.HasField("new_session"):
            runs.append((tuple(message.metadata.run.fragment_ids), []))
        elif message.HasField("delta"):
            runs[-1][1].append(message.delta.new_element.button.id)
    ((ticking, _),) = Counter(fragments for fragments, _ in runs if fragments).most_common(1)
    return [buttons for fragments, buttons in runs if fragments == ticking]


def test_from_a_cell_to_an_image_and_what_matters_in_it(page_at):
    page = train(ready(page_at(TRAINED, dark=True)))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    colour = figure(page, "error")["layout"]["font"]["color"]
    assert sum(int(n) for n in re.findall(r"\d+", colour)[:3]) > 3 * 128
    cells = np.nan_to_num(np.array(figure(page, "confusion")["data"][0]["z"], float))
    truth, answer = np.unravel_index(cells.argmax(), cells.shape)
    click_in(page, "confusion", int(answer), int(truth))
    is_one, as_one = one(str(truth)), one(str(answer))
    title = f"{int(cells.max())} × {is_one} read as {as_one}"
    expect(page.locator('[data-figure="gallery"]')).to_contain_text(title)
    click_in(page, "gallery", 29 + 14, 14)
    expect(page.get_by_text(re.compile(f", {is_one}, read as {as_one}"))).to_be_visible()
    shown = page.locator(".st-key-one-reading svg")
    expect(shown).to_have_attribute("aria-label", re.compile(f"reads {as_one},"))
    expect(page.locator('[data-figure="pixels that matter"]')).to_have_attribute(
        "aria-label", re.compile(f"The pixels that matter for “{answer}”: the largest gradient")
    )
    press(page, "climb")
    expect(page.locator('[data-figure="likes"]')).to_contain_text("after 10 steps uphill")
    screenshot(page, "digits opened up 1280 dark")
    press(page, "open_backprop")
    expect(page.get_by_text(re.compile("with test sample"))).to_be_visible()
    expect(page.get_by_text("Every gradient is proved")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_a_finger_draws_and_the_page_does_not_scroll(page_at, dark):
    page = ready(page_at("digits?epochs=3&speed=as+fast+as+it+goes", width=390, dark=dark))
    train(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for element in page.locator("[data-figure]").all():
        box = element.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    board = page.locator(".mlp-board-canvas")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    touch = page.context.new_cdp_session(page)
    x, top = box["x"] + box["width"] / 2, box["y"]
    for kind, ys in (("touchStart", [0.15]), ("touchMove", np.linspace(0.2, 0.85, 12))):
        for y in ys:
            points = [{"x": x, "y": top + float(y) * box["height"]}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(reading(page)).to_have_attribute("aria-label", re.compile("reads a 1,"))
    assert board.bounding_box()["y"] == top
    screenshot(page, f"digits 390 {'dark' if dark else 'light'}")
