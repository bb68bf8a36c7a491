"""What Compare says of runs side by side: the verdict, the leader, and whether a pair is fair."""

import re
from fractions import Fraction
from functools import cache
from itertools import product
from math import inf, isfinite, nan
from random import Random
from statistics import median
from types import SimpleNamespace

import numpy as np
import pytest

from mlp import Config, Parity, advance, begin
from mlp.comparison.pairing import changed_words, letters, pairing_words, run_names
from mlp.comparison.verdict import leader, verdict
from mlp.sweep import PieceResult
from mlp.training.epoch import COLUMNS
from pages.parts.compare.curves import place_words
from pages.parts.compare.seeds import progress_words
from tests.claims.claim import Claim, Claims, reads
from tests.claims.durations import lasts
from tests.support.by_script import end_of_script, start_of_script

pytestmark = pytest.mark.filterwarnings("error")

HIGHER = {"test accuracy", "training accuracy"}
TITLES = {name: name for name in COLUMNS} | {"error": "training error"}


@cache
def by_chance(one: int, other: int) -> Fraction:
    """How likely a lead as large or larger is: all outcomes of fair coins, counted."""
    outcomes = [sum(coins) for coins in product((0, 1), repeat=one + other)]
    as_clear = [heads for heads in outcomes if abs(2 * heads - one - other) >= abs(one - other)]
    return Fraction(len(as_clear), len(outcomes))


class Race:
    """What is true of runs with these last numbers, a list a run; None for one that diverged."""

    def __init__(self, column: str, ended: list[list[float | None]]):
        self.column, self.names = column, letters(len(ended))
        worst = -inf if column in HIGHER else inf
        self.values = [[worst if v is None else v for v in run] for run in ended]
        self.seeds = len(ended[0])
        self.medians = dict(zip(self.names, map(median, self.values), strict=True))
        self.runs = dict(zip(self.names, self.values, strict=True))

    def better(self, a: float, b: float) -> bool:
        return a > b if self.column in HIGHER else a < b

    def wins(self, one: str, other: str) -> int:
        return sum(map(self.better, self.runs[one], self.runs[other]))

    def ties(self, one: str, other: str) -> int:
        return sum(a == b for a, b in zip(self.runs[one], self.runs[other], strict=True))

    @property
    def winner(self) -> str | None:
        for one in self.names:
            others = [name for name in self.names if name != one]
            if all(self.wins(one, other) > self.wins(other, one) for other in others):
                return one
        return None

    def sure(self, other: str) -> bool:
        back = self.wins(other, self.winner)
        return by_chance(self.wins(self.winner, other), back) < Fraction(1, 20)

    @property
    def others(self) -> list[str]:
        return [name for name in self.names if name != self.winner]

    @property
    def lost(self) -> list[str]:
        return [name for name in self.names if not isfinite(self.medians[name])]

    @property
    def against(self) -> list[str]:
        if self.winner is None:
            return []
        mine = self.medians[self.winner]
        return [name for name in self.names if self.better(self.medians[name], mine)]


def read_seeds(text: str) -> tuple[int, int, int]:
    """The wins, the seeds and the ties in "9 of 10 seeds (1 equal)" or "all 10 seeds"."""
    found = re.fullmatch(r"(?:all (\d+)|(\d+) of (\d+)) seeds?(?: \((\d+) equal\))?", text)
    everything, some, of, ties = found.groups()
    return int(everything or some), int(everything or of), int(ties or 0)


def read_list(text: str) -> list[str]:
    return re.split(", | and ", text)


def medians(race: Race, title: str, values: str) -> bool:
    """Each number is its median; where two are different, they look different."""
    told = [each.split(" for ") for each in read_list(values)]
    names = [name for _, name in told]
    right = all(reads(text, race.medians[name]) for text, name in told)
    apart = all(
        (a == b) == (race.medians[one] == race.medians[other])
        for a, one in told
        for b, other in told
    )
    known = [name for name in race.names if name not in race.lost]
    return right and apart and names == known and title == TITLES[race.column]


TWO = "Nobody wins: {names} are equal in {seeds}."
VERDICT = Claims(
    Claim(
        "**{name}** wins: it is better",
        lambda r: r.winner is not None,
        lambda r, name: name == r.winner,
    ),
    Claim(
        "than {other} in {seeds}, which",
        lambda r: r.winner is not None,
        lambda r, other, seeds: (
            read_seeds(seeds) == (r.wins(r.winner, other), r.seeds, r.ties(r.winner, other))
        ),
    ),
    Claim("is more than chance", lambda r: r.winner is not None and any(map(r.sure, r.others))),
    Claim("chance alone may do", lambda r: r.winner is not None and not all(map(r.sure, r.others))),
    Claim(";", lambda r: r.winner is not None and len(r.others) > 1),
    Claim(".", lambda r: r.winner is not None),
    Claim(
        "Nobody wins: no run is better than each other one in more seeds than worse.",
        lambda r: r.winner is None and len(r.names) > 2,
    ),
    Claim(
        TWO,
        lambda r: len(r.names) == 2 and r.ties("A", "B") == r.seeds,
        lambda r, names, seeds: names == "A and B" and read_seeds(seeds) == (r.seeds, r.seeds, 0),
    ),
    Claim(
        "Nobody wins: each is better in {seeds}.",
        lambda r: len(r.names) == 2 and r.winner is None and r.ties("A", "B") < r.seeds,
        lambda r, seeds: read_seeds(seeds) == (r.wins("A", "B"), r.seeds, r.ties("A", "B")),
    ),
    Claim(
        "The median {title} is {values}.",
        lambda r: len(r.lost) < len(r.names) and not r.against,
        medians,
    ),
    Claim(
        "Yet by the median {names} did better: the median {title} is {values}.",
        lambda r: bool(r.against),
        lambda r, names, title, values: read_list(names) == r.against and medians(r, title, values),
    ),
    Claim(
        "{name} diverges in half of the seeds or more.",
        lambda r: len(r.lost) == 1,
        lambda r, name: r.lost == [name],
    ),
    Claim(
        "{names} diverge in half of the seeds or more.",
        lambda r: len(r.lost) > 1,
        lambda r, names: read_list(names) == r.lost,
    ),
)


def results(column: str, ended: list[list[float | None]]) -> list[PieceResult]:
    """The results of a contest with these last numbers."""
    last = [value for run in ended for value in run]
    rows = np.full((len(last), 2, len(COLUMNS)), nan)
    rows[:, -1, list(COLUMNS).index(column)] = [nan if v is None else v for v in last]
    diverged = tuple(1 if value is None else None for value in last)
    return [PieceResult(tuple(range(len(last))), rows, diverged, 0.1)]


def a_race(random: Random) -> list[list[float | None]]:
    """The last numbers of some runs: of a few values, close together, or with some lost."""
    count, seeds = random.choice([2, 2, 3, 4, 6]), random.choice([1, 2, 3, 5, 10, 10, 10])
    values = random.choice(
        [
            [0.1, 0.2],
            [0.1, 0.2, 0.3, 0.4, None],
            [0.5, None],
            [0.1 + n * 1e-9 for n in range(40)],
            [random.lognormvariate(0, 3) for _ in range(60)],
            [float(n) for n in range(1000, 40_000, 777)],
        ]
    )
    drawn = [[random.choice(values) for _ in range(seeds)] for _ in range(count)]
    if random.random() < 0.4 and None not in values:  # one a little better, but for one seed
        drawn[0] = [value * random.choice([0.99, 1.01]) for value in drawn[1]]
        drawn[0][0] *= random.choice([0.001, 1000])
    return drawn


def hold_verdict(column: str, ended: list[list[float | None]]) -> None:
    race = Race(column, ended)
    said = verdict(len(ended), results(column, ended), column, race.seeds).sentence(race.names)
    VERDICT.hold(said, race)
    told = re.findall(r"than (\w) in [^;.]+, which (is more than chance|chance alone may do)", said)
    others = race.others if race.winner else []
    chances = [("chance alone may do", "is more than chance")[race.sure(each)] for each in others]
    assert told == list(zip(others, chances, strict=True)), "against every other run, once each"


def test_a_verdict_counts_the_seeds_against_every_run_and_names_a_median_that_says_otherwise():
    random = Random(11)
    for _ in range(400):
        ended, column = a_race(random), random.choice(list(COLUMNS))
        if any(value is not None for run in ended for value in run):
            hold_verdict(column, ended)
    errors = [float(n) for n in range(1, 11)]
    hold_verdict("test error", [errors, [100.0, *(each - 0.01 for each in errors[1:])]])
    hold_verdict("error", [[0.1] * 10, [0.2] * 10, [0.05] * 4 + [0.3] * 6])
    hold_verdict("test error", [[None] * 10, [None] * 10])
    VERDICT.all_heard()


class Heat:
    """What is true of runs that have come so far: the numbers of each after each epoch."""

    def __init__(self, column: str, numbers: list[list[float]]):
        self.column = column
        self.there = {n: run for n, run in zip(letters(6), numbers, strict=False) if run}
        self.epochs = min(map(len, self.there.values()), default=0)
        self.now = {name: run[self.epochs - 1] for name, run in self.there.items()}
        self.known = len(self.there) > 1 and not any(map(np.isnan, self.now.values()))
        ordered = sorted(self.now.values(), reverse=column in HIGHER)
        self.best, self.second = ordered[:2] if self.known else (nan, nan)

    def after(self, epochs: str) -> bool:
        return epochs == ("1 epoch" if self.epochs == 1 else f"{self.epochs:,} epochs")

    def ahead(self, after, name, title, value, against, other) -> bool:
        right = reads(value, self.best) and reads(against, self.second) and value != against
        named = self.now[name] == self.best and self.now[other] == self.second and name != other
        return right and named and self.after(after) and title == TITLES[self.column]


LEADER = Claims(
    Claim("Press Train to see which is ahead.", lambda h: not h.there),
    Claim(
        "Only {name} has come through an epoch.",
        lambda h: len(h.there) == 1,
        lambda h, name: name in h.there,
    ),
    Claim(
        "There is no {title} to compare.",
        lambda h: len(h.there) > 1 and not h.known,
        lambda h, title: title == TITLES[h.column],
    ),
    Claim(
        "After {epochs}, the best two have the same {title}: {value}.",
        lambda h: h.known and h.best == h.second,
        lambda h, epochs, title, value: (
            h.after(epochs) and title == TITLES[h.column] and reads(value, h.best)
        ),
    ),
    Claim(
        "After {epochs}, **{name}** is ahead with a {title} of {value}, "
        "against {other_value} of {other}.",
        lambda h: h.known and h.best != h.second,
        lambda h, epochs, name, title, value, other_value, other: h.ahead(
            epochs, name, title, value, other_value, other
        ),
    ),
)


def test_the_leader_is_the_best_after_the_last_epoch_that_all_have():
    random = Random(5)
    for _ in range(300):
        column = random.choice(list(COLUMNS))
        values = random.choice([[0.25, 0.5], [0.1 + n * 1e-10 for n in range(9)], [3.0, 4e-7, nan]])
        numbers = [
            [random.choice(values) for _ in range(random.choice([0, 1, 2, 5]))]
            for _ in range(random.choice([2, 3, 6]))
        ]
        rows = [np.full((len(run), len(COLUMNS)), nan) for run in numbers]
        for each, run in zip(rows, numbers, strict=True):
            each[:, list(COLUMNS).index(column)] = run
        LEADER.hold(leader(rows, column), Heat(column, numbers))
    LEADER.all_heard()


class Pair:
    """What is true of two or three configs, by the scripts that they make."""

    def __init__(self, configs: list[Config]):
        starts = [start_of_script(config) for config in configs]
        self.count, self.settings = len(configs), []
        for place in (vars, lambda config: vars(config.data)):
            for name in place(configs[0]):
                if name != "data" and len({place(config)[name] for config in configs}) > 1:
                    self.settings.append(name.replace("_", " "))
        self.weights = all(same(starts[0][0], other) for other, _ in starts[1:])
        first = [array for batch in starts[0][1] for array in batch]
        self.order = all(
            same(first, [array for batch in batches for array in batch])
            for _, batches in starts[1:]
        )
        self.fair = self.weights and self.order and len(self.settings) == 1

    def differ(self, text: str) -> bool:
        n = len(self.settings)
        return text == ("1 setting differs" if n == 1 else f"{n} settings differ")


def same(one: list, other: list) -> bool:
    return len(one) == len(other) and all(map(np.array_equal, one, other))


START, ORDER = "start from the same weights", "see the same samples in the same batches"
NOT_ALONE = "Not one thing alone: "
PAIRING = Claims(
    Claim("They have the same settings.", lambda p: not p.settings),
    *(
        Claim(
            f"A fair {kind}: they {START} and {ORDER}, and only the {{name}} differs.",
            lambda p, count=count: p.fair and (p.count == 2) == (count == 2),
            lambda p, name: p.settings == [name],
        )
        for kind, count in (("pair", 2), ("comparison", 3))
    ),
    *(
        Claim(
            f"{NOT_ALONE}{alike} {{n}}.",
            lambda p, w=weights, o=order: (
                bool(p.settings) and not p.fair and (p.weights, p.order) == (w, o)
            ),
            lambda p, n: p.differ(n),
        )
        for (weights, order), alike in {
            (True, True): f"they {START} and {ORDER}, but",
            (True, False): f"they {START}, but do not {ORDER}, and",
            (False, True): f"they {ORDER}, but do not {START}, and",
            (False, False): "neither start nor batches agree, and",
        }.items()
    ),
)
CHANGES = {
    "learning_rate": [0.3, 1.0],
    "optimiser": ["sgd", "adam"],
    "seed": [0, 7],
    "scale": [1.0, 2.0],
    "initialisation": ["normal", "zeros"],
    "hidden_sizes": [(3,), (4,)],
    "batch_size": [4, 5, 8],
    "batching": ["article", "standard"],
    "precision": ["float64", "float32"],
    "l2": [0.0, 0.1],
}
OF_DATA = {"rule": ["even", "ones"], "train_share": [0.5, 0.684, 0.6845, 1.0]}


def test_a_pair_is_fair_where_the_scripts_of_both_start_alike_and_take_the_same_batches():
    random = Random(3)
    for _ in range(200):
        changed = random.sample(list(CHANGES), random.choice([0, 1, 1, 2, 3]))
        data = random.sample(list(OF_DATA), random.choice([0, 0, 0, 1]))
        configs = [
            Config(
                data=Parity(bits=4, **{name: random.choice(OF_DATA[name]) for name in data}),
                **{"batch_size": 4} | {name: random.choice(CHANGES[name]) for name in changed},
            )
            for _ in range(random.choice([2, 2, 3]))
        ]
        PAIRING.hold(pairing_words(configs), Pair(configs))
    PAIRING.all_heard()


CHANGED = Claims(
    *(
        Claim(
            f"{{names}} {verb} changed on the way; the seeds train with {whose} last settings from "
            "the start.",
            lambda changed, one=one: sum(changed) > 0 and (sum(changed) == 1) == one,
            lambda changed, names: (
                read_list(names) == [chr(65 + i) for i, was in enumerate(changed) if was]
            ),
        )
        for verb, whose, one in (("was", "its", True), ("were", "their", False))
    )
)


def test_which_runs_were_changed_on_their_way_is_said():
    for count in (2, 3, 4):
        for changed in product((False, True), repeat=count):
            CHANGED.hold(changed_words(changed), changed)
    CHANGED.all_heard()


PLACE = Claims(
    Claim(
        "{name}, in epoch {n}.",
        lambda f: f["ended"] is not None,
        lambda f, name, n: name == f["name"] and n == f"{f['ended'][0] + 1:,}",
    ),
    Claim(
        "{name}: epoch {n} of {epochs}",
        lambda f: f["ended"] is None,
        lambda f, name, n, epochs: (
            (name, n, epochs) == (f["name"], f"{f['done']:,}", f"{f['epochs']:,}")
        ),
    ),
)


def test_how_far_a_run_is_or_where_it_diverged_is_said():
    random = Random(2)
    for _ in range(30):
        config = Config(
            data=Parity(bits=4),
            hidden="relu",
            output="identity",
            learning_rate=random.choice([0.01, 3.0, 30.0, 1e5]),
            seed=random.randrange(99),
        )
        done = random.choice([0, 1, 30])
        run = advance(begin(config), epochs=done) if done else begin(config)
        facts = {"name": "A: x", "ended": end_of_script(config, done), "done": done, "epochs": 1200}
        PLACE.hold(place_words("A: x", run, 1200), facts)
    PLACE.all_heard()


SEEDS = Claims(
    Claim(
        "{done} of {runs} runs",
        lambda f: True,
        lambda f, done, runs: (int(done), int(runs)) == (f["done"], f["runs"]),
    ),
    Claim(
        ", {time} left",
        lambda f: f["seconds"] is not None,
        lambda f, time: lasts(time, f["seconds"]),
    ),
)


def test_how_far_the_seeds_are_is_said():
    random = Random(7)
    for _ in range(60):
        done, runs = sorted(random.sample(range(61), 2))
        seconds = random.choice([None, 0.3, 0.999, 1.0, 59.4, 59.6, 61.0, 1000.2])
        job = SimpleNamespace(done=done, configs=range(runs))
        SEEDS.hold(progress_words(job, seconds), {"done": done, "runs": runs, "seconds": seconds})
    SEEDS.all_heard()


NAMES = Claims(
    *(Claim(f"{letter}:", lambda f, letter=letter: f["letter"] == letter) for letter in "ABC"),
    Claim(
        "parity, {sizes}",
        lambda f: not f["differ"],
        lambda f, sizes: sizes == "-".join(map(str, f["config"].sizes)),
    ),
    Claim(
        "learning rate {value}",
        lambda f: "learning_rate" in f["differ"],
        lambda f, value: float(value) == f["config"].learning_rate,
    ),
    Claim(
        "hidden sizes {value}",
        lambda f: "hidden_sizes" in f["differ"],
        lambda f, value: value == ("-".join(map(str, f["config"].hidden_sizes)) or "none"),
    ),
    Claim(
        "optimiser {value}",
        lambda f: "optimiser" in f["differ"],
        lambda f, value: value == f["config"].optimiser,
    ),
    Claim(",", lambda f: len(f["differ"]) > 1),
)
VARIED = {
    "learning_rate": [0.3, 0.30000001, 1e-5, 3.0],
    "hidden_sizes": [(), (3,), (4, 2)],
    "optimiser": ["sgd", "adam"],
}


def test_runs_are_called_by_what_differs_to_the_last_digit():
    random = Random(14)
    for _ in range(60):
        changed = random.sample(list(VARIED), random.choice([0, 1, 2, 3]))
        configs = [
            Config(**{name: random.choice(VARIED[name]) for name in changed}) for _ in range(3)
        ]
        differ = {name for name in VARIED if len({getattr(c, name) for c in configs}) > 1}
        for letter, config, name in zip("ABC", configs, run_names(configs), strict=True):
            NAMES.hold(name, {"letter": letter, "config": config, "differ": differ})
    NAMES.all_heard()


CLAIMS = (VERDICT, LEADER, PAIRING, CHANGED, PLACE, SEEDS, NAMES)
