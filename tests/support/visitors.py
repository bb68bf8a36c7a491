"""Visitors without a browser: they speak to the server as Streamlit's front end does."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

# How long a visitor waits for the next message: a busy machine is no fault of the page.
PATIENCE = 90


@contextmanager
def visitor(url: str) -> Iterator["Visitor"]:
    """A visitor who has come to the server, and leaves in the end."""
    stream = url.replace("http", "ws", 1) + "/_stcore/stream"
    patient = {"open_timeout": PATIENCE, "compression": None, "max_size": None}
    with connect(stream, origin=url, subprotocols=["streamlit"], **patient) as socket:
        yield Visitor(socket)


class Visitor:
    """One tab: opens a page, and presses buttons on it."""

    def __init__(self, socket: ClientConnection):
        self._socket = socket
        self._page = ""
        self._buttons: dict[str, str] = {}

    def open(self, page: str) -> list[ForwardMsg]:
        """All that the server sends until the page is there; "" is the start page."""
        message = BackMsg()
        message.rerun_script.page_name = page
        return self._ask(message)

    def press(self, key: str) -> list[ForwardMsg]:
        """All that the server sends after a button is pressed, until the page is there again."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.widget_states.widgets.add(id=self._buttons[key], trigger_value=True)
        return self._ask(message)

    def _ask(self, message: BackMsg) -> list[ForwardMsg]:
        self._socket.send(message.SerializeToString())
        answers = []
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(PATIENCE))
            answers.append(answer)
            if answer.HasField("new_session"):
                self._page = answer.new_session.page_script_hash
            elif answer.delta.new_element.HasField("button"):
                identifier = answer.delta.new_element.button.id
                self._buttons[identifier.rsplit("-", 1)[-1]] = identifier
            elif answer.HasField("script_finished") and answer.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
            ):
                return answers


def all_at_once(url: str, pages: Sequence[str]) -> dict[str, list[ForwardMsg]]:
    """What each page sends when every one of them is asked for at the same moment."""
    together = Barrier(len(pages), timeout=PATIENCE)

    def visit(page: str) -> list[ForwardMsg]:
        with visitor(url) as tab:
            together.wait()
            return tab.open(page)

    with ThreadPoolExecutor(len(pages)) as tabs:
        return dict(zip(pages, tabs.map(visit, pages), strict=True))


def faults(answers: Sequence[ForwardMsg]) -> list[str]:
    """What went wrong on a page, as the page tells it."""
    found = []
    for answer in answers:
        if answer.delta.new_element.HasField("exception"):
            exception = answer.delta.new_element.exception
            found.append("\n".join((exception.message, *exception.stack_trace)))
        elif answer.session_event.HasField("script_compilation_exception"):
            found.append(answer.session_event.script_compilation_exception.message)
        elif answer.HasField("page_not_found"):
            found.append(f"there is no page {answer.page_not_found.page_name!r}")
    return found
