"""A sweep on a Dask cluster, started with the README's own commands on this machine."""

import asyncio
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from mlp import Config, Parity
from mlp.sweep import Axis, calibrate, collect, grid, plan, sweep, train_piece
from mlp.workers.cluster import SchedulerError, sweep_workers
from mlp.workers.pool import PATIENT
from tests.support.alike import same_bits
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "README.md").read_text(encoding="utf8").partition("## Sweep on a cluster")[2]
ASKED = grid(
    Config(data=Parity(bits=8), learning_rate=0.1),
    (Axis("width", tuple(range(1, 13))),),
    seeds=8,
    epochs=40,
)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def command(first: str, **instead: str) -> list[str]:
    """The README's command that begins so, on this machine, with some words changed."""
    line = next(
        line for line in SECTION.splitlines() if line.startswith(f".venv/bin/python -m {first}")
    )
    _, *rest = (instead.get(word, word) for word in shlex.split(line))
    return [sys.executable, *rest, "--host", "127.0.0.1"]


@contextmanager
def started(*words: str):
    """A process with all that it starts, ended at the end."""
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)


@pytest.fixture
def workers(monkeypatch, tmp_path):
    """Two workers of one process each; MLP_SCHEDULER names the scheduler that they join.

    It takes any free port, and tells in a file where it listens once it does.
    """
    file = tmp_path / "scheduler.json"
    scheduler = command("dask scheduler", **{"8786": "0"})
    with ExitStack() as all_of_it:
        all_of_it.enter_context(started(*scheduler, "--scheduler-file", str(file)))
        until(lambda: file.exists() and file.read_text(encoding="utf8").endswith("}"))
        address = json.loads(file.read_text(encoding="utf8"))["address"]
        monkeypatch.setenv("MLP_SCHEDULER", address)
        worker = command("dask worker", **{"tcp://host:8786": address, "auto": "1"})
        yield [all_of_it.enter_context(started(*worker)) for _ in range(2)]


def test_a_cluster_that_loses_a_worker_gives_the_whole_map_of_this_machine(workers):
    pieces = plan(ASKED.configs, ASKED.epochs, calibrate(ASKED.configs), workers=8)
    with sweep_workers() as cluster:
        until(lambda: cluster.worker_count == 2)
        results = []
        for result in sweep(pieces, cluster):
            results.append(result)
            if len(results) == 3:
                os.killpg(workers[0].pid, signal.SIGKILL)
        until(lambda: cluster.worker_count == 1)
    found, local = collect(ASKED, results), collect(ASKED, map(train_piece, pieces))
    assert found.finished.all()
    assert same_bits(found.rows, local.rows)


def test_a_scheduler_is_asked_again_until_it_answers_and_when_it_is_lost(monkeypatch):
    port = free_port()
    scheduler = command("dask scheduler", **{"8786": str(port)})
    monkeypatch.setenv("MLP_SCHEDULER", f"tcp://127.0.0.1:{port}")
    monkeypatch.setattr("mlp.workers.cluster.ANSWER_SECONDS", 3)

    def answers() -> bool:
        try:
            return sweep_workers().connected
        except SchedulerError:
            return False

    assert not answers()
    with started(*scheduler):
        until(answers)
        first = sweep_workers()
        assert sweep_workers() is first
    until(lambda: not first.connected)
    assert not answers()
    with pytest.raises(SchedulerError, match="where no Dask scheduler answers"):
        print(first.worker_count)
    with started(*scheduler):
        until(answers)
        with sweep_workers() as second:
            assert second.worker_count == 1


def test_a_scheduler_that_does_not_answer_is_named_soon(monkeypatch):
    address = f"tcp://127.0.0.1:{free_port()}"
    monkeypatch.setenv("MLP_SCHEDULER", address)
    monkeypatch.setattr("mlp.workers.cluster.ANSWER_SECONDS", 0.5)
    with pytest.raises(SchedulerError) as error:
        sweep_workers()
    assert str(error.value) == (
        f"MLP_SCHEDULER is {address}, where no Dask scheduler answers: start one with "
        "`dask scheduler`, or unset it"
    )


@pytest.mark.parametrize("address", ["nonsense", "ftp://host:1", "tcp://:", "8786"])
def test_an_address_that_is_none_is_named(monkeypatch, address):
    monkeypatch.setenv("MLP_SCHEDULER", address)
    monkeypatch.setattr("mlp.workers.cluster.ANSWER_SECONDS", 0.5)
    with pytest.raises(SchedulerError, match=f"MLP_SCHEDULER is {address}"):
        sweep_workers()


def client_threads() -> int:
    """How many threads Dask's clients keep in this process."""
    return [thread.name for thread in threading.enumerate()].count("IO loop")


@pytest.mark.parametrize("says", [b"", b"hello\r\n" * 100], ids=["nothing", "something else"])
def test_a_server_that_is_no_scheduler_is_named_soon_and_leaves_no_thread(monkeypatch, says):
    before = client_threads()
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def answer():
            with server.accept()[0] as caller:
                caller.sendall(says)
                while caller.recv(1 << 16):
                    pass

        threading.Thread(target=answer, daemon=True).start()
        monkeypatch.setenv("MLP_SCHEDULER", address)
        monkeypatch.setattr("mlp.workers.cluster.ANSWER_SECONDS", 0.5)
        with pytest.raises(SchedulerError, match="where no Dask scheduler answers"):
            sweep_workers()
    assert client_threads() == before


def test_a_caller_whose_own_loop_runs_gets_the_cluster_too(workers):
    async def asks():
        with sweep_workers() as cluster:
            until(lambda: cluster.worker_count == len(workers))

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(asks())).result()


def test_without_dask_the_way_to_install_it_is_told(monkeypatch):
    monkeypatch.setenv("MLP_SCHEDULER", "tcp://127.0.0.1:8786")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SchedulerError, match="pip install -r requirements-cluster.txt"):
        sweep_workers()


def test_without_a_scheduler_this_machine_trains(monkeypatch):
    monkeypatch.delenv("MLP_SCHEDULER", raising=False)
    assert sweep_workers() is PATIENT
    assert PATIENT.worker_count == os.cpu_count()
