"""The worker processes of this machine: what they do, what a death costs, and when they end."""

import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor

import pytest

from mlp.workers import pool as pool_module
from mlp.workers.executor import WorkersEnded
from mlp.workers.pool import LIVE, NICE, PATIENT, Pool
from tests.support.processes import die_in_the_middle_of_a_result, workers
from tests.support.waiting import until


def answered(pool, function, *arguments):
    """The future of a call, once it is done; the pool hears of us as it does of a page."""
    future = pool.submit(function, *arguments)
    until(lambda: pool.heard() or future.done())
    return future


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_each_call_is_answered_by_one_of_as_many_processes_as_were_asked_for():
    with Pool(2) as pool:
        pids = [pool.submit(os.getpid) for _ in range(20)]
        assert 1 <= len({pid.result() for pid in pids} - {os.getpid()}) <= 2
        with pytest.raises(ZeroDivisionError):
            pool.submit(divmod, 1, 0).result()
        assert pool.submit(int, "11", base=2).result() == 3
        assert pool.worker_count == 2


def note(path, text) -> None:
    with path.open("a") as file:
        file.write(text)


def test_calls_begin_in_the_order_in_which_they_were_submitted(tmp_path):
    with Pool(1) as pool:
        for text in "012345678":
            pool.submit(note, tmp_path / "notes", text)
    assert (tmp_path / "notes").read_text() == "012345678"


def test_a_call_cancelled_before_it_begins_is_never_made(tmp_path):
    with Pool(1) as pool:
        calls = [pool.submit(os.mkdir, tmp_path / str(i)) for i in range(9)]
        cancelled = [call for call in calls if call.cancel()]
    assert cancelled and all(call.done() for call in calls)
    assert len(list(tmp_path.iterdir())) == len(calls) - len(cancelled)


def test_a_process_that_dies_costs_the_call_it_was_doing_and_no_other():
    with Pool(2) as pool:
        slow = pool.submit(time.sleep, 1.0)
        dying = pool.submit(die)
        after = [pool.submit(os.getpid) for _ in range(9)]
        assert isinstance(dying.exception(60), BrokenExecutor)
        assert slow.result(60) is None
        assert os.getpid() not in {pid.result(60) for pid in after}


def test_a_process_killed_while_it_has_nothing_to_do_is_replaced():
    with Pool(1) as pool:
        first = pool.submit(os.getpid).result()
        os.kill(first, signal.SIGKILL)

        def replaced() -> bool:
            call = pool.submit(os.getpid)
            return call.exception() is None and call.result() != first

        until(replaced)


def test_no_call_is_handed_to_a_process_whose_death_loky_has_not_noticed(monkeypatch):
    with Pool(1) as pool:
        dead = pool.submit(os.getpid).result()
        (process,) = pool._processes
        alive = type(process).alive
        monkeypatch.setattr(
            type(process), "alive", property(lambda each: each is not process and alive.fget(each))
        )
        assert pool.submit(os.getpid).result() != dead


@pytest.mark.parametrize("pool", [LIVE, PATIENT, Pool(2)], ids=["live", "patient", "a new one"])
def test_a_worker_that_dies_in_the_middle_of_a_result_is_noticed(pool):
    lost = answered(pool, die_in_the_middle_of_a_result)
    assert isinstance(lost.exception(), BrokenExecutor)
    assert answered(pool, os.getpid).result() != os.getpid()


def test_a_worker_that_dies_in_the_middle_of_a_call_it_is_sent_leaves_no_thread_behind():
    before = threading.active_count()
    with Pool(1) as pool:
        first = pool.submit(os.getpid).result()
        sleeps = pool.submit(time.sleep, 600)
        until(sleeps.running)
        sent = pool.submit(len, bytes(10**7))  # more than a pipe takes while nobody reads
        os.kill(first, signal.SIGKILL)
        assert isinstance(sleeps.exception(60), BrokenExecutor)
        assert sent.result(60) == 10**7
    until(lambda: threading.active_count() <= before)


def test_processes_end_when_nobody_is_heard_of_and_a_later_call_starts_new_ones():
    pool = Pool(2)
    first = answered(pool, os.getpid).result()
    calls = [pool.submit(time.sleep, 600) for _ in range(9)]
    until(lambda: all(call.done() for call in calls))
    for call in calls:
        assert isinstance(call.exception(), WorkersEnded)
    assert answered(pool, os.getpid).result() != first
    pool.shutdown()


def test_in_a_with_block_processes_stay_until_its_end_without_being_heard(monkeypatch):
    monkeypatch.setattr(pool_module, "IDLE_SECONDS", 0.1)
    until(lambda: not workers())  # those of the tests before
    with Pool(1) as pool:
        first = pool.submit(os.getpid).result()
        time.sleep(1.0)
        assert pool.submit(os.getpid).result() == first
        assert pool.submit(die).exception() is not None
        second = pool.submit(os.getpid).result()
        time.sleep(1.0)
        assert pool.submit(os.getpid).result() == second != first
        last = pool.submit(time.sleep, 0.5)
    assert last.done() and last.result() is None
    until(lambda: not workers())


def test_shutting_down_without_waiting_drops_what_is_not_done():
    with Pool(1) as pool:
        calls = [pool.submit(time.sleep, 600) for _ in range(4)]
        pool.shutdown(wait=False)
        for call in calls:
            assert isinstance(call.exception(60), WorkersEnded)


@pytest.mark.parametrize(("pool", "behind"), [(LIVE, 0), (PATIENT, NICE)])
def test_only_patient_workers_step_back_for_all_others(pool, behind):
    assert answered(pool, os.nice, 0).result() == min(19, os.nice(0) + behind)
