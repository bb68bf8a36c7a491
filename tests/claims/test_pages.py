"""What pages say around their figures: data, durations, and links and files that do not fit."""

import re
import tomllib
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mlp import Config, Parity, advance, begin, datasets, save
from mlp.datasets import mnist
from mlp.datasets.dataset import chance
from mlp.datasets.digits import EMBEDDED, Digits
from mlp.datasets.parity import RULES
from mlp.descent.surfaces import stretched_bowl
from mlp.figures.insight.importance import input_importance
from mlp.figures.insight.reading import reading
from mlp.figures.training.curves import accuracy_curve
from mlp.sharing.address import Address
from mlp.sharing.file import MAX_FILE_BYTES
from mlp.training.config import Stop
from mlp.training.trainer import Trainer
from mlp.words import seconds_words
from mlp.workers.pool import LIVE
from pages.parts.settings import full_mnist
from pages.parts.sharing import run_example
from tests.claims.claim import Claim, Claims, reads
from tests.support.pages import at, ticks_while

ROOT = Path(__file__).parents[2]
DATA = Claims(
    Claim(
        "{n} numbers to train on, {test} to test on.",
        lambda f: f[0] == "parity" and f[1] > 1,
        lambda f, n, test: [int(v.replace(",", "")) for v in (n, test)] == [f[1], f[2]],
    ),
    Claim(
        "1 number to train on, {test} to test on.",
        lambda f: f[0] == "parity" and f[1] == 1,
        lambda f, test: int(test.replace(",", "")) == f[2],
    ),
    Claim(
        "{n} images to train on, {test} to test on.",
        lambda f: f[0] == "digits",
        lambda f, n, test: [int(v.replace(",", "")) for v in (n, test)] == [f[1], f[2]],
    ),
    Claim(
        "The full MNIST is not on this machine yet.",
        lambda f: f[0] == "digits" and not f[3],
    ),
)
DURATION = Claims(
    Claim("less than a second", lambda s: s < 1),
    Claim(
        "{h} h {m} min",
        lambda s: s >= 3599.5,
        lambda s, h, m: abs(3600 * int(h) + 60 * int(m) - s) <= 60 and int(m) < 60,
    ),
    Claim(
        "{m} min {s} s",
        lambda s: 59.5 <= s < 3599.5,
        lambda seconds, m, s: abs(60 * int(m) + int(s) - seconds) <= 0.5 and int(s) < 60,
    ),
    Claim("{s} s", lambda s: 1 <= s < 59.5, lambda seconds, s: reads(s, seconds)),
)
INSTEAD = "Here is the first example instead; a training page brings its network here."
RUN_EXAMPLE = Claims(
    Claim(
        f"This address does not tell of the network in training. {INSTEAD}",
        lambda f: f["run"] is None,
    ),
    Claim(
        f"The network in this address cannot be read. {INSTEAD}",
        lambda f: f["run"] is not None and not f["readable"],
    ),
    Claim(
        f"Training this network again for {{epochs}} takes too long here. {INSTEAD}",
        lambda f: f["readable"] and not f["quick"],
        lambda f, epochs: epochs == f["epochs"],
    ),
)
WARNING = Claims(
    Claim(
        "Part of the link could not be read and is left out: {why}.",
        lambda f: f == "parity",
        lambda f, why: "got 'soon'" in why,
    ),
    Claim(
        "A run of the address could not be read and is left out: {why}.",
        lambda f: f == "compare",
        lambda f, why: "soon" in why,
    ),
)
PAGE = Claims(
    Claim(
        "A small network sees a binary number and learns to answer a question about it. "
        "**{question}** Nobody tells it which bits matter: press **Play**, and watch it find out.",
        lambda f: True,
        lambda f, question: question == RULES[f.data.rule].question,
    ),
)
CAPTION = Claims(
    Claim(
        "Above, the mean |w| from each bit to the first layer. Below, by how many points the "
        "accuracy falls when that bit is flipped, on {asked}.",
        lambda f: True,
        lambda f, asked: asked == f"all {2**f.data.bits - f.data.train_count:,} test numbers",
    ),
)
SHAPE = Claims(
    Claim(
        "The network is {shape}.",
        lambda f: True,
        lambda f, shape: [int(n) for n in shape.split("-")] == [f.data.bits, *f.hidden_sizes, 2],
    )
)
ADDED = Claims(
    Claim(
        "This file holds a run of {theirs}, and this page is for {ours}: open it there.",
        lambda f: True,
        lambda f, theirs, ours: (theirs, ours) == f,
    ),
)
TROUBLE = Claims(
    Claim(
        "The training process was ended three times in a row, perhaps for want of memory. A "
        "smaller network or batch may help; Reset starts again.",
        lambda f: isinstance(f, BrokenExecutor),
    ),
    Claim(
        "{why}. Reset starts again.",
        lambda f: not isinstance(f, BrokenExecutor),
        lambda f, why: str(f).startswith(why),
    ),
)
NOT_IN_A_FILE = Claims(
    Claim("This network is too large for a file.", lambda f: f == "download_run"),
    Claim(
        "This run was changed on its way, which a script does not tell.",
        lambda f: f == "download_script",
    ),
)
RULES_TROUBLE = Claims(
    Claim(
        "{why}. The rules before hold on.",
        lambda f: True,
        lambda f, why: f in why,
    ),
)
SLIDER = Claims(
    Claim(
        "After the first epoch, a slider through all of them stands here.",
        lambda f: f == 0,
    ),
)
UPLOAD = Claims(
    Claim(
        "Go on with a run from a file (.npz, up to {size} MB)",
        lambda f: True,
        lambda f, size: int(size) * 10**6 == f,
    ),
)
NOBODY = Claims(
    Claim("Choose who walks; then there is a walk to show.", lambda f: not f),
)
FETCHING = Claims(
    Claim(
        "Fetching MNIST, {done} of {total} MB. A change of a setting ends it.",
        lambda f: True,
        lambda f, done, total: reads(done, f[0] / 1e6) and reads(total, f[1] / 1e6),
    ),
)
BOWL = Claims(
    Claim("κ: how many times as steep along b as along a", lambda f: f[1] == 10 * f[0]),
)
NOT_TESTED = Claims(Claim("Not tested: no samples", lambda falls: np.isnan(falls).all()))
REPLAY = Claims(
    Claim(
        "Training the network again, up to where it stood: {epochs} …",
        lambda f: True,
        lambda f, epochs: epochs == f,
    ),
)
SEEN = Claims(
    Claim("The {n} by {m} pixels that the network sees", lambda f: True,
          lambda image, n, m: image.shape == (int(n), int(m))),
)  # fmt: skip
BELOW = Claims(Claim("what the network sees", lambda image: image is not None))
LAST = Claims(
    Claim("hidden", lambda f: f == 1),
    Claim("last hidden layer", lambda f: f > 1),
)
DATA_FILE = Claims(Claim("Download the data of the script", lambda f: f == "digits"))
CHANCE = Claims(
    Claim("always one class ({share} %)", lambda y: True,
          lambda y, share: reads(share, 100 * max(y.sum(axis=0)) / len(y))),
)  # fmt: skip
CLAIMS = (
    SEEN, BELOW, LAST, DATA_FILE, CHANCE, SLIDER, UPLOAD, NOBODY, FETCHING, DATA, DURATION,
    RUN_EXAMPLE, WARNING, PAGE, CAPTION, SHAPE, ADDED, TROUBLE, NOT_IN_A_FILE, RULES_TROUBLE,
    BOWL, NOT_TESTED, REPLAY,
)  # fmt: skip


def test_the_samples_of_a_data_set_are_counted(monkeypatch):
    for bits in range(2, 17):
        for share in (0.05, 0.3, 0.684, 0.99999, 1.0):
            train = round(share * 2**bits)
            if train:
                data = Parity(bits=bits, train_share=share)
                DATA.hold(data.caption(), ("parity", train, 2**bits - train))
    with np.load(EMBEDDED) as file:
        n, test = len(file["y_train"]), len(file["y_test"])
    for here in (True, False):
        monkeypatch.setattr(mnist, "is_there", lambda here=here: here)
        DATA.hold(Digits().caption(), ("digits", n, test, here))
    DATA.all_heard()


def test_a_duration_is_read_back_as_it_was():
    random = np.random.RandomState(0)
    for seconds in [0, 0.99, 1, 59.4, 59.6, 3599.4, 3599.7, *10 ** random.uniform(-1, 6, 500)]:
        DURATION.hold(seconds_words(float(seconds)), float(seconds))
    DURATION.all_heard()


def test_why_a_network_in_training_is_not_shown(monkeypatch):
    monkeypatch.setattr("pages.parts.sharing.run_example.REPLAY_SECONDS", 0)
    link = Address.of_config(Config(hidden_sizes=(2,)), (3, 0)).text
    for run, readable in [(None, False), ("parity?at=soon", False), ("{}", False), (link, True)]:
        facts = {"run": run, "readable": readable, "quick": False, "epochs": "3 epochs"}
        app = at("backprop", example="the network in training", **({"run": run} if run else {}))
        RUN_EXAMPLE.hold(app.info[0].value, facts)
    RUN_EXAMPLE.all_heard()


def test_what_cannot_be_read_of_a_link_is_named():
    WARNING.hold(at("parity", at="soon").warning[0].value, "parity")
    WARNING.hold(at("parity", changes="soon").warning[0].value, "parity")
    WARNING.hold(at("compare", runs=["parity?at=soon"]).warning[0].value, "compare")
    WARNING.all_heard()


@pytest.mark.parametrize("seed", range(4))
def test_a_training_page_speaks_of_its_own_data_and_network(seed):
    random = np.random.RandomState(seed)
    hidden = tuple(int(n) for n in random.randint(1, 20, random.randint(3)))
    data = Parity(bits=int(random.randint(3, 12)), rule=list(RULES)[seed])
    config = Config(data=data, hidden_sizes=hidden)
    app = at("parity", **dict(pair.split("=") for pair in _parameters(config)))
    (question,) = (m.value for m in app.markdown if "Nobody tells it" in m.value)
    PAGE.hold(question, config)
    (below,) = (c.value for c in app.caption if "mean |w|" in c.value)
    CAPTION.hold(below, config)
    (shape,) = (c.value for c in app.caption if c.value.startswith("The network is"))
    SHAPE.hold(shape, config)


def _parameters(config: Config) -> list[str]:
    link = Address.of_config(config).text.replace("+", " ").replace("%2C", ",")
    return [pair for pair in link.partition("?")[2].split("&") if pair]


def test_a_file_of_another_page_is_not_opened():
    run = advance(begin(Config(data=Digits(), hidden_sizes=(2,), batch_size=1000)), steps=1)
    app = at("parity")
    app.file_uploader(key="upload").set_value(("run.npz", save(run), "application/zip")).run()
    ADDED.hold(app.error[0].value, ("digits", "parity"))
    assert app.session_state["session parity"].run.config.data.name == "parity"


@pytest.mark.parametrize("error", [BrokenExecutor("gone"), ValueError("no data"), OSError("no.")])
def test_why_a_training_stopped_is_said(error, monkeypatch):
    def submit(function, **arguments):
        future = Future()
        future.set_exception(error)
        return future

    monkeypatch.setattr(LIVE, "submit", submit)
    one, tries = Trainer(begin(Config())), 0
    while not one.trouble:
        one.go(Stop(), epochs=1)
        tries += 1
    assert tries == (3 if isinstance(error, BrokenExecutor) else 1)
    TROUBLE.hold(one.trouble, error)


def test_what_a_run_cannot_be_downloaded_as_is_said(monkeypatch):
    app = at("parity", changes="learning_rate:0.3@1.5", learning_rate=3, at="2")
    NOT_IN_A_FILE.hold(_help(app, "download_script"), "download_script")
    assert not _help(app, "download_run")
    monkeypatch.setattr("pages.parts.sharing.downloads.fits", lambda run: False)
    app = at("parity")
    NOT_IN_A_FILE.hold(_help(app, "download_run"), "download_run")
    assert not _help(app, "download_script")


def _help(app, key: str) -> str:
    """Why a button of the page cannot be pressed, or ""."""
    button = next(b for b in app.get("download_button") if b.proto.id.endswith(key))
    assert button.proto.disabled == bool(button.proto.help)
    return button.proto.help


@pytest.mark.parametrize(("rule", "value"), [("epochs", 0), ("target_error", -1), ("patience", -3)])
def test_stop_rules_that_make_no_sense_are_named(rule, value):
    app = at("parity")
    app.number_input(key=rule).set_value(value).run()
    RULES_TROUBLE.hold(app.error[0].value, f"{rule} must be")


def test_a_slider_through_the_epochs_comes_with_the_first():
    app = at("parity")
    SLIDER.hold(next(c.value for c in app.caption if "slider" in c.value), 0)
    assert not app.slider(key="number").label.startswith("Look")
    app = ticks_while(at("parity", at="1"), lambda: False)
    session = app.session_state["session parity"]
    ticks_while(app, lambda: session.moving or session.trainer.under_way)
    assert app.slider(key="look").max == session.run.epoch == 1
    assert not any("slider" in c.value for c in app.caption)


def test_a_file_may_be_as_large_as_is_read_and_the_server_takes():
    (label,) = (u.proto.label for u in at("parity").get("file_uploader"))
    UPLOAD.hold(label, MAX_FILE_BYTES)
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf8"))
    assert settings["server"]["maxUploadSize"] * 2**20 >= MAX_FILE_BYTES


def test_a_paraboloid_without_a_walk_asks_who_walks():
    app = at("paraboloid")
    walkers = app.pills(key="walkers")
    assert walkers.value and not any("Choose who walks" in m.value for m in app.info)
    walkers.set_value([]).run()
    (said,) = (m.value for m in app.info if "Choose who walks" in m.value)
    NOBODY.hold(said, [])


def test_the_bowl_is_as_many_times_as_steep_as_its_slider_says():
    app = at("paraboloid", surface="stretched bowl", kappa=10)
    slider = app.slider(key="kappa")
    bowl = stretched_bowl(slider.value)
    # The slope at the same distance from the bottom, along each axis by itself.
    along_a, along_b = (abs(bowl.gradient(np.array(p))).max() for p in ((0.5, 0.0), (0.0, 0.5)))
    BOWL.hold(slider.label, (along_a, along_b))


def test_falls_that_were_not_measured_are_said_not_to_be():
    for falls in (np.full(3, np.nan), np.array([0.1, 0.0, 0.4])):
        figure = input_importance(["bit 2", "bit 1", "bit 0"], np.ones(3), falls)
        NOT_TESTED.hold(" ".join(note.text for note in figure.layout.annotations), falls)


def test_a_download_tells_how_far_it_is(monkeypatch):
    told = []
    bar = SimpleNamespace(progress=lambda share, text: told.append((share, text)))
    monkeypatch.setattr(full_mnist.st, "progress", lambda share, text: bar)
    monkeypatch.setattr(full_mnist.st, "rerun", lambda: None)
    ways = [(0, 11_594_722), (3_456_789, 11_594_722), (11_594_722, 11_594_722)]
    monkeypatch.setattr(mnist, "download", lambda tell: [tell(*way) for way in ways])
    full_mnist._fetched()
    for (done, total), (share, text) in zip(ways, told, strict=True):
        assert share == done / total
        FETCHING.hold(text, (done, total))


def test_how_far_a_network_is_trained_again_is_said_while_it_is(monkeypatch):
    heard = []
    spinner = run_example.st.spinner
    monkeypatch.setattr(run_example.st, "spinner", lambda text: heard.append(text) or spinner(text))
    for epoch, said in [(1, "1 epoch"), (2, "2 epochs")]:
        link = Address.of_config(Config(hidden_sizes=(2,)), (epoch, 0)).text
        at("backprop", example="the network in training", run=link)
        REPLAY.hold(heard[-1], said)


def test_the_drawing_of_a_reading_names_what_it_shows():
    random = np.random.RandomState(0)
    image = random.randint(0, 256, (28, 28)).astype(np.uint8)
    for hidden in (1, 2, 3):
        layers = [random.rand(3) for _ in range(hidden)]
        activations = [random.rand(784), *layers, random.rand(10)]
        html = reading(image, activations, random.randn(10, 3), "0123456789")
        SEEN.hold(re.search(r'alt="([^"]*)"', html)[1], image)
        BELOW.hold(re.search(r"<figcaption[^>]*>([^<]*)<", html)[1], image)
        LAST.hold(re.search(r">((?:last )?hidden[^<]*)<", html)[1], hidden)
    LAST.all_heard()


@pytest.mark.parametrize("page", ["parity", "digits"])
def test_data_that_a_script_cannot_make_are_offered_with_it(page):
    labels = [b.proto.label for b in at(page).get("download_button")]
    DATA_FILE.hold(" ".join(label for label in labels if "data" in label), page)


def test_the_line_of_chance_is_the_share_of_the_commonest_class():
    for rule in RULES:
        y = datasets.load(Parity(bits=7, rule=rule), "float64").y_test
        figure = accuracy_curve(np.ones(3), chance=chance(y))
        (name,) = (trace.name for trace in figure.data if trace.name and "one" in trace.name)
        CHANCE.hold(name, y)
