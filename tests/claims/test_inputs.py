"""What Parity says of the inputs that a network uses, held against counting by hand."""

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest

from mlp import Config, Network, Parity, begin, datasets
from mlp.datasets import dataset
from mlp.datasets.parity import RULES
from mlp.figures.insight.importance import input_importance
from mlp.insight.importance import (
    LEAST_ASKED,
    accuracy_when_flipped,
    asked_words,
    conclusion,
    mean_absolute_weights,
    most_asked,
)
from mlp.network.shape import parameter_count
from mlp.training.state import network_of
from tests.claims.claim import Claim, Claims, reads

pytestmark = pytest.mark.filterwarnings("error")


@dataclass
class Inputs:
    """What was counted of the inputs: weights and falls by name, and how good the network is."""

    weight: dict[str, float]
    fall: dict[str, float]
    accuracy: float = 0.9
    chance: float = 0.5
    heaviest: list[str] = field(init=False)

    def __post_init__(self):
        self.heaviest = sorted(self.weight, key=lambda name: -self.weight[name])

    @property
    def found(self) -> bool:
        """Whether anything but the accuracy is spoken of; accuracies without samples are NaN."""
        weights = list(self.weight.values())
        usable = all(np.isfinite(weights)) and any(weights)
        above = (self.accuracy - self.chance) / (1 - self.chance) if self.chance < 1 else np.inf
        return usable and not (self.accuracy <= self.chance or above < 0.1)

    @property
    def alike(self) -> list[str]:
        """Those that weigh more than two thirds of the heaviest."""
        most = Fraction(self.weight[self.heaviest[0]])
        return [n for n in self.weight if Fraction(self.weight[n]) * Fraction(3, 2) > most]

    @property
    def tested(self) -> bool:
        return not any(np.isnan(v) for v in self.fall.values())

    def one(self) -> bool:
        return self.found and len(self.alike) == 1

    def several(self) -> bool:
        return self.found and len(self.alike) > 1

    def ratio(self) -> float:
        first, second = (self.weight[name] for name in self.heaviest[:2])
        return first / second if second else np.inf

    def dearer(self) -> bool:
        """Whether another input costs at least half a point more than the heaviest."""
        first = self.fall[self.heaviest[0]]
        return self.tested and max(self.fall.values()) > max(first, 0) + 0.005

    def flips(self) -> tuple[float, float]:
        falls = [self.fall[name] for name in self.alike]
        return min(falls), max(falls)

    def agree(self) -> bool:
        low, high = self.flips()
        return self.tested and round(100 * low) == round(100 * high)


def _usable(f: Inputs) -> bool:
    return all(np.isfinite(list(f.weight.values()))) and any(f.weight.values())


def _same_points(text: str, fall: float) -> bool:
    unit = "point" if abs(round(100 * fall)) == 1 else "points"
    return text.endswith(f" {unit}") and reads(text, 100 * fall)


def _ending(f: Inputs) -> float | None:
    """The fall that the sentence ends with; None where it ends otherwise."""
    if f.one() and f.tested and not f.dearer():
        return f.fall[f.heaviest[0]]
    if f.several() and f.agree():
        return f.flips()[1]
    return None


def _costs(f: Inputs, low: float, high: float) -> bool:
    fall = _ending(f)
    return fall is not None and low <= fall < high


CONCLUSION = Claims(
    Claim(
        "Nothing can be read here: some weights are no longer finite numbers.",
        lambda f: not all(np.isfinite(list(f.weight.values()))),
    ),
    Claim(
        "No input matters: every weight of the first layer is zero.",
        lambda f: not any(f.weight.values()),
    ),
    Claim(
        "Nothing found yet: the accuracy, {share} %, is no better than always saying the commonest "
        "class.",
        lambda f: _usable(f) and f.accuracy <= f.chance,
        lambda f, share: reads(share, 100 * f.accuracy),
    ),
    Claim(
        "Little found yet: the accuracy, {share} %, is hardly better than the {chance} % of always "
        "saying the commonest class.",
        lambda f: _usable(f) and f.accuracy > f.chance and not f.found,
        lambda f, share, chance: (
            reads(share, 100 * f.accuracy) and reads(chance, 100 * f.chance) and share != chance
        ),
    ),
    Claim(
        "{name} is the only input",
        lambda f: f.one() and len(f.weight) == 1,
        lambda f, name: name.lower() == f.heaviest[0],
    ),
    Claim(
        "Only {name} carries any weight",
        lambda f: f.one() and len(f.weight) > 1 and not f.weight[f.heaviest[1]],
        lambda f, name: name == f.heaviest[0],
    ),
    Claim(
        "{name} carries more than 1,000 times the weight of the next",
        lambda f: f.one() and len(f.weight) > 1 and 1000 <= f.ratio() < np.inf,
        lambda f, name: name.lower() == f.heaviest[0],
    ),
    Claim(
        "{name} carries {ratio} times the weight of the next",
        lambda f: f.one() and len(f.weight) > 1 and f.ratio() < 1000,
        lambda f, name, ratio: name.lower() == f.heaviest[0] and reads(ratio, f.ratio()),
    ),
    Claim(
        "; there are no samples to test it on.",
        lambda f: f.one() and not f.tested,
    ),
    Claim(
        ", but flipping {other} costs more accuracy: {most} against {first}.",
        lambda f: f.one() and f.dearer(),
        lambda f, other, most, first: (
            f.fall[other] == max(f.fall.values())
            and _same_points(most, f.fall[other])
            and _same_points(first, f.fall[f.heaviest[0]])
        ),
    ),
    Claim(", and flipping it", lambda f: f.one() and f.tested and not f.dearer()),
    Claim(", and flipping one of them", lambda f: f.several() and f.tested),
    Claim("costs no accuracy.", lambda f: _ending(f) == 0),
    Claim("costs less than half a point of accuracy.", lambda f: _costs(f, 1e-300, 0.005)),
    Claim("gains less than half a point of accuracy.", lambda f: _costs(f, -0.00499999, -1e-300)),
    Claim(
        "costs from {low} to {high} of accuracy.",
        lambda f: f.several() and f.tested and not f.agree(),
        lambda f, low, high: reads(low, 100 * f.flips()[0]) and _same_points(high, f.flips()[1]),
    ),
    Claim(
        "costs {points} of accuracy.",
        lambda f: _costs(f, 0.005, 2),
        lambda f, points: _same_points(points, _ending(f)),
    ),
    Claim(
        "gains {points} of accuracy.",
        lambda f: _costs(f, -2, -0.005),
        lambda f, points: _same_points(points, -_ending(f)),
    ),
    Claim(
        "Both inputs carry about the same weight",
        lambda f: f.several() and len(f.alike) == len(f.weight) == 2,
    ),
    Claim(
        "All {n} inputs carry about the same weight",
        lambda f: f.several() and len(f.alike) == len(f.weight) > 2,
        lambda f, n: int(n) == len(f.weight),
    ),
    Claim(
        "{names} carry about the same weight, more than the others",
        lambda f: f.several() and len(f.alike) < len(f.weight),
        lambda f, names: (
            names == f"{len(f.alike)} of the {len(f.weight)} inputs"
            if len(f.alike) > 3
            else names.lower().replace(" and ", ", ").split(", ") == f.alike
        ),
    ),
    Claim("; there are no samples to test them on.", lambda f: f.several() and not f.tested),
)
DESCRIPTION = Claims(
    Claim(
        "How much each input matters: no finite number to show.",
        lambda f: not np.isfinite([*f.weight.values(), *f.fall.values()]).any(),
    ),
    Claim(
        "How much each input matters:",
        lambda f: np.isfinite([*f.weight.values(), *f.fall.values()]).any(),
    ),
    Claim(
        "largest mean |w| is {w}, on {name}",
        lambda f: np.isfinite(list(f.weight.values())).any(),
        lambda f, w, name: (
            f.weight[name] == np.nanmax(np.where(np.isinf(list(f.weight.values())), np.nan,
                                                 list(f.weight.values())))
            and reads(w, f.weight[name])
        ),
    ),
    Claim(";", lambda f: np.isfinite(list(f.weight.values())).any() and f.tested),
    Claim(
        "flipping {name} costs the most accuracy, {fall} points.",
        lambda f: f.tested and max(f.fall.values()) >= 0.01,
        lambda f, name, fall: (
            f.fall[name] == max(f.fall.values()) and reads(fall, 100 * f.fall[name])
        ),
    ),
    Claim(
        "flipping any costs less than 1 point of accuracy.",
        lambda f: f.tested and max(f.fall.values()) < 0.01,
    ),
    Claim(".", lambda f: np.isfinite(list(f.weight.values())).any() and not f.tested),
)  # fmt: skip
ASKED = Claims(
    Claim(
        "all {m} {which} numbers",
        lambda f: f[0] == f[1],
        lambda f, m, which: int(m.replace(",", "")) == f[1] and which == f[2],
    ),
    Claim(
        "a sample of {k} of the {m} {which} numbers, drawn by lot with each class in its share",
        lambda f: f[0] < f[1],
        lambda f, k, m, which: [int(n.replace(",", "")) for n in (k, m)] == [*f[:2]]
        and which == f[2],
    ),
)  # fmt: skip
CLAIMS = CONCLUSION, DESCRIPTION, ASKED


def random_inputs(random: np.random.RandomState) -> Inputs:
    """Inputs of all sorts: alike or not, heavy or zero, tested or not, any fall."""
    n = random.randint(1, 8)
    names = [f"bit {i}" for i in range(n - 1, -1, -1)]
    spread = random.choice([0.1, 1, 5, 20])
    weight = np.exp(spread * random.randn(n)) * (random.rand(n) < random.choice([0.5, 1]))
    fall = random.choice([0.001, 0.01, 0.1, 0.4]) * np.clip(random.randn(n), -2, 2)
    fall = fall if random.rand() < 0.7 else np.full(n, fall[0] * random.randint(-1, 2))
    accuracy, chance = random.choice([0.3, 0.52, 0.56, 0.9]), random.choice([0.5, 0.55, 1.0])
    if random.rand() < 0.1:
        chance, accuracy = 0.5, 0.5 + random.choice([1e-3, 1e-4])  # alike but for a digit
    if random.rand() < 0.1:
        fall, accuracy, chance = np.full(n, np.nan), np.nan, np.nan
    if random.rand() < 0.05:
        weight[random.randint(n)] = random.choice([np.nan, np.inf])
    weight, fall = (dict(zip(names, map(float, a), strict=True)) for a in (weight, fall))
    return Inputs(weight, fall, float(accuracy), float(chance))


def test_what_is_said_of_the_inputs_is_what_was_counted():
    random = np.random.RandomState(3)
    for _ in range(700):
        facts = random_inputs(random)
        names, weight, falls = list(facts.weight), [*facts.weight.values()], [*facts.fall.values()]
        weight, falls = np.array(weight), np.array(falls)
        CONCLUSION.hold(conclusion(names, weight, falls, facts.accuracy, facts.chance), facts)
        DESCRIPTION.hold(input_importance(names, weight, falls).layout.meta["alt"], facts)
    nothing = Inputs({"bit 0": np.nan}, {"bit 0": np.nan})
    DESCRIPTION.hold(
        input_importance(["bit 0"], np.array([np.nan]), np.array([np.nan])).layout.meta["alt"],
        nothing,
    )
    CONCLUSION.all_heard()
    DESCRIPTION.all_heard()


def _counted(network: Network, numbers: range, holds) -> tuple[float, list[float]]:
    """The accuracy on these numbers, and after each bit was flipped: one number at a time."""
    n_in = network.sizes[0]

    def right(number: int, shown: int) -> bool:
        a = [float(digit) for digit in f"{shown:0{n_in}b}"]
        for W, b, f in zip(network.weights, network.biases, network.activations, strict=True):
            a = f.function(W @ a + b)
        return int(a.argmax()) == int(holds(number))

    share = [
        sum(right(number, number ^ flip) for number in numbers) / len(numbers)
        for flip in [0, *(1 << i for i in reversed(range(n_in)))]
    ]
    return share[0], share[1:]


SAYS = {
    "even": lambda n: n % 2 == 0,
    "ones": lambda n: n.bit_count() % 2 == 0,
    "three": lambda n: n % 3 == 0,
}


@pytest.mark.parametrize("seed", range(6))
def test_accuracy_and_falls_are_those_of_every_number_asked_by_itself(seed):
    random = np.random.RandomState(seed)
    bits, rule = random.randint(2, 8), random.choice(["even", "ones", "three"])
    sizes = (bits, *random.randint(1, 6, random.randint(3)), 2)
    network = Network(sizes, "tanh", "softmax", random.randn(parameter_count(sizes)))
    data = datasets.load(Parity(bits=int(bits), rule=str(rule), train_share=1.0), "float64")
    X, y, _ = dataset.asked(data)
    accuracy, falls = accuracy_when_flipped(network, X, y)
    expected, flipped = _counted(network, range(2**bits), SAYS[rule])
    assert accuracy == pytest.approx(expected)
    np.testing.assert_allclose(accuracy - falls, flipped)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("bits", range(2, 17))
def test_what_is_told_of_an_untrained_network_is_true_of_all_numbers(bits, rule):
    """Every k-th number told 100 % of 66.7 % once: k fell into step with the question."""
    for train_share in (0.05, 0.3, 0.684, 0.9, 1.0):
        if round(train_share * 2**bits) < 1:
            continue
        config = Config(data=Parity(bits=bits, rule=rule, train_share=train_share))
        network = network_of(config, begin(config).state)
        X, y, _ = dataset.asked(datasets.load(config.data, "float64"))
        accuracy, _ = accuracy_when_flipped(network, X, y)
        a = X
        for W, b, f in zip(network.weights, network.biases, network.activations, strict=True):
            a = f.function(a @ W.T + b)
        assert accuracy == np.mean(a.argmax(axis=1) == y.argmax(axis=1))
        rows = dataset.sample(y, most_asked(network))
        assert len(rows) == len(y), "all of them are quick for this network"
        told, _ = accuracy_when_flipped(network, X[rows], y[rows])
        assert told == accuracy


@pytest.mark.parametrize("most", [500, 636, 1726, 2000])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("bits", [13, 14, 16])
def test_a_sample_has_each_class_in_its_share_and_is_close_to_the_truth(bits, rule, most):
    y = (
        RULES[rule]
        .holds(numbers := np.arange(2**bits), (numbers[:, None] >> np.arange(bits)) & 1)
        .astype(int)
    )
    rows = dataset.sample(np.eye(2)[y], most)
    assert len(rows) == len(set(rows)) == most
    assert abs(y[rows].mean() - y.mean()) <= 1 / most
    # Any answer that hangs on one bit: four standard errors of a share of `most` samples.
    for bit in range(bits):
        right = ((numbers >> bit) & 1) == y
        assert abs(right[rows].mean() - right.mean()) < 4 * 0.5 / np.sqrt(most)
    assert (rows == dataset.sample(np.eye(2)[y], most)).all(), "the same each time"


def test_how_many_were_asked_is_said_and_that_they_are_a_sample():
    random = np.random.RandomState(0)
    for sizes in [(16, 3, 2), (16, 32, 32, 2), (16, 1024, 1024, 2), (10, 700, 2), (2, 2)]:
        network = Network(sizes, "relu", "softmax", np.zeros(parameter_count(sizes)))
        for m in (1, 324, 20_709, 65_536):
            if m > 2 ** sizes[0]:
                continue
            y = np.eye(2)[random.randint(0, 2, m)]
            k = len(dataset.sample(y, most_asked(network)))
            assert k == m or k >= LEAST_ASKED
            ASKED.hold(asked_words(k, m, "test"), (k, m, "test"))
    ASKED.all_heard()


def test_the_mean_weight_is_that_of_every_weight_by_itself():
    network = Network((3, 4, 2), "relu", "softmax", np.random.RandomState(1).randn(26))
    by_hand = [sum(abs(float(row[i])) for row in network.weights[0]) / 4 for i in range(3)]
    np.testing.assert_allclose(mean_absolute_weights(network), by_hand)
