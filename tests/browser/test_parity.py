"""The parity page as a learner meets it, in a real Chromium."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from mlp import Config, advance, begin, load
from mlp.training.state import network_of
from tests.support.browser import (
    PLACES,
    figure,
    keep_busy,
    panel_ready,
    screenshot,
    shows,
    stands_still,
    status,
    wait_for_draws,
)
from tests.support.processes import kill_workers
from tests.support.waiting import until

FIGURES = 6


def ready(page: Page) -> Page:
    """Wait for the first picture of every figure."""
    return panel_ready(page, FIGURES)


def press(page: Page, key: str) -> None:
    """Click a button by its key."""
    page.locator(f".st-key-{key} button").first.click()


def choose_speed(page: Page, speed: str) -> None:
    """Choose how many epochs pass between two pictures."""
    page.get_by_role("combobox", name="Speed").click()
    page.get_by_role("option", name=speed).click()


def weights(page: Page, layer: int) -> np.ndarray:
    """The weights that a heatmap shows now."""
    return np.array(figure(page, f"weights {layer}")["data"][0]["z"])


def test_from_first_load_to_the_lit_column(page_at):
    page = ready(page_at("parity"))
    expect(status(page)).to_contain_text("Ready")
    choose_speed(page, "10 epochs a frame")
    press(page, "play")
    expect(status(page)).to_contain_text("Running")
    expect(status(page)).to_contain_text(re.compile(r"epoch \d\d\d"))
    press(page, "play")
    expect(status(page)).to_contain_text("Paused")
    stands_still(page)
    columns = np.abs(weights(page, 1)).mean(axis=0)
    assert columns.argmax() == 9, "the last column, bit 0, is the bright one"
    assert columns[9] > 2 * np.sort(columns)[-2]
    expect(page.get_by_text(re.compile(r"Bit 0 carries .* times the weight"))).to_be_visible()
    assert "bit 0" in figure(page, "importance")["alt"].lower()
    errors = figure(page, "error")["data"][0]["y"]
    assert errors[0] == pytest.approx(0.48236, abs=1e-5)
    assert errors[-1] < 0.01
    screenshot(page, "parity trained 1280 light")


def test_the_screen_shows_what_the_science_computes(page_at):
    page = ready(page_at("parity?seed=2"))
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    run = advance(begin(Config(seed=2)), epochs=1)
    shows(page, "weights 1", network_of(run.config, run.state).weights[0])


def test_pause_holds_and_nothing_moves_before_play(page_at):
    page = ready(page_at("parity"))
    stands_still(page)
    draws = page.evaluate("window.mlpDraws")
    page.wait_for_timeout(1500)
    assert page.evaluate("window.mlpDraws") == draws, "nothing moves before Play"
    page.keyboard.press("Space")
    wait_for_draws(page, 3 * FIGURES)
    page.keyboard.press("Space")
    expect(status(page)).to_contain_text("Paused")
    stands_still(page)
    before, text = weights(page, 1), status(page).inner_text()
    page.wait_for_timeout(1000)
    np.testing.assert_array_equal(weights(page, 1), before)
    assert status(page).inner_text() == text


def test_play_and_pause_answer_every_press(page_at):
    page = ready(page_at("parity"))
    press(page, "one_step")  # from here on, a run at rest is paused and not only ready
    expect(status(page)).to_contain_text("step 1")
    for turn in range(8):
        for word in ("Running", "Paused"):
            if turn % 2:
                press(page, "play")
            else:
                page.keyboard.press("Space")
            expect(status(page)).to_contain_text(word)
            page.wait_for_timeout(90 * turn)


def test_a_press_that_meets_a_busy_browser_counts_once(page_at):
    page = ready(page_at("parity?epochs=100000"))
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    press(page, "new_start")
    expect(status(page)).to_contain_text("Ready")
    seed = page.get_by_label("Seed", exact=True)
    for turn in range(10):
        page.keyboard.press("Space")
        expect(status(page)).to_contain_text("Running")
        wait_for_draws(page)
        box = page.locator(".st-key-bring_back button").first.bounding_box()
        keep_busy(page)  # so that the press and a tick are due at the same moment
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(status(page)).to_contain_text("Paused")
        stands_still(page)
        expect(seed, "two presses would bring back both runs").to_have_value(str(turn % 2))


def test_a_press_that_comes_together_with_a_switch_among_the_figures_is_heard(page_at):
    page = ready(page_at("parity", height=2000))
    for epoch in range(1, 5):
        stands_still(page)
        switch = page.locator(".st-key-logarithmic label").first.bounding_box()
        button = page.locator(".st-key-one_epoch button").first.bounding_box()
        keep_busy(page)
        page.mouse.click(switch["x"] + 10, switch["y"] + switch["height"] / 2)
        page.mouse.click(button["x"] + 10, button["y"] + button["height"] / 2)
        expect(status(page)).to_contain_text(f"At epoch {epoch} of")
        expect(page.locator(".st-key-logarithmic input")).to_be_checked(checked=epoch % 2 == 1)


def test_the_scrubber_moves_every_figure_and_a_run_can_branch(page_at):
    page = ready(page_at("parity"))
    for epoch in (1, 2, 3):
        press(page, "one_epoch")
        expect(status(page)).to_contain_text(f"At epoch {epoch} of")
    last = weights(page, 1)
    slider = page.get_by_role("slider", name="Look at the end of epoch")
    slider.focus()
    page.keyboard.press("Home")
    run = begin(Config())
    shows(page, "weights 1", network_of(run.config, run.state).weights[0])
    assert not np.array_equal(weights(page, 1), last)
    page.keyboard.press("ArrowRight")
    run = advance(run, epochs=1)
    shows(page, "weights 1", network_of(run.config, run.state).weights[0])
    press(page, "continue")
    expect(status(page)).to_contain_text("At epoch 1 of")
    press(page, "bring_back")
    expect(status(page)).to_contain_text("At epoch 3 of")


def test_a_figure_slow_to_draw_ends_with_what_was_asked_last(page_at):
    page = ready(page_at("parity"))
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    stands_still(page)
    last = weights(page, 1)
    page.evaluate(
        """() => {
            const react = Plotly.react;
            Plotly.react = async (...all) => {
                await react(...all);
                await new Promise(done => setTimeout(done, 3000));
            };
        }"""
    )
    page.get_by_role("slider", name="Look at the end of epoch").focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "before => document.querySelector('[data-figure=\"weights 1\"]')._fullData[0].z[0][0]"
        " !== before",
        arg=last[0, 0],
    )
    page.keyboard.press("End")
    shows(page, "weights 1", last, rtol=0)


def test_a_zoom_survives_training(page_at):
    page = ready(page_at("parity"))
    press(page, "play")
    wait_for_draws(page, 3 * FIGURES)
    plot = page.locator('[data-figure="error"]')
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "() => document.querySelector('[data-figure=error]').layout.xaxis.range?.[0] > 0.5"
    )
    zoomed = figure(page, "error")["layout"]["xaxis"]["range"]
    wait_for_draws(page, 4 * FIGURES)
    assert figure(page, "error")["layout"]["xaxis"]["range"] == pytest.approx(zoomed)
    press(page, "play")


def test_the_same_element_is_updated_in_place(page_at):
    page = ready(page_at("parity"))
    page.evaluate("document.querySelector('[data-figure=\"error\"]').dataset.mine = 'yes'")
    stands_still(page)
    before = page.evaluate(PLACES)
    press(page, "play")
    wait_for_draws(page, 4 * FIGURES)
    mine = page.locator('[data-figure="error"][data-mine="yes"]')
    expect(mine).to_be_attached()
    assert page.evaluate(PLACES) == pytest.approx(before, abs=1), "nothing jumps"
    press(page, "play")
    expect(mine).to_be_attached()


def test_a_run_that_ends_by_itself_leaves_its_figures_in_place(page_at):
    page = ready(page_at("parity?epochs=20"))
    page.evaluate("document.querySelector('[data-figure=\"error\"]').dataset.mine = 'yes'")
    press(page, "play")
    expect(status(page)).to_contain_text("Finished")
    expect(page.get_by_role("slider", name="Look at the end of epoch")).to_be_visible()
    expect(page.locator('[data-figure="error"][data-mine="yes"]')).to_be_attached()


def test_a_reload_and_a_link_give_the_same_run(page_at):
    page = ready(page_at("parity"))
    seed = page.get_by_label("Seed", exact=True)
    seed.fill("3")
    seed.press("Enter")
    page.wait_for_function("location.search.includes('seed=3')")
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    page.wait_for_function("location.search.includes('at=1')")
    stands_still(page)
    first, address = weights(page, 1), page.evaluate("location.href")
    page.reload()
    other = page_at(address.split("/", 3)[3])
    for again in (ready(page), ready(other)):
        expect(status(again)).to_contain_text("At epoch 1 of")
        shows(again, "weights 1", first, rtol=0)


def test_switching_pages_and_back_finds_the_run_as_it_was(page_at):
    page = ready(page_at("parity"))
    rate = page.get_by_label("Learning rate η", exact=True)
    rate.fill("1")
    rate.press("Enter")
    page.wait_for_function("location.search.includes('learning_rate=1')")
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    page.get_by_role("link", name="Start").click()
    expect(page.get_by_role("heading", name="Step against the gradient")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Parity").click()
    expect(status(page)).to_contain_text("At epoch 1 of")
    assert float(rate.input_value()) == 1


def test_a_run_goes_home_as_a_file_and_comes_back(page_at, tmp_path: Path):
    page = ready(page_at("parity"))
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    with page.expect_download() as download:
        press(page, "download_run")
    file = tmp_path / "run.npz"
    download.value.save_as(file)
    assert load(file.read_bytes()).epoch == 1
    with page.expect_download() as download:
        press(page, "download_history")
    table = tmp_path / "history.csv"
    download.value.save_as(table)
    assert table.read_text().startswith("epochs,error")
    other = ready(page_at("parity"))
    other.locator("input[type=file]").set_input_files(file)
    expect(status(other)).to_contain_text("At epoch 1 of")


def test_closing_the_tab_stops_the_work_and_leaves_nothing_running(page_at, server):
    page = ready(page_at("parity?epochs=100000&speed=as+fast+as+it+goes"))
    press(page, "play")
    expect(status(page)).to_contain_text("Running")
    wait_for_draws(page, 2 * FIGURES)
    assert server.workers(), "training runs in a process of its own"
    page.context.close()
    until(lambda: not server.workers())


def trains_on(page):
    """Wait until later epochs are shown, twice: the first of them may have been on its way.

    A run that is killed three times with no progress in between is rightly given up.
    """
    for _ in range(2):
        expect(status(page)).to_contain_text("Running epoch")
        place = status(page).inner_text().partition(" of ")[0]
        expect(status(page)).not_to_contain_text(f"{place} of ")


def test_a_killed_worker_is_replaced_and_nothing_is_lost(page_at, server):
    page = ready(page_at("parity?epochs=100000&speed=as+fast+as+it+goes"))
    press(page, "play")
    for _ in range(2):
        trains_on(page)
        kill_workers(server.process.pid)
    trains_on(page)
    press(page, "play")
    expect(status(page)).to_contain_text("Paused")
    stands_still(page)
    paused = status(page).inner_text()
    press(page, "one_epoch")
    expect(status(page)).not_to_have_text(paused)
    whole = re.compile(r"At epoch ([\d,]+) of")
    expect(status(page)).to_contain_text(whole)
    epochs = int(whole.search(status(page).inner_text())[1].replace(",", ""))
    run = advance(begin(Config()), epochs=epochs)
    shows(page, "weights 1", network_of(run.config, run.state).weights[0])


def test_a_diverged_run_says_where_and_what_to_do(page_at):
    page = ready(page_at("parity?hidden=relu&output=identity&learning_rate=1000000"))
    press(page, "play")
    expect(status(page)).to_contain_text("Diverged")
    expect(status(page)).to_contain_text("output layer")
    screenshot(page, "parity diverged 1280 light")
    press(page, "reset")
    expect(status(page)).to_contain_text("Ready")


def test_a_bad_setting_is_named_and_the_run_stays(page_at):
    page = ready(page_at("parity"))
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    rate = page.get_by_label("Learning rate η", exact=True)
    rate.fill("-1")
    rate.press("Enter")
    expect(page.get_by_text("learning_rate must be above 0, got -1")).to_be_visible()
    expect(status(page)).to_contain_text("At epoch 1 of")
    screenshot(page, "parity error 1280 light")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_every_screen_in_both_themes(page_at, width, dark):
    page = ready(page_at("parity?epochs=30&speed=10+epochs+a+frame", width=width, dark=dark))
    press(page, "play")
    expect(status(page)).to_contain_text("Finished")
    stands_still(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("network", "error", "accuracy", "weights 1", "weights 2", "importance"):
        box = page.locator(f'[data-figure="{name}"]').bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    colour = figure(page, "error")["layout"]["font"]["color"]
    light = sum(int(n) for n in re.findall(r"\d+", colour)[:3]) > 3 * 128
    assert light == dark, "text is light on dark and dark on light"
    screenshot(page, f"parity {width} {'dark' if dark else 'light'}")


def test_a_figure_says_in_words_what_it_shows(page_at):
    page = ready(page_at("parity"))
    press(page, "one_epoch")
    expect(status(page)).to_contain_text("At epoch 1 of")
    expect(page.locator('[data-figure="error"]')).to_have_attribute(
        "aria-label", re.compile(r"0\.48")
    )


def test_a_page_without_figures_does_not_load_plotly(page_at):
    page = page_at("")
    expect(page.get_by_role("heading", name="Step against the gradient")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate("window.Plotly === undefined")
    screenshot(page, "start 1280 light")
