"""All that the pages use of Streamlit's private names, which any new version may take away.

None of them is needed for a page to work. Where one is missing, the log says once which, and what
goes without it.
"""

import asyncio
import logging
from contextlib import suppress
from functools import cache

import streamlit as st
from streamlit import runtime

MISSING = (AttributeError, ImportError)


def wait_until_sent(seconds: float) -> None:
    """Wait until all that this session wrote is on its way to the browser, or the time is over."""
    try:
        from streamlit.runtime.app_session import AppSession
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        if not runtime.exists():
            return
        session = runtime.get_instance().get_app_session(get_script_run_ctx().session_id)
        if not isinstance(session, AppSession):  # the browser has left, or a test plays the server
            return
        sent = asyncio.run_coroutine_threadsafe(_empty(session._browser_queue), session._event_loop)
    except MISSING as error:
        _say_once(str(error), "on a busy machine the last rows of a page may come and go")
        return
    with suppress(TimeoutError):
        sent.result(seconds)
    sent.cancel()


async def _empty(queue) -> None:
    """Wait for a queue to be empty: in the loop that fills it, behind all that waits there."""
    while not queue.is_empty():
        await asyncio.sleep(0.005)


def run_is_of_a_fragment() -> bool:
    """Whether this run of the script is one of a fragment alone."""
    try:
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        return bool(get_script_run_ctx().fragment_ids_this_run)
    except MISSING as error:
        _say_once(str(error), "a click during a tick may count twice")
        return False


def _place_gone() -> tuple[type[Exception], ...]:
    try:
        from streamlit.errors import StreamlitInvalidLayoutContextError
    except MISSING as error:
        _say_once(str(error), "a click during a tick may show an error")
        return ()
    return (StreamlitInvalidLayoutContextError,)


@cache
def _say_once(missing: str, loss: str) -> None:
    logging.getLogger(__name__).warning("Streamlit %s: %s: %s", st.__version__, missing, loss)


# What a run raises that writes to a place of the page that another run has replaced.
PLACE_GONE = _place_gone()
