"""What a callback leaves for its page: a request, or what went wrong.

A press may come together with a setting, in one message, and Streamlit calls back before the page
reads its settings. So the press leaves a request, and the page carries it out at one point, where
all its settings are read. There is one request at a time: a later press replaces it.
"""

import streamlit as st

from pages.parts.page.ticks import once

REQUEST, TROUBLE = "request", "trouble of a callback"  # in the session


@once
def leave(what: str) -> None:
    """A callback of a button: ask for something to be done."""
    st.session_state[REQUEST] = what


def take(*known: str) -> str:
    """The request, where it is one of these; it is then done with. "" where it is none of them."""
    what = st.session_state.get(REQUEST, "")
    return st.session_state.pop(REQUEST) if what in known else ""


def complain(trouble: str) -> None:
    """Within a callback: say what hinders, where the page shows it."""
    st.session_state[TROUBLE] = trouble


def show_complaint() -> None:
    """Show what hindered the callback before this run of the page, if anything did."""
    if trouble := st.session_state.pop(TROUBLE, ""):
        st.error(f"{trouble.rstrip('.')}.", icon=":material/error:")


def forget() -> None:
    """On coming to a page: what was left for the page before is not for this one."""
    for what in (REQUEST, TROUBLE):
        st.session_state.pop(what, None)
