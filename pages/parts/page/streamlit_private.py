"""All that the pages use of Streamlit's private names, which any new version may take away.

None of them is needed for a page to work. Where one is missing, the log says once which, and what
goes without it.
"""

import asyncio
import logging
import signal
import sys
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import cache

import streamlit as st
from streamlit import runtime

MISSING = (AttributeError, ImportError, KeyError)


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
    with suppress(TimeoutError, CancelledError):  # cancelled where the server ends
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
        _say_once(str(error), "a click beside a change in a figure may show late")
        return False


def run_is_a_tick() -> bool:
    """Whether this run is one of a fragment alone, and its own timer asked for it, not a person."""
    if not run_is_of_a_fragment():
        return False
    try:
        return _request_of_this_run().is_auto_rerun
    except MISSING as error:
        _say_once(str(error), "a click during a tick may count twice")
        return False


def _request_of_this_run():
    """What the run under way was asked by.

    It stands in the call that runs the script and nowhere else: what the session keeps is the
    newest request, and on a busy machine the next one often comes before the callbacks of a press.
    """
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "_run_script":
            return frame.f_locals["rerun_data"]
        frame = frame.f_back
    raise AttributeError("there is no call of _run_script")


def end_in_order() -> None:
    """On Ctrl+C, or when told to end, leave as any Python program does.

    By itself the web server closes its connections and then lets the signal end the process, and
    the worker processes stay behind.
    """
    try:
        server = signal.getsignal(signal.SIGTERM).__self__
        _ = server.should_exit
    except MISSING as error:
        _say_once(str(error), "worker processes may stay behind when the server ends")
        return

    def end(number, frame) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def open_browser() -> None:
    """Open the app in a browser, as Streamlit itself does only for an app without `st.App`.

    The browser may ask at once: the port is open, and the answer comes when all is imported.
    """
    if st.get_option("server.headless"):
        return
    try:
        from streamlit import cli_util, config
        from streamlit.web.server import server_util

        named = config.is_manually_set("browser.serverAddress")
        address = st.get_option("browser.serverAddress" if named else "server.address")
        cli_util.open_browser(server_util.get_url(server_util.get_display_address(address)))
    except MISSING as error:
        _say_once(str(error), "no browser is opened; open the address above")


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
