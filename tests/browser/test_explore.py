"""Sweep and Compare as a learner meets them, in a real Chromium."""

import re

import numpy as np
from playwright.sync_api import Page, expect

from tests.support.browser import figure, place, screenshot, stands_still

SMALL = "values_learning_rate=0.1,1,3&values_width=2,3&run_epochs=5&bits=6"


def ready(page: Page, name: str) -> Page:
    """Wait until a figure is drawn."""
    page.wait_for_selector(f'[data-figure="{name}"][data-draws]')
    return page


def press(page: Page, name: str) -> None:
    """Press a button by its name."""
    page.get_by_role("button", name=name).first.click()


def test_a_sweep_fills_its_map_and_a_cell_leads_to_the_very_same_curve(page_at):
    page = ready(page_at(f"sweep?{SMALL}"), "map")
    expect(page.get_by_text("3 × 2 cells: 6 runs of 5 epochs")).to_be_visible()
    press(page, "Start")
    expect(page.get_by_text("Finished")).to_be_visible()
    page.wait_for_function(
        """() => document.querySelector('[data-figure="map"]')._fullData[0].z
            .every(row => Array.from(row).every(Number.isFinite))"""
    )
    assert np.shape(figure(page, "map")["data"][0]["z"]) == (2, 3)
    first = page.get_by_text("Learning rate η 0.1, neurons a hidden layer 2")
    last = page.get_by_text("Learning rate η 3, neurons a hidden layer 3")
    for x, y, name in ((0, 0, first), (2, 1, last)):
        stands_still(page)
        page.mouse.move(*place(page, "map", x, y))
        expect(name).to_be_visible()
    stands_still(page)
    page.mouse.click(*place(page, "map", 2, 1))
    page.mouse.move(*place(page, "map", 0, 0))
    stands_still(page)
    expect(last).to_be_visible()
    curve = figure(page, "curves")["data"][0]["y"]
    address = page.get_by_role("link", name="Open this run").get_attribute("href")
    run = ready(page_at(address.removeprefix("/")), "error")
    expect(run.get_by_text(re.compile("At epoch 5 of"))).to_be_visible()
    run.wait_for_function(
        """() => document.querySelector('[data-figure="error"]')._fullData[0].y.length === 5"""
    )
    np.testing.assert_array_equal(figure(run, "error")["data"][0]["y"], curve)
    screenshot(page, "sweep")
    page.get_by_role("link", name="Parity", exact=True).click()
    expect(page.get_by_role("heading", name="Which bit is it?")).to_be_visible()
    page.get_by_role("link", name="Sweep", exact=True).click()
    expect(page.get_by_text("3 × 2 cells: 6 runs of 5 epochs")).to_be_visible()
    expect(page.get_by_text("Finished")).to_be_visible()


def test_a_map_is_seen_to_fill_and_cancel_keeps_what_is_done(page_at):
    page = ready(page_at("sweep?values_width=2..9 x 8&run_epochs=200"), "map")
    press(page, "Start")
    page.wait_for_function(
        """() => {
            const z = document.querySelector('[data-figure="map"]')._fullData[0].z;
            const known = z.map(row => Array.from(row).filter(Number.isFinite).length);
            const some = known.reduce((a, b) => a + b);
            return some > 0 && some < 112;
        }"""
    )
    press(page, "Cancel")
    expect(page.get_by_text(re.compile(r"Paused.*of 112 runs are done"))).to_be_visible()
    expect(page.get_by_role("button", name="Train the rest")).to_be_enabled()


def test_two_runs_are_compared_on_a_phone_in_the_dark(page_at):
    runs = "runs=parity%3Fbits%3D6&runs=parity%3Fbits%3D6%26learning_rate%3D3.0"
    page = ready(page_at(f"compare?{runs}&epochs=5", width=390, dark=True), "curves")
    press(page, "Train all to epoch 5")
    expect(page.get_by_text(re.compile("After 5 epochs"))).to_be_visible()
    page.wait_for_function(
        """() => document.querySelector('[data-figure="curves"]')._fullData
            .map(curve => curve.y.length).join() === "5,5" """
    )
    press(page, "Train each from 10 seeds")
    expect(page.get_by_text(re.compile("The median test error"))).to_be_visible()
    expect(page.locator(".st-key-jury_pause")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    screenshot(page, "compare phone dark")
