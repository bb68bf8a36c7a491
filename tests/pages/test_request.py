"""What a press leaves for its page, without a page."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.parts.page import ticks


class Rerun(Exception):
    """Stands for the end of a callback that asks for the whole page."""


@pytest.fixture
def run(monkeypatch):
    """Have the callback under test belong to a run of this kind."""

    def rerun():
        raise Rerun

    def kind(*, fragment: bool = False, tick: bool = False):
        monkeypatch.setattr(ticks, "run_is_of_a_fragment", lambda: fragment)
        monkeypatch.setattr(ticks, "run_is_a_tick", lambda: tick)

    monkeypatch.setattr(st, "rerun", rerun)
    return kind


def test_a_press_that_came_with_a_tick_is_left_to_its_own_message(run):
    heard = []
    press = ticks.once(heard.append)
    run(fragment=True, tick=True)
    press("with a tick")
    run()
    press("by itself")
    assert heard == ["by itself"]


def test_a_press_that_came_with_a_widget_of_a_fragment_asks_for_the_whole_page(run):
    heard = []
    run(fragment=True)
    with pytest.raises(Rerun):
        ticks.once(heard.append)("with a widget")
    assert heard == ["with a widget"]


def asks():
    import streamlit as st

    from pages.parts.page import request

    for what in ("one", "two"):
        st.button(what, key=what, on_click=request.leave, args=(what,))
    open_now = st.toggle("The point is reached", True, key="reached")
    st.text(request.take("one", "two") if open_now else "")


def answered(app: AppTest) -> str:
    assert not app.exception, app.exception
    return app.text[0].value


def test_a_request_is_carried_out_once():
    app = AppTest.from_function(asks).run()
    assert answered(app) == ""
    assert answered(app.button(key="one").click().run()) == "one"
    assert answered(app.run()) == ""


def test_a_request_waits_for_its_point_and_a_later_one_replaces_it():
    app = AppTest.from_function(asks).run()
    app.toggle(key="reached").set_value(False)
    app.button(key="one").click().run()
    app.button(key="two").click().run()
    assert answered(app.toggle(key="reached").set_value(True).run()) == "two"
