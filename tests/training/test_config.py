"""Config and Stop: what they accept, and how clearly they refuse everything else."""

from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp import Config, Digits, Parity, Stop
from mlp.datasets import DATASETS
from mlp.datasets.parity import RULES
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.network.losses import LOSSES
from mlp.network.shape import parameter_count
from mlp.training.config import (
    BATCHINGS,
    IN_FLIGHT,
    PRECISIONS,
    config_from_settings,
    flat_settings,
)

NAN, INF = float("nan"), float("inf")
NOT_WHOLE = [True, "3", 3.0, NAN, INF, None, [3], 3 + 0j, 10**400]
NOT_A_NUMBER = [True, "3", NAN, INF, -INF, None, [3], 3 + 0j, 10**400]
NOT_A_NAME = ["", "Sigmoid", "sgd ", None, True, 0, 0.5, ["sgd"], {"sgd": 1}]
NAMED = {
    "hidden": ACTIVATIONS,
    "output": ACTIVATIONS,
    "loss": LOSSES,
    "initialisation": INITIALISATIONS,
    "optimiser": OPTIMISERS,
    "batching": BATCHINGS,
    "precision": PRECISIONS,
}
WHOLE = {
    (Config, "batch_size"): (1, 65_536),
    (Config, "seed"): (0, 2**32 - 1),
    (Stop, "epochs"): (1, 100_000),
    (Stop, "patience"): (0, 100_000),
}


@st.composite
def configs(draw):
    """Any config that is allowed, small enough to build quickly."""
    loss = draw(st.sampled_from(list(LOSSES)))
    return Config(
        data=Parity(
            bits=draw(st.integers(2, 16)),
            rule=draw(st.sampled_from(list(RULES))),
            train_share=draw(st.floats(0.25, 1)),
        ),
        hidden_sizes=tuple(draw(st.lists(st.integers(1, 400), max_size=8))),
        hidden=draw(st.sampled_from(list(ACTIVATIONS))),
        output=LOSSES[loss].output or draw(st.sampled_from(list(ACTIVATIONS))),
        loss=loss,
        initialisation=draw(st.sampled_from(list(INITIALISATIONS))),
        scale=draw(st.floats(0, 1e6, exclude_min=True)),
        optimiser=draw(st.sampled_from(list(OPTIMISERS))),
        learning_rate=draw(st.floats(0, 1e308, exclude_min=True)),
        l2=draw(st.floats(0, 1e308)),
        batch_size=draw(st.integers(1, 65_536)),
        batching=draw(st.sampled_from(BATCHINGS)),
        precision=draw(st.sampled_from(PRECISIONS)),
        seed=draw(st.integers(0, 2**32 - 1)),
    )


def refusal(kind, **bad):
    """The one line with which a value is refused."""
    with pytest.raises(ValueError) as error:
        kind(**bad)
    return str(error.value)


def test_the_defaults_are_the_articles_run():
    config = Config()
    assert config.sizes == (10, 3, 2)
    assert (config.data.train_count, config.batch_size, config.learning_rate) == (700, 8, 0.3)
    assert (config.hidden, config.output, config.loss) == ("sigmoid", "sigmoid", "squared error")
    assert (config.initialisation, config.batching, config.seed) == ("normal", "article", 0)
    assert Stop().epochs == 1000


@pytest.mark.parametrize("value", NOT_A_NAME, ids=repr)
@pytest.mark.parametrize("name", NAMED)
def test_a_name_that_is_not_a_choice_is_refused_with_the_choices(name, value):
    choices = ", ".join(NAMED[name])
    assert refusal(Config, **{name: value}) == f"{name} must be one of {choices}, got {value!r}"


@pytest.mark.parametrize("value", NOT_A_NAME, ids=repr)
def test_patience_watches_one_of_two_errors(value):
    rule = "watch must be one of training error, test error"
    assert refusal(Stop, watch=value) == f"{rule}, got {value!r}"


@pytest.mark.parametrize("value", NOT_WHOLE, ids=lambda value: f"{value!r:.9}")
@pytest.mark.parametrize(("kind", "name"), WHOLE)
def test_what_is_not_a_whole_number_in_range_is_refused_with_the_range(kind, name, value):
    low, high = WHOLE[kind, name]
    rule = f"{name} must be a whole number from {low} to {high}"
    assert refusal(kind, **{name: value}) == f"{rule}, got {value!r}"


@pytest.mark.parametrize(("kind", "name"), WHOLE)
def test_a_whole_number_may_be_at_its_limits_and_not_beyond(kind, name):
    low, high = WHOLE[kind, name]
    for value in (low, high):
        assert getattr(kind(**{name: value}), name) == value
    for value in (low - 1, high + 1):
        assert refusal(kind, **{name: value}).endswith(f"from {low} to {high}, got {value}")


@pytest.mark.parametrize("value", NOT_A_NUMBER, ids=lambda value: f"{value!r:.9}")
@pytest.mark.parametrize(
    ("kind", "name"),
    [(Config, "learning_rate"), (Config, "l2"), (Config, "scale"), (Stop, "target_error")],
)
def test_what_is_not_a_finite_number_is_refused(kind, name, value):
    assert refusal(kind, **{name: value}) == f"{name} must be a finite number, got {value!r}"


@pytest.mark.parametrize(
    ("kind", "bad", "message"),
    [
        (Config, {"learning_rate": -1}, "learning_rate must be above 0, got -1"),
        (Config, {"learning_rate": 0.0}, "learning_rate must be above 0, got 0.0"),
        (Config, {"scale": 0}, "scale must be above 0, got 0"),
        (Config, {"scale": 2e6}, "scale must be at most 1e+06, got 2000000.0"),
        (Config, {"l2": -0.1}, "l2 must be at least 0, got -0.1"),
        (Stop, {"target_error": -1e-9}, "target_error must be at least 0, got -1e-09"),
        (Config, {"data": None}, "data must be one of parity, digits, got None"),
        (Config, {"data": "parity"}, "data must be one of parity, digits, got 'parity'"),
        (Config, {"data": Parity}, f"data must be one of parity, digits, got {Parity!r}"),
        (Config, {"hidden_sizes": [3]}, "hidden_sizes must be a tuple of at most 8 sizes, got [3]"),
        (Config, {"hidden_sizes": 3}, "hidden_sizes must be a tuple of at most 8 sizes, got 3"),
        (Config, {"hidden_sizes": "3"}, "hidden_sizes must be a tuple of at most 8 sizes, got '3'"),
        (
            Config,
            {"hidden_sizes": None},
            "hidden_sizes must be a tuple of at most 8 sizes, got None",
        ),
        (
            Config,
            {"hidden_sizes": (3,) * 9},
            "hidden_sizes must be a tuple of at most 8 sizes, got (3, 3, 3, 3, 3, 3, 3, 3, 3)",
        ),
        (
            Config,
            {"hidden_sizes": (3, 1025)},
            "hidden_sizes must be a whole number from 1 to 1024, got 1025",
        ),
        (
            Config,
            {"hidden_sizes": (0,)},
            "hidden_sizes must be a whole number from 1 to 1024, got 0",
        ),
        (
            Config,
            {"hidden_sizes": (True,)},
            "hidden_sizes must be a whole number from 1 to 1024, got True",
        ),
        (
            Config,
            {"hidden_sizes": (3.0,)},
            "hidden_sizes must be a whole number from 1 to 1024, got 3.0",
        ),
        (
            Config,
            {"hidden_sizes": (1024, 1024, 1024)},
            "hidden_sizes must make at most 2,000,000 parameters, "
            "got (1024, 1024, 1024) with 2,112,514",
        ),
        (
            Config,
            {"loss": "cross-entropy", "output": "sigmoid"},
            "output must be softmax for cross-entropy, got 'sigmoid'",
        ),
        (
            Config,
            {"loss": "binary cross-entropy", "output": "tanh"},
            "output must be sigmoid for binary cross-entropy, got 'tanh'",
        ),
    ],
    ids=repr,
)
def test_a_refusal_names_the_parameter_the_rule_and_the_value(kind, bad, message):
    assert refusal(kind, **bad) == message


def test_eight_hidden_layers_a_thousand_neurons_and_two_million_parameters_are_allowed():
    assert len(Config(hidden_sizes=(3,) * 8).sizes) == 10
    assert Config(hidden_sizes=(1024,)).sizes == (10, 1024, 2)
    assert parameter_count(Config(hidden_sizes=(1024, 1024, 914)).sizes) == 1_999_544
    assert "2,000,000 parameters" in refusal(Config, hidden_sizes=(1024, 1024, 915))


def test_any_loss_of_squares_goes_with_any_output():
    for loss, output in ((loss, f) for loss in LOSSES for f in ACTIVATIONS):
        if LOSSES[loss].output is None:
            assert Config(loss=loss, output=output).output == output


@pytest.mark.parametrize("value", [np.int64(3), np.float32(0.5)], ids=repr)
def test_numbers_that_no_file_could_hold_are_refused_at_once(value):
    name = "seed" if isinstance(value, np.integer) else "learning_rate"
    assert refusal(Config, **{name: value}).endswith(f"got {value!r}")


def test_a_config_can_not_be_changed_only_replaced():
    with pytest.raises(FrozenInstanceError):
        Config().seed = 1
    with pytest.raises(ValueError, match="seed must be"):
        replace(Config(), seed=-1)


def test_only_learning_rate_optimiser_and_l2_change_in_flight():
    changes = {
        "data": Parity(bits=9),
        "hidden_sizes": (4,),
        "hidden": "tanh",
        "output": "tanh",
        "loss": "half squared error",
        "initialisation": "he",
        "scale": 2.0,
        "optimiser": "adam",
        "learning_rate": 0.1,
        "l2": 0.01,
        "batch_size": 4,
        "batching": "standard",
        "precision": "float32",
        "seed": 1,
    }
    assert set(changes) == set(vars(Config()))
    for name, value in changes.items():
        other = replace(Config(), **{name: value})
        assert Config().differs_in_flight_only(other) == (name in IN_FLIGHT)


def test_the_settings_of_a_config_are_one_flat_mapping_with_its_data_first():
    config = Config(data=Digits(pixels="0 to 255"), hidden_sizes=(16, 8), l2=0.1)
    assert list(flat_settings(config).items()) == [
        ("data", "digits"),
        ("images", "embedded"),
        ("pixels", "0 to 255"),
        ("hidden_sizes", (16, 8)),
        ("hidden", "sigmoid"),
        ("output", "sigmoid"),
        ("loss", "squared error"),
        ("initialisation", "normal"),
        ("scale", 1.0),
        ("optimiser", "sgd"),
        ("learning_rate", 0.3),
        ("l2", 0.1),
        ("batch_size", 8),
        ("batching", "article"),
        ("precision", "float64"),
        ("seed", 0),
    ]


@pytest.mark.parametrize("kind", DATASETS.values(), ids=DATASETS)
def test_no_setting_of_a_data_set_has_the_name_of_one_of_a_run(kind):
    of_run = {f.name for owner in (Config, Stop) for f in fields(owner)}
    assert not {f.name for f in fields(kind)} & of_run


@given(configs())
def test_a_config_comes_back_from_its_settings(config):
    assert config_from_settings(flat_settings(config)) == config


def test_a_setting_that_is_not_given_has_its_default():
    assert config_from_settings({"data": "digits"}) == Config(data=Digits())
    given = {"data": "parity", "bits": 4, "scale": 2.0}
    assert config_from_settings(given) == Config(data=Parity(bits=4), scale=2.0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "data must be one of parity, digits, got None"),
        ({"data": ["parity"]}, "data must be one of parity, digits, got ['parity']"),
        ({"data": "parity", "bits": 99}, "bits must be a whole number from 2 to 16, got 99"),
        (
            {"data": "parity", "seed": "0"},
            "seed must be a whole number from 0 to 4294967295, got '0'",
        ),
        (
            {"data": "digits", "seed": 1, "bits": 3},
            "settings must be those of a run of digits, got 'bits'",
        ),
    ],
)
def test_settings_that_make_no_config_are_refused(settings, message):
    with pytest.raises(ValueError) as error:
        config_from_settings(settings)
    assert str(error.value) == message
