"""What is said of a sweep: how large it is, how far it is, its map, and each of its cells."""

from math import ceil, inf, isfinite, nan
from random import Random
from statistics import mean, median
from types import SimpleNamespace

import numpy as np
import pytest

from mlp import Config, Parity
from mlp.figures.sweep.picture import sweep_picture
from mlp.sweep import Axis, PieceResult, Sweep, Target, cell_map, collect, grid
from mlp.sweep.outcome import MEASURES, measures_of
from mlp.sweep.words import cell_name, empty_words, measured_words, size_words
from mlp.training.epoch import COLUMNS
from pages.parts.sweep.view import status_words
from tests.claims.claim import Claim, Claims, reads
from tests.claims.durations import lasts

pytestmark = pytest.mark.filterwarnings("error")

ORDER = ["error", "test error", "test accuracy", "training accuracy"]
TITLED = {"training error": "error"} | {name: name for name in ORDER[1:]}
TITLES = {
    "learning_rate": "learning rate η",
    "width": "neurons a hidden layer",
    "batch_size": "batch size",
    "l2": "L2 (weight decay) λ",
    "optimiser": "optimiser",
}
VALUES = {
    "learning_rate": [0.003, 0.3, 1e-5],
    "width": [2, 16],
    "batch_size": [1, 8, 512],
    "l2": [0.0, 1e-4],
    "optimiser": ["sgd", "adam"],
}


class Map:
    """What is true of a sweep by the numbers of its finished runs.

    ended: of each cell a run each: None where it is not finished, else its rows and after how many
    epochs it diverged, or None.
    """

    def __init__(self, sweep: Sweep, measure: str, target: Target, ended: list[list]):
        self.sweep, self.measure, self.target = sweep, measure, target
        self.cells = [[run for run in cell if run] for cell in ended]
        self.lower = measure in ("training error", "test error", "epochs to target")
        self.percent = measure.endswith("accuracy") or measure.startswith("share")
        self.lost = [sum(after is not None for _, after in cell) for cell in self.cells]
        self.values = [[self.number(*run) for run in cell] for cell in self.cells]
        middle = mean if measure.startswith("share") else median
        found = [middle(values) if values else nan for values in self.values]
        self.value = [value if isfinite(value) else nan for value in found]
        self.known = [value for value in self.value if isfinite(value)]
        self.best = (min if self.lower else max)(self.known) if self.known else nan

    def number(self, rows: np.ndarray, lost: int | None) -> float:
        if self.measure in TITLED:
            last = float(rows[-1, ORDER.index(TITLED[self.measure])])
            return last if lost is None else inf if self.lower else -inf
        column, value = ORDER.index(self.target.column), self.target.value
        higher = self.target.column.endswith("accuracy")
        for epoch, row in enumerate(rows, 1):
            if row[column] >= value if higher else row[column] <= value:
                if self.measure.startswith("share"):
                    return 1.0
                return inf if lost is not None else epoch
        return 0.0 if self.measure.startswith("share") else inf

    def reads(self, text: str, value: float) -> bool:
        if self.percent:
            return text.endswith(" %") and reads(text, 100 * value)
        return reads(text, value)


class Cell:
    """What is true of one cell of a map."""

    def __init__(self, of: Map, cell: int):
        self.of, self.n = of, len(of.cells[cell])
        self.lost, self.value = of.lost[cell], of.value[cell]
        self.seen = [value for value in of.values[cell] if isfinite(value)]
        pairs = zip(of.values[cell], of.cells[cell], strict=True)
        self.without = sum(not isfinite(v) and lost is None for v, (_, lost) in pairs)
        self.share = of.measure.startswith("share")
        self.spread = isfinite(self.value) and not self.share and min(self.seen) != max(self.seen)

    def of_all(self, some: str, runs: str, count: int) -> bool:
        return (some, runs) == (f"{count:,}", "1 run" if self.n == 1 else f"{self.n:,} runs")

    def named(self, name: str) -> bool:
        return name == self.of.measure.capitalize()


MEASURED = Claims(
    Claim("No run of this cell is finished yet.", lambda c: not c.n),
    Claim(
        "{some} of {runs} diverged.",
        lambda c: c.lost > 0,
        lambda c, some, runs: c.of_all(some, runs, c.lost),
    ),
    Claim(
        "{some} of {runs} did not reach the target.",
        lambda c: c.without > 0 and c.of.measure == "epochs to target",
        lambda c, some, runs: c.of_all(some, runs, c.without),
    ),
    Claim(
        "{some} of {runs} had no finite number.",
        lambda c: c.without > 0 and c.of.measure != "epochs to target",
        lambda c, some, runs: c.of_all(some, runs, c.without),
    ),
    *(
        Claim(
            f"{name} {{value}}.",
            lambda c, name=name: isfinite(c.value) and not c.spread and c.named(name),
            lambda c, value: c.of.reads(value, c.value),
        )
        for name in map(str.capitalize, MEASURES)
    ),
    Claim(
        "{name}: median {value}, from {low} to {high}.",
        lambda c: c.spread,
        lambda c, name, value, low, high: (
            c.named(name)
            and c.of.reads(value, c.value)
            and c.of.reads(low, min(c.seen))
            and c.of.reads(high, max(c.seen))
        ),
    ),
)
EMPTY = Claims(
    Claim("The picture fills as runs finish", lambda m: not any(m.cells)),
    Claim(
        "In no cell did more than half of the runs reach the target",
        lambda m: (
            any(m.cells)
            and not m.known
            and m.measure == "epochs to target"
            and not any(m.lost)
            and all(sum(map(isfinite, v)) <= len(v) / 2 for v in m.values if v)
        ),
    ),
    Claim(
        "No cell has a value",
        lambda m: any(m.cells) and not m.known and (m.measure != "epochs to target" or any(m.lost)),
    ),
)


def counted(cells: int) -> str:
    return "1 cell" if cells == 1 else f"{cells:,} cells"


def axis_names(of: Map, cell: int) -> list[str]:
    """What a cell stands for: "learning rate η 0.3"."""
    pairs = zip(of.sweep.names, of.sweep.points[cell], strict=True)
    return [f"{TITLES[n]} {f'{v:.3g}' if isinstance(v, float) else v}" for n, v in pairs]


def at_best(of: Map, value: str, names: str) -> bool:
    """Whether the cell that a text names as the best is one with the best value."""
    cells = [" and ".join(axis_names(of, i)).lower() for i in range(len(of.cells))]
    return of.value[cells.index(names.lower())] == of.best and of.reads(value, of.best)


PICTURE = Claims(
    Claim(
        "Map of the {measure}: {done} of {cells} have finished runs.",
        lambda m: m.sweep.shape is not None,
        lambda m, measure, done, cells: (
            measure == m.measure
            and done == f"{sum(map(bool, m.cells)):,}"
            and cells == counted(len(m.cells))
        ),
    ),
    Claim(
        "The best, {value}, is at {names}.",
        lambda m: m.sweep.shape is not None and bool(m.known),
        at_best,
    ),
    Claim(
        "In {cells} every run diverged.",
        lambda m: m.sweep.shape is not None and any(all_lost(m)),
        lambda m, cells: (
            cells == ("1 cell" if sum(all_lost(m)) == 1 else f"{sum(all_lost(m))} cells")
        ),
    ),
    Claim(
        "{cells} as lines across their settings to the {measure}; {n} of them with a value.",
        lambda m: m.sweep.shape is None,
        lambda m, cells, measure, n: (
            cells == counted(len(m.cells)) and measure == m.measure and n == f"{len(m.known):,}"
        ),
    ),
    Claim(
        "The best is {value}.",
        lambda m: m.sweep.shape is None and bool(m.known),
        lambda m, value: m.reads(value, m.best),
    ),
    Claim(
        "In {cells} half of the runs or more diverged.",
        lambda m: m.sweep.shape is None and half_lost(m) > 0,
        lambda m, cells: cells == counted(half_lost(m)),
    ),
)
HOVER = Claims(
    Claim(
        "{value}, from {low} to {high}",
        lambda c: True,
        lambda c, value, low, high: (
            c.of.reads(value, c.value)
            and c.of.reads(low, min(c.seen))
            and c.of.reads(high, max(c.seen))
        ),
    )
)


def all_lost(of: Map) -> list[bool]:
    return [n == len(cell) > 0 for n, cell in zip(of.lost, of.cells, strict=True)]


def half_lost(of: Map) -> int:
    return sum(2 * n >= len(cell) > 0 for n, cell in zip(of.lost, of.cells, strict=True))


NAME = Claims(
    *(
        Claim(
            f"{title} {{value}}",
            lambda f, name=name: name in f[0].sweep.names,
            lambda f, value, title=title: f"{title} {value}" in axis_names(*f),
        )
        for name, title in TITLES.items()
    ),
    Claim(",", lambda f: len(f[0].sweep.names) > 1),
)


def a_sweep(random: Random, has_tests: bool) -> Sweep:
    base = Config(data=Parity(bits=3, train_share=0.6 if has_tests else 1.0))
    names = random.sample(list(VALUES), random.choice([1, 2, 2, 3]))
    seeds, epochs = random.choice([1, 2, 3]), random.choice([1, 2, 4])
    if len(names) < 3:
        axes = tuple(Axis(name, tuple(VALUES[name])) for name in names)
        return grid(base, axes, seeds=seeds, epochs=epochs)
    points = tuple(
        tuple(random.choice(VALUES[name]) for name in names) for _ in range(random.choice([1, 5]))
    )
    return Sweep(
        base=base, names=tuple(names), points=points, shape=None, seeds=seeds, epochs=epochs
    )


def a_run(random: Random, epochs: int, has_tests: bool, fails: float):
    """The rows of a run, and after how many epochs it diverged, or None."""
    rows = np.full((epochs, 4), nan)
    rows[:, 0] = [random.choice([random.random(), 0.5]) for _ in range(epochs)]
    rows[:, 1 if has_tests else 0] = [random.choice([random.random(), 0.5]) for _ in range(epochs)]
    rows[:, 2 if has_tests else 3] = [random.choice([0.25, 0.5, 1.0]) for _ in range(epochs)]
    lost = random.randrange(epochs) if random.random() < fails else None
    if lost is not None:
        rows[lost:] = nan
    elif has_tests and random.random() < 0.05:
        rows[-1, 1] = inf  # the test samples alone overflow
    return rows, lost


def some_ended(random: Random, sweep: Sweep, has_tests: bool) -> list[list]:
    done, fails = random.choice([0.0, 0.4, 1.0, 1.0]), random.choice([0.0, 0.3, 0.9])
    return [
        [
            a_run(random, sweep.epochs, has_tests, fails) if random.random() < done else None
            for _ in range(sweep.seeds)
        ]
        for _ in sweep.points
    ]


def outcome_of(sweep: Sweep, ended: list[list]):
    runs = [run for cell in ended for run in cell]
    return collect(
        sweep,
        [PieceResult((i,), run[0][None], (run[1],), 0.1) for i, run in enumerate(runs) if run],
    )


def test_a_map_says_what_its_runs_have_come_to():
    random = Random(12)
    for _ in range(250):
        has_tests = random.random() < 0.5
        sweep = a_sweep(random, has_tests)
        measure = random.choice(measures_of(sweep.base))
        columns = [c for c in ORDER if has_tests != c.startswith("training") or c == "error"]
        column = random.choice([c for c in columns if has_tests or not c.startswith("test")])
        target = Target(column, random.choice([0.3, 0.5, 1.0]))
        ended = some_ended(random, sweep, has_tests)
        facts = Map(sweep, measure, target, ended)
        cells = cell_map(outcome_of(sweep, ended), measure, target)
        EMPTY.hold(empty_words(cells), facts)
        figure = sweep_picture(sweep, cells, cells.best)
        PICTURE.hold(figure.layout.meta["alt"], facts)
        notes = [note.text for note in figure.layout.annotations]
        assert sweep.shape is None or notes[1:] == [empty_words(cells)] * (not facts.known)
        for cell in range(len(sweep.points)):
            MEASURED.hold(measured_words(cells, cell), Cell(facts, cell))
            NAME.hold(cell_name(sweep, cell), (facts, cell))
            if sweep.shape is not None and isfinite(facts.value[cell]):
                rows = len(sweep.points) // (sweep.shape or (1,))[0]
                said = figure.data[0].customdata[cell % rows][cell // rows]
                HOVER.hold(said, Cell(facts, cell))
    for claims in (MEASURED, EMPTY, PICTURE, NAME, HOVER):
        claims.all_heard()


def sized(size, cells: str, runs: str, epochs: str) -> bool:
    return (cells, runs, epochs) == (size.cells, size.runs, size.each) and size.count == size.total


SIZE = Claims(Claim("{cells}: {runs} of {epochs}", lambda s: True, sized))


class Size:
    """What is true of the size of a sweep, and of how far it is."""

    def __init__(self, sweep: Sweep, done: int = 0, running: bool = False, seconds=None):
        axes = [
            sorted({point[i] for point in sweep.points}, key=str) for i in range(len(sweep.names))
        ]
        across = " × ".join(f"{len(axis):,}" for axis in axes) if sweep.shape else None
        across = across or f"{len(sweep.points):,}"
        self.cells = f"{across} cell{'s' * (len(sweep.points) > 1)}"
        self.cells += f" from {sweep.seeds} seeds" if sweep.seeds > 1 else ""
        self.total, self.count = len(sweep.points) * sweep.seeds, len(sweep.configs)
        self.runs = "1 run" if self.total == 1 else f"{self.total:,} runs"
        self.each = "1 epoch" if sweep.epochs == 1 else f"{sweep.epochs:,} epochs"
        self.done, self.running, self.seconds = done, running, seconds
        self.over = done == self.total
        self.kind = (
            "Finished" if self.over else "Running" if running else "Paused" if done else "Ready"
        )

    def far(self, done: str, runs: str) -> bool:
        return (done, runs) == (f"{self.done:,}", self.runs)


STATUS = Claims(
    Claim("Finished: {cells}: {runs} of {epochs}.", lambda s: s.kind == "Finished", sized),
    Claim("Ready: {cells}: {runs} of {epochs},", lambda s: s.kind == "Ready", sized),
    Claim(".", lambda s: s.kind == "Running" and s.seconds is None),
    Claim(
        "Running: {done} of {runs}",
        lambda s: s.kind == "Running",
        lambda s, done, runs: s.far(done, runs),
    ),
    Claim(
        ", {time} left.",
        lambda s: s.kind == "Running" and s.seconds is not None,
        lambda s, time: lasts(time, s.seconds),
    ),
    Claim(
        "Paused: {done} of {runs} are done; the rest:",
        lambda s: s.kind == "Paused" and s.done > 1,
        lambda s, done, runs: s.far(done, runs),
    ),
    Claim(
        "Paused: 1 of {runs} is done; the rest:",
        lambda s: s.kind == "Paused" and s.done == 1,
        lambda s, runs: s.far("1", runs),
    ),
    Claim(
        "about {time}.",
        lambda s: s.kind in ("Paused", "Ready") and s.seconds is not None and s.seconds >= 1,
        lambda s, time: lasts(f"about {time}", s.seconds),
    ),
    Claim(
        "less than a second.",
        lambda s: s.kind in ("Paused", "Ready") and s.seconds is not None and s.seconds < 1,
    ),
    Claim(
        "measuring how long it takes …",
        lambda s: s.kind in ("Paused", "Ready") and s.seconds is None,
    ),
)


def test_how_large_a_sweep_is_and_how_far_is_said():
    random = Random(13)
    for _ in range(200):
        sweep = a_sweep(random, True)
        SIZE.hold(size_words(sweep), Size(sweep))
        total = len(sweep.configs)
        done = random.choice([0, total, ceil(total / 2), 1])
        running = random.random() < 0.5 and done < total
        seconds = random.choice([None, 0.2, 12.4, 185.0, 7_900.0])
        job = SimpleNamespace(
            configs=sweep.configs,
            answer=SimpleNamespace(sweep=sweep),
            done=done,
            running=running,
            finished=done == total,
        )
        _, state, more = status_words(job, seconds)
        STATUS.hold(f"{state}: {more}", Size(sweep, done, running, seconds))
    STATUS.all_heard()
    SIZE.all_heard()


def test_the_numbers_of_this_file_stand_in_the_order_of_a_row():
    assert list(COLUMNS) == ORDER


CLAIMS = (MEASURED, EMPTY, PICTURE, HOVER, NAME, SIZE, STATUS)
