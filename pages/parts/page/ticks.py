"""Parts of a page that run again by themselves, as long as there is something to wait for."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import wraps

import streamlit as st
from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx

# How long a tick may be held until its pictures have left.
MOST_SECONDS = 1.0


def ticking(part: Callable[..., None], interval: Callable[[], float | None], *arguments) -> None:
    """Run a part of the page now, and then by itself while there is something to wait for.

    interval: the seconds between two ticks, None for none; asked again after each.
    """
    seconds = interval()

    @wraps(part)
    def tick(*arguments) -> None:
        part(*arguments)
        if interval() != seconds:
            # Only a full run of the page changes how often this is called. It comes last, because
            # what a run of a fragment leaves out is taken off the page.
            st.rerun()
        _wait_until_sent()

    st.fragment(tick, run_every=seconds)(*arguments)


def _wait_until_sent() -> None:
    """Hold the tick until all that it wrote is on its way to the browser.

    Often the next one is due already. As it begins, Streamlit drops what has not left yet, since
    that will be written again; but the page has been told that all was written, and takes off what
    it did not get. On a busy machine its last rows would come and go.
    """
    if not runtime.exists():
        return
    session = runtime.get_instance().get_app_session(get_script_run_ctx().session_id)
    if not isinstance(session, AppSession):  # the browser has left, or a test plays the server
        return
    sent = asyncio.run_coroutine_threadsafe(_empty(session._browser_queue), session._event_loop)
    with suppress(TimeoutError):
        sent.result(MOST_SECONDS)
    sent.cancel()


async def _empty(queue) -> None:
    """Wait for a queue to be empty: in the loop that fills it, behind all that waits there."""
    while not queue.is_empty():
        await asyncio.sleep(0.005)
