"""The ticks of the panel, without a page."""

from streamlit.errors import StreamlitInvalidLayoutContextError

from pages.parts.training import panel


def test_a_tick_that_a_click_has_overtaken_says_nothing_and_asks_for_the_page(monkeypatch):
    drawn, again = [], []

    def overtaken(session, place, draw):
        draw("the first figure")
        raise StreamlitInvalidLayoutContextError("the place of the second is gone")

    monkeypatch.setattr(panel, "_tick", overtaken)
    monkeypatch.setattr(panel.st, "rerun", lambda: again.append("from the top"))
    panel._watch(None, None, drawn.append)
    assert (drawn, again) == (["the first figure"], ["from the top"])
