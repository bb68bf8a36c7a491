"""The pages of walks in a real Chromium: what plays, what lands, what survives a change."""

import csv
import re
from pathlib import Path

import pytest

from tests.support.browser import stands_still

NOW = """
(name) => {
  const figure = document.querySelector(`[data-figure="${name}"]`);
  const trace = figure.data.find((t) => t.name === "now");
  return [Number(trace.x[0]), Number(trace.y[0])];
}
"""


def figure(page, name):
    """A figure, when it has been drawn."""
    drawn = page.locator(f'[data-figure="{name}"][data-draws]')
    drawn.wait_for()
    return drawn


def drawn_again(page, name, change):
    """Do something that changes a figure, and wait until it is drawn again."""
    before = int(figure(page, name).get_attribute("data-draws"))
    change()
    page.wait_for_function(
        "([name, n]) =>"
        " Number(document.querySelector(`[data-figure='${name}']`)?.dataset.draws) > n",
        arg=[name, before],
    )


def step_of(page, name) -> int:
    return int(figure(page, name).get_attribute("data-step"))


def wait_for_step(page, name, step):
    page.locator(f'[data-figure="{name}"][data-step="{step}"]').wait_for()
    # The picture follows its number within a frame or two.
    page.wait_for_function(
        "(name) => { const w = document.querySelector(`[data-figure='${name}']`).mlpWalk;"
        " return w.shown === w.step && !w.drawing }",
        arg=name,
    )


def test_play_rolls_the_point_down_and_nothing_moves_before(page_at):
    page = page_at("parabola?n=12")
    figure(page, "parabola")
    page.wait_for_timeout(800)
    assert step_of(page, "parabola") == 0
    assert page.evaluate(NOW, "parabola") == [4, 16]
    page.get_by_role("button", name="Play").click()
    wait_for_step(page, "parabola", 12)
    x, g = page.evaluate(NOW, "parabola")
    assert x == pytest.approx(4 * 0.8**12, rel=1e-4)
    assert g == pytest.approx(x**2, rel=1e-4)
    wait_for_step(page, "error", 12)
    assert page.evaluate(NOW, "error")[0] == 12
    words = page.locator(".mlp-player-text").inner_text()
    assert words.startswith("x₁₂ = 0.2749")
    assert words in figure(page, "parabola").get_attribute("aria-label")


def test_the_slider_lands_where_it_should_and_the_arrows_step(page_at):
    page = page_at("parabola")
    figure(page, "parabola")
    page.locator(".mlp-player-slider").fill("7")
    wait_for_step(page, "parabola", 7)
    assert page.evaluate(NOW, "parabola")[0] == pytest.approx(4 * 0.8**7, rel=1e-4)
    page.get_by_role("button", name="One step forward").click()
    wait_for_step(page, "parabola", 8)
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    wait_for_step(page, "parabola", 7)
    page.keyboard.press("ArrowRight")
    wait_for_step(page, "parabola", 8)


def test_space_plays_and_pauses_but_not_while_a_formula_is_typed(page_at):
    page = page_at("paraboloid?surface=your+own+formula&view=Map")
    figure(page, "map")
    page.get_by_role("textbox", name="g(a, b) =").click()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    page.wait_for_timeout(600)
    assert step_of(page, "map") == 0
    page.keyboard.press("Enter")
    page.locator("h1").click()
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('[data-figure=map]').dataset.step > 2")
    page.keyboard.press("Space")
    paused = step_of(page, "map")
    page.wait_for_timeout(500)
    assert step_of(page, "map") == paused


def test_a_click_on_the_curve_starts_there_and_the_address_keeps_it(page_at):
    page = page_at("parabola")
    drawn = figure(page, "parabola")
    stands_still(page)
    area = drawn.locator(".nsewdrag").first.bounding_box()
    x, y = area["x"] + 0.25 * area["width"], area["y"] + 0.7 * area["height"]
    drawn_again(page, "parabola", lambda: page.mouse.click(x, y))
    start = page.evaluate(NOW, "parabola")[0]
    assert start == pytest.approx(-2.2, abs=0.3)
    assert float(re.search(r"x0=(-[\d.]+)", page.url)[1]) == pytest.approx(start, abs=1e-4)
    other = page_at(page.url.split("/")[-1])
    figure(other, "parabola")
    assert other.evaluate(NOW, "parabola")[0] == start


def test_a_click_on_the_map_starts_there(page_at):
    page = page_at("paraboloid?view=Map")
    area = figure(page, "map").locator(".nsewdrag").first
    stands_still(page)
    area.scroll_into_view_if_needed()
    size = area.bounding_box()
    place = {"x": 0.25 * size["width"], "y": 0.25 * size["height"]}
    drawn_again(page, "map", lambda: area.click(position=place))
    a, b = page.evaluate(NOW, "map")
    assert a == pytest.approx(-6.5, abs=1)
    assert b == pytest.approx(6.5, abs=1)


def test_the_map_keeps_its_contours_while_the_point_moves(page_at):
    page = page_at("paraboloid?view=Map")
    contours = figure(page, "map").locator(".contourlayer path").count()
    page.evaluate(
        """() => {
          const map = document.querySelector("[data-figure=map]");
          const look = () => {
            window.fewest = Math.min(
              window.fewest ?? 1e9, map.querySelectorAll(".contourlayer path").length);
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    page.get_by_role("button", name="Play").first.click()
    wait_for_step(page, "map", 7)
    assert page.evaluate("window.fewest") == contours > 5
    assert page.evaluate(NOW, "map")[0] == pytest.approx(0.016384, rel=1e-4)


def test_the_camera_survives_a_change_of_the_learning_rate(page_at):
    page = page_at("paraboloid?view=Surface")
    camera = (
        "() => document.querySelector('[data-figure=\"surface 3d\"]')._fullLayout.scene.camera.eye"
    )
    solid = figure(page, "surface 3d")
    solid.scroll_into_view_if_needed()
    stands_still(page)
    first = page.evaluate(camera)
    box = solid.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=6)
    page.mouse.up()
    page.wait_for_function(
        f"first => JSON.stringify(({camera})()) !== JSON.stringify(first)", arg=first
    )
    stands_still(page)
    turned = page.evaluate(camera)

    def change():
        rate = page.get_by_role("spinbutton", name="η of gradient descent")
        rate.fill("0.2")
        rate.press("Enter")

    drawn_again(page, "surface 3d", change)
    stands_still(page)
    assert page.evaluate(camera) == pytest.approx(turned)
    page.get_by_role("button", name="One step forward").first.click()
    wait_for_step(page, "surface 3d", 1)
    assert page.evaluate(camera) == pytest.approx(turned)
    assert page.evaluate(NOW, "surface 3d")[0] == pytest.approx(6, rel=1e-5)


def test_zoom_survives_play_and_a_change(page_at):
    page = page_at("parabola")
    figure(page, "parabola")
    area = figure(page, "parabola").locator(".nsewdrag").first
    stands_still(page)
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.9 * box["height"], steps=5)
    page.mouse.up()
    reach = "() => document.querySelector('[data-figure=parabola]')._fullLayout.xaxis.range"
    page.wait_for_function(f"({reach})()[1] < 2")
    zoomed = page.evaluate(reach)
    page.get_by_role("button", name="One step forward").click()
    wait_for_step(page, "parabola", 1)
    drawn_again(page, "parabola", lambda: page.get_by_role("button", name="Swing").click())
    assert page.evaluate(reach) == zoomed


def test_a_formula_that_is_none_is_pointed_at_and_the_page_lives_on(page_at):
    page = page_at("paraboloid?surface=your+own+formula&view=Map")
    figure(page, "map")
    field = page.get_by_role("textbox", name="g(a, b) =")
    field.fill("9**9**9**9")
    field.press("Enter")
    page.get_by_text("numbers here go up to").wait_for()
    field.fill("a^2 + 2*b^2")
    field.press("Enter")
    figure(page, "map")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["parabola", "paraboloid"])
def test_every_theme_and_width_shows_every_figure(page_at, path, width, dark):
    page = page_at(path, width=width, dark=dark)
    for name in {"parabola": ["parabola", "error", "map"]}.get(
        path, ["map", "surface 3d", "error", "batch map", "batch error", "noise"]
    ):
        drawn = figure(page, name)
        assert drawn.get_attribute("aria-label")
        ink = drawn.evaluate("(e) => e._fullLayout.font.color")
        assert (sum(map(int, re.findall(r"\d+", ink)[:3])) > 380) == dark
        assert drawn.bounding_box()["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_path_comes_as_a_file(page_at):
    page = page_at("paraboloid?view=Map")
    figure(page, "map")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the path").click()
    with Path(waiting.value.path()).open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["a"]) for row in rows[:3]] == pytest.approx([10, 4, 1.6])


def test_sixty_steps_play_frame_by_frame(page_at):
    page = page_at("parabola?eta=0.02&n=60")
    figure(page, "parabola")
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Play").click()
    wait_for_step(page, "parabola", 60)
    assert int(figure(page, "parabola").get_attribute("data-frames")) == 60
