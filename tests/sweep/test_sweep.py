"""Sweeps: cut, trained and put together in any way, the numbers are those of single runs."""

import os
import pickle
import signal
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp import Config, Parity, advance, begin
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.sweep import (
    HYPERPARAMETERS,
    Axis,
    LostPieces,
    Range,
    Work,
    axis_from_text,
    calibrate,
    closer,
    collect,
    finer,
    grid,
    plan,
    random_search,
    range_from_text,
    sweep,
    train_piece,
)
from mlp.sweep.pieces import MOST_STACK_BYTES, run_bytes, shape_of, shapes_of
from mlp.workers.executor import INTERRUPTED, Workers
from mlp.workers.pool import Pool
from tests.support.alike import same_bits
from tests.support.processes import die_in_the_middle_of_a_result
from tests.support.workers import Here

pytestmark = pytest.mark.filterwarnings("error")

SMALL = Config(data=Parity(bits=4), batch_size=3, initialisation="he")
VALUES = {
    "learning_rate": (0.01, 0.3, 1e9),
    "width": (1, 3, 9),
    "depth": (0, 1, 3),
    "batch_size": (1, 3, 16),
    "hidden": tuple(ACTIVATIONS),
    "initialisation": tuple(INITIALISATIONS),
    "scale": (0.1, 1.0, 100.0),
    "optimiser": tuple(OPTIMISERS),
    "l2": (0.0, 0.001, 0.1),
    "seed": (0, 1, 2**32 - 1),
}


def costs_of(asked, seconds=1e-4):
    """The same cost for every shape, so that pieces are cut alike on every machine."""
    return dict.fromkeys(shapes_of(asked.configs), seconds)


def pieces_of(asked, seconds=1e-4, **more):
    return plan(asked.configs, asked.epochs, costs_of(asked, seconds), **more)


def outcome_of(asked, **more):
    return collect(asked, map(train_piece, pieces_of(asked, **more)))


# What is asked


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("learning_rate", "0.01, 0.1, 1", (0.01, 0.1, 1.0)),
        ("learning_rate", "1, 0.1, 1.0", (0.1, 1.0)),
        ("learning_rate", "0.001..10 x 5", (0.001, 0.01, 0.1, 1.0, 10.0)),
        ("learning_rate", "1..3 x 3", (1.0, 1.73, 3.0)),
        ("width", "1..64 × 7", (1, 2, 4, 8, 16, 32, 64)),
        ("width", "1..3x9", (1, 2, 3)),
        ("depth", "0..4 x 5", (0, 1, 2, 3, 4)),
        ("l2", "0, 1e-3..0.1 x 3", (0.0, 0.001, 0.01, 0.1)),
        ("optimiser", "sgd, adam", ("sgd", "adam")),
        ("seed", "7", (7,)),
    ],
)
def test_a_line_of_values_is_read_as_people_type_it(name, text, values):
    assert axis_from_text(name, text).values == values


@pytest.mark.parametrize("name", HYPERPARAMETERS)
def test_every_example_and_every_axis_is_a_line_that_can_be_read_again(name):
    axis = axis_from_text(name, HYPERPARAMETERS[name].example)
    assert axis_from_text(name, axis.text) == axis
    assert grid(Config(), (axis,)).cells


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("learning_rate", "", "learning_rate must have at least one value, got none"),
        (
            "learning_rate",
            "0.1, fast",
            "learning_rate must be numbers with commas, or a range such as 1..10 x 4, got 'fast'",
        ),
        (
            "width",
            "2.5",
            "width must be whole numbers with commas, or a range such as 1..10 x 4, got '2.5'",
        ),
        (
            "learning_rate",
            "0.1,,1",
            "learning_rate must be numbers with commas, or a range such as 1..10 x 4, got ''",
        ),
        ("learning_rate", "0.1, -1", "learning_rate must be above 0, got -1.0"),
        ("learning_rate", "-1..1 x 3", "learning_rate must be above 0, got -1.0"),
        ("learning_rate", "nan", "learning_rate must be a finite number, got nan"),
        ("learning_rate", "1e999", "learning_rate must be a finite number, got inf"),
        (
            "learning_rate",
            "1..10 x 1000000",
            "learning_rate must have ranges of 2 to 256 values, got 1,000,000",
        ),
        (
            "learning_rate",
            "10..1 x 3",
            "learning_rate must have ranges that go upwards, got 10.0..1.0",
        ),
        (
            "l2",
            "0..1 x 3",
            "l2 must be above 0 where a range begins, for each value is a multiple of the one "
            "before, got 0.0",
        ),
        ("width", "0", "width must be a whole number from 1 to 1024, got 0"),
        ("depth", "9", "depth must be a whole number from 0 to 8, got 9"),
        ("optimiser", "sdg", "optimiser must be one of sgd, momentum, rmsprop, adam, got 'sdg'"),
        ("seed", ", ".join(map(str, range(257))), "seed must have at most 256 values, got 257"),
    ],
)
def test_a_bad_line_gets_one_clear_message(name, text, message):
    with pytest.raises(ValueError) as error:
        axis_from_text(name, text)
    assert str(error.value) == message


@given(st.sampled_from(list(HYPERPARAMETERS)), st.text("0123456789.-+e, x×naif_", max_size=20))
@settings(max_examples=300)
def test_any_line_is_an_axis_or_a_sentence(name, text):
    try:
        axis = axis_from_text(name, text)
    except ValueError as error:
        assert str(error).startswith(f"{name} must ")
    else:
        assert grid(Config(), (axis,)).shape == (len(axis.values),)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda: grid(
                SMALL, (Axis("seed", tuple(range(256))), Axis("width", tuple(range(1, 257))))
            ),
            "a sweep must have at most 1,024 cells, got 65,536",
        ),
        (
            lambda: grid(SMALL, (Axis("seed", tuple(range(200))),), seeds=100),
            "a sweep must have at most 10,000 runs, got 20,000",
        ),
        (
            lambda: grid(SMALL, (Axis("seed", tuple(range(200))),), epochs=100_000),
            "runs times epochs must be at most 2,000,000, got 20,000,000",
        ),
        (lambda: grid(SMALL, seeds=0), "seeds must be a whole number from 1 to 10000, got 0"),
        (lambda: grid(SMALL, epochs=0), "epochs must be a whole number from 1 to 100000, got 0"),
        (
            lambda: grid(SMALL, (Axis("seed", (1,)), Axis("seed", (2,)))),
            "axes must be different, got seed, seed",
        ),
        (
            lambda: grid(SMALL, tuple(Axis(name, (1,)) for name in ("seed", "width", "depth"))),
            "axes must be a whole number from 0 to 2, got 3",
        ),
        (lambda: Axis("colour", (1,)), None),
        (lambda: random_search(SMALL, (), 0), "cells must be a whole number from 1 to 1024, got 0"),
        (lambda: Range("optimiser", 1, 2), "optimiser must be names with commas, it has no range"),
        (
            lambda: grid(
                replace(SMALL, loss="cross-entropy", output="softmax", hidden_sizes=()),
                (Axis("width", ()),),
            ),
            "width must have at least one value, got none",
        ),
    ],
)
def test_a_sweep_over_the_limits_is_refused_with_the_number(ask, message):
    with pytest.raises(ValueError) as error:
        ask()
    assert message is None or str(error.value) == message


def test_the_last_axis_runs_fastest_and_each_cell_has_its_seeds():
    asked = grid(SMALL, (Axis("width", (1, 2)), Axis("learning_rate", (0.1, 1.0))), seeds=3)
    assert asked.shape == (2, 2)
    assert [(c.hidden_sizes, c.learning_rate) for c in asked.cells] == [
        ((1,), 0.1),
        ((1,), 1.0),
        ((2,), 0.1),
        ((2,), 1.0),
    ]
    assert asked.configs[2 * 3 + 1] == replace(asked.cells[2], seed=SMALL.seed + 1)
    assert asked.axis(1) == Axis("learning_rate", (0.1, 1.0))


def test_depth_repeats_the_width_whichever_axis_comes_first():
    axes = (Axis("depth", (0, 2)), Axis("width", (5,)))
    for order in (axes, axes[::-1]):
        assert {c.hidden_sizes for c in grid(SMALL, order).cells} == {(), (5, 5)}
    deeper = grid(replace(SMALL, hidden_sizes=(16, 8)), (Axis("depth", (1, 2, 4)),))
    assert [c.hidden_sizes for c in deeper.cells] == [(16,), (16, 8), (16, 8, 8, 8)]


def test_without_an_axis_a_sweep_is_one_cell_of_seeds():
    asked = grid(SMALL, seeds=4)
    assert (asked.shape, asked.points, len(asked.configs)) == ((), ((),), 4)


def test_a_random_search_draws_within_its_ranges_and_more_cells_come_after_the_first():
    ranges = (
        range_from_text("learning_rate", "0.001..10"),
        range_from_text("width", "1..64"),
        range_from_text("depth", "1..3"),
        range_from_text("hidden", "relu, tanh"),
    )
    few, many = (random_search(SMALL, ranges, count, seed=1) for count in (20, 200))
    assert many.points[:20] == few.points
    assert random_search(SMALL, ranges, 20, seed=2).points != few.points
    rates, widths, depths, hidden = zip(*many.points, strict=True)
    assert min(rates) >= 0.001 and max(rates) <= 10
    assert 60 < sum(rate < 0.1 for rate in rates) < 140  # even in the logarithm
    assert set(depths) == {1, 2, 3} and set(hidden) == {"relu", "tanh"}
    assert min(widths) >= 1 and max(widths) <= 64


def test_finer_reaches_from_neighbour_to_neighbour_and_keeps_the_best():
    asked = grid(
        SMALL,
        (axis_from_text("learning_rate", "0.01..100 x 5"), Axis("optimiser", ("sgd", "adam"))),
        seeds=2,
    )
    closer = finer(asked, 2 * 2 + 1)  # learning rate 1, adam
    assert closer.axis(0).values == (0.1, 0.316, 1.0, 3.16, 10.0)
    assert closer.axis(1).values == ("adam",)
    assert (closer.seeds, closer.epochs, closer.base) == (2, asked.epochs, SMALL)


@pytest.mark.parametrize("name", HYPERPARAMETERS)
def test_finer_works_at_every_cell_of_every_axis_and_keeps_it(name):
    asked = grid(SMALL, (Axis(name, VALUES[name]), Axis("l2" if name != "l2" else "scale", (0.1,))))
    for cell, point in enumerate(asked.points):
        assert point in finer(asked, cell).points


def test_finer_narrows_a_random_search_around_the_best():
    ranges = (Range("learning_rate", 0.001, 10.0), Axis("hidden", ("relu", "tanh")))
    asked = random_search(SMALL, ranges, 40)
    around = finer(asked, 7)
    drawn = asked.axis(0).values
    assert {point[1] for point in around.points} == {asked.points[7][1]}
    rates = [point[0] for point in around.points]
    assert max(rates) / min(rates) < (max(drawn) / min(drawn)) ** 0.6
    assert min(rates) <= asked.points[7][0] <= max(rates)
    for each in closer(asked, 7):
        assert range_from_text(each.name, each.text) == each


# How it is cut


@given(
    st.sampled_from(["learning_rate", "width", "batch_size"]),
    st.integers(1, 9),
    st.floats(1e-7, 10),
    st.sets(st.integers(0, 20)),
)
def test_pieces_hold_each_run_that_is_left_once_and_one_shape_each(name, seeds, seconds, done):
    asked = grid(SMALL, (Axis(name, VALUES[name]),), seeds=seeds)
    pieces = pieces_of(asked, seconds, done=done, workers=2)
    runs = sorted(run for piece in pieces for run in piece.runs)
    assert runs == [run for run in range(len(asked.configs)) if run not in done]
    for piece in pieces:
        assert piece.configs == tuple(asked.configs[run] for run in piece.runs)
        assert len(set(map(shape_of, piece.configs))) == 1


def test_stacks_are_bounded_in_memory():
    wide = replace(SMALL, hidden_sizes=(1000, 1000))
    asked = grid(wide, seeds=50)
    for piece in pieces_of(asked, 1e-9, workers=1):
        assert len(piece.runs) * run_bytes(wide) <= MOST_STACK_BYTES or len(piece.runs) == 1


def test_there_is_a_piece_for_each_worker_and_each_ends_soon():
    asked = grid(SMALL, seeds=64)
    assert len(pieces_of(asked, 1e-3, workers=2)) == 4
    assert len(pieces_of(asked, 1e-6, workers=2)) == 1  # too little work to cut
    long = pieces_of(asked, 0.01, workers=2)  # an epoch of one run: 20 of them are 0.2 s
    assert all(piece.seconds <= 1.0 + 1e-9 for piece in long)
    assert len(pieces_of(asked, 10.0, workers=2)) == 64


def test_the_first_pieces_are_spread_over_the_map():
    asked = grid(SMALL, (Axis("width", tuple(range(1, 9))), Axis("seed", tuple(range(8)))))
    order = [run for piece in pieces_of(asked, 0.02, workers=2) for run in piece.runs]
    first = [asked.configs[run] for run in order[:8]]
    assert len({c.hidden_sizes for c in first}) >= 4
    assert len({c.seed for c in first}) >= 4


def test_every_shape_is_timed_beforehand_and_nothing_is_made_up():
    asked = grid(SMALL, (Axis("width", (1, 200)),), seeds=2)
    costs = calibrate(asked.configs)
    assert costs.keys() == shapes_of(asked.configs).keys()
    assert all(cost > 0 for cost in costs.values())


# What comes out


@pytest.mark.parametrize("name", HYPERPARAMETERS)
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_every_run_of_a_stack_is_the_single_run_bit_for_bit(name, precision):
    base = replace(SMALL, precision=precision, output="identity", hidden="tanh")
    asked = grid(base, (Axis(name, VALUES[name]),), seeds=2, epochs=6)
    found = outcome_of(asked, seconds=1e-9)
    for run, config in enumerate(asked.configs):
        alone, at = advance(begin(config), epochs=6), divmod(run, 2)
        n = alone.epoch
        assert same_bits(found.rows[at][:n], alone.history.rows)
        assert np.isnan(found.rows[at][n:]).all()
        assert found.diverged[at] == (alone.diverged.epoch if alone.diverged else -1)
    assert found.finished.all()


def test_runs_that_diverge_are_recorded_and_leave_the_others_alone():
    base = replace(SMALL, hidden="relu", output="identity")
    asked = grid(base, (Axis("learning_rate", (0.01, 30.0, 1e200)),), epochs=40)
    found = outcome_of(asked, seconds=1e-9, workers=1)
    assert len(pieces_of(asked, 1e-9, workers=1)) == 1
    measured = list(base.columns.values())
    assert found.diverged[0] == -1
    assert all(np.isfinite(column.of(found.rows[0])).all() for column in measured)
    for cell in (1, 2):
        after = found.diverged[cell, 0]
        assert after == advance(begin(asked.cells[cell]), epochs=40).diverged.epoch
        assert np.isfinite(found.rows[cell, 0, :after, 0]).all()
        assert np.isnan(found.rows[cell, 0, after:]).all()


@given(st.floats(1e-7, 1), st.integers(1, 4), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_size_and_the_order_of_pieces_change_nothing(seconds, workers, random):
    asked = grid(
        SMALL, (Axis("learning_rate", (0.1, 1.0)), Axis("width", (2, 3))), seeds=3, epochs=2
    )
    pieces = list(pieces_of(asked, seconds, workers=workers))
    random.shuffle(pieces)
    assert same_bits(collect(asked, map(train_piece, pieces)).rows, outcome_of(asked).rows)


def test_pieces_and_results_can_be_sent_anywhere():
    piece = pieces_of(grid(SMALL, seeds=3, epochs=2))[0]
    result = train_piece(pickle.loads(pickle.dumps(piece)))
    assert same_bits(pickle.loads(pickle.dumps(result)).rows, train_piece(piece).rows)


# Where it is trained


@pytest.fixture(scope="module")
def processes():
    with Pool(2) as pool:
        yield pool


def test_processes_change_nothing(processes):
    asked = grid(SMALL, (Axis("width", (2, 3)),), seeds=4, epochs=3)
    found = collect(asked, sweep(pieces_of(asked, workers=4), processes))
    assert processes.worker_count == 2
    assert same_bits(found.rows, outcome_of(asked).rows)
    assert found.finished.all()


def test_cancel_and_resume_lose_nothing():
    asked = grid(SMALL, (Axis("width", tuple(range(1, 7))),), seeds=2, epochs=2)
    with Here() as here:
        listening = sweep(pieces_of(asked), here)
        kept = [next(listening) for _ in range(3)]
        listening.close()
        part = collect(asked, kept)
        assert len(part.done) == sum(len(result.runs) for result in kept) < len(asked.configs)
        rest = pieces_of(asked, done=part.done)
        assert not {run for piece in rest for run in piece.runs} & set(part.done)
        whole = collect(asked, [*kept, *sweep(rest, here)])
    assert same_bits(whole.rows, outcome_of(asked).rows)
    assert pieces_of(asked, done=whole.done) == ()


def test_halted_work_begins_nothing_and_goes_on_where_it_stopped():
    asked = grid(SMALL, (Axis("width", tuple(range(1, 7))),), epochs=2)
    with Here() as here:
        work = Work(pieces_of(asked), here)
        results = work.poll(10)
        work.halt()
        while work.busy:
            results += work.poll(10)
        assert len(results) + len(work.pieces_left) == len(pieces_of(asked))
        assert work.pieces_left and not work.poll()
        work.resume()
        while work.busy:
            results += work.poll(10)
    assert same_bits(collect(asked, results).rows, outcome_of(asked).rows)
    assert work.seconds_left() == 0


def test_the_time_left_follows_what_pieces_really_take():
    asked = grid(SMALL, (Axis("width", (1, 2, 3, 4)),), epochs=2)
    pieces = [replace(piece, seconds=1000.0) for piece in pieces_of(asked)]
    with Here() as here:
        work = Work(pieces, here)
        assert work.seconds_left() == 4000
        work.poll(10)
        assert work.seconds_left() < 1000


class Forgetful(Here):
    """Loses each piece once before it trains it, and one of them always."""

    def __init__(self, always=()):
        super().__init__()
        self.seen, self.always = set(), always

    def submit(self, function, piece):
        if piece.runs in self.seen and piece.runs != self.always:
            return super().submit(function, piece)
        self.seen.add(piece.runs)
        lost = Future()
        lost.set_exception(OSError("the worker is gone"))
        return lost


def test_a_lost_piece_is_trained_again_and_nothing_else():
    asked = grid(SMALL, (Axis("width", (1, 2, 3)),), epochs=2)
    with Forgetful() as forgetful:
        found = collect(asked, sweep(pieces_of(asked), forgetful))
    assert same_bits(found.rows, outcome_of(asked).rows)


class Ended(Here):
    """Workers that are ended in the middle of a piece four times, each time with this error."""

    def __init__(self, error):
        super().__init__()
        self.error, self.times = error, 0

    def submit(self, function, piece):
        if self.times == 4:
            return super().submit(function, piece)
        self.times += 1
        gone = Future()
        gone.set_exception(self.error())
        return gone


@pytest.mark.parametrize("error", INTERRUPTED)
def test_workers_that_are_ended_are_no_fault_of_the_piece_under_way(error):
    asked = grid(SMALL, (Axis("width", (1, 2, 3)),), epochs=2)
    with Ended(error) as ended:
        found = collect(asked, sweep(pieces_of(asked), ended))
    assert same_bits(found.rows, outcome_of(asked).rows)


def test_a_piece_that_is_lost_again_and_again_is_given_up_and_the_others_are_not():
    asked = grid(SMALL, (Axis("width", (1, 2, 3)),), epochs=2)
    pieces, kept = pieces_of(asked), []
    with Forgetful(pieces[1].runs) as forgetful, pytest.raises(LostPieces) as lost:
        kept.extend(sweep(pieces, forgetful))
    assert str(lost.value) == "1 pieces were lost: OSError: the worker is gone"


class Fragile(Workers):
    """A pool that loses all that is under way when one piece is among it."""

    worker_count = 2

    def __init__(self, kills):
        self.kills, self.held = kills, []

    def heard(self):
        pass

    def submit(self, function, piece):
        self.held.append((Future(), function, piece))
        return self.held[-1][0]

    def settle(self):
        falls = any(piece is self.kills for _, _, piece in self.held)
        for future, function, piece in self.held:
            if falls:
                future.set_exception(OSError("the pool is gone"))
            else:
                future.set_result(function(piece))
        self.held = []


def test_in_a_pool_that_falls_as_a_whole_only_the_piece_that_kills_is_given_up():
    asked = grid(SMALL, (Axis("width", tuple(range(1, 9))),), epochs=2)
    pieces, results = pieces_of(asked), []
    pool = Fragile(pieces[2])
    work = Work(pieces, pool)
    while work.busy:
        pool.settle()
        results += work.poll()
    assert [failure.piece for failure in work.failures] == [pieces[2]]
    lost = set(pieces[2].runs)
    assert set(collect(asked, results).done) == set(range(8)) - lost


def test_an_executor_that_is_gone_is_reported_and_its_pieces_stay():
    asked = grid(SMALL, (Axis("width", (1, 2, 3)),), epochs=2)
    here = Here()
    here.shutdown()
    work = Work(pieces_of(asked), here)
    assert work.poll() == []
    assert "cannot schedule new futures after shutdown" in work.trouble
    assert len(work.pieces_left) == 3 and not work.busy


def test_a_worker_killed_in_the_middle_of_a_sweep_leaves_the_map_whole():
    asked = grid(
        replace(SMALL, data=Parity(bits=8)),
        (Axis("width", tuple(range(1, 9))),),
        seeds=4,
        epochs=30,
    )
    with Pool(2) as pool:
        results = []
        for result in sweep(pieces_of(asked), pool):
            results.append(result)
            if len(results) == 2:
                victim = pool.submit(os.getpid).result(60)
                os.kill(victim, signal.SIGKILL)
    assert same_bits(collect(asked, results).rows, outcome_of(asked).rows)


def train_or_die(once: Path, piece):
    """Train a piece; the first process that does so is killed while it sends the result."""
    with suppress(FileExistsError):
        once.touch(exist_ok=False)
        die_in_the_middle_of_a_result()
    return train_piece(piece)


def test_a_sweep_without_a_page_goes_on_when_a_worker_is_killed_in_the_middle_of_a_result(
    monkeypatch, tmp_path
):
    asked = grid(SMALL, (Axis("width", (1, 2, 3)),), epochs=2)
    once = tmp_path / "once"
    monkeypatch.setattr("mlp.sweep.work.train_piece", partial(train_or_die, once))
    with Pool(2) as pool:
        found = collect(asked, sweep(pieces_of(asked), pool))
    assert once.exists()
    assert same_bits(found.rows, outcome_of(asked).rows)
