"""The server's first minute and its end: who comes at once, what is imported, what is left."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pages.parts.page.server import LIBRARIES
from tests.support.browser import Server
from tests.support.visitors import all_at_once, faults, visitor
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
ADDRESSES = ["" if page == "start" else page for page in PAGES]
# The rest may come late: Streamlit's own rooms, and loky's, which start the first worker.
MAY_COME_LATE = {"streamlit", "packaging", "loky", *sys.stdlib_module_names}
# In a process of its own, since this one has imported all sorts of things.
IMPORTED_LATE = f"""
import sys
from pages.parts.page.server import load
from tests.support.pages import at
load()
before = set(sys.modules)
for page in {PAGES}:
    at(page)
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize("round", range(3))
def test_all_pages_at_once_are_served_by_a_server_that_has_just_started(round):
    server = Server()
    try:
        answers = all_at_once(server.url, ADDRESSES)
    finally:
        printed = server.stop()
    assert {page: faults(sent) for page, sent in answers.items()} == {page: [] for page in answers}
    assert "Traceback" not in printed, printed


def test_no_page_imports_what_the_server_has_not_imported_before_the_first_visit():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED_LATE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    late = done.stdout.split()
    assert [name for name in late if name.split(".")[0] not in MAY_COME_LATE] == []


def test_what_a_function_imports_only_when_called_is_among_what_the_server_imports():
    late = set()
    for path in (*(ROOT / "mlp").rglob("*.py"), *(ROOT / "pages").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf8"))
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        for node in (inner for function in functions for inner in ast.walk(function)):
            if isinstance(node, ast.Import):
                late |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                late.add(node.module)
    # Dask is imported where MLP_SCHEDULER names a cluster, by the one thread that looks for it.
    late = {name for name in late if name.split(".")[0] not in {"distributed", *MAY_COME_LATE}}
    assert late <= set(LIBRARIES)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "SIGTERM"])
def test_a_server_that_is_told_to_end_takes_its_workers_with_it(number):
    server = Server()
    try:
        with visitor(server.url) as tab:
            tab.open("parity")
            tab.press("play")
            until(server.workers)
            workers = server.workers()
            server.process.send_signal(number)
            assert server.process.wait(90) == 0
        until(lambda: not any(worker.is_running() for worker in workers))
    finally:
        printed = server.stop()
    assert "Traceback" not in printed, printed


def test_the_start_opens_the_app_in_a_browser_unless_it_is_told_not_to(tmp_path):
    opened = tmp_path / "opened"
    for name in ("xdg-open", "open"):
        command = tmp_path / name
        command.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
        command.chmod(0o755)
    path = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    Server(environment=path).stop()
    assert not opened.exists()
    server = Server(headless=False, environment=path)
    try:
        until(lambda: opened.exists() and opened.read_text())
        assert opened.read_text().strip() == server.url
    finally:
        server.stop()
