"""The way in: every page goes through app.py, whichever address is opened first."""

from pathlib import Path

import streamlit as st

from pages.parts.page import request

STYLE = Path(__file__).parent / "style.css"


def enter(page: str) -> bool:
    """Call first on every page; returns whether the learner has just come to this page.

    A server that nobody has opened at its start page yet takes the pages/ folder for the old kind
    of app and runs a page without app.py. Declaring a navigation, as app.py does, ends that for
    good; then the page starts again, through the front door.
    """
    if not st.session_state.get("front_door"):
        start = st.Page(lambda: None, title="Start", default=True)
        st.navigation([start, st.Page(lambda: None, title=page, url_path=page)], position="hidden")
        st.rerun()
    st.html(STYLE)
    arrived = st.session_state.get("page") != page
    st.session_state.page = page
    if arrived:
        request.forget()
    return arrived
