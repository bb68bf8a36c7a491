"""Training in workers, without a page."""

import threading
import time
from math import inf

import numpy as np
import psutil

from mlp import Config, Parity, Stop, advance, begin
from pages.parts import pool, trainer
from pages.parts.trainer import Trainer
from tests.processes import kill_workers, workers
from tests.waiting import until


def to_its_goal(one: Trainer) -> None:
    """Watch, as a page does, until the goal is reached."""
    deadline = time.monotonic() + 90
    while one.under_way and time.monotonic() < deadline:
        one.watched()
        one.settle(0.1)


def test_a_goal_of_steps_or_epochs_is_reached_exactly():
    one = Trainer(begin(Config()))
    one.go(Stop(), steps=3)
    to_its_goal(one)
    assert one.run.position == (0, 3)
    one.go(Stop(), epochs=1)
    to_its_goal(one)
    assert one.run.position == (1, 0)


def test_an_epoch_longer_than_the_lease_is_finished_while_somebody_watches():
    one = Trainer(begin(Config(hidden_sizes=(1024, 512), data=Parity(bits=12), batch_size=2)))
    one.go(Stop(), epochs=1)
    since = time.monotonic()
    to_its_goal(one)
    print(f"\nan epoch of {time.monotonic() - since:.1f} s, a lease of {trainer.LEASE_SECONDS} s")
    assert one.run.position == (1, 0)


def test_training_ends_when_nobody_asks_for_more_and_leaves_nothing_behind():
    before = threading.active_count()
    one = Trainer(begin(Config()))
    one.go(Stop(epochs=100_000), epochs=inf)
    until(lambda: workers() and one.run.epoch > 0)
    assert workers() and one.run.epoch > 0
    until(lambda: not one.busy)
    assert not one.busy
    epoch = one.run.epoch
    assert epoch < 100_000
    until(lambda: not workers() and threading.active_count() <= before)
    assert not workers()
    assert threading.active_count() <= before
    assert one.run.epoch == epoch


def test_a_dead_worker_costs_nothing_but_time():
    one, stop = Trainer(begin(Config())), Stop(epochs=400)
    killed = 0
    deadline = time.monotonic() + 60
    while one.run.epoch < 400 and time.monotonic() < deadline:
        one.go(stop, epochs=inf)
        time.sleep(0.1)
        if killed < 2:
            kill_workers()
            killed += 1
    alone = advance(begin(Config()), epochs=400)
    np.testing.assert_array_equal(one.run.state.parameters, alone.state.parameters)
    np.testing.assert_array_equal(one.run.history.rows, alone.history.rows)


def test_workers_that_keep_dying_are_reported_and_the_run_stays(monkeypatch):
    def submit(function, **arguments):
        future = trainer.Future()
        future.set_exception(trainer.BrokenExecutor("gone"))
        return future

    monkeypatch.setattr(trainer, "submit", submit)
    one = Trainer(begin(Config()))
    for _ in range(trainer.MOST_DEATHS):
        one.go(Stop(), epochs=1)
    assert "ended three times" in one.trouble
    assert one.run.position == (0, 0)
    assert not one.busy


def test_a_pool_that_left_during_a_slice_costs_nothing_but_time():
    one, stop = Trainer(begin(Config())), Stop(epochs=100_000)
    one.go(stop, epochs=inf)
    time.sleep(0.5)
    with pool._workers_lock:
        workers_before, pool._workers = pool._workers, None
    workers_before.shutdown(wait=False, kill_workers=True)
    one.halt()
    assert one.trouble is None
    epoch = one.run.epoch
    one.go(stop, epochs=5)
    to_its_goal(one)
    assert one.run.epoch >= epoch + 5
    one.halt()


def test_halting_takes_in_the_slice_under_way():
    one = Trainer(begin(Config()))
    one.go(Stop(epochs=100_000), epochs=inf)
    until(lambda: one.run.epoch > 0)
    one.halt()
    assert not one.busy
    position = one.run.position
    time.sleep(0.2)
    assert one.run.position == position > (0, 0)


def test_sessions_share_the_workers():
    some = [Trainer(begin(Config(seed=seed))) for seed in range(5)]
    deadline = time.monotonic() + 30
    while min(one.run.epoch for one in some) < 5 and time.monotonic() < deadline:
        for one in some:
            one.go(Stop(), epochs=inf)
        time.sleep(0.1)
    assert min(one.run.epoch for one in some) >= 5
    assert len(workers()) <= (psutil.cpu_count() or 1)
    for one in some:
        one.halt()
