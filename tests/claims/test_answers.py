"""What is said of answers: how many are right, which are wrong, and what is shown of them."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from mlp import datasets
from mlp.figures.insight.confusion import confusion_matrix
from mlp.insight.predictions import (
    Answers,
    confusion,
    confusion_words,
    own_words,
    table_words,
)
from mlp.training.state import network_of
from tests.claims.claim import Claim, Claims, reads
from tests.claims.facts import digit
from tests.claims.test_networks import percent
from tests.support.pages import at, fine

DIGITS = "0123456789"


@dataclass
class Told:
    """Pairs of what a sample is and what it was told to be, None for no answer."""

    pairs: list[tuple[int, int | None]]

    @property
    def right(self) -> int:
        return sum(t == a for t, a in self.pairs)

    @property
    def unanswered(self) -> int:
        return sum(a is None for _, a in self.pairs)

    @property
    def mixed(self) -> Counter:
        """How often each class was taken for each other."""
        return Counter((t, a) for t, a in self.pairs if a is not None and a != t)

    @property
    def shares(self) -> dict[int, float]:
        """Of each class that there is, the share that was read right."""
        asked = Counter(t for t, _ in self.pairs)
        return {k: sum(p == (k, k) for p in self.pairs) / n for k, n in asked.items()}

    def hardest(self) -> list[int]:
        return [k for k, share in self.shares.items() if share == min(self.shares.values())]

    def commonest(self) -> list[tuple[int, int]]:
        return [pair for pair, n in self.mixed.items() if n == max(self.mixed.values())]

    def mistake(self, truth: str, answer: str, times: str) -> bool:
        n = 1 if times == "once" else int(times.removesuffix(" times").replace(",", ""))
        return (digit(truth), digit(answer)) in self.commonest() and n == max(self.mixed.values())


def whole(text: str) -> int:
    return int(text.split()[0].replace(",", ""))


CONFUSION = Claims(
    Claim("There are no answers to count.", lambda f: not f.pairs),
    Claim(
        "**{right}** of {m} are read right, {share}.",
        lambda f: bool(f.pairs),
        lambda f, right, m, share: (
            whole(right) == f.right
            and whole(m) == len(f.pairs)
            and m.endswith(" test image" if len(f.pairs) == 1 else " test images")
            and reads(share, 100 * f.right / len(f.pairs))
        ),
    ),
    Claim(
        "To {n} there is no answer: an output is not a number.",
        lambda f: f.unanswered > 0,
        lambda f, n: whole(n) == f.unanswered,
    ),
    Claim(
        "The {name} is the hardest, {share} of them are right.",
        lambda f: bool(f.mixed) and len(f.hardest()) == 1,
        lambda f, name, share: [int(name)] == f.hardest() and percent(share, f.shares[int(name)]),
    ),
    Claim(
        "None is harder than the {name}, {share} of them are right.",
        lambda f: bool(f.mixed) and len(f.hardest()) > 1,
        lambda f, name, share: int(name) in f.hardest() and percent(share, f.shares[int(name)]),
    ),
    Claim(
        "The commonest mistake is to take {truth} for {answer}, {times}.",
        lambda f: bool(f.mixed) and len(f.commonest()) == 1,
        Told.mistake,
    ),
    Claim(
        "No mistake is commoner than to take {truth} for {answer}, {times}.",
        lambda f: bool(f.mixed) and len(f.commonest()) > 1,
        Told.mistake,
    ),
)
MATRIX = Claims(
    Claim(
        "Confusion matrix: {right} of {m} answers are right; most often, {n}, {truth} is taken for "
        "{answer}.",
        lambda f: bool(f.mixed),
        lambda f, right, m, n, truth, answer: (
            whole(right) == f.right
            and whole(m) == len(f.pairs) - f.unanswered
            and f.mistake(truth, answer, n)
        ),
    ),
    Claim(
        "Confusion matrix: {right} of {m} answers are right.",
        lambda f: not f.mixed,
        lambda f, right, m: whole(right) == f.right and whole(m) == len(f.pairs) - f.unanswered,
    ),
)
OWN = Claims(
    Claim(
        "**A test set of your own**: {right} of {m} read right, {share}.",
        lambda f: True,
        lambda f, right, m, share: (
            whole(right) == f.right
            and whole(m) == len(f.pairs)
            and percent(share, f.right / len(f.pairs))
        ),
    )
)
TABLE = Claims(
    Claim(
        "All {m} are right.",
        lambda f: f.right == len(f.pairs),
        lambda f, m: whole(m) == len(f.pairs),
    ),
    Claim(
        "**{n}** of {m} is wrong.",
        lambda f: len(f.pairs) - f.right == 1,
        lambda f, n, m: whole(n) == 1 and whole(m) == len(f.pairs),
    ),
    Claim(
        "**{n}** of {m} are wrong.",
        lambda f: len(f.pairs) - f.right > 1,
        lambda f, n, m: whole(n) == len(f.pairs) - f.right and whole(m) == len(f.pairs),
    ),
)


def drawn() -> list[Told]:
    """Answers of networks that know nothing, something and nearly everything."""
    rng, told = np.random.RandomState(1), [Told([])]
    for m in (*[1, 2, 3, 12, 40] * 12, 300, 300, 1000, 2000):
        n, knows, silent = rng.randint(2, 11), rng.choice([0, 0.5, 0.9, 0.999, 1]), rng.rand() < 0.3
        pairs = []
        for truth in rng.randint(n, size=m).tolist():
            answer = truth if rng.rand() < knows else int(rng.randint(n))
            pairs.append((truth, None if silent and rng.rand() < 0.1 else answer))
        told.append(Told(pairs))
    return told


def given(told: Told) -> Answers:
    """The same as the app has it: -1 for no answer."""
    truth = np.array([t for t, _ in told.pairs], int)
    answer = np.array([-1 if a is None else a for _, a in told.pairs], int)
    outputs = np.eye(10)[answer]
    outputs[answer < 0] = np.nan
    return Answers(outputs, answer, truth)


def test_what_is_said_of_answers_is_so():
    for told in drawn():
        answers = given(told)
        CONFUSION.hold(confusion_words(answers, DIGITS, "test"), told)
        MATRIX.hold(confusion_matrix(confusion(answers), DIGITS).layout.meta["alt"], told)
        if told.pairs:
            OWN.hold(own_words(answers), told)
            TABLE.hold(table_words(answers.answer == answers.truth), told)
    for claims in (CONFUSION, MATRIX, OWN, TABLE):
        claims.all_heard()


@dataclass
class Shown:
    """Which cell of the matrix is looked at, and how many images are in it, or are mistakes."""

    cell: tuple[int, int] | None
    images: int


GALLERY = Claims(
    Claim(
        "{n} × {truth} read as {answer}, the most certain first (epoch {epoch})",
        lambda f: f.cell is not None,
        lambda f, n, truth, answer, epoch: (
            whole(n) == f.images and (digit(truth), digit(answer)) == f.cell and epoch == "0"
        ),
    ),
    Claim(
        "{n}, the most certain first (epoch {epoch})",
        lambda f: f.cell is None,
        lambda f, n, epoch: n == f"{f.images:,} mistake{'s' * (f.images != 1)}" and epoch == "0",
    ),
)


def test_the_title_of_the_gallery_counts_what_is_in_it():
    app = at("digits", hidden_sizes="4", seed=3)
    run = app.session_state["session digits"].run
    data = datasets.load(run.config.data, run.config.precision)
    outputs = network_of(run.config, run.state).forward(data.X_test).a[-1]
    pairs = [(int(t.argmax()), int(a.argmax())) for t, a in zip(data.y_test, outputs, strict=True)]
    commonest = Counter(pairs).most_common(1)[0][0]
    for cell in (None, commonest, (7, 7)):
        app.session_state["cell"] = cell
        app = fine(app.run())
        title = app.session_state["images looked at"][1]
        images = sum(t != a for t, a in pairs) if cell is None else pairs.count(cell)
        GALLERY.hold(title, Shown(cell, images))
    GALLERY.all_heard()


CLAIMS: tuple[Claims, ...] = (CONFUSION, MATRIX, OWN, TABLE, GALLERY)
