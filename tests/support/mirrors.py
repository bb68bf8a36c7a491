"""Mirrors on this machine: what each sends for a path, and what was asked of it."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# (handler, name of the file asked for) -> sends an answer
Answer = Callable[[BaseHTTPRequestHandler, str], None]


def sends(files: dict[str, bytes]) -> Answer:
    """A good mirror: these bytes for each path."""
    return lambda handler, name: _send(handler, files[name])


def truncates(files: dict[str, bytes]) -> Answer:
    """Promises the whole file, sends half, and hangs up."""
    return lambda handler, name: _send(handler, files[name], len(files[name]) // 2)


def refuses(status: int) -> Answer:
    """Has nothing but a status."""
    return lambda handler, name: handler.send_error(status)


def hangs(over: threading.Event, files: dict[str, bytes] | None = None) -> Answer:
    """Says nothing, or begins to send and then says nothing more, until it is over."""

    def answer(handler, name):
        if files:
            _send(handler, files[name], len(files[name]) // 2)
        over.wait(20)

    return answer


def _send(handler, content: bytes, most: int | None = None) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[:most])


@contextmanager
def mirror(answer: Answer):
    """A running mirror: its address, and the names of the files that were asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path[1:])
            answer(self, self.path[1:])

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
