"""Runs: the same bits however they are cut, moved, changed, rewound or branched; and their ends."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loky import get_reusable_executor

from mlp import Config, Parity, Stop, advance, begin, branch, changed, finished, state_at
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.training import batches as batches_module
from mlp.training import history as history_module
from mlp.training.config import BATCHINGS, PRECISIONS
from mlp.training.history import most_snapshots
from mlp.training.loop import train, train_task
from mlp.training.run import joined, pending
from mlp.training.state import network_of, start
from tests.support.alike import same_bits, same_run

pytestmark = pytest.mark.filterwarnings("error")

SMALL = Config(data=Parity(bits=4), batch_size=3, learning_rate=0.2)  # 3 steps an epoch
EPOCHS = 12
# Its error falls, rises, waits and falls again.
RESTLESS = replace(SMALL, data=Parity(bits=4, rule="ones"), learning_rate=2.0)
WILD = Config(
    data=Parity(bits=6), hidden_sizes=(3, 3), hidden="relu", output="identity", learning_rate=1e6
)


@st.composite
def small_configs(draw):
    """Runs of a few steps an epoch that differ in all that the steps depend on."""
    loss = draw(st.sampled_from(list(LOSSES)))
    return Config(
        data=Parity(bits=4, train_share=draw(st.sampled_from([0.4, 0.7, 1.0]))),
        hidden_sizes=draw(st.sampled_from([(), (3,), (4, 3)])),
        hidden=draw(st.sampled_from(["sigmoid", "tanh", "relu"])),
        output=LOSSES[loss].output or "sigmoid",
        loss=loss,
        optimiser=draw(st.sampled_from(list(OPTIMISERS))),
        learning_rate=draw(st.sampled_from([0.003, 0.05])),
        l2=draw(st.sampled_from([0.0, 0.01])),
        batch_size=draw(st.integers(1, 8)),
        batching=draw(st.sampled_from(BATCHINGS)),
        precision=draw(st.sampled_from(PRECISIONS)),
        seed=draw(st.integers(0, 99)),
    )


CUTS = st.lists(
    st.one_of(
        st.integers(0, 9).map(lambda n: {"steps": n}),
        st.integers(0, 3).map(lambda n: {"epochs": n}),
        st.sampled_from([0.0, 0.0002, 0.001]).map(lambda n: {"seconds": n}),
        st.just({"steps": 4, "epochs": 1}),
    ),
    max_size=12,
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "learning_rate": st.sampled_from([0.01, 0.1]),
        "optimiser": st.sampled_from(list(OPTIMISERS)),
        "l2": st.sampled_from([0.0, 0.03]),
    },
)


def to_the_end(run, epochs=EPOCHS):
    """The run at the end of these epochs, in one piece."""
    return advance(run, stop=Stop(epochs=epochs))


def in_pieces(run, cuts, move=lambda run: run, epochs=EPOCHS):
    """The same run, cut at these places, with `move` between the pieces."""
    for cut in cuts:
        run = move(advance(run, **cut, stop=Stop(epochs=epochs)))
    return to_the_end(run, epochs)


def step_to(run, position):
    """The run at this epoch and step."""
    while run.position < position:
        run = advance(run, steps=1)
    return run


def in_pieces_until(run, position, cuts):
    """The run at this position, by the cuts that do not go beyond it, then step by step."""
    for cut in cuts:
        further = advance(run, **cut)
        run = further if further.position <= position else run
    return step_to(run, position)


@given(small_configs(), CUTS)
@settings(max_examples=60)
def test_however_a_run_is_cut_the_result_is_the_same_bit_for_bit(config, cuts):
    assert same_run(in_pieces(begin(config), cuts), to_the_end(begin(config)))


@given(small_configs(), CUTS)
@settings(max_examples=30)
def test_a_run_pickled_between_its_pieces_goes_on_as_if_it_had_not_been(config, cuts):
    pickled = in_pieces(begin(config), cuts, lambda run: pickle.loads(pickle.dumps(run)))
    assert same_run(pickled, to_the_end(begin(config)))


@given(CUTS, st.lists(st.tuples(st.integers(0, 30), CHANGES), max_size=4), CUTS)
@settings(max_examples=60)
def test_a_run_changed_in_flight_is_the_same_however_it_is_cut(first, changes, second):
    """The changes come at steps counted from the start; only the cuts between them differ."""

    def go(cuts):
        run = begin(SMALL)
        for at, change in sorted(changes, key=lambda each: each[0]):
            run = in_pieces_until(run, divmod(at, 3), cuts)
            run = changed(run, replace(run.config, **change))
        return in_pieces(run, cuts)

    assert same_run(go(first), go(second))


def test_the_articles_run_is_the_same_in_one_piece_and_in_pieces_of_fifty_steps():
    pieces = begin(Config())
    for _ in range(12):
        pieces = advance(pieces, steps=50)
    assert pieces.position == divmod(600, 87)
    assert same_run(pieces, step_to(advance(begin(Config()), epochs=6), (6, 78)))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_how_many_batches_are_gathered_at_once_changes_no_bit(monkeypatch, precision):
    config = Config(hidden_sizes=(8, 8), batching="standard", precision=precision)
    run = advance(begin(config), epochs=3)
    monkeypatch.setattr(batches_module, "BLOCK_BYTES", 3000)
    assert same_run(advance(begin(config), epochs=3), run)


def test_a_run_in_a_process_pool_is_the_same_as_one_here():
    config = replace(SMALL, optimiser="adam", l2=0.01)
    pool = get_reusable_executor(max_workers=1, timeout=2)
    run = begin(config)
    for cut in ({"steps": 2}, {"epochs": 2}, {"seconds": 0.001}):
        run = pool.submit(advance, run, **cut, stop=Stop(epochs=EPOCHS)).result()
    task = pending(run, Stop(epochs=EPOCHS))
    if task is not None:
        run = joined(run, pool.submit(train_task, task).result())
    pool.shutdown(wait=True)
    assert same_run(run, to_the_end(begin(config)))


def test_advancing_changes_nothing_in_the_run_that_was_given():
    run = advance(begin(SMALL), steps=4)
    again = advance(begin(SMALL), steps=4)
    advance(run, epochs=3)
    assert same_run(run, again)


def test_advancing_by_nothing_is_nothing():
    run = advance(begin(SMALL), steps=4)
    assert same_run(advance(run, steps=0), run)
    assert same_run(advance(run, epochs=0), run)


def test_no_time_at_all_is_one_step_so_that_every_call_gets_further():
    run = advance(begin(SMALL), seconds=0)
    assert run.position == (0, 1)


def test_an_epoch_more_from_within_an_epoch_is_to_its_end():
    run = advance(advance(begin(SMALL), steps=2), epochs=1)
    assert run.position == (1, 0)


def test_the_history_has_a_row_for_every_epoch():
    run = to_the_end(begin(SMALL))
    assert run.history.rows.shape == (EPOCHS, 4)
    assert len(run.history.error) == len(run.history.test_error) == run.epoch == EPOCHS
    assert set(run.history.test_accuracy) <= {n / 5 for n in range(6)}


@given(
    st.lists(st.tuples(st.integers(1, 60), CHANGES), max_size=3),
    st.integers(2, 12),
    st.integers(0, 25),
)
@settings(max_examples=40)
def test_the_state_at_an_epoch_is_that_of_a_run_that_stopped_there(changes, most, epoch):
    """With all snapshots, or with few enough that most epochs are computed again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_module, "most_snapshots", lambda state: most)
        run, fresh = begin(SMALL), begin(SMALL)
        for at, change in sorted(changes, key=lambda each: each[0]):
            config = replace(run.config, **change)
            run = changed(step_to(run, divmod(at, 3)), config)
            if divmod(at, 3) < (epoch, 0):
                fresh = changed(step_to(fresh, divmod(at, 3)), config)
        run = to_the_end(run, 25)
        assert len(run.history.snapshots) <= most
        assert same_bits(state_at(run, epoch), step_to(fresh, (epoch, 0)).state)


def test_any_epoch_is_reached_from_thinned_snapshots(monkeypatch):
    monkeypatch.setattr(history_module, "MOST_SNAPSHOTS", 8)
    run = to_the_end(begin(SMALL), 40)
    assert [state.epoch for state in run.history.snapshots] == [0, 8, 16, 24, 32, 40]
    assert run.history.stride == 8
    whole = [start(SMALL), *train(SMALL, start(SMALL), epochs=40, stride=1).snapshots]
    for epoch, state in enumerate(whole):
        assert same_bits(state_at(run, epoch), state)


def test_thinning_does_not_depend_on_the_cuts(monkeypatch):
    monkeypatch.setattr(history_module, "MOST_SNAPSHOTS", 8)
    whole = to_the_end(begin(SMALL), 40)
    pieces = in_pieces(begin(SMALL), [{"epochs": 3}, {"steps": 7}] * 5, epochs=40)
    assert same_bits(pieces.history.snapshots, whole.history.snapshots)
    assert pieces.history.stride == whole.history.stride


def test_large_networks_keep_fewer_snapshots():
    small, large = start(Config()), start(Config(hidden_sizes=(1024, 512)))
    assert most_snapshots(small) == 1000
    assert most_snapshots(large) == 8


@given(st.integers(0, 10), st.integers(0, 8))
@settings(max_examples=30)
def test_a_branch_goes_on_from_its_epoch_as_the_run_once_did(epoch, steps):
    run = advance(to_the_end(begin(SMALL), 10), steps=steps)
    again = branch(run, epoch)
    assert again.position == (epoch, 0)
    assert same_bits(again.history.rows, run.history.rows[:epoch])
    assert same_run(step_to(again, run.position), run)


@given(st.tuples(st.integers(1, 25), CHANGES), st.integers(0, 8))
@settings(max_examples=40)
def test_a_branch_takes_todays_settings_back_to_its_epoch(change, epoch):
    at, values = change
    run = changed(step_to(begin(SMALL), divmod(at, 3)), replace(SMALL, **values))
    run = to_the_end(run, 10)
    expected = step_to(begin(SMALL), min(divmod(at, 3), (epoch, 0)))
    expected = step_to(changed(expected, run.config), (epoch, 0))
    again = branch(run, epoch)
    assert again.config == run.config
    assert same_run(to_the_end(again, 10), to_the_end(expected, 10))


def test_a_branch_leaves_the_run_it_came_from_as_it_was():
    run, same = (to_the_end(begin(SMALL), 5) for _ in range(2))
    to_the_end(branch(run, 2), 5)
    assert same_run(run, same)


def test_a_change_before_the_first_step_is_a_new_run():
    other = replace(SMALL, optimiser="adam")
    assert same_run(changed(begin(SMALL), other), begin(other))


def test_a_change_taken_back_at_the_same_step_never_was():
    run = advance(begin(replace(SMALL, optimiser="momentum")), steps=4)
    there = advance(changed(run, replace(run.config, optimiser="adam")), steps=0)
    back = changed(there, run.config)
    assert same_run(to_the_end(back), to_the_end(run))


def test_a_new_optimiser_starts_without_memory_and_another_learning_rate_keeps_it():
    run = advance(begin(replace(SMALL, optimiser="momentum")), steps=4)
    slower = advance(changed(run, replace(run.config, learning_rate=0.1)), steps=1)
    assert slower.state.t == 5
    adam = advance(changed(run, replace(run.config, optimiser="adam")), steps=1)
    assert adam.state.t == 1
    assert adam.state.slots.shape[0] == 2
    assert same_bits(slower.state.generators, adam.state.generators)


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"hidden_sizes": (4,)}, {"batch_size": 4}, {"data": Parity(bits=5)}]
)
def test_what_needs_a_new_network_can_not_change_in_flight(change):
    run = advance(begin(SMALL), steps=4)
    with pytest.raises(ValueError) as error:
        changed(run, replace(SMALL, **change))
    assert str(error.value) == "only learning_rate, optimiser, l2 can change during a run"


def test_a_schedule_that_lies_ahead_replays_the_changes_made_in_flight():
    run = changed(step_to(begin(SMALL), (2, 1)), replace(SMALL, optimiser="adam"))
    run = changed(step_to(run, (4, 0)), replace(run.config, learning_rate=0.02))
    run = to_the_end(run)
    for cuts in ([], [{"steps": 1}] * 20, [{"epochs": 1}] * 6, [{"seconds": 0.0}] * 10):
        replayed = in_pieces(begin(run.config, run.schedule), cuts)
        assert same_run(replayed, run)


@given(
    CUTS,
    st.sampled_from(
        [
            Stop(epochs=7),
            Stop(epochs=100, target_error=0.1),
            Stop(epochs=100, patience=5),
            Stop(epochs=100, target_error=0.3, patience=3),
            Stop(epochs=100, patience=4, watch="test error"),
        ]
    ),
)
@settings(max_examples=40)
def test_a_run_stops_at_the_same_epoch_however_it_is_cut(cuts, stop):
    whole, pieces = advance(begin(RESTLESS), stop=stop), begin(RESTLESS)
    for cut in cuts:
        pieces = advance(pieces, **cut, stop=stop)
    pieces = advance(pieces, stop=stop)
    assert same_run(pieces, whole)
    assert finished(pieces, stop)
    assert advance(pieces, stop=stop) is pieces


def test_a_run_stops_after_its_epochs_and_says_so():
    run = advance(begin(SMALL), stop=Stop(epochs=3))
    assert run.position == (3, 0)
    assert finished(run, Stop(epochs=3)) == "all 3 epochs are done"
    assert finished(run, Stop(epochs=4)) is None


@pytest.mark.parametrize("epochs", [9, 30])
def test_a_run_stops_at_the_first_error_at_or_below_its_target_and_says_so(epochs):
    errors = to_the_end(begin(RESTLESS), epochs).history.error
    stop = Stop(epochs=60, target_error=float(errors.min()))
    run = advance(begin(RESTLESS), stop=stop)
    assert run.epoch == int(errors.argmin()) + 1
    assert finished(run, stop) == f"the error is down to {errors.min():.3g}, at or below the target"


@pytest.mark.parametrize("patience", [1, 3, 5])
def test_a_run_stops_after_so_many_epochs_without_a_lower_error_and_says_so(patience):
    errors = to_the_end(begin(RESTLESS), 60).history.error
    waits = [epoch - int(np.argmin(errors[: epoch + 1])) for epoch in range(60)]
    stop = Stop(epochs=60, patience=patience)
    run = advance(begin(RESTLESS), stop=stop)
    assert run.epoch == waits.index(patience) + 1 > patience + 1
    waited = "1 epoch" if patience == 1 else f"{patience} epochs"
    assert finished(run, stop) == f"no lower training error for {waited}"


@pytest.mark.parametrize("patience", [1, 3, 5])
def test_patience_may_watch_the_test_error_instead(patience):
    history = to_the_end(begin(RESTLESS), 60).history
    waits = [epoch - int(np.argmin(history.test_error[: epoch + 1])) for epoch in range(60)]
    stop = Stop(epochs=60, patience=patience, watch="test error")
    run = advance(begin(RESTLESS), stop=stop)
    assert run.epoch == waits.index(patience) + 1
    waited = "1 epoch" if patience == 1 else f"{patience} epochs"
    assert finished(run, stop) == f"no lower test error for {waited}"
    assert run.epoch != advance(begin(RESTLESS), stop=Stop(epochs=60, patience=patience)).epoch


def test_patience_watches_the_training_error_where_nothing_is_left_to_test_on():
    config = replace(RESTLESS, data=replace(RESTLESS.data, train_share=1.0))
    ends = [
        advance(begin(config), stop=Stop(epochs=60, patience=3, watch=watch))
        for watch in ("training error", "test error")
    ]
    assert same_run(*ends)
    assert 3 < ends[0].epoch < 60


def test_a_run_that_stopped_goes_on_under_another_rule():
    run = advance(begin(RESTLESS), stop=Stop(epochs=60, patience=3))
    further = advance(run, stop=Stop(epochs=60))
    assert same_run(further, to_the_end(begin(RESTLESS), 60))


def test_a_run_that_diverges_names_the_epoch_the_step_and_the_layer():
    run = advance(begin(WILD), epochs=10)
    assert (run.diverged.epoch, run.diverged.step) == run.position
    assert run.diverged.layer in ("hidden layer 1", "hidden layer 2", "output layer")
    assert len(run.history.rows) == run.epoch
    assert np.isfinite(run.state.parameters).all()
    assert np.isfinite(run.history.error).all()


def test_the_layer_named_is_the_first_whose_numbers_are_not_finite():
    run = advance(begin(WILD), epochs=10)
    data, generator = WILD.data.load("float64"), np.random.RandomState()
    generator.set_state(run.state.generators[0])
    order = generator.permutation(len(data.X_train))
    batch = order[8 * run.state.step :][:8]  # of the step that could not be taken
    with np.errstate(all="ignore"):
        trace = network_of(WILD, run.state).forward(data.X_train[batch])
        error = ((trace.a[-1] - data.y_train[batch]) ** 2).sum()
    layers = ["hidden layer 1", "hidden layer 2", "output layer"]
    broken = [name for name, z in zip(layers, trace.z, strict=True) if not np.isfinite(z).all()]
    assert not np.isfinite(error)
    assert run.diverged.layer == (broken or ["output layer"])[0]


@given(CUTS, st.sampled_from(PRECISIONS), st.sampled_from(list(OPTIMISERS)))
@settings(max_examples=40)
def test_a_run_diverges_at_the_same_place_however_it_is_cut(cuts, precision, optimiser):
    config = replace(WILD, precision=precision, optimiser=optimiser)
    whole = advance(begin(config), epochs=EPOCHS)
    assert same_run(in_pieces(begin(config), cuts), whole)
    assert optimiser not in ("sgd", "momentum") or whole.diverged


@st.composite
def wild_configs(draw):
    """Runs that may overflow anywhere: in a layer, in the loss, in a step or in its memory."""
    loss = draw(st.sampled_from(list(LOSSES)))
    return Config(
        data=Parity(bits=draw(st.integers(2, 4)), rule="ones"),
        hidden_sizes=draw(st.sampled_from([(), (3,), (3, 3)])),
        hidden=draw(st.sampled_from(list(ACTIVATIONS))),
        output=LOSSES[loss].output or draw(st.sampled_from(list(ACTIVATIONS))),
        loss=loss,
        optimiser=draw(st.sampled_from(list(OPTIMISERS))),
        learning_rate=10.0 ** draw(st.integers(0, 37)),
        l2=draw(st.sampled_from([0.0, 0.01, 1.0])),
        batch_size=draw(st.sampled_from([1, 3])),
        precision=draw(st.sampled_from(PRECISIONS)),
    )


@given(wild_configs(), st.sampled_from([1e-9, 1.0, 1e6]), st.integers(1, 6))
@settings(max_examples=300)
def test_no_number_that_is_not_finite_is_ever_kept_and_no_cut_hides_one(config, rate, steps):
    """Even where a lower learning rate makes the error finite again."""
    run = changed(advance(begin(config), steps=steps), replace(config, learning_rate=rate))
    whole, stepped = advance(run, epochs=4), run
    while not stepped.diverged and stepped.epoch < whole.epoch:
        stepped = advance(stepped, steps=1)
    if whole.diverged:
        stepped = advance(stepped, epochs=1)
    assert same_run(whole, stepped)
    assert np.isfinite(whole.history.error).all()
    for state in (whole.state, *whole.history.snapshots):
        assert np.isfinite(state.parameters).all()


def test_a_run_that_diverged_does_not_go_on():
    run = advance(begin(WILD), epochs=10)
    assert advance(run, epochs=10) is run
    assert pending(run) is None


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_run_that_diverged_is_rewound_and_goes_on_with_a_lower_learning_rate(precision):
    tame = replace(WILD, learning_rate=0.01, precision=precision)
    run = changed(advance(begin(tame), epochs=3), replace(tame, learning_rate=1e6))
    run = advance(run, epochs=10)
    assert run.diverged
    assert run.epoch >= 3
    rewound = changed(branch(run, 3), tame)
    assert rewound.diverged is None
    assert same_run(to_the_end(rewound), to_the_end(begin(tame)))


def test_a_single_batch_whose_error_overflowed_ends_the_run_however_it_is_cut():
    """Here the next batch has a finite error again, which must not hide the one before."""
    config = Config(
        data=Parity(bits=4, rule="ones", train_share=0.7),
        hidden_sizes=(),
        output="softmax",
        loss="cross-entropy",
        initialisation="zeros",
        optimiser="rmsprop",
        learning_rate=4e37,
        l2=0.01,
        batch_size=1,
        precision="float32",
    )
    whole, stepped = advance(begin(config), epochs=6), begin(config)
    while not stepped.diverged and stepped.epoch < 6:
        stepped = advance(stepped, steps=1)
    assert stepped.diverged
    assert same_run(whole, stepped)
