"""Which of two to six runs wins, from as many seeds each, and which is ahead in training."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, isfinite

import numpy as np

from mlp import checks
from mlp.comparison.pairing import MOST_COMPARED, letters, paired
from mlp.sweep.grid import seeds_of
from mlp.sweep.pieces import PieceResult
from mlp.training.config import Config
from mlp.training.epoch import COLUMNS, TEST_ERROR
from mlp.words import apart, listed, plural

SEEDS = 10


# Where equal configs would win as often with a lower probability than this, it is more than chance.
UNLIKELY = 0.05


TRAIN = "Press Train to see which is ahead."


def contest(configs: Sequence[Config], seeds: int = SEEDS) -> tuple[Config, ...]:
    """The runs that decide: each config from as many seeds, in the order that `verdict` expects.

    Train them with `plan` and `Work`. The k-th seeds belong together.
    """
    checks.whole("runs to compare", len(configs), 2, MOST_COMPARED)
    return tuple(each for config in paired(configs) for each in seeds_of(config, seeds))


@dataclass(frozen=True)
class Verdict:
    """Which of the runs wins, seed by seed, and whether their medians say the same.

    column: the name in COLUMNS of the number that decides. seeds: from how many each was trained.
    wins: wins[i][j] is the number of seeds in which run i is better than run j; a run that
    diverged is worse than any that did not. medians: of each run over its seeds; where half
    diverged, infinite, or -infinite where higher is better.
    """

    column: str
    seeds: int
    wins: tuple[tuple[int, ...], ...]
    medians: tuple[float, ...]

    @property
    def winner(self) -> int | None:
        """The run that is better than every other in more seeds than it is worse; None if none."""
        runs = range(len(self.wins))
        won = (i for i in runs if all(self.wins[i][j] > self.wins[j][i] for j in runs if j != i))
        return next(won, None)

    @property
    def contradicted_by(self) -> tuple[int, ...]:
        """The runs with a better median than the winner."""
        if self.winner is None:
            return ()
        sign, medians = COLUMNS[self.column].sign, self.medians
        best = sign * medians[self.winner]
        return tuple(i for i, median in enumerate(medians) if sign * median < best)

    def ties(self, one: int, other: int) -> int:
        """In how many seeds two runs are equal."""
        return self.seeds - self.wins[one][other] - self.wins[other][one]

    def chance(self, one: int, other: int) -> float:
        """How likely a lead as large or larger, of either side, is where two runs are alike."""
        there, back = self.wins[one][other], self.wins[other][one]
        return sign_test(max(there, back), there + back)

    def sentence(self, names: Sequence[str]) -> str:
        """The verdict in words, with these names for the configs."""
        return f"{self._wins_said(names)} {self._medians_said(names)}"

    def _wins_said(self, names: Sequence[str]) -> str:
        """Who wins, and how often against each of the others."""
        if self.winner is not None:
            others = [j for j in range(len(names)) if j != self.winner]
            against = "; ".join(self._lead_said(self.winner, j, names[j]) for j in others)
            return f"**{names[self.winner]}** wins: it is better {against}."
        if len(names) > 2:
            return "Nobody wins: no run is better than each other one in more seeds than worse."
        if self.ties(0, 1) == self.seeds:
            return f"Nobody wins: {listed(names)} are equal in {_of_seeds(self.seeds, self.seeds)}."
        each = f"each is better in {_of_seeds(self.wins[0][1], self.seeds)}"
        return f"Nobody wins: {each}{self._ties_said(0, 1)}."

    def _lead_said(self, one: int, other: int, name: str) -> str:
        """How often a run is better than another one, and whether it is more than chance."""
        unlikely = self.chance(one, other) < UNLIKELY
        why = "which is more than chance" if unlikely else "which chance alone may do"
        seeds = _of_seeds(self.wins[one][other], self.seeds)
        return f"than {name} in {seeds}{self._ties_said(one, other)}, {why}"

    def _ties_said(self, one: int, other: int) -> str:
        ties = self.ties(one, other)
        return f" ({ties} equal)" if ties else ""

    def _medians_said(self, names: Sequence[str]) -> str:
        """The median of each, to the digit in which they differ, and whether they contradict."""
        title, said = COLUMNS[self.column].title, []
        found = list(zip(names, self.medians, apart(self.medians), strict=True))
        if known := [f"{text} for {name}" for name, value, text in found if isfinite(value)]:
            better = [names[i] for i in self.contradicted_by]
            start = f"Yet by the median {listed(better)} did better: the" if better else "The"
            said.append(f"{start} median {title} is {listed(known)}.")
        if lost := [name for name, value, _ in found if not isfinite(value)]:
            verb = "diverges" if len(lost) == 1 else "diverge"
            said.append(f"{listed(lost)} {verb} in half of the seeds or more.")
        return " ".join(said)


def _of_seeds(count: int, seeds: int) -> str:
    return f"all {seeds} seeds" if count == seeds > 1 else f"{count} of {plural(seeds, 'seed')}"


def verdict(
    count: int, results: Sequence[PieceResult], column: str = TEST_ERROR.name, seeds: int = SEEDS
) -> Verdict:
    """Which config won, from the results of a whole `contest`, after its last epoch.

    count: the number of configs. column: the name in COLUMNS of the number that decides. A run
    whose number is not finite has diverged.
    Raises ValueError while results are missing, and where no run has that number.
    """
    number = COLUMNS[checks.one_of("column", column, COLUMNS)]
    scores = np.full(count * seeds, np.nan)  # lower is better
    known = False
    for result in results:
        last = number.sign * number.of(result.rows)[:, -1]
        lost = np.array([after is not None for after in result.diverged])
        known |= bool((lost | np.isfinite(last)).any())
        scores[list(result.runs)] = np.where(lost | ~np.isfinite(last), np.inf, last)
    if np.isnan(scores).any() or not known:
        raise ValueError(f"a verdict needs the {number.title} of all {count * seeds} runs")
    scores = scores.reshape(count, seeds)
    wins = (scores[:, None] < scores[None]).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        medians = number.sign * np.median(scores, axis=1)
    return Verdict(column, seeds, tuple(map(tuple, wins.tolist())), tuple(medians.tolist()))


def sign_test(wins: int, pairs: int) -> float:
    """P(either side wins as often or more) when both are alike: 2 sum_{k >= wins} C(n, k) / 2^n.

    wins: of the side that wins more often. Two-sided, at most 1, since the winner was not named
    beforehand. Source: the sign test, Arbuthnot (1710).
    """
    return min(1.0, 2 * sum(comb(pairs, k) for k in range(wins, pairs + 1)) / 2**pairs)


def leader(rows: Sequence[np.ndarray], column: str) -> str:
    """Which of some runs is ahead after the last epoch that all have, and by how much.

    rows: of each run, (epochs, columns), of its history; no epoch where it diverged at once.
    column: the name in COLUMNS of the number that is compared.
    """
    there = [i for i, each in enumerate(rows) if len(each)]
    names = [letters(len(rows))[i] for i in there]
    if len(there) < 2:
        return f"Only {names[0]} has come through an epoch." if there else TRAIN
    number = COLUMNS[column]
    epochs = min(len(rows[i]) for i in there)
    values = np.array([number.of(rows[i])[epochs - 1] for i in there])
    if np.isnan(values).any():
        return f"There is no {number.title} to compare."
    first, second = np.argsort(number.sign * values, kind="stable")[:2]
    best, next_best = apart(values[[first, second]].tolist())
    after = f"After {plural(epochs, 'epoch')}"
    if values[first] == values[second]:
        return f"{after}, the best two have the same {number.title}: {best}."
    return (
        f"{after}, **{names[first]}** is ahead with a {number.title} of {best}, "
        f"against {next_best} of {names[second]}."
    )
