"""What the pages Parity and Digits say below their figures and in them, for the run they show."""

import json
import math
import re
from dataclasses import dataclass, replace

import numpy as np
from streamlit.testing.v1 import AppTest

from mlp import Config, Parity, advance, begin, datasets
from mlp.training.run import Run
from mlp.training.state import network_of
from mlp.training.trainer import Trainer
from pages.parts.digits.board import Kept
from tests.claims.claim import Claim, Claims, reads
from tests.claims.facts import digit, named, passed
from tests.claims.test_networks import GRADIENTS, SATURATION, flatness
from tests.claims.test_pictures import labels
from tests.support.pages import at, fine

LAYERS = {"relu": "Silent", "softplus": "Nearly silent", "leaky relu": "Silent"}


def shown(app: AppTest) -> dict[str, dict]:
    """What the page draws, by the names of its figures: their data as JSON."""
    parts, found = [app.main], {}
    while parts:
        part = parts.pop()
        parts += getattr(part, "children", {}).values()
        if getattr(part, "type", "") == "bidi_component":
            name = part.proto.id.split("-", 2)[2]
            found[name] = json.loads(part.proto.json)
    return found


def title(drawn: dict) -> str:
    return json.loads(drawn["figure"])["layout"]["annotations"][0]["text"]


def alt(drawn: dict) -> str:
    return json.loads(drawn["figure"])["layout"]["meta"]["alt"]


def trained(page: str, config: Config, epochs: int, **settings) -> tuple[AppTest, Run]:
    """A page with a run of these settings, trained."""
    app = at(page, **settings)
    session = app.session_state[f"session {page}"]
    assert session.run.config == config, "the address asks for these settings"
    session.trainer = Trainer(advance(begin(config), epochs=epochs))
    return fine(app.run()), session.trainer.run


def captions(app: AppTest, start: str) -> str:
    (found,) = (c.value for c in app.caption if c.value.startswith(start))
    return found


@dataclass
class Map:
    """A weight matrix on the page: its layer of how many, and what of it is shown."""

    layer: int
    layers: int
    how: str


def heading(end: str, how: str) -> Claim:
    return Claim(
        f"{{layer}}{end}",
        lambda f: f.how == how,
        lambda f, layer: layer == named(f.layer, f.layers).removeprefix("the ").capitalize(),
    )


MAPS = Claims(
    heading(", changed since the start.", "Since the start"),
    heading(", changed in the last epoch.", "Last epoch"),
    heading(".", "Weights"),
)
MEASURED = Claims(
    Claim(
        "By layer: the root mean square of ∂E/∂W, and ‖Δw‖ ∕ ‖w‖ of the very next step, with a "
        "band for what is fine. E is the error on all {m} training samples.",
        lambda f: affordable(f) >= f.data.train_count,
        lambda f, m: count(m) == f.data.train_count,
    ),
    Claim(
        "By layer: the root mean square of ∂E/∂W, and ‖Δw‖ ∕ ‖w‖ of the very next step, with a "
        "band for what is fine. E is the error on a sample of {k} of the {m} training samples, "
        "drawn by lot with each class in its share.",
        lambda f: affordable(f) < f.data.train_count,
        lambda f, k, m: count(k) == affordable(f) and count(m) == f.data.train_count,
    ),
)


def count(text: str) -> int:
    return int(text.replace(",", ""))


def affordable(config: Config) -> int:
    """On how many samples: 210 million products of a weight with a number, at least 100 samples."""
    weights = sum(n * (m + 1) for m, n in zip(config.sizes, config.sizes[1:], strict=False))
    return max(100, int(2.1e8 / weights))


def test_parity_tells_of_its_gradients_and_its_maps_what_they_are():
    for seed in range(8):
        parity(seed)
    MAPS.all_heard()


def parity(seed: int) -> None:
    hidden = ["sigmoid", "tanh", "relu", "softplus", "leaky relu", "identity", "softmax"][seed % 7]
    sizes = [(), (3,), (4, 3), (3, 3, 3)][seed % 4]
    initialisation = "zeros" if seed == 3 else "normal"
    config = Config(data=Parity(bits=4), hidden_sizes=sizes, hidden=hidden, seed=seed)
    config = replace(config, initialisation=initialisation, scale=[1.0, 30.0, 0.01][seed % 3])
    settings = {"bits": 4, "hidden_sizes": ", ".join(map(str, sizes)), "hidden": hidden}
    settings |= {"seed": seed, "initialisation": initialisation, "scale": config.scale}
    app, run = trained("parity", config, 2, **settings)
    network, data = network_of(config, run.state), datasets.load(config.data, config.precision)
    facts = passed(network, hidden, config.output, config.loss, data.X_train, data.y_train)
    after = advance(run, steps=1).state.parameters - run.state.parameters
    updates, lo = [], 0
    for W in network.weights:
        size = math.hypot(*W.ravel())
        updates.append(math.hypot(*after[lo : lo + W.size]) / size if size else math.nan)
        lo += W.size + len(W)
    told = [m.value for m in app.markdown]
    (first,) = (t for t in told if re.match(r"\*\*(Fine|No grad|Vanish|Explod|Too|Hardly)", t))
    heard = Claims(*GRADIENTS.claims)
    heard.hold(first, {"gradients": facts.gradients, "updates": updates})
    second = told[told.index(first) + 1]
    SATURATION.hold(second, flatness(hidden, facts, data.X_train))
    MEASURED.hold(captions(app, "By layer"), config)
    size, step = labels(shown(app)["gradients"]["svg"])
    assert size.startswith("Size of the gradient") and step.startswith("Next step")
    for how in ("Weights", "Since the start", "Last epoch"):
        app.session_state["shown"] = how
        drawn = shown(fine(app.run()))
        before = {"Weights": None, "Since the start": 0, "Last epoch": 1}[how]
        start = 0 if before is None else advance(begin(config), epochs=before).state.parameters
        changes, lo = run.state.parameters - start, 0
        for layer, W in enumerate(network.weights):
            size = abs(changes[lo : lo + W.size + len(W)]).max() or 1.0
            heads = title(drawn[f"weights {layer + 1}"])
            of, unit = re.fullmatch(r"(.*?)(?:, in ([\d.e−]+))?", heads).groups()
            MAPS.hold(f"{of}.", Map(layer, len(network.weights), how))
            assert bool(unit) == (not 0.05 <= size < 1000), "the unit of the numbers in the cells"
            assert not unit or reads(unit, 10.0 ** math.floor(math.log10(size)))
            largest = abs(changes[lo : lo + W.size]).max()
            lo += W.size + len(W)
            said = alt(drawn[f"weights {layer + 1}"])
            what = "w" if how == "Weights" else "change"
            assert f"largest |{what}| is" in said or largest == 0
            if largest:
                assert reads(said.split("| is ")[1].split(", from")[0], largest)


@dataclass
class Digit:
    """A digits page: its config, the neuron and the image looked at, and steps uphill."""

    config: Config
    neuron: int
    uphill: int

    @property
    def sizes(self) -> tuple[int, ...]:
        return self.config.hidden_sizes

    @property
    def seeing(self) -> int:
        """How many neurons see the pixels."""
        return (*self.sizes, 10)[0]


TITLES = {
    "mosaic": Claims(
        Claim("What the neuron looks for", lambda f: bool(f.sizes) and f.seeing == 1),
        Claim(
            "What the {n} neurons look for, the first 64 of {m}",
            lambda f: bool(f.sizes) and f.seeing > 64,
            lambda f, n, m: count(n) == count(m) == f.seeing,
        ),
        Claim(
            "What the {n} neurons look for",
            lambda f: bool(f.sizes) and 1 < f.seeing <= 64,
            lambda f, n: count(n) == f.seeing,
        ),
        Claim("What the 10 outputs look for", lambda f: not f.sizes),
    ),
    "one neuron": Claims(
        Claim("Neuron {i}, large", lambda f: bool(f.sizes), lambda f, i: count(i) == f.neuron + 1),
        Claim("Output {i}, large", lambda f: not f.sizes, lambda f, i: count(i) == f.neuron),
    ),
    "neuron to outputs": Claims(
        Claim(
            "What neuron {i} tells each output",
            lambda f: len(f.sizes) == 1,
            lambda f, i: count(i) == f.neuron + 1,
        ),
        Claim(
            "What neuron {i} tells hidden layer 2",
            lambda f: len(f.sizes) > 1,
            lambda f, i: count(i) == f.neuron + 1,
        ),
    ),
    "saturation": Claims(
        Claim(
            "{word} neurons, first hidden layer",
            lambda f: f.seeing <= 128,
            lambda f, word: word == LAYERS.get(f.config.hidden, "Saturated"),
        ),
        Claim(
            "{word} neurons, first hidden layer, the first 128 of {n} neurons",
            lambda f: f.seeing > 128,
            lambda f, word, n: count(n) == f.seeing,
        ),
    ),
    "likes": Claims(
        Claim("What it likes best, on blank paper yet", lambda f: f.uphill == 0),
        Claim(
            "What it likes best, after {n} steps uphill",
            lambda f: f.uphill > 0,
            lambda f, n: count(n) == f.uphill,
        ),
    ),
}
IMAGE = Claims(
    Claim(
        "**Test image {i}**, {truth}, read as **{told}**",
        lambda f: True,
        lambda f, i, truth, told: (int(i), digit(truth), digit(told)) == f,
    )
)
MORE_INK = Claims(
    Claim(
        "More ink on a red pixel makes the output of {told} larger, on a blue one smaller.",
        lambda f: True,
        lambda f, told: int(told) == f,
    )
)


def test_digits_tells_of_its_figures_what_they_are():
    for case in (
        ((), "relu", 7, 0),
        ((1,), "sigmoid", 0, 10),
        ((5,), "relu", 4, 20),
        ((70,), "softplus", 69, 0),
        ((140, 6), "tanh", 3, 10),
    ):
        digits(*case)
    for claims in (*TITLES.values(), MEASURED, IMAGE, MORE_INK):
        claims.all_heard()


def digits(sizes: tuple[int, ...], hidden: str, neuron: int, uphill: int) -> None:
    config = replace(at("digits").session_state["session digits"].run.config, hidden=hidden)
    config = replace(config, hidden_sizes=sizes)
    text = ", ".join(map(str, sizes))
    app, run = trained("digits", config, 1, hidden_sizes=text, hidden=hidden)
    app.session_state["neuron"] = "neuron" if sizes else "output", neuron
    app.session_state["uphill"] = uphill
    drawn = shown(fine(app.run()))
    facts = Digit(config, neuron, uphill)
    for name, claims in TITLES.items():
        if name in drawn:
            claims.hold(title(drawn[name]), facts)
    assert ("saturation" in drawn) == ("neuron to outputs" in drawn) == bool(sizes)
    alone = "There is no hidden layer: this is what one output adds up, pixel by pixel."
    assert (alone in [c.value for c in app.caption]) == (not sizes)
    MEASURED.hold(captions(app, "By layer"), config)
    an_image(app, run, drawn)


def an_image(app: AppTest, run: Run, drawn: dict) -> None:
    """The image looked at, what it is read as, and the pixel that moves the answer most."""
    (told,) = (m.value for m in app.markdown if m.value.startswith("**Test image"))
    i = int(re.search(r"[\d,]+", told).group().replace(",", "")) - 1
    data = datasets.load(run.config.data, "float64")
    network = network_of(replace(run.config, precision="float64"), run.state)
    x, truth = data.X_test[i].astype(float), int(data.y_test[i].argmax())
    parameters = run.state.parameters.astype(float)
    network = type(network)(network.sizes, run.config.hidden, run.config.output, parameters)
    answer = int(network.forward(x[None]).a[-1][0].argmax())
    IMAGE.hold(told, (i + 1, truth, answer))
    MORE_INK.hold(captions(app, "More ink"), answer)
    said = alt(drawn["pixels that matter"])
    size, row, column = re.search(r"in size is (\S+), at row (\d+), column (\d+)", said).groups()
    nudge = np.zeros((28, 28))
    nudge[int(row) - 1, int(column) - 1] = 1e-5
    above, below = (
        network.forward((x + s * nudge.ravel())[None]).a[-1][0, answer] for s in (1, -1)
    )
    assert reads(size, (above - below) / 2e-5) or abs(above - below) < 1e-12


def certain(f: list[tuple[int, int, float]], captions: str) -> bool:
    """Whether captions name the mistakes with their outputs, the most certain first."""
    pairs = [re.fullmatch(r"(\d)→(\d) (\S+)", text).groups() for text in captions.split(", ")]
    wrong = sorted((a for t, k, a in f if t != k), reverse=True)[: len(pairs)]
    known = {(t, k) for t, k, _ in f}
    return all(
        (int(t), int(k)) in known and reads(size, a)
        for (t, k, size), a in zip(pairs, wrong, strict=True)
    )


MISTAKES = Claims(
    Claim(
        "{n} mistakes, the most certain first (epoch 1): {captions}.",
        lambda f: sum(t != k for t, k, _ in f) > 1,
        lambda f, n, captions: count(n) == sum(t != k for t, k, _ in f) and certain(f, captions),
    )
)
LAST = Claims(
    Claim(
        "The last you drew: what it is → what the network says. {captions}.",
        lambda f: True,
        lambda f, captions: (
            captions.split(", ") == [f"{t} ✓" if t == k else f"{t} → {k}" for t, k in f[::-1][:12]]
        ),
    )
)
ROOM = Claims(
    Claim("No more room: the test set is full.", lambda kept: kept >= 200),
    Claim("Keep it for a test: it is a", lambda kept: kept < 200),
)


def test_digits_tells_of_mistakes_and_of_ones_own_digits_what_they_are():
    config = at("digits").session_state["session digits"].run.config
    app, run = trained("digits", config, 1)
    data = datasets.load(config.data, config.precision)
    network = network_of(config, run.state)
    outputs = network.forward(data.X_test).a[-1]
    told = [
        (int(y.argmax()), int(a.argmax()), float(a.max()))
        for y, a in zip(data.y_test, outputs, strict=True)
    ]
    MISTAKES.hold(alt(shown(app)["gallery"]), told)
    for kept in (3, 17, 200):
        images = np.random.RandomState(kept).randint(0, 256, (kept, 28, 28)).astype(np.uint8)
        app.session_state["own digits"] = Kept(images, np.arange(kept, dtype=np.uint8) % 10)
        app = fine(app.run())
        answers = network.forward((images.reshape(kept, 784) / 255).astype("float32")).a[-1]
        own = [(i % 10, int(a.argmax())) for i, a in enumerate(answers)]
        LAST.hold(alt(shown(app)["own digits figure"]), own)
        (room,) = (m.value for m in app.markdown if m.value.startswith(("No more", "Keep it")))
        ROOM.hold(room, kept)
    for claims in (MISTAKES, LAST, ROOM):
        claims.all_heard()


NOTHING = Claims(
    Claim(
        "0 × {truth} read as {told}, the most certain first (epoch 0): there are none.",
        lambda f: True,
        lambda f, truth, told: (digit(truth), digit(told)) == f,
    )
)


def test_a_cell_in_which_nothing_is_has_no_images():
    app = at("digits", hidden_sizes="1", seed=1)
    run = app.session_state["session digits"].run
    data = datasets.load(run.config.data, run.config.precision)
    outputs = network_of(run.config, run.state).forward(data.X_test).a[-1]
    told = {(int(t.argmax()), int(a.argmax())) for t, a in zip(data.y_test, outputs, strict=True)}
    empty = next((t, k) for t in range(10) for k in range(10) if (t, k) not in told)
    app.session_state["cell"] = empty
    NOTHING.hold(alt(shown(fine(app.run()))["gallery"]), empty)


CLAIMS: tuple[Claims, ...] = (
    NOTHING,
    MAPS,
    MEASURED,
    *TITLES.values(),
    IMAGE,
    MORE_INK,
    MISTAKES,
    LAST,
    ROOM,
)
