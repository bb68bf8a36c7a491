"""What is said of batches, flat neurons, gradients, answers, and figures of networks."""

from dataclasses import dataclass

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlp.insight.gradients import gradient_sizes, gradient_words, update_sizes
from mlp.insight.saturation import saturated, saturation_words
from mlp.network.losses import LOSSES as NUMBERS
from mlp.network.network import Network
from mlp.network.shape import parameter_count
from mlp.training.batches import Batches
from mlp.words import plural
from tests.claims.claim import Claim, Claims, reads
from tests.claims.facts import ACTIVATIONS, LOSSES, Passed, named, passed


def cut(m: int, size: int, batching: str) -> list[tuple[int, int]]:
    """The batches of an epoch, (samples, divisor) each: one after the other, as the texts say."""
    batches = []
    while m:
        taken = m if batching == "article" and m < 2 * size else min(size, m)
        m -= taken
        batches.append((taken, size if batching == "article" else taken))
    return batches


def counts(text: str, number: int) -> bool:
    """Whether a number in a text, or "one", is this number."""
    return number == 1 if text == "one" else text.replace(",", "").split()[0] == str(number)


BATCHES = Claims(
    Claim(
        "An epoch is one batch of all {m}, the sum divided by {by}.",
        lambda f: len(f) == 1,
        lambda f, m, by: counts(m, f[0][0]) and counts(by, f[0][1]),
    ),
    Claim(
        "An epoch is {k} of {size}, each sum divided by {by}.",
        lambda f: len(f) > 1 and len(set(f)) == 1,
        lambda f, k, size, by: counts(k, len(f)) and counts(size, f[0][0]) and counts(by, f[0][1]),
    ),
    Claim(
        "An epoch is {k} of {size} and one of {last}, whose sum is divided by {by}.",
        lambda f: len(set(f)) > 1,
        lambda f, k, size, last, by: (
            counts(k.replace("one batch", "one"), len(f) - 1)
            and counts(size, f[0][0])
            and counts(last, f[-1][0])
            and counts(by, f[-1][1])
        ),
    ),
)


def test_how_an_epoch_is_cut_is_what_is_said():
    for m in (1, 2, 3, 4, 7, 12, 700, 4000, 45_875):
        for size in (1, 2, 3, 4, 5, 6, 8, 13, 256, 700, 4000, 65_536):
            for batching in ("article", "standard"):
                BATCHES.hold(Batches.of(m, size, batching).words(), cut(m, size, batching))
    BATCHES.all_heard()


def in_words(names: list[str]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1))


def where(f: dict, so) -> list[str]:
    """The layers whose gradient is so."""
    g = f["gradients"]
    return [named(l, len(g)) for l in range(len(g)) if so(g[l])]


def whole(f: dict) -> bool:
    """Whether every layer has a gradient, finite and not 0."""
    return all(0 < g < np.inf for g in f["gradients"])


def hidden(f: dict) -> list[float]:
    return f["gradients"][:-1]


def vanishes(f: dict) -> bool:
    return whole(f) and any(30 * g <= f["gradients"][-1] for g in hidden(f))


def explodes(f: dict) -> bool:
    return whole(f) and any(g >= 30 * f["gradients"][-1] for g in hidden(f))


def finite(f: dict) -> bool:
    return all(g < np.inf for g in f["gradients"])


def largest(f: dict) -> float:
    """The largest step beside the weights, over layers that have weights; -1 without any."""
    return max((u for u in f["updates"] if not np.isnan(u)), default=-1)


def fine(f: dict) -> bool:
    """No gradient lost or far larger, and no step that is far too large or next to nothing."""
    step = largest(f)
    return whole(f) and not vanishes(f) and not explodes(f) and (step == -1 or 1e-6 < step < 1)


def told_of(f: dict, layer: str, size: str, last: str, ratio: str, pick) -> bool:
    """Whether the layer picked is named with its gradient, the last one's, and their quotient."""
    value, out = pick(hidden(f)), f["gradients"][-1]
    names = [named(l, len(f["gradients"])) for l, g in enumerate(hidden(f)) if g == value]
    far = max(out, value) / min(out, value)
    right = ratio == "more than 1e308" if far > 1e308 else reads(ratio, far)
    return layer in names and reads(size, value) and reads(last, out) and right


GRADIENTS = Claims(
    Claim(
        "**Exploding**: the gradient of {layers} is not a finite number.",
        lambda f: not finite(f),
        lambda f, layers: layers == in_words(where(f, lambda g: not g < np.inf)),
    ),
    Claim(
        "**No gradient** in {layers}: there every ∂E/∂W is 0.",
        lambda f: finite(f) and 0 in f["gradients"],
        lambda f, layers: layers == in_words(where(f, lambda g: g == 0)),
    ),
    *(
        Claim(
            f"**Fine**: {size}{step}.",
            lambda f, deep=deep, told=bool(step): (
                fine(f) and bool(hidden(f)) == deep and (largest(f) >= 0) == told
            ),
            lambda f, g=None, u=None: (
                (g is None or reads(g, f["gradients"][0])) and (u is None or reads(u, largest(f)))
            ),
        )
        for deep, size in (
            (True, "no gradient is 30 times smaller or larger than the output layer’s"),
            (False, "the gradient is {g}"),
        )
        for step in (", and the next step is at most {u} of the weights", "")
    ),
    Claim(
        "**Vanishing**: the gradient of {layer} is {size}, the output layer’s {last}, {ratio} "
        "times as large.",
        vanishes,
        lambda f, **said: told_of(f, **said, pick=min),
    ),
    Claim(
        "**Exploding**: the gradient of {layer} is {size}, {ratio} times as large as the output "
        "layer’s, {last}.",
        explodes,
        lambda f, **said: told_of(f, **said, pick=max),
    ),
    Claim(
        "**Too large a step**: the next one is past all numbers, in {layer}.",
        lambda f: finite(f) and largest(f) == np.inf,
        lambda f, layer: f["updates"][place(f, layer)] == np.inf,
    ),
    Claim(
        "**Too large a step**: the next one is {times} times as large as the weights of {layer}.",
        lambda f: finite(f) and 1 <= largest(f) < np.inf,
        lambda f, times, layer: (
            f["updates"][place(f, layer)] == largest(f) and reads(times, largest(f))
        ),
    ),
    Claim(
        "**Hardly moving**: the next step is at most a millionth of any layer’s weights.",
        lambda f: finite(f) and 0 <= largest(f) <= 1e-6,
    ),
)


def place(f: dict, layer: str) -> int:
    layers = len(f["updates"])
    return [named(l, layers) for l in range(layers)].index(layer)


SIZES = st.one_of(
    st.floats(-12, 4).map(lambda power: 10.0**power),
    st.sampled_from([0.0, 1e-320, 1e-200, 1e300, np.inf]),
)
LAYERS = st.lists(st.tuples(SIZES, st.one_of(SIZES, st.just(np.nan))), min_size=1, max_size=9)


@settings(max_examples=600)
@given(LAYERS)
@example([(5e-6, 1e-3), (1e-5, 1e-3), (6e-5, 1e-3), (7e-4, 1e-3)])
@example([(1.0, 1e-3), (1e-3, 1e-3)])
@example([(1.0, 1e-3), (1e-3, np.inf)])
@example([(1e300, 1e-3), (1e-200, 1e-3)])
@example([(1.0, 1e-8)])
@example([(1.0, 1e-3)])
@example([(1.0, np.nan)])
@example([(1.0, np.nan), (1.0, np.nan)])
@example([(0.0, np.nan), (0.5, 2.0)])
@example([(np.inf, np.nan), (0.5, 2.0)])
def gradients_of_any_size_are_told_as_they_are(sizes):
    gradients, updates = (np.array(column) for column in zip(*sizes, strict=True))
    facts = {"gradients": gradients.tolist(), "updates": updates.tolist()}
    GRADIENTS.hold(gradient_words(gradients, updates), facts)


def test_gradients_of_any_size_are_told_as_they_are():
    gradients_of_any_size_are_told_as_they_are()
    GRADIENTS.all_heard()


def percent(text: str, share: float) -> bool:
    """Whether a share is told in whole per cent, and 0 and 100 only where it is exactly that."""
    if text == "less than 1 %":
        return 0 < share < 0.005
    if text == "more than 99 %":
        return 0.995 <= share < 1
    return reads(text, 100 * share) and (share in (0, 1) or text not in ("0 %", "100 %"))


@dataclass
class Flatness:
    """Where the hidden neurons of a network are flat: flat of each layer, (m, n) of bool."""

    hidden: str
    flat: list[np.ndarray]
    top: float

    @property
    def cases(self) -> np.ndarray:
        return np.concatenate([layer.ravel() for layer in self.flat])

    @property
    def share(self) -> float:
        """The mean over neurons; each has as many samples."""
        return np.count_nonzero(self.cases) / len(self.cases)

    @property
    def dead(self) -> int:
        return sum(bool(neuron.all()) for layer in self.flat for neuron in layer.T)

    def some(self, *kinds: str) -> bool:
        """Whether it is one of these activations, with a neuron that is flat in some case."""
        return self.hidden in kinds and bool(self.flat) and bool(self.cases.any())

    def none(self, *kinds: str) -> bool:
        return self.hidden in kinds and bool(self.flat) and not self.cases.any()


def flatness(hidden: str, facts: Passed, X: np.ndarray) -> Flatness:
    """Flat is a slope below 0.01; for softmax, below 4 % of the slope where n share evenly."""
    flat = []
    for slope in facts.slopes:
        n = slope.shape[1]
        even = (n - 1) / n**2 if hidden == "softmax" and n > 1 else 0.25
        flat.append(slope < 0.04 * even)
    return Flatness(hidden, flat, abs(X).max())


SQUASHING = ("sigmoid", "tanh", "softmax")
SAMPLES = "{m} looked at."


def dead(words: str, kind: str, so) -> Claim:
    return Claim(
        f"{words} all {SAMPLES}",
        lambda f: f.some(kind) and so(f.dead),
        lambda f, m, n="1": counts(m, len(f.flat[0])) and (n == "1" or counts(n, f.dead)),
    )


def never(words: str, *kinds: str) -> Claim:
    return Claim(
        f"No hidden neuron {words} any of the {SAMPLES}",
        lambda f: f.none(*kinds),
        lambda f, m: counts(m, len(f.flat[0])),
    )


def cases(words: str, *kinds: str) -> Claim:
    return Claim(words, lambda f: f.some(*kinds), lambda f, share: percent(share, f.share))


SATURATION = Claims(
    Claim("There is no hidden layer here, so there is nothing to saturate.", lambda f: not f.flat),
    never("is saturated on", *SQUASHING),
    never("answers 0 to", "relu"),
    never("answers next to 0 to", "softplus"),
    *(
        cases(
            f"The hidden neurons are saturated in **{{share}}** of all cases: there the slope "
            f"{slope} is below 0.01, so less than a hundredth of the error passes back through "
            "them.",
            kind,
        )
        for kind, slope in (("sigmoid", "σ′"), ("tanh", "tanh′"))
    ),
    cases(
        "The hidden neurons are saturated in **{share}** of all cases: there the slope, a (1 − a), "
        "is at most a twenty-fifth of what it is where all of a layer share evenly.",
        "softmax",
    ),
    cases(
        "The hidden neurons answer 0 in **{share}** of all cases: there the slope is 0, and no "
        "error passes back through them.",
        "relu",
    ),
    cases(
        "The hidden neurons answer next to 0 in **{share}** of all cases: there the slope is below "
        "0.01, so less than a hundredth of the error passes back through them.",
        "softplus",
    ),
    Claim(
        "LeakyReLU’s slope is 1 above 0 and 0.01 below, so no neuron is ever dead; below 0 a "
        "hundredth of the error passes back through it.",
        lambda f: bool(f.flat) and f.hidden == "leaky relu",
    ),
    Claim(
        "The identity has the same slope everywhere: it never saturates.",
        lambda f: bool(f.flat) and f.hidden == "identity",
    ),
    Claim(
        "Layer by layer: {shares}.",
        lambda f: len(f.flat) > 1 and f.some(*SQUASHING, "relu", "softplus"),
        lambda f, shares: all(
            percent(text, np.count_nonzero(layer) / layer.size)
            for text, layer in zip(shares.split(", "), f.flat, strict=True)
        ),
    ),
    dead("None of them does so on", "relu", lambda n: n == 0),
    dead("One is dead: it answers 0 to", "relu", lambda n: n == 1),
    dead("**{n}** are dead: they answer 0 to", "relu", lambda n: n > 1),
    dead("None of them is so flat on", "softplus", lambda n: n == 0),
    dead("One is nearly dead: its slope is below 0.01 on", "softplus", lambda n: n == 1),
    dead("**{n}** are nearly dead: their slope is below 0.01 on", "softplus", lambda n: n > 1),
    Claim(
        "The inputs reach {top}, which takes z far from 0: try inputs from 0 to 1, or a smaller "
        "factor on the initial weights.",
        lambda f: f.some(*SQUASHING) and f.share >= 0.5 and f.flat[0].mean() >= 0.5 and f.top > 1,
        lambda f, top: reads(top, f.top),
    ),
    Claim(
        "Try a smaller factor on the initial weights, which keeps z closer to 0.",
        lambda f: f.some(*SQUASHING) and f.share >= 0.5 and (f.flat[0].mean() < 0.5 or f.top <= 1),
    ),
)


@dataclass
class Asked:
    """A network with samples, and what its activations and its loss are called."""

    network: Network
    hidden: str
    output: str
    loss: str
    X: np.ndarray
    y: np.ndarray

    @property
    def facts(self) -> Passed:
        return passed(self.network, self.hidden, self.output, self.loss, self.X, self.y)


def networks(seed: int, count: int):
    """Networks of every kind with weights of every size, some with neurons that are dead."""
    rng = np.random.RandomState(seed)
    for _ in range(count):
        sizes = (3, *rng.randint(1, 6, rng.randint(4)), 2)
        loss = rng.choice([*LOSSES])
        output = {"cross-entropy": "softmax", "binary cross-entropy": "sigmoid"}.get(loss)
        kinds = rng.choice([*ACTIVATIONS]), output or rng.choice(["sigmoid", "identity"])
        network = Network(sizes, *kinds, rng.randn(parameter_count(sizes)))
        for W in network.weights[:-1]:
            W *= 10 ** rng.uniform(-1.5, 2)
        if rng.rand() < 0.4 and len(sizes) > 2:
            network.biases[0][: rng.randint(1, 3)] = -1000
        if rng.rand() < 0.1:
            network.weights[-1][:] = 0
        m = rng.randint(1, 13)
        X = rng.rand(m, 3) * rng.choice([1, 255])
        yield Asked(network, *kinds, loss, X, np.eye(2)[rng.randint(2, size=m)])


def test_what_is_said_of_flat_neurons_is_so():
    for seed, activation in enumerate(ACTIVATIONS):
        for case in networks(seed, 300):
            case.hidden = activation
            case.network = Network(
                case.network.sizes, activation, case.output, case.network.parameters
            )
            shares = saturated(case.network, case.network.forward(case.X))
            samples, top = plural(len(case.X), "training sample"), float(abs(case.X).max())
            said = saturation_words(activation, shares, samples, top)
            SATURATION.hold(said, flatness(activation, case.facts, case.X))
    SATURATION.all_heard()


def test_what_is_said_of_the_gradients_of_a_network_is_so():
    rng, heard = np.random.RandomState(5), Claims(*GRADIENTS.claims)
    for case in networks(99, 600):
        network, change = case.network, rng.randn(case.network.parameters.size)
        change *= 10 ** rng.uniform(-8, 3)
        facts = case.facts
        if any(0 < g < 1e-9 for g in facts.gradients):
            continue  # there rounding decides what is left of a difference
        sizes = gradient_sizes(network, network.forward(case.X), case.y, NUMBERS[case.loss])
        norms = [np.sqrt((W**2).sum()) for W in network.weights]
        lo, updates = 0, []
        for W, norm in zip(network.weights, norms, strict=True):
            step = change[lo : lo + W.size]
            updates.append(np.sqrt((step**2).sum()) / norm if norm else np.nan)
            lo += W.size + len(W)
        said = gradient_words(sizes, update_sizes(network, change))
        heard.hold(said, {"gradients": facts.gradients, "updates": updates})
    assert len(heard.heard) >= 6, heard.heard


CLAIMS: tuple[Claims, ...] = (BATCHES, GRADIENTS, SATURATION)
