"""What the pages rely on in Streamlit's private names, and what happens without them."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
import streamlit as st
from streamlit import runtime
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session, scriptrunner
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from pages.parts.page import streamlit_private
from pages.parts.page.streamlit_private import (
    PLACE_GONE,
    run_is_a_tick,
    run_is_of_a_fragment,
    wait_until_sent,
)


@pytest.fixture
def shown_in(monkeypatch):
    """Have the code under test run for a session of Streamlit's."""

    def shown(session):
        server = Mock(**{"get_app_session.return_value": session})
        monkeypatch.setattr(runtime, "exists", lambda: True)
        monkeypatch.setattr(runtime, "get_instance", lambda: server)
        monkeypatch.setattr(
            scriptrunner, "get_script_run_ctx", lambda: SimpleNamespace(session_id="this one")
        )

    return shown


@pytest.fixture
def said(caplog):
    """The warnings in the log."""
    streamlit_private._say_once.cache_clear()
    yield lambda: [r.message for r in caplog.records if r.levelno >= logging.WARNING]
    streamlit_private._say_once.cache_clear()


def in_a_loop(coroutine):
    """Its result. In a thread of its own: this one may have a browser's loop, which runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def with_a_message() -> AppSession:
    """A session that has written something which is not sent yet."""
    session = AppSession(ScriptData("app.py", False), Mock(), Mock(), None, {})
    session._enqueue_forward_msg(ForwardMsg())
    return session


class Renamed(AppSession):
    """A session of a Streamlit that has other private names."""

    def __init__(self):
        pass

    def __del__(self):
        pass


def test_waiting_ends_when_the_session_has_sent_what_was_written(shown_in, said):
    async def serves():
        session = with_a_message()
        shown_in(session)
        waits = asyncio.create_task(asyncio.to_thread(wait_until_sent, 90))
        await asyncio.wait([waits], timeout=0.3)
        early = waits.done()
        session.flush_browser_queue()
        await waits
        session.shutdown()
        return early

    assert not in_a_loop(serves())
    assert said() == []


def test_waiting_ends_after_its_time_though_nothing_was_sent(shown_in):
    async def serves():
        session = with_a_message()
        shown_in(session)
        await asyncio.to_thread(wait_until_sent, 0.01)
        left = session.flush_browser_queue()
        session.shutdown()
        return left

    assert len(in_a_loop(serves())) == 1


def test_a_run_knows_whether_it_is_one_of_a_fragment(monkeypatch):
    assert "fragment_ids_this_run" in {field.name for field in fields(ScriptRunContext)}
    for ids, expected in ((None, False), ([], False), (["a fragment"], True)):
        context = SimpleNamespace(fragment_ids_this_run=ids)
        monkeypatch.setattr(scriptrunner, "get_script_run_ctx", lambda context=context: context)
        assert run_is_of_a_fragment() is expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"fragment_id": "one"}, False),
        ({"fragment_id": "one", "is_auto_rerun": True}, True),
        ({}, False),
    ],
)
def test_a_run_knows_whether_a_timer_asked_for_it(monkeypatch, asked, expected):
    """Also when the next request has come already: it was taken for this one, and a press counted
    twice."""
    assert "rerun_data" in ScriptRunner._run_script.__code__.co_varnames
    requests = ScriptRequests()

    def _run_script(rerun_data):
        context = SimpleNamespace(fragment_ids_this_run=rerun_data.fragment_id_queue or None)
        monkeypatch.setattr(scriptrunner, "get_script_run_ctx", lambda: context)
        answers = [run_is_a_tick()]
        for coming in ({}, {"fragment_id": "one", "is_auto_rerun": True}):
            requests.request_rerun(RerunData(**coming))
            answers.append(run_is_a_tick())
        return answers

    requests.request_rerun(RerunData(**asked))
    assert _run_script(requests.on_scriptrunner_ready().rerun_data) == [expected] * 3


def test_the_error_of_a_place_that_is_gone_is_known():
    assert PLACE_GONE, f"Streamlit {st.__version__} has no StreamlitInvalidLayoutContextError"


def test_without_the_private_names_the_log_says_so_once_and_nothing_is_raised(
    monkeypatch, shown_in, said
):
    shown_in(Renamed())
    for _ in range(3):
        wait_until_sent(90)
    (missing,) = said()
    assert f"Streamlit {st.__version__}" in missing and "_browser_queue" in missing
    monkeypatch.delattr(app_session, "AppSession")
    wait_until_sent(90)
    assert "AppSession" in said()[-1]
    monkeypatch.setattr(
        scriptrunner, "get_script_run_ctx", lambda: SimpleNamespace(fragment_ids_this_run=["one"])
    )
    assert run_is_a_tick() is False
    assert "_run_script" in said()[-1]
    monkeypatch.delattr(scriptrunner, "get_script_run_ctx")
    assert run_is_of_a_fragment() is False
    assert "get_script_run_ctx" in said()[-1]
    monkeypatch.delattr(st.errors, "StreamlitInvalidLayoutContextError")
    assert streamlit_private._place_gone() == ()
    assert "StreamlitInvalidLayoutContextError" in said()[-1]
