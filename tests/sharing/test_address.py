"""Links: every setting of a run, the changes on its way and its place, there and back."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp import Config, Digits, Parity, advance, begin
from mlp.datasets.digits import PIXELS
from mlp.datasets.parity import RULES
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.network.losses import LOSSES
from mlp.sharing.address import (
    changes_text,
    link,
    place_from_text,
    place_of,
    place_text,
    run_of_link,
    schedule_from_text,
)
from mlp.training.config import BATCHINGS, PRECISIONS, sizes_from_text
from mlp.training.presets import PRESETS
from mlp.training.schedule import MAX_CHANGES
from tests.support.alike import same_run
from tests.support.changed_runs import FLIGHTS, SMALL, flown

pytestmark = pytest.mark.filterwarnings("error")


@st.composite
def configs(draw):
    """Any config that a page could make."""
    loss = draw(st.sampled_from(list(LOSSES)))
    parities = st.builds(
        Parity,
        bits=st.integers(2, 16),
        rule=st.sampled_from(list(RULES)),
        train_share=st.floats(0.3, 1),
    )
    return Config(
        data=draw(st.one_of(parities, st.builds(Digits, pixels=st.sampled_from(list(PIXELS))))),
        hidden_sizes=tuple(draw(st.lists(st.integers(1, 40), max_size=8))),
        hidden=draw(st.sampled_from(list(ACTIVATIONS))),
        output=LOSSES[loss].output or draw(st.sampled_from(list(ACTIVATIONS))),
        loss=loss,
        initialisation=draw(st.sampled_from(list(INITIALISATIONS))),
        optimiser=draw(st.sampled_from(list(OPTIMISERS))),
        learning_rate=draw(st.floats(1e-6, 1e3)),
        l2=draw(st.floats(0, 1)),
        batch_size=draw(st.integers(1, 65_536)),
        batching=draw(st.sampled_from(BATCHINGS)),
        precision=draw(st.sampled_from(PRECISIONS)),
        seed=draw(st.integers(0, 2**32 - 1)),
    )


@given(configs())
def test_a_link_tells_every_setting(config):
    run, place = run_of_link(link(begin(config)))
    assert run.config == config and run.position == place == (0, 0)


@given(FLIGHTS)
@settings(max_examples=30)
def test_a_link_tells_the_way_of_a_run_and_its_place(flight):
    run = advance(flown(SMALL, flight), steps=2)
    again, (epoch, step) = run_of_link(f"https://lab.example/base/{link(run)}&speed=1&look=3")
    again = advance(again, epochs=epoch) if epoch else again
    again = advance(again, steps=step) if step else again
    assert same_run(again, run)


@pytest.mark.parametrize("page", PRESETS)
def test_the_link_of_what_a_page_opens_with_is_the_page(page):
    assert link(begin(PRESETS[page][0].config)) == page
    assert run_of_link(f"http://localhost:8501/{page}")[0].config == PRESETS[page][0].config


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the page of a link must be one of parity, digits, got ''"),
        ("paraboloid?eta=1", "the page of a link must be one of parity, digits, got 'paraboloid'"),
        ("parity?seed=x", "seed must be a number, got 'x'"),
        ("parity?learning_rate=-1", "learning_rate must be above 0, got -1.0"),
        ("parity?rule=magic", "rule must be one of .*, got 'magic'"),
        ("parity?at=soon", "at must be an epoch"),
        ("parity?" + "x" * 20_000, "a link must have at most 20,000 characters"),
        ("http://[::1/parity", "a link must be an address"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_link_to_a_run_is_refused(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        run_of_link(text)


@given(st.text())
def test_any_text_is_a_run_or_a_value_error(text):
    for link_text in (text, f"parity?{text}", f"parity?seed={text}", f"digits?at={text}"):
        try:
            run, _ = run_of_link(link_text)
        except ValueError:
            continue
        assert run.position == (0, 0)


@given(FLIGHTS)
@settings(max_examples=60)
def test_a_link_tells_of_every_change_so_that_the_run_can_be_replayed(flight):
    run = flown(SMALL, flight)
    schedule = schedule_from_text(run.config, changes_text(run))
    assert schedule == run.schedule
    replayed = begin(run.config, schedule)
    for _ in range(sum(steps for steps, _ in flight)):
        replayed = advance(replayed, steps=1)
    assert same_run(advance(replayed, epochs=3), advance(run, epochs=3))


def test_a_run_without_changes_has_nothing_to_tell():
    assert changes_text(begin(SMALL)) == changes_text(advance(begin(SMALL), steps=5)) == ""
    assert schedule_from_text(SMALL, "") == (((0, 0), SMALL),)


def test_a_link_tells_what_held_before_each_change():
    run = flown(SMALL, [(4, {"learning_rate": 0.1}), (5, {"optimiser": "adam", "l2": 0.5})])
    assert changes_text(run) == "learning_rate:0.2@1.1,optimiser:sgd@3.0,l2:0.0@3.0"


@pytest.mark.parametrize(
    "text",
    [
        ",",
        "learning_rate",
        "learning_rate:0.3",
        "learning_rate:0.3@",
        "learning_rate:0.3@2",
        "learning_rate:0.3@2.1.0",
        "learning_rate:0.3@2,1",
        "learning_rate:@2.1",
        "learning_rate:x@2.1",
        "learning_rate:0.3@0.0",
        "learning_rate:0.3@-1.0",
        "learning_rate:0.3@1.-1",
        "learning_rate:0.3@1.3",
        "learning_rate:0.3@100001.0",
        "learning_rate:0.3@" + "9" * 5000 + ".0",
        "learning_rate:-1@2.1",
        "learning_rate:nan@2.1",
        "learning_rate:1e999@2.1",
        "l2:-1@2.1",
        "optimiser:magic@2.1",
        "optimiser:@2.1",
        "seed:1@2.1",
        "__class__:1@2.1",
        "l2:0.1@3.0,l2:0.2@2.0",
        "l2:0.1@3.0,l2:0.2@2.0,l2:0.1@3.0",
        ",".join(f"l2:0.{n}@{n}.0" for n in range(1, MAX_CHANGES + 2)),
    ],
    ids=lambda text: text[:40],
)
def test_a_line_of_changes_that_is_not_one_raises_a_value_error(text):
    with pytest.raises(ValueError, match=r"^(changes|learning_rate|l2|optimiser) must "):
        schedule_from_text(SMALL, text)


PARTS = st.builds(
    "{}{}{}{}{}.{}".format,
    st.sampled_from(["learning_rate", "l2", "optimiser", "seed", ""]),
    st.sampled_from([":", "", "::"]),
    st.one_of(st.floats().map(repr), st.sampled_from(["sgd", "adam", "", "é", "1_0"])),
    st.sampled_from(["@", "", "@@"]),
    st.integers(-1, 9),
    st.integers(-1, 4),
)


@given(st.one_of(st.text(), st.lists(PARTS, max_size=4).map(",".join)))
@settings(max_examples=400)
def test_any_line_of_changes_makes_a_run_that_goes_or_a_value_error(text):
    try:
        schedule = schedule_from_text(SMALL, text)
    except ValueError:
        return
    assert schedule[-1][1] == SMALL
    run = advance(begin(SMALL, schedule), epochs=11)
    assert run.diverged or run.epoch == 11


@pytest.mark.parametrize(("steps", "text"), [(0, ""), (2, "0.2"), (3, "1"), (8, "2.2")])
def test_a_link_tells_where_a_run_stands(steps, text):
    run = advance(begin(SMALL), steps=steps) if steps else begin(SMALL)
    assert place_text(place_of(run)) == text
    assert place_from_text(SMALL, text) == (run.position if text else None)


def test_a_link_to_a_run_that_diverged_leads_to_the_step_that_broke_it():
    wild = replace(SMALL, hidden="relu", output="identity", learning_rate=1e3)
    run = advance(begin(wild), epochs=100)
    epoch, step = place_from_text(wild, place_text(place_of(run)))
    again = advance(begin(wild), epochs=epoch) if epoch else begin(wild)
    assert not again.diverged
    assert advance(again, steps=step).diverged == run.diverged is not None


@pytest.mark.parametrize("text", ["x", "1.", ".5", "-1", "1.2.3", "1e3", "٣", "100001", "0.9999"])
def test_a_place_where_no_run_comes_is_refused(text):
    with pytest.raises(ValueError, match="at must be an epoch"):
        place_from_text(SMALL, text)


@pytest.mark.parametrize(
    ("text", "sizes"), [("3", (3,)), ("16, 8", (16, 8)), ("", ()), ("  ", ()), (" 4 ,5", (4, 5))]
)
def test_layer_sizes_are_read_as_people_type_them(text, sizes):
    assert sizes_from_text(text) == sizes


@pytest.mark.parametrize("text", ["3,", ",", "three", "3 4", "-3", "3.0", "²", "1" * 5000, "1_0"])
def test_layer_sizes_that_are_not_are_refused(text):
    with pytest.raises(ValueError, match="^hidden_sizes must be whole numbers with commas, got "):
        sizes_from_text(text)
