"""A run as a short text: what it tells, and that nothing else passes for one."""

from dataclasses import replace

import numpy as np
import pytest

from mlp.config import Config
from mlp.datasets import Parity
from mlp.losses import LOSSES
from mlp.replay import run_from, text_of
from mlp.run import advance, batches_of, begin, changed
from mlp.state import network_of
from mlp.training import next_batch
from tests.alike import same_bits

SMALL = Config(data=Parity(bits=5), hidden_sizes=(4,), batch_size=6, seed=3)


def test_a_run_replayed_from_its_text_comes_to_the_very_same_state():
    run = advance(begin(SMALL), epochs=2, steps=9)
    run = changed(run, replace(SMALL, learning_rate=0.05, optimiser="adam"))
    run = advance(run, steps=8)
    again, place = run_from(text_of(run))
    assert again.position == (0, 0) and place == run.position
    while again.position < place:
        again = advance(again, steps=1)
    assert same_bits(again.state, run.state)


def test_a_usual_run_has_a_short_text():
    assert len(text_of(begin(Config()))) < 120


@pytest.mark.parametrize(
    "text",
    ["", "x", "[]", "{}", '{"at":[0,0],"run":[]}', '{"at":[0,0],"run":[[0,0,{}]]}', "[" * 9_999,
     text_of(begin(SMALL)).replace('"at":[0,0]', '"at":[-1,0]'),
     text_of(begin(SMALL)).replace('"at":[0,0]', '"at":[0,999]'),
     text_of(begin(SMALL)).replace("[[0,0,", "[[0,1,"),
     text_of(begin(SMALL)).replace("[4]", "[99999999]"),
     text_of(begin(SMALL)).replace("parity", "parrots")],
)  # fmt: skip
def test_any_other_text_is_refused(text):
    with pytest.raises(ValueError, match="run must be the text of a run"):
        run_from(text)


def test_changes_that_need_another_network_are_refused():
    one, other = begin(SMALL), begin(replace(SMALL, seed=4))
    joined = replace(one, schedule=(one.schedule[0], ((1, 0), other.config)))
    with pytest.raises(ValueError, match="keep its network"):
        run_from(text_of(joined))


@pytest.mark.parametrize("batching", ["article", "standard"])
def test_the_next_batch_is_the_one_that_the_next_step_trains_on(batching):
    config = replace(SMALL, batching=batching, learning_rate=0.5)
    run, loss = begin(config), LOSSES[config.loss]
    for _ in range(8):
        X, y = next_batch(config, run.state)
        network = network_of(config, run.state)
        divisor = batches_of(config).divisor(len(X))
        gradient = network.backward(network.forward(X), y, loss, divisor).flat
        later = advance(run, steps=1)
        expected = run.state.parameters - 0.5 * gradient
        np.testing.assert_allclose(later.state.parameters, expected, rtol=1e-12)
        run = later
