"""The live panel's ticks, without a page."""

from streamlit.errors import StreamlitInvalidLayoutContextError

from pages.parts import live


def test_a_tick_that_a_click_has_overtaken_ends_quietly(monkeypatch):
    drawn = []

    def overtaken(session, interval, place, draw):
        draw("the first figure")
        raise StreamlitInvalidLayoutContextError("the place of the second is gone")

    monkeypatch.setattr(live, "_tick", overtaken)
    live._watch(None, 0.2, None, drawn.append)
    assert drawn == ["the first figure"]
