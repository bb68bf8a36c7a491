"""The backpropagation page as a learner meets it, in a real Chromium."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from urllib.parse import quote_plus

import pytest
import streamlit
from playwright.sync_api import Page, expect

from mlp.algebra.entries import how
from mlp.derivation.derive import derive
from mlp.derivation.notation import BRACKETS, FORMS, LAYOUTS, LETTERS, SAMPLES, Notation
from mlp.derivation.problem import MISTAKES
from mlp.descent.optimisers import OPTIMISERS
from mlp.examples.texts import EXAMPLES
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.training.config import Config
from mlp.training.equations import equations
from tests.support.browser import listens, open_list, screenshot

TEXTS = {
    "columns": "samples=columns&layout=denominator&counting=1&brackets=%28l%29&form=matrices",
    "Jacobians in rows": "samples=rows&layout=numerator&counting=0&brackets=%5Bl%5D&form=Jacobians",
}


def address(name: str = "question", more: str = "") -> str:
    """The address of an example."""
    return f"backprop?example={quote_plus(EXAMPLES[name].title)}&{more}"


def ready(page: Page) -> Page:
    """Wait until the page is all there, and its buttons listen to their keys."""
    page.wait_for_function("(window.mlpSteps ?? 0) >= 1")
    return listens(page, "next")


def step_to(page: Page, key: str, number: int, last: int) -> None:
    """Press a key, and see the step it leads to."""
    page.keyboard.press(key)
    # Asked in every frame of the browser, where expect() would look ten times a second.
    page.wait_for_function(
        "words => document.querySelector('.st-key-walk')?.innerText.includes(words)",
        arg=f"Step {number} of {last}",
    )


def where(page: Page):
    """The line that says which step this is."""
    return page.locator(".st-key-walk").get_by_text(re.compile(r"Step \d+ of \d+"))


def heading(page: Page):
    """The name of the step."""
    return page.locator("h3").first


def count(name: str) -> int:
    """How many steps an example has."""
    return 2 + 5 * (len(EXAMPLES[name].exercise.sizes) - 1)


def no_katex_error(page: Page) -> None:
    """Every formula on the page was understood."""
    assert page.locator(".katex-error").count() == 0
    assert page.locator(".katex").count() > 0


def entry(page: Page, matrix: str, i: int = 0, j: int = 0):
    """One number of a matrix."""
    row = page.locator(f'.st-key-numbers [data-matrix="{matrix}"] tr').nth(i)
    return row.locator("button").nth(j)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_is_walked_to_its_last_step_and_back_with_the_arrow_keys(page_at, name, text):
    page, last = ready(page_at(address(name, f"batch=2&{TEXTS[text]}"))), count(name)
    expect(where(page)).to_have_text(f"Step 1 of {last}")
    for number in range(2, last + 1):
        step_to(page, "ArrowRight", number, last)
        no_katex_error(page)
    for number in range(last - 1, 0, -1):
        step_to(page, "ArrowLeft", number, last)
    assert "step=1" in page.url


def all_formulas() -> set[str]:
    """The LaTeX of every step of every example in every notation, of slips and of mistakes."""
    formulas = set()
    for example, m in product(EXAMPLES.values(), (1, 3)):
        exercise = example.exercise
        question = exercise.network, exercise.X[:m], exercise.y[:m], exercise.loss
        for slip in example.slips:
            formulas |= {slip.wrong, slip.right}
        for choice in product(SAMPLES, LAYOUTS, (0, 1), BRACKETS, FORMS, LETTERS):
            for step in derive(*question, Notation(*choice), proved=False):
                formulas |= {step.equation, step.shapes, step.symbol.latex}
                if choice[2:4] == (0, "()"):
                    formulas.add(how(step.formula, 0, 0).latex)
                    formulas |= {p.how(0, 0) for p in step.inputs if getattr(p, "how", None)}
        for mistakes in (*([mistake] for mistake in MISTAKES), MISTAKES):
            for step in derive(*question, Notation(), mistakes=mistakes, proved=False):
                formulas |= {step.equation, step.shapes}
    return formulas | entries()


def entries() -> set[str]:
    """The LaTeX of every activation and every loss."""
    formulas = set()
    for f in ACTIVATIONS.values():
        formulas |= {f.formula, f.derivative, f.symbol.latex, f.slope_latex("0.5")}
    for loss in LOSSES.values():
        formulas |= {loss.formula, loss.gradient_latex, loss.slope_latex("y_p", "a_p", 3)}
        formulas.add(loss.index_latex(r"\sum_i", "y_i", "a_i", 3))
    return formulas | {rf"\begin{{aligned}} {line} \end{{aligned}}" for line in of_training()}


def of_training() -> set[str]:
    """The lines that training pages show, whatever the activations, the loss, the optimiser."""
    lines = set()
    for f, g, loss in product(ACTIVATIONS, ACTIVATIONS, LOSSES.values()):
        config = Config(hidden=f, output=loss.output or g, loss=loss.name)
        lines |= {line for o in OPTIMISERS for line in equations(replace(config, optimiser=o))}
    return lines | set(equations(Config(l2=0.1)))


def test_every_formula_of_every_example_in_every_notation_is_understood(page_at):
    """By the very KaTeX that Streamlit's front end brings along, without drawing thousands."""
    folder = Path(streamlit.__file__).parent / "static/static/js"
    katex = next(folder.glob("katex.*.js")).name
    formulas = [*all_formulas(), r"\thiscommanddoesnotexist{"]
    wrong = page_at().evaluate(
        """async ([name, formulas]) => {
            const katex = (await import(`/static/js/${name}`)).default;
            const fails = text => {
                try { katex.renderToString(text, {displayMode: true}); } catch { return true; }
            };
            return formulas.filter(fails);
        }""",
        [katex, formulas],
    )
    print(f"\n{len(formulas)} formulas")
    assert len(formulas) > 3000 and wrong == [formulas[-1]]


def test_nothing_moves_before_play_and_play_walks(page_at):
    page = ready(page_at(address()))
    page.wait_for_timeout(2800)
    expect(where(page)).to_have_text("Step 1 of 12")
    page.get_by_role("button", name="Play").click()
    expect(where(page)).to_have_text("Step 2 of 12")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    text = where(page).inner_text()
    page.wait_for_timeout(2800)
    assert where(page).inner_text() == text


def test_clicking_an_entry_shows_its_sum_and_frames_its_row_and_its_column(page_at):
    page = ready(page_at(address(more="step=2")))
    entry(page, "result", 1).click()
    box = page.locator(".st-key-how")
    expect(box).to_contain_text("How this entry comes about")
    expect(box.locator("annotation")).to_have_text(r"1 = 0.4 \cdot 1 + 0.8 \cdot 0.5 + 0.2")
    framed = page.locator(".st-key-numbers button.marked")
    expect(framed).to_have_text(["1", "0.4", "0.8", "1", "0.5", "0.2"])


def test_every_matrix_of_a_step_says_how_a_clicked_entry_comes_about(page_at):
    page = ready(page_at(address(more="step=8&batch=3")))
    box = page.locator(".st-key-how")
    entry(page, "share").click()
    expect(box).to_contain_text("What this one sample adds")
    entry(page, "others").click()
    expect(box).to_contain_text("all other samples")
    entry(page, "0").click()
    expect(box).to_contain_text("Go to the step that found it: error of the output layer")
    expect(box).to_contain_text("How this entry comes about")


def test_a_weight_changed_by_hand_moves_every_number_and_the_address(page_at):
    page = ready(page_at(address(more="step=2")))
    expect(entry(page, "result")).to_have_text("0.75")
    entry(page, "0").click()
    field = page.get_by_label(re.compile("Change this number"))
    field.fill("2")
    field.press("Enter")
    expect(entry(page, "result")).to_have_text("2.25")
    expect(page.get_by_text("Every gradient is proved")).to_be_visible()
    page.wait_for_function("location.search.includes('edits=W1')")
    other = ready(page_at(page.url.split("/", 3)[3]))
    expect(entry(other, "result")).to_have_text("2.25")
    page.get_by_label("Numbers changed by hand", exact=True).fill("W9:1,1=2")
    page.get_by_label("Numbers changed by hand", exact=True).press("Enter")
    expect(page.get_by_text("edits has no place or number")).to_be_visible()


def test_the_notation_is_switched_in_place_and_its_list_stays_open(page_at):
    page = ready(page_at(address(more="step=10")))
    open_list(page, "Notation: ")
    page.get_by_test_id("stButtonGroup").get_by_text("rows", exact=True).click()
    expect(page.get_by_text(re.compile("Notation: samples as rows"))).to_be_visible()
    expect(page.locator(".st-key-step annotation").first).to_contain_text("dz^{(2)}")
    page.get_by_role("button", name="002 students").click()
    expect(page.locator(".st-key-step annotation").first).to_contain_text(r"\delta_{qi}")
    screenshot(page, "backprop notation 1280 light")


def test_a_mistake_turns_the_proof_red_and_two_curves_show_what_it_does(page_at):
    page = ready(page_at(address("students", "step=7")))
    open_list(page, "Break it")
    page.get_by_test_id("stButtonGroup").get_by_text("flip the sign").click()
    page.get_by_test_id("stButtonGroup").get_by_text("sum instead of mean").click()
    expect(page.locator("p").filter(has_text="sum instead of mean: ")).to_be_visible()
    expect(page.get_by_text("The proof fails")).to_be_visible()
    expect(page.get_by_text("It is wrong")).to_be_visible()
    expect(page.locator(".st-key-proof button.wrong").first).to_be_visible()
    curve = page.locator('[data-figure="broken"]')
    expect(curve).to_have_attribute("aria-label", re.compile("broken gradient"))
    screenshot(page, "backprop broken 1280 light")
    assert page.url.count("mistake=") == 2
    page.get_by_test_id("stButtonGroup").get_by_text("flip the sign").click()
    page.get_by_test_id("stButtonGroup").get_by_text("sum instead of mean").click()
    expect(page.get_by_text("Every gradient is proved")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_every_screen_in_both_themes(page_at, width, dark):
    for name, step in (("deep", 13), ("parity", 11)):
        page = ready(page_at(address(name, f"step={step}&batch=3"), width=width, dark=dark))
        expect(heading(page)).to_be_visible()
        entry(page, "result").click()
        expect(page.locator(".st-key-how")).to_be_visible()
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for box in page.locator(".mlp-matrix").all():
            place = box.bounding_box()
            assert place["x"] >= 0 and place["x"] + place["width"] <= width
        screenshot(page, f"backprop {name} {width} {'dark' if dark else 'light'}")
        page.context.close()


def test_the_network_in_training_opens_here_and_examples_stay_at_hand(page_at):
    page = page_at("parity")
    page.get_by_role("button", name="Open in Backpropagation").first.click()
    ready(page)
    expect(page.get_by_text(re.compile("as it was after 0 epochs"))).to_be_visible()
    expect(page.get_by_text(re.compile("mini-batch that comes next"))).to_be_visible()
    expect(where(page)).to_have_text("Step 1 of 12")
    page.keyboard.press("ArrowRight")
    expect(where(page)).to_have_text("Step 2 of 12")
    page.reload()
    ready(page)
    expect(page.get_by_text(re.compile("as it was after 0 epochs"))).to_be_visible()
    expect(where(page)).to_have_text("Step 2 of 12")
