"""What is said of a run: its status, why it ended, and its lines in a terminal."""

from decimal import ROUND_DOWN, Context, Decimal
from math import inf, isfinite, nan
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest

from mlp import Config, Parity, Stop, advance, begin, finished
from mlp.__main__ import last_line, main, report
from mlp.datasets import load
from mlp.training.run import state_at
from mlp.training.trainer import Trainer
from pages.parts.training.panel import goal_epoch
from pages.parts.training.session import Session
from pages.parts.training.status import bars, status_words
from tests.claims.claim import Claim, Claims, reads
from tests.claims.durations import lasts
from tests.support.answers import right_answers
from tests.support.by_script import end_of_script, network_of_script

pytestmark = pytest.mark.filterwarnings("error")


def counted(n: int, noun: str) -> str:
    return f"1 {noun}" if n == 1 else f"{n:,} {noun}s"


class Ended:
    """What is true of a run that stands at an epoch, by its errors and its rules."""

    def __init__(self, errors: list[float], test_errors: list[float] | None, stop: Stop):
        self.stop, self.epoch = stop, len(errors)
        tested = stop.watch == "test error" and test_errors is not None
        watched = test_errors if tested else errors
        self.watched = "test error" if tested else "training error"
        self.error = errors[-1] if errors else inf
        lowest = min(range(self.epoch), key=lambda i: watched[i]) + 1 if errors else 0
        self.waited = self.epoch - lowest
        self.by_error = stop.target_error > 0 and self.error <= stop.target_error
        self.by_patience = 0 < stop.patience <= self.waited and not self.by_error
        self.by_epochs = not self.by_error and not self.by_patience and self.epoch >= stop.epochs

    @property
    def over(self) -> bool:
        return self.by_error or self.by_patience or self.by_epochs


WHY = Claims(
    Claim(
        "the error is down to {error}, at or below the target",
        lambda e: e.by_error,
        lambda e, error: reads(error, e.error),
    ),
    Claim(
        "no lower {watched} for {epochs}",
        lambda e: e.by_patience,
        lambda e, watched, epochs: (
            watched == e.watched and epochs == counted(e.stop.patience, "epoch")
        ),
    ),
    Claim(
        "past the stop after {epochs}",
        lambda e: e.by_epochs and e.epoch > e.stop.epochs,
        lambda e, epochs: epochs == counted(e.stop.epochs, "epoch"),
    ),
    Claim(
        "all {n} epochs are done",
        lambda e: e.by_epochs and e.epoch == e.stop.epochs > 1,
        lambda e, n: n == f"{e.stop.epochs:,}",
    ),
    Claim("its one epoch is done", lambda e: e.by_epochs and e.epoch == e.stop.epochs == 1),
)


def errors_of(run) -> tuple[list[float], list[float] | None]:
    """The training errors of a run, and its test errors where it has samples to test on."""
    tested = 2**run.config.data.bits > len(load(run.config.data, "float64").X_train)
    rows = run.history.rows
    return rows[:, 0].tolist(), rows[:, 1].tolist() if tested else None


def a_stop(random: Random, errors: list[float]) -> Stop:
    return Stop(
        epochs=random.choice([1, 2, 3, 9, 1000, 1200]),
        target_error=random.choice([0.0, 0.0, 1e-5, *(e * 1.0001 for e in errors[-1:])]),
        patience=random.choice([0, 0, 1, 2, 5]),
        watch=random.choice(["training error", "test error"]),
    )


def a_config(random: Random, **more) -> Config:
    bits = random.choice([2, 3, 4])
    data = Parity(bits, random.choice(["ones", "even"]), random.choice([0.6, 1.0]))
    return Config(
        **{
            "data": data,
            "hidden_sizes": random.choice([(), (2,), (3, 2)]),
            "batch_size": random.choice([1, 3, 16]),
            "batching": random.choice(["article", "standard"]),
            "learning_rate": random.choice([0.01, 0.5, 3.0]),
            "seed": random.randrange(1000),
        }
        | more
    )


def test_why_a_run_has_ended_is_said_of_the_errors_and_the_rules_that_ended_it():
    random = Random(1)
    for _ in range(120):
        run = begin(a_config(random))
        for epochs in random.sample([1, 1, 2, 7], 2):
            run = advance(run, epochs=epochs)
            stop = a_stop(random, run.history.error.tolist())
            facts = Ended(*errors_of(run), stop)
            WHY.hold(finished(run, stop) or "", facts)
            assert bool(finished(run, stop)) == facts.over
    WHY.all_heard()


class Told:
    """What is true of a session whose run stands somewhere."""

    def __init__(self, session: Session, trouble: str, ended: tuple | None, layer: str):
        run = session.run
        self.trouble, self.ended, self.layer = trouble, ended, layer
        self.session, self.why = session, Ended(*errors_of(run), session.stop)
        self.place = self.words(*run.position)
        self.begun = run.position != (0, 0)
        data = load(run.config.data, "float64")
        tested = len(data.X_test) > 0
        X, y = (data.X_test, data.y_test) if tested else (data.X_train, data.y_train)
        self.which = "test" if tested else "training"
        self.right = nan
        if run.epoch and ended is None:
            self.right = right_answers(run.config, state_at(run, run.epoch).parameters, X, y)

    def words(self, epoch: int, step: int) -> str:
        return f"epoch {epoch:,}, step {step:,}" if step else f"epoch {epoch:,}"

    @property
    def kind(self) -> str:
        if self.trouble:
            return "Stopped"
        if self.ended:
            return "Diverged"
        if self.session.playing:
            return "Running"
        if self.session.replay:
            return "Replaying"
        if self.why.over:
            return "Finished"
        return "Paused" if self.begun else "Ready"

    @property
    def left(self) -> float:
        """Seconds by the pace of the last ticks; NaN where too few are known."""
        pace = list(self.session.pace)
        if self.kind != "Running" or len(pace) < 8 or pace[-1][1] <= pace[0][1]:
            return nan
        an_epoch = (pace[-1][0] - pace[0][0]) / (pace[-1][1] - pace[0][1])
        return (self.session.stop.epochs - pace[-1][1]) * an_epoch


STATUS = Claims(
    Claim("Stopped {why}!", lambda t: t.kind == "Stopped", lambda t, why: f"{why}!" == t.trouble),
    Claim(
        "Diverged In epoch {epoch}, step {step}, the numbers of the {layer} grew past what a "
        "computer can hold. Lower the learning rate and press Reset.",
        lambda t: t.kind == "Diverged",
        lambda t, epoch, step, layer: (
            (epoch, step, layer) == (f"{t.ended[0] + 1:,}", f"{t.ended[1] + 1:,}", t.layer)
        ),
    ),
    Claim(
        "Running {place} of {n}",
        lambda t: t.kind == "Running",
        lambda t, place, n: place == t.place and n == f"{t.session.stop.epochs:,}",
    ),
    Claim(
        "Paused At {place} of {n}",
        lambda t: t.kind == "Paused",
        lambda t, place, n: place == t.place and n == f"{t.session.stop.epochs:,}",
    ),
    Claim(
        "Finished At epoch {n}",
        lambda t: t.kind == "Finished",
        lambda t, n: n == f"{t.session.run.epoch:,}",
    ),
    Claim(
        ", step {n}",
        lambda t: t.kind == "Finished" and t.session.run.position[1] > 0,
        lambda t, n: n == f"{t.session.run.position[1]:,}",
    ),
    Claim(
        ", {share} % of the {which} samples right",
        lambda t: t.kind in ("Running", "Paused", "Finished") and isfinite(t.right),
        lambda t, share, which: which == t.which and reads(share, 100 * t.right),
    ),
    Claim(
        ", {time} left",
        lambda t: isfinite(t.left),
        lambda t, time: lasts(time, t.left),
    ),
    Claim(".", lambda t: t.kind == "Paused"),
    Claim(": {why}.", lambda t: t.kind == "Finished", lambda t, why: not WHY.hold(why, t.why)),
    Claim(
        "Replaying {place}, on the way to {goal}, where the link says.",
        lambda t: t.kind == "Replaying",
        lambda t, place, goal: place == t.place and goal == t.words(*t.session.replay),
    ),
    Claim(
        "Ready Nothing is trained yet. Press Play, or the space bar.", lambda t: t.kind == "Ready"
    ),
)


def broken_layer(config: Config, place: tuple[int, int]) -> str:
    """The first layer whose numbers are not finite in this step, by the script's own network."""
    network, _ = network_of_script(config)
    at, found, step_of = [0, -1], [], network.SGD

    def sgd(X, y):
        at[1] += 1
        before = [W.copy() for W in network.weights], [b.copy() for b in network.biases]
        error = step_of(X, y)
        if tuple(at) == place:
            now = network.weights, network.biases
            found.append((X, before, now, np.isfinite(error)))
        return error

    network.SGD = sgd
    with np.errstate(all="ignore"):
        try:
            for epoch, _ in enumerate(network.tango(), 1):
                at[:] = [epoch, -1]
        except SystemExit:
            pass
        X, before, now, fine = found[0]
        network.weights, network.biases = before
        zs, a = network.forward(X)
    layers = range(len(zs))
    bad = [l for l in layers if not (np.isfinite(zs[l]).all() and np.isfinite(a[l + 1]).all())]
    if not bad and fine:
        sound = [[np.isfinite(each).all() for each in arrays] for arrays in now]
        bad = [l for l in layers if not (sound[0][l] and sound[1][l])]
    first = min(bad, default=len(zs) - 1)
    if first == len(zs) - 1:
        return "output layer"
    return "hidden layer" if len(zs) == 2 else f"hidden layer {first + 1}"


def a_session(random: Random, run) -> Session:
    session = Session(Trainer(run), stop=a_stop(random, run.history.error.tolist()))
    if random.random() < 0.5 and not finished(run, session.stop):
        session.playing = True
        seconds = random.choice([0.001, 0.3, 3.0, 30.0])
        for tick in range(random.choice([0, 7, 8, 40])):
            session.pace.append((100 + tick * seconds, run.epoch * tick / 40))
    elif random.random() < 0.5:
        session.replay = random.choice([(run.epoch + 1, 0), (run.epoch + 1200, 2)])
    return session


def hold_status(session: Session, trouble: str = "", ended=None, layer: str = "") -> None:
    _, state, more = status_words(session, session.run)
    STATUS.hold(f"{state} {more}", Told(session, trouble, ended, layer))


def test_the_status_of_a_run_is_told_of_where_it_stands():
    random = Random(4)
    for _ in range(150):
        run = begin(a_config(random, hidden="sigmoid"))
        for limits in random.sample([{}, {"epochs": 3}, {"steps": 1}], 2):
            run = advance(run, **limits) if limits else run
            hold_status(a_session(random, run))
    session = a_session(random, advance(begin(Config(data=Parity(3))), epochs=1001))
    session.stop, session.playing, session.replay = Stop(epochs=1000), False, None
    hold_status(session)
    session.trainer.trouble = "The worker is gone!"
    hold_status(session, trouble="The worker is gone!")
    for seed in range(12):
        config = Config(
            data=Parity(bits=4),
            hidden_sizes=((3,), (3, 3), ())[seed % 3],
            hidden="relu",
            output="identity",
            learning_rate=(30.0, 1e5, 1e300)[seed // 4],
            seed=seed,
        )
        run, ended = advance(begin(config), epochs=40), end_of_script(config, 40)
        assert bool(run.diverged) == bool(ended)
        if ended:
            hold_status(Session(Trainer(run)), "", ended, broken_layer(config, ended))
    STATUS.all_heard()


BARS = Claims(
    Claim(
        "Epochs: {done} of {epochs}",
        lambda f: f["bar"] == 0,
        lambda f, done, epochs: (done, epochs) == (f"{f['epoch']:,}", f"{f['goal']:,}"),
    ),
    Claim(
        "Mini-batches of the epoch: {done} of {steps}",
        lambda f: f["bar"] == 1,
        lambda f, done, steps: (done, steps) == (f"{f['step']:,}", f"{f['steps']:,}"),
    ),
)


def test_the_bars_of_a_run_on_its_way_say_how_far_it_is():
    random = Random(6)
    for _ in range(80):
        run = begin(a_config(random))
        for limits in random.sample([{"epochs": 2}, {"steps": 1}, {"steps": 4}], 2):
            run = advance(run, **limits)
            session = SimpleNamespace(stop=Stop(epochs=1100), replay=None)
            goal = 1100
            if random.random() < 0.5:
                session.replay = random.choice([(run.epoch + 1, 0), (run.epoch + 1000, 1)])
                goal = session.replay[0] + (session.replay[1] > 0)
            count = len(load(run.config.data, "float64").X_train)
            whole, rest = divmod(count, run.config.batch_size)
            article = run.config.batching == "article"
            steps = whole + (rest > 0 and (not article or not whole))
            taken = run.state.step or (steps if run.epoch else 0)
            facts = {"epoch": run.epoch, "goal": goal, "step": taken, "steps": steps}
            for bar, (done, words) in enumerate(bars(run, goal_epoch(session))):
                BARS.hold(words, facts | {"bar": bar})
                far = (run.epoch + run.state.step / steps) / goal if bar == 0 else taken / steps
                assert done == pytest.approx(min(far, 1))
    BARS.all_heard()


def as_in_the_article(error: float) -> str:
    """Five digits, cut at eight decimals, no zeros behind, in decimal arithmetic."""
    five = Context(prec=5).create_decimal(error)
    if error < 1e-7 or error >= 1e16:
        return f"{error:.5}"
    cut = five.quantize(Decimal("1e-8"), ROUND_DOWN)
    return f"{cut:f}".rstrip("0").rstrip(".") or "0"


LINES = Claims(
    Claim(
        "* Epoch: {epoch}, Error: {error}",
        lambda f: f["kind"] == "line",
        lambda f, epoch, error: (
            (epoch.strip(), error) == (str(f["epoch"]), as_in_the_article(f["error"]))
        ),
    ),
    *(
        Claim(
            f", {which} accuracy: {{share}}",
            lambda f, which=which: f["kind"] == "line" and f["shown"] and f["which"] == which,
            lambda f, share: share == f"{f['right']:.4f}",
        )
        for which in ("Test", "Training")
    ),
    Claim(
        "Network Accuracy: {share}",
        lambda f: f["kind"] == "last",
        lambda f, share: float(share) == f["right"],
    ),
    Claim(
        "of the training samples, there are no others",
        lambda f: f["kind"] == "last" and f["which"] == "Training",
    ),
    Claim(
        "python -m mlp: the numbers overflowed in epoch {epoch}, step {step}, in the {layer}; try "
        "a lower learning rate than {rate}",
        lambda f: f["kind"] == "lost",
        lambda f, epoch, step, layer, rate: (
            (int(epoch), int(step), layer, float(rate)) == (*f["ended"], f["layer"], f["rate"])
        ),
    ),
)


def test_the_lines_of_a_terminal_are_those_of_the_run(capsys, monkeypatch):
    random = Random(10)
    for _ in range(60):
        config = a_config(random, hidden="sigmoid")
        shown = random.random() < 0.5
        monkeypatch.setattr(Parity, "shows_accuracy", shown)
        run = advance(begin(config), epochs=random.choice([1, 3]))
        data = load(config.data, "float64")
        tested = len(data.X_test) > 0
        samples = (data.X_test, data.y_test) if tested else (data.X_train, data.y_train)
        right = right_answers(config, run.state.parameters, *samples)
        which = "Test" if tested else "Training"
        network, _ = network_of_script(config)
        error = [error for error, _ in zip(network.tango(), range(run.epoch), strict=False)][-1]
        facts = {"shown": shown, "which": which, "right": right, "error": error}
        LINES.hold(report(run), facts | {"kind": "line", "epoch": run.epoch - 1})
        LINES.hold(last_line(run), facts | {"kind": "last"})
    lost = ["--hidden=relu", "--output=identity", "--learning-rate=1e5", "--bits=4"]
    assert main(["parity", *lost]) == 1
    config = Config(data=Parity(4), hidden="relu", output="identity", learning_rate=1e5)
    ended = end_of_script(config, 99)
    facts = {"kind": "lost", "ended": ended, "rate": 1e5}
    LINES.hold(capsys.readouterr().err, facts | {"layer": broken_layer(config, ended)})
    LINES.all_heard()


CLAIMS = (WHY, STATUS, BARS, LINES)
