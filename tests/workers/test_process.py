"""What a worker process relies on in loky, and what happens without it."""

import logging
import os
import signal
from importlib.metadata import version
from operator import attrgetter

import pytest
from loky import ProcessPoolExecutor

from mlp.workers import process
from mlp.workers.process import PRIVATE, PRIVATE_PROCESSES, WorkerProcess
from tests.support.waiting import until


@pytest.mark.parametrize("name", PRIVATE)
def test_loky_still_has_the_private_names_that_are_used(name):
    try:
        end = attrgetter(name)(ProcessPoolExecutor(max_workers=1))
    except AttributeError as error:
        pytest.fail(f"loky {version('loky')}: {error}, which mlp/workers/process.py closes")
    assert not end.closed


def test_a_worker_process_is_alive_until_it_is_killed():
    assert hasattr(ProcessPoolExecutor(max_workers=1), PRIVATE_PROCESSES)
    worker = WorkerProcess()
    pid = worker.submit(os.getpid).result(60)
    assert worker.alive
    os.kill(pid, signal.SIGKILL)
    until(lambda: not worker.alive)
    worker.end(wait=True)


def test_a_worker_process_has_the_pipes_for_itself_and_answers():
    worker = WorkerProcess()
    pipes = [attrgetter(name)(worker._pool) for name in PRIVATE]
    assert all(end.closed for end in pipes)
    assert worker.submit(os.getpid).result(60) != os.getpid()
    worker.end(wait=True)


def test_without_a_private_name_the_log_says_so_once_and_work_goes_on(monkeypatch, caplog):
    monkeypatch.setattr(process, "PRIVATE", ("_result_queue._renamed",))
    workers = [WorkerProcess() for _ in range(2)]
    assert [worker.submit(len, "abc").result(60) for worker in workers] == [3, 3]
    for worker in workers:
        worker.end(wait=True)
    (said,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert f"loky {version('loky')}" in said.message and "_renamed" in said.message
