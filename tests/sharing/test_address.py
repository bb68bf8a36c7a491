"""Addresses: every setting of a run, the changes on its way and its place, there and back."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp import Config, Digits, Parity, advance, begin
from mlp.datasets import DATASETS
from mlp.datasets.digits import PIXELS
from mlp.datasets.parity import RULES
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS, initialise
from mlp.network.losses import LOSSES
from mlp.sharing.address import (
    Address,
    changes_text,
    place_from_text,
    place_of,
    place_text,
    schedule_from_text,
    setting_parameters,
)
from mlp.training.config import BATCHINGS, PRECISIONS, sizes_from_text
from mlp.training.presets import preset, presets_of
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


# Addresses as they have been sent to others: each must stay as it is.
SENT = [
    (Address.of_config(Config()), "parity"),
    (Address.of_config(presets_of("digits")[0].config), "digits"),
    (Address.of_config(Config(seed=3), (12, 0)), "parity?seed=3&at=12"),
    (Address.of_config(Config(seed=3), (12, 5)), "parity?seed=3&at=12.5"),
    (Address.of_config(Config(learning_rate=3)), "parity?learning_rate=3"),
    (Address.of_config(Config(hidden_sizes=())), "parity?hidden_sizes="),
    (
        Address.of_config(Config(data=Parity(bits=5), learning_rate=3.0)),
        "parity?learning_rate=3.0&bits=5",
    ),
    (
        Address.of_config(preset("parity", "hard").config, (0, 1)),
        "parity?hidden_sizes=32%2C+32&hidden=relu&output=softmax&loss=cross-entropy"
        "&initialisation=he&optimiser=adam&learning_rate=0.01&batch_size=16&batching=standard"
        "&rule=parity+of+the+ones&train_share=0.8&at=0.1",
    ),
    (
        Address.of_config(presets_of("digits")[1].config, (300, 0)),
        "digits?hidden=sigmoid&output=sigmoid&loss=squared+error&initialisation=normal"
        "&optimiser=sgd&learning_rate=0.3&l2=0.0&batch_size=256&batching=article"
        "&precision=float64&seed=0&pixels=0+to+255&at=300",
    ),
    (
        Address(
            (
                ((0, 0), Config(scale=1e-05)),
                ((1, 1), Config(scale=1e-05, learning_rate=0.1)),
                ((3, 0), Config(scale=1e-05, learning_rate=0.1, optimiser="adam", l2=0.5)),
            ),
            (4, 0),
        ),
        "parity?scale=1e-05&optimiser=adam&learning_rate=0.1&l2=0.5"
        "&changes=learning_rate%3A0.3%401.1%2Coptimiser%3Asgd%403.0%2Cl2%3A0.0%403.0&at=4",
    ),
]


@pytest.mark.parametrize(("address", "text"), SENT, ids=[text[:40] for _, text in SENT])
def test_an_address_is_written_as_ever_and_read_again(address, text):
    assert address.text == text
    assert Address.read(text) == address


@given(configs())
def test_an_address_tells_every_setting(config):
    address = Address.read(Address.of_config(config).text)
    assert address == Address.of_config(config)
    assert (address.config, address.place) == (config, (0, 0))


def test_no_address_draws_weights_before_its_run_begins(monkeypatch):
    run, drawn = advance(begin(SMALL), epochs=1), []

    def counted(*arguments):
        drawn.append(arguments)
        return initialise(*arguments)

    monkeypatch.setattr("mlp.training.state.initialise", counted)
    address = Address.read(Address.of(run).text)
    assert Address.of_config(address.config, (1, 0)).text == address.text
    assert not drawn
    assert same_run(advance(address.begin(), epochs=1), run) and len(drawn) == 1


def test_the_parameters_of_an_address_are_what_differs_from_what_its_page_opens_with():
    config = Config(data=Parity(bits=6, rule="ones"), hidden_sizes=(4, 2), seed=3, scale=2.0)
    assert list(setting_parameters(config).items()) == [
        ("hidden_sizes", "4, 2"),
        ("scale", "2.0"),
        ("seed", "3"),
        ("bits", "6"),
        ("rule", "parity of the ones"),
    ]


@given(FLIGHTS)
@settings(max_examples=30)
def test_an_address_tells_the_way_of_a_run_and_its_place(flight):
    run = advance(flown(SMALL, flight), steps=2)
    text = f"https://lab.example/base/{Address.of(run).text}&speed=1&look=3"
    address = Address.read(text)
    again, (epoch, step) = address.begin(), address.place
    again = advance(again, epochs=epoch) if epoch else again
    again = advance(again, steps=step) if step else again
    assert same_run(again, run)


@pytest.mark.parametrize("page", DATASETS)
def test_the_address_of_what_a_page_opens_with_is_the_page(page):
    address = Address.of_config(presets_of(page)[0].config)
    assert address.text == page
    assert Address.read(f"http://localhost:8501/{page}") == address


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
def test_what_is_no_address_of_a_run_is_refused(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        Address.read(text)


@given(st.text())
def test_any_text_is_an_address_or_a_value_error(text):
    for some in (text, f"parity?{text}", f"parity?seed={text}", f"digits?at={text}"):
        try:
            address = Address.read(some)
        except ValueError:
            continue
        assert Address.read(address.text) == address


@given(FLIGHTS)
@settings(max_examples=60)
def test_a_link_tells_of_every_change_so_that_the_run_can_be_replayed(flight):
    run = flown(SMALL, flight)
    schedule = schedule_from_text(run.config, changes_text(run.schedule))
    assert schedule == run.schedule
    replayed = begin(run.config, schedule)
    for _ in range(sum(steps for steps, _ in flight)):
        replayed = advance(replayed, steps=1)
    assert same_run(advance(replayed, epochs=3), advance(run, epochs=3))


def test_a_run_without_changes_has_nothing_to_tell():
    assert changes_text(advance(begin(SMALL), steps=5).schedule) == ""
    assert schedule_from_text(SMALL, "") == (((0, 0), SMALL),)


def test_a_link_tells_what_held_before_each_change():
    run = flown(SMALL, [(4, {"learning_rate": 0.1}), (5, {"optimiser": "adam", "l2": 0.5})])
    assert changes_text(run.schedule) == "learning_rate:0.2@1.1,optimiser:sgd@3.0,l2:0.0@3.0"


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
