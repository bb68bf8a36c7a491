"""The schedule of a run: which config holds where, and how far."""

import inspect
from dataclasses import fields, replace
from math import inf

import pytest

from mlp import Config, Parity, begin
from mlp.training.loop import Task, train
from mlp.training.schedule import (
    config_at,
    config_before,
    unchanged,
    until,
    up_to_change,
    with_change,
)
from mlp.training.state import start
from tests.support.alike import same_bits

FIRST = Config(data=Parity(bits=4), batch_size=3)  # 3 steps an epoch
SECOND, THIRD = (replace(FIRST, learning_rate=rate) for rate in (0.1, 0.2))
SCHEDULE = (((0, 0), FIRST), ((2, 1), SECOND), ((5, 0), THIRD))


@pytest.mark.parametrize(
    ("place", "before", "after", "epochs", "steps"),
    [
        ((0, 0), FIRST, FIRST, 2, inf),
        ((1, 2), FIRST, FIRST, 1, inf),
        ((2, 0), FIRST, FIRST, inf, 1),
        ((2, 1), FIRST, SECOND, 3, inf),
        ((2, 2), SECOND, SECOND, 3, inf),
        ((5, 0), SECOND, THIRD, inf, inf),
        ((9, 1), THIRD, THIRD, inf, inf),
    ],
)
def test_every_place_has_a_config_before_it_one_after_it_and_a_way_to_the_next_change(
    place, before, after, epochs, steps
):
    assert config_before(SCHEDULE, place) == before
    assert config_at(SCHEDULE, place) == after
    assert up_to_change(SCHEDULE, place) == (epochs, steps)


def test_a_change_takes_the_place_of_all_that_came_later():
    assert with_change(SCHEDULE, (3, 0), THIRD) == (*SCHEDULE[:2], ((3, 0), THIRD))
    assert with_change(SCHEDULE, (2, 1), THIRD) == (SCHEDULE[0], ((2, 1), THIRD))


def test_a_change_to_what_holds_already_is_none():
    assert with_change(SCHEDULE, (3, 0), SECOND) == SCHEDULE[:2]
    assert with_change(SCHEDULE, (2, 1), FIRST) == unchanged(FIRST)


def test_a_change_that_needs_another_network_is_refused():
    with pytest.raises(ValueError, match="only learning_rate, optimiser, l2 can change"):
        with_change(SCHEDULE, (3, 0), replace(FIRST, seed=1))


def test_the_schedule_up_to_a_place_has_the_change_at_that_place():
    assert until(SCHEDULE, (5, 0)) == SCHEDULE
    assert until(SCHEDULE, (4, 2)) == SCHEDULE[:2]
    assert until(SCHEDULE, (2, 0)) == unchanged(FIRST) == begin(FIRST).schedule


def test_a_task_is_shortened_and_never_made_longer_and_stays_as_it_was_itself():
    task = Task(FIRST, start(FIRST), epochs=3)
    short = task.shortened(steps=4, epochs=9)
    assert (short.steps, short.epochs) == (4, 3)
    assert (short.shortened(epochs=2).steps, short.shortened(epochs=2).epochs) == (4, 2)
    assert (task.steps, task.epochs) == (inf, 3)
    assert same_bits(short.state, task.state)


def test_a_task_says_all_that_train_can_be_asked_for_but_the_seconds():
    asked = {name: each.default for name, each in inspect.signature(train).parameters.items()}
    del asked["seconds"]
    has = {f.name: f.default for f in fields(Task)}
    assert has.keys() == asked.keys()
    assert all(has[name] == asked[name] for name in has.keys() - {"config", "state"})
