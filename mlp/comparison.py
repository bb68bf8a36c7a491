"""Two to six runs side by side: what differs, whether it is one thing alone, and which one wins."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import comb
from time import thread_time

import numpy as np

from mlp import checks
from mlp.config import Config
from mlp.network import layer_shapes
from mlp.run import batches_of
from mlp.state import start
from mlp.sweep.cells import seeds_of
from mlp.sweep.outcome import COLUMNS
from mlp.sweep.pieces import PieceResult
from mlp.training import train

Array = np.ndarray

MOST_COMPARED = 6
SEEDS = 10
# Long enough that one slow moment of the machine does not decide.
TIMED_SECONDS = 0.3
# Agreement that equals reach as rarely as this is not put down to chance.
UNLIKELY = 0.05
TRAIN = "Press Train to see which is ahead."


@dataclass(frozen=True)
class Difference:
    """One setting in which configs differ, and its value in each; None where it has no such."""

    name: str
    values: tuple


def differences(configs: Sequence[Config]) -> tuple[Difference, ...]:
    """The settings that are not the same in all configs, in the order of Config, data first."""
    told = [_settings(config) for config in configs]
    names = dict.fromkeys(name for each in told for name in each)
    rows = (Difference(name, tuple(each.get(name) for each in told)) for name in names)
    return tuple(row for row in rows if any(value != row.values[0] for value in row.values))


def _settings(config: Config) -> dict:
    """Every setting by its name, those of the data set among them."""
    data = {"data": config.data.name}
    data |= {f.name: getattr(config.data, f.name) for f in fields(config.data)}
    own = {f.name: getattr(config, f.name) for f in fields(config) if f.name != "data"}
    return data | own


@dataclass(frozen=True)
class Pairing:
    """What runs share from the start.

    weights: whether all begin with the same parameters. order: whether all see the same samples
    in the same batches. differs: the names of the settings that differ.
    """

    weights: bool
    order: bool
    differs: tuple[str, ...]

    @property
    def fair(self) -> bool:
        """Whether one thing was changed and nothing else: same start, same batches."""
        return self.weights and self.order and len(self.differs) == 1


def pairing(configs: Sequence[Config]) -> Pairing:
    """What these runs share, by looking at their starts themselves."""
    first, *others = (start(config) for config in configs)
    weights = all(np.array_equal(first.parameters, each.parameters) for each in others)
    cuts = {_cut(config) for config in configs}
    drawn = all(_same_generator(first, each) for each in others)
    names = tuple(row.name for row in differences(configs))
    return Pairing(weights, drawn and len(cuts) == 1, names)


def _cut(config: Config) -> tuple:
    """The data, and how many samples each batch of an epoch has."""
    cut = batches_of(config)
    return config.data, cut.full, cut.size * bool(cut.full), cut.last


def _same_generator(one, other) -> bool:
    """Whether the shuffles of two runs will be the same."""
    (a,), (b,) = one.generators, other.generators
    same_place = a["state"]["pos"] == b["state"]["pos"]
    return same_place and np.array_equal(a["state"]["key"], b["state"]["key"])


def paired(configs: Sequence[Config]) -> tuple[Config, ...]:
    """The configs with the first one's seed, so that where sizes agree they begin alike."""
    return tuple(replace(config, seed=configs[0].seed) for config in configs)


@dataclass(frozen=True)
class Axes:
    """Where the epochs of a run lie on each horizontal axis, (epochs,) each, from the first on.

    seconds: None until the seconds an epoch were measured.
    """

    epochs: Array
    steps: Array
    seconds: Array | None


def axes(config: Config, epochs: int, seconds_an_epoch: float | None = None) -> Axes:
    """Epochs 1 to `epochs` in epochs, in steps, and in measured seconds."""
    n = np.arange(1, epochs + 1)
    return Axes(
        n, n * batches_of(config).steps, None if seconds_an_epoch is None else n * seconds_an_epoch
    )


def seconds_an_epoch(config: Config) -> float:
    """Measure on this machine, by training: the seconds that an epoch of this run takes alone.

    At least an epoch, and at least a third of a second; to be called where it trains, in a worker.
    What does not change the time of a step is set so that no number overflows meanwhile.
    By the thread's own clock: what others do on this machine is not counted.
    """
    tame = {"learning_rate": 1e-6, "l2": min(config.l2, 1e-3), "initialisation": "xavier"}
    config = replace(config, scale=1.0, **tame)
    state, epochs = train(config, start(config), steps=1).state, 0
    began = thread_time()
    while thread_time() - began < TIMED_SECONDS or not epochs:
        state, epochs = train(config, state, epochs=1).state, epochs + 1
    # The first epoch had one step less to go.
    return (thread_time() - began) / (epochs - 1 / batches_of(config).steps)


def contest(configs: Sequence[Config], seeds: int = SEEDS) -> tuple[Config, ...]:
    """The runs that decide: each config from as many seeds, in the order that `verdict` expects.

    Train them with `plan` and `Work`. The k-th seeds belong together.
    """
    checks.whole("runs to compare", len(configs), 2, MOST_COMPARED)
    return tuple(each for config in paired(configs) for each in seeds_of(config, seeds))


@dataclass(frozen=True)
class Verdict:
    """Which of the runs won, by how much, and in how many seeds.

    winner, second: numbers of the configs; winner is None where the medians are equal or all have
    diverged. medians: of each config over its seeds, infinite (accuracy: -infinite) where half
    diverged. difference: of the medians of the first two, positive. wins: in how many of the
    `seeds` pairs of one seed the winner was better than the second; ties: in how many equal.
    chance: how likely either would win so often or more if both were alike.
    """

    column: str
    winner: int | None
    second: int | None
    medians: tuple[float, ...]
    difference: float
    wins: int
    ties: int
    seeds: int
    chance: float

    @property
    def agree(self) -> bool:
        """Whether all seeds agree."""
        return self.winner is not None and self.wins == self.seeds

    @property
    def clear(self) -> bool:
        """Whether the seeds agree more than chance would."""
        return self.winner is not None and self.chance < UNLIKELY

    def sentence(self, names: Sequence[str]) -> str:
        """The verdict in words, with these names for the configs."""
        if self.winner is None:
            if not np.isfinite(self.medians).any():
                return "Nobody wins: each diverges in half of its runs or more."
            return f"Nobody wins: the two best medians of the {self.column} are the same."
        better = f"**{names[self.winner]}** wins"
        loser = names[self.second]
        if not np.isfinite(self.difference):
            much = f"{loser} diverges in half of its runs or more"
        else:
            here, there = self.medians[self.winner], self.medians[self.second]
            much = f"its median {self.column} is {here:.4g}, that of {loser} {there:.4g}"
        ties = f" and {self.ties} are equal" if self.ties else ""
        seeds = (
            f"all {self.seeds} seeds agree"
            if self.agree
            else (
                f"{self.wins} of {self.seeds} seeds agree{ties}, which "
                f"{'is more than chance' if self.clear else 'chance alone may do'}"
            )
        )
        return f"{better}: {much}; {seeds}."


def verdict(
    count: int, results: Sequence[PieceResult], column: str = "test error", seeds: int = SEEDS
) -> Verdict:
    """Who won, from the results of a whole `contest` of so many configs, after its last epoch.

    Raises ValueError while results are missing.
    """
    where = COLUMNS[checks.one_of("column", column, COLUMNS)]
    sign = -1.0 if column == "test accuracy" else 1.0
    values = np.full(count * seeds, np.nan)
    for result in results:
        last = sign * result.rows[:, -1, where]
        values[list(result.runs)] = np.where([d is None for d in result.diverged], last, np.inf)
    if np.isnan(values).any():
        raise ValueError(f"a verdict needs the {column} of all {count * seeds} runs")
    scores = values.reshape(count, seeds)  # lower is better
    with np.errstate(invalid="ignore"):
        medians = np.median(scores, axis=1)
    first, second = np.argsort(medians, kind="stable")[:2]
    told = tuple((sign * medians).tolist())
    if medians[first] == medians[second]:
        return Verdict(column, None, None, told, 0.0, 0, 0, seeds, 1.0)
    wins = int((scores[first] < scores[second]).sum())
    ties = int((scores[first] == scores[second]).sum())
    return Verdict(
        column,
        int(first),
        int(second),
        told,
        float(medians[second] - medians[first]),
        wins,
        ties,
        seeds,
        sign_test(wins, seeds - ties),
    )


def sign_test(wins: int, pairs: int) -> float:
    """P(either side wins so often or more) when both are alike: 2 sum_{k >= wins} C(n, k) / 2^n.

    Two-sided, at most 1, since nobody said beforehand who would win. Source: the sign test,
    Arbuthnot (1710).
    """
    return min(1.0, 2 * sum(comb(pairs, k) for k in range(wins, pairs + 1)) / 2**pairs)


def letters(count: int) -> list[str]:
    """What runs side by side are called: A, B, C, …"""
    return [chr(ord("A") + i) for i in range(count)]


def run_names(configs: Sequence[Config]) -> list[str]:
    """A name for each config: a letter, and its values of up to three settings that differ."""
    rows = differences(configs)
    told = [
        ", ".join(f"{row.name.replace('_', ' ')} {_told(row.values[i])}" for row in rows[:3])
        for i in range(len(configs))
    ]
    told = [
        text or f"{config.data.name}, {layer_shapes(config.sizes)}"
        for text, config in zip(told, configs, strict=True)
    ]
    return [f"{letter}: {text}" for letter, text in zip(letters(len(told)), told, strict=True)]


def _told(value) -> str:
    """A setting as people write it; none where a config has no such."""
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def table(configs: Sequence[Config]) -> dict[str, list[str]]:
    """What differs, as columns: the names of the settings, then a column for each config."""
    rows = differences(configs)
    columns = {"setting": [row.name.replace("_", " ") for row in rows]}
    return columns | {
        letter: [_told(row.values[i]) for row in rows]
        for i, letter in enumerate(letters(len(configs)))
    }


def pairing_words(configs: Sequence[Config]) -> str:
    """Whether the comparison is fair, in one sentence."""
    found = pairing(configs)
    same = [
        words
        for words, holds in (
            ("start from the same weights", found.weights),
            ("see the same samples in the same batches", found.order),
        )
        if holds
    ]
    changed = len(found.differs)
    if found.fair:
        what = found.differs[0].replace("_", " ")
        return f"A fair pair: they {' and '.join(same)}, and only the {what} differs."
    if not changed:
        return "They are the same run."
    shared = f"they {' and '.join(same)}, but " if same else "neither start nor batches agree, and "
    return f"Not one thing alone: {shared}{changed} setting{'s' * (changed > 1)} differ."


def leader(rows: Sequence[Array], column: str) -> str:
    """Which of some runs is ahead after the last epoch that all have, and by how much.

    rows: of each run, (epochs, 3), of its history; none where it diverged at once.
    """
    there = [i for i, each in enumerate(rows) if len(each)]
    names = [letters(len(rows))[i] for i in there]
    if len(there) < 2:
        return f"Only {names[0]} has come through an epoch." if there else TRAIN
    sign = -1.0 if column == "test accuracy" else 1.0
    epochs = min(len(rows[i]) for i in there)
    scores = np.array([sign * rows[i][epochs - 1, COLUMNS[column]] for i in there])
    if np.isnan(scores).any():
        return f"There is no {column} to compare."
    first, second = np.argsort(scores, kind="stable")[:2]
    after = f"After {epochs:,} epoch{'s' * (epochs > 1)}"
    if scores[first] == scores[second]:
        return f"{after}, the best two have the same {column}: {sign * scores[first]:.4g}."
    return (
        f"{after}, **{names[first]}** is ahead with a {column} of {sign * scores[first]:.4g}, "
        f"against {sign * scores[second]:.4g} of {names[second]}."
    )
