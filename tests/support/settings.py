"""The settings of a page as a browser finds them, and for each of them the way to another value."""

import re
import time
from collections.abc import Callable, Iterator
from functools import partial

from playwright.sync_api import Locator, Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.support.browser import PATIENCE, lists_at_rest

MANY = 5  # options of a group of buttons: of more, one is tried
# The key of every widget of a kind that can be seen and changed.
KEYS = """kind => [...document.querySelectorAll(`[data-testid=${kind}]`)]
    .filter(e => e.checkVisibility() && !e.querySelector("input:disabled"))
    .map(e => [...e.closest('[class*="st-key-"]').classList].find(c => c.startsWith("st-key-")))"""

# Picks an option of a list, if that is open.
PICK = """(field, away) => {
    const list = document.getElementById(field.getAttribute("aria-controls"));
    const options = [...(list?.querySelectorAll("[role=option]") ?? [])];
    const here = options.findIndex(option => option.innerText === field.value);
    const option = options.at((here + away) % options.length);
    option?.click();
    return Boolean(option);
}"""


class Runs:
    """The runs of a page, as the browser and the server tell each other of them.

    What the page shows of a run is no measure: one may be over before the browser has drawn that
    it began.
    """

    def __init__(self, page: Page):
        """Call it before the page is opened."""
        self.page, self._asked, self._over = page, 0, False
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: bytes) -> None:
        if BackMsg.FromString(frame).HasField("rerun_script"):
            self._asked, self._over = self._asked + 1, False

    def _received(self, frame: bytes) -> None:
        message = ForwardMsg.FromString(frame)
        if message.HasField("script_finished"):  # and not to begin anew at once
            self._over |= message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def after(self, change: Callable[[], object], sure: bool = True) -> None:
        """Do what makes the page run, or may do so, and wait until it has run and is drawn."""
        asked, deadline = self._asked + sure, time.monotonic() + PATIENCE
        change()
        self._idle()
        while self._asked < asked or not self._over:
            assert time.monotonic() < deadline, "the page did not run"
            self.page.wait_for_timeout(10)
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        self._idle()

    def _idle(self) -> None:
        self.page.evaluate("() => new Promise(done => requestIdleCallback(done))")

    def open_lists(self) -> None:
        """Open every list that is closed."""
        closed = self.page.locator("[data-testid=stExpander] details:not([open]) summary")
        if closed.count():
            opens = "all => all.forEach(one => one.click())"
            self.after(lambda: closed.evaluate_all(opens), sure=False)
            lists_at_rest(self.page)


def settings(page: Page) -> dict[str, str]:
    """The key of every setting in sight, and its kind of widget."""
    return {key: kind for kind in KINDS for key in page.evaluate(KEYS, kind)}


def changes(page: Page, key: str, kind: str) -> Iterator[Callable[[], object]]:
    """What changes a setting to other values, one after the other, and at last back."""
    return KINDS[kind](page.locator(f".{key} [data-testid={kind}]"))


def _select(widget: Locator) -> Iterator[Callable]:
    """The option that follows."""
    field = widget.locator("input")
    yield partial(_pick, field, 1)
    yield partial(_pick, field, -1)


def _multiselect(widget: Locator) -> Iterator[Callable]:
    """One option more."""
    field = widget.locator("input")
    yield partial(_pick, field, 0)
    yield partial(field.press, "Backspace")
    field.press("Tab")  # closes the list


def _pick(field: Locator, away: int) -> None:
    """Pick the option that stands so far from the one in the field; from none, the last."""
    deadline = time.monotonic() + PATIENCE
    while not field.evaluate(PICK, away):  # not open yet, or closed again by what scrolls
        assert time.monotonic() < deadline, "the list did not open"
        field.click()
        field.page.wait_for_timeout(50)


def _filled(field: Locator, value: str) -> None:
    field.fill(value)
    field.press("Enter")


def _number(widget: Locator) -> Iterator[Callable]:
    """The least value where there is one, or else a step more."""
    field = widget.locator("input")
    before = field.input_value()
    least, step = (float(field.get_attribute(name)) for name in ("min", "step"))
    down = -1e9 < least < float(before)
    yield lambda: _filled(field, f"{least if down else float(before) + step:g}")
    if field.input_value() != before:  # a choice may have set it
        yield lambda: _filled(field, before)


def _text(widget: Locator) -> Iterator[Callable]:
    """The last whole number less by one; in an empty field, what it proposes."""
    field = widget.locator("input")
    before = field.input_value()
    start, last, end = re.fullmatch(r"(.*?)(\d*)(\D*)", before).groups()
    other = f"{start}{int(last) - 1}{end}" if last else field.get_attribute("placeholder")
    yield lambda: _filled(field, other)
    yield lambda: _filled(field, before)


def _slider(widget: Locator) -> Iterator[Callable]:
    """The least value, and a step more."""
    field = widget.locator("input[type=range]")
    before, least, most, step = map(field.get_attribute, ("value", "min", "max", "step"))
    for key, end in (("Home", least), ("ArrowRight", most)):
        if field.input_value() != end:
            yield partial(field.press, key)
    if field.input_value() != before:  # a choice may have set it
        key, beside = ("ArrowRight", -1) if before == most else ("ArrowLeft", 1)
        # A value that is put in is not told yet: only a key ends a move.
        field.fill(f"{float(before) + beside * float(step):g}")
        yield partial(field.press, key)


def _toggle(widget: Locator) -> Iterator[Callable]:
    yield widget.locator("label").click
    yield widget.locator("label").click


def _buttons(widget: Locator) -> Iterator[Callable]:
    """Every other option, or one of many; where several can be chosen, one more."""
    buttons = widget.locator("button[role=radio]")
    if not buttons.count():
        several = widget.locator("button[aria-pressed]")
        first = several.evaluate_all("all => all.findIndex(one => one.ariaPressed === 'false')")
        yield several.nth(first).click
        yield several.nth(first).click
        return
    chosen = [b.get_attribute("aria-checked") for b in buttons.all()].index("true")
    others = [i for i in range(buttons.count()) if i != chosen]
    for i in [*(others if len(others) < MANY else others[:1]), chosen]:
        if buttons.nth(i).get_attribute("aria-checked") != "true":  # a choice may have set it
            yield buttons.nth(i).click


KINDS: dict[str, Callable[[Locator], Iterator[Callable]]] = {
    "stNumberInput": _number,
    "stTextInput": _text,
    "stSlider": _slider,
    "stCheckbox": _toggle,
    "stButtonGroup": _buttons,
    "stMultiSelect": _multiselect,
    "stSelectbox": _select,  # last, because some bring other settings along
}
