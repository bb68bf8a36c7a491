"""Training in workers, without a page."""

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from math import inf

import numpy as np
import pytest

from mlp import Config, Parity, Stop, advance, begin, changed
from mlp.training import trainer
from mlp.training.trainer import Trainer
from mlp.workers.pool import CORES, LIVE, PATIENT
from tests.support.processes import kill_workers, workers
from tests.support.waiting import until


def to_its_goal(one: Trainer) -> None:
    """Keep the training alive, as a page does, until the goal is reached."""

    def reached() -> bool:
        one.keep_alive()
        one.settle(0.1)
        return not one.under_way

    until(reached)


def plays(one: Trainer, epochs: int = 1) -> None:
    """Ask for more, as a page that plays does, until it has trained so far."""

    def far() -> bool:
        one.go(Stop(epochs=100_000))
        return one.run.epoch >= epochs

    until(far)


def test_a_goal_of_steps_or_epochs_is_reached_exactly():
    one = Trainer(begin(Config()))
    one.go(Stop(), steps=3)
    to_its_goal(one)
    assert one.run.position == (0, 3)
    one.go(Stop(), epochs=1)
    to_its_goal(one)
    assert one.run.position == (1, 0)


def test_an_epoch_longer_than_the_lease_is_finished_while_its_page_is_there():
    one = Trainer(begin(Config(hidden_sizes=(1024, 512), data=Parity(bits=12), batch_size=2)))
    one.go(Stop(), epochs=1)
    to_its_goal(one)
    assert one.run.position == (1, 0)


def test_training_ends_when_nobody_asks_for_more_and_leaves_nothing_behind():
    before = threading.active_count()
    one = Trainer(begin(Config()))
    plays(one)
    assert workers()
    until(lambda: not one.busy)
    epoch = one.run.epoch
    assert epoch < 100_000
    until(lambda: not workers() and threading.active_count() <= before)
    assert one.run.epoch == epoch


def test_a_dead_worker_costs_nothing_but_time():
    one, stop = Trainer(begin(Config())), Stop(epochs=400)
    for _ in range(2):
        one.go(stop)
        time.sleep(0.1)
        kill_workers()

    def finished() -> bool:
        one.go(stop)
        return one.run.epoch == 400

    until(finished)
    alone = advance(begin(Config()), epochs=400)
    np.testing.assert_array_equal(one.run.state.parameters, alone.state.parameters)
    np.testing.assert_array_equal(one.run.history.rows, alone.history.rows)


def test_workers_that_keep_dying_are_reported_and_the_run_stays(monkeypatch):
    def submit(function, **arguments):
        future = trainer.Future()
        future.set_exception(trainer.BrokenExecutor("gone"))
        return future

    monkeypatch.setattr(LIVE, "submit", submit)
    one = Trainer(begin(Config()))
    for _ in range(trainer.MOST_DEATHS):
        one.go(Stop(), epochs=1)
    assert "ended three times" in one.trouble
    assert one.run.position == (0, 0)
    assert not one.busy


def test_workers_that_were_ended_during_a_slice_cost_nothing_but_time():
    one = Trainer(begin(Config()))
    plays(one)
    LIVE.shutdown(wait=False)
    one.halt()
    assert one.trouble is None
    epoch = one.run.epoch
    one.go(Stop(epochs=100_000), epochs=5)
    to_its_goal(one)
    assert one.run.epoch >= epoch + 5


def test_halting_takes_in_the_slice_under_way():
    one = Trainer(begin(Config()))
    plays(one)
    one.halt()
    assert not one.busy
    position = one.run.position
    time.sleep(0.2)
    assert one.run.position == position > (0, 0)


class LateWorkers:
    """A pool whose slices have begun, and whose results come when the test says so."""

    def __init__(self):
        self.slices = deque()

    def heard(self):
        pass

    def submit(self, function, **arguments):
        future = Future()
        future.set_running_or_notify_cancel()
        self.slices.append((future, partial(function, **arguments)))
        return future

    def report(self):
        """The result of the oldest slice comes."""
        future, call = self.slices.popleft()
        future.set_result(call())

    def fail(self):
        """The oldest slice raises."""
        self.slices.popleft()[0].set_exception(RuntimeError("too late to matter"))


@pytest.fixture
def late(monkeypatch):
    workers = LateWorkers()
    monkeypatch.setattr(trainer, "LIVE", workers)
    monkeypatch.setattr(trainer, "SLICE_SECONDS", inf)
    monkeypatch.setattr(trainer, "LEASE_SECONDS", inf)
    monkeypatch.setattr(trainer, "HALT_SECONDS", 0)
    return workers


def assert_same(one: Trainer, alone):
    """The trainer's run has the numbers of the other, bit for bit."""
    assert one.run.schedule == alone.schedule and one.run.position == alone.position
    np.testing.assert_array_equal(one.run.state.parameters, alone.state.parameters)
    np.testing.assert_array_equal(one.run.history.rows, alone.history.rows)


def test_a_slice_from_before_a_change_is_not_taken_in_and_the_run_goes_on_to_its_goal(late):
    one, faster = Trainer(begin(Config())), replace(Config(), learning_rate=1.0)
    one.go(Stop(), steps=5)
    late.report()
    one.go(Stop(), epochs=1)
    one.change(faster)
    late.report()
    at_five = changed(advance(begin(Config()), steps=5), faster)
    assert_same(one, at_five)
    assert one.under_way, "its slice from there is under way"
    late.report()
    assert_same(one, advance(at_five, steps=one.run.config.batches.steps - 5))
    assert not one.under_way and not late.slices


def test_a_change_at_rest_starts_nothing(late):
    one = Trainer(advance(begin(Config()), steps=2))
    one.change(replace(Config(), l2=0.1))
    assert one.run.config.l2 == 0.1 and one.run.position == (0, 2)
    assert not one.under_way and not late.slices


def test_a_change_that_needs_a_new_run_is_refused_and_the_slice_under_way_counts(late):
    one = Trainer(begin(Config()))
    one.go(Stop(), steps=5)
    with pytest.raises(ValueError, match="can change during a run"):
        one.change(replace(Config(), seed=1))
    late.report()
    assert_same(one, advance(begin(Config()), steps=5))


@pytest.mark.parametrize("comes", [LateWorkers.report, LateWorkers.fail])
def test_a_slice_that_comes_after_halting_changes_nothing_that_was_shown(late, comes):
    one = Trainer(begin(Config()))
    one.go(Stop(), steps=5)
    one.halt()
    shown = one.run
    assert not one.busy and not one.under_way
    comes(late)
    assert one.run is shown and one.trouble is None
    one.go(Stop(), steps=5)
    late.report()
    assert_same(one, advance(begin(Config()), steps=5))


def test_halting_waits_for_a_slice_that_is_in_time(late, monkeypatch):
    monkeypatch.setattr(trainer, "HALT_SECONDS", 90)
    one = Trainer(begin(Config()))
    one.go(Stop(), steps=1)
    halting = threading.Thread(target=one.halt)
    halting.start()
    late.report()
    halting.join()
    assert one.run.position == (0, 1) and not one.under_way


def test_a_run_that_plays_as_fast_as_it_goes_can_be_slowed_to_an_epoch_a_tick(late, monkeypatch):
    monkeypatch.setattr(trainer, "SLICE_SECONDS", 0)  # a slice takes one step
    one, stop = Trainer(begin(Config())), Stop(epochs=3)
    one.go(stop)
    late.report()
    one.go(stop, epochs=1)
    while late.slices:
        late.report()
    assert one.run.position == (1, 0)


def test_only_the_trainer_changes_its_run():
    one = Trainer(begin(Config()))
    with pytest.raises(AttributeError):
        one.run = begin(Config(seed=1))


def test_sessions_share_the_workers():
    until(lambda: not workers())  # those of the tests before
    some = [Trainer(begin(Config(seed=seed))) for seed in range(5)]

    def all_train() -> bool:
        for one in some:
            one.go(Stop())
        return min(one.run.epoch for one in some) >= 5

    until(all_train)
    assert len(workers()) <= CORES
    for one in some:
        one.halt()


def test_what_takes_its_time_never_keeps_a_watched_run_waiting():
    one = Trainer(begin(Config()))
    patient = [PATIENT.submit(time.sleep, 600) for _ in range(3 * CORES)]

    def trained() -> bool:
        PATIENT.heard()
        one.go(Stop())
        return one.run.epoch >= 5

    until(trained)
    assert not any(future.done() for future in patient)
    one.halt()
    until(lambda: all(future.done() for future in patient))
