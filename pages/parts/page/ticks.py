"""Parts of a page that run again by themselves, as long as there is something to wait for."""

from collections.abc import Callable
from functools import wraps

import streamlit as st

from pages.parts.page.streamlit_private import (
    run_is_a_tick,
    run_is_of_a_fragment,
    wait_until_sent,
)

# How long a tick waits at most until all that it wrote is on its way to the browser.
MOST_SECONDS = 5.0


def ticking(part: Callable[..., None], interval: Callable[[], float | None], *arguments) -> None:
    """Run a part of the page now, and then by itself while there is something to wait for.

    interval: the seconds between two ticks, None for none; asked again after each.
    """
    seconds = interval()

    @wraps(part)
    def tick(*arguments) -> None:
        part(*arguments)
        # Often the next run is due already. As it begins, Streamlit drops what has not been sent
        # yet, since it will be written again; but the page has been told that all was written, and
        # takes off what it did not get. On a busy machine its last rows would come and go.
        wait_until_sent(MOST_SECONDS)
        if interval() != seconds:
            # Only a full run of the page changes how often this is called. It comes last, because
            # what a run of a fragment leaves out is taken off the page.
            st.rerun()

    st.fragment(tick, run_every=seconds)(*arguments)


def once(press: Callable[..., None]) -> Callable[..., None]:
    """A callback of a button outside all fragments, called once a press.

    The front end sends a press from a timer of its own. A tick that is due before that timer sends
    all that waits, the press too, and the timer sends it again. With Streamlit 1.67 one press in a
    hundred came twice on a busy machine, and four in ten of those that met a browser which was
    drawing. Whatever comes with a tick is left to the second message, a run of the whole page.

    A press may also come with a widget of a fragment that was changed at the same moment. That
    message runs the fragment alone and is the only one, so the whole page is asked for.
    """

    @wraps(press)
    def heard(*arguments, **more) -> None:
        if run_is_a_tick():
            return
        press(*arguments, **more)
        if run_is_of_a_fragment():
            st.rerun()

    return heard
