"""Which of two to six runs is ahead, and whether other seeds say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from mlp import checks
from mlp.comparison.pairing import MOST_COMPARED, letters, paired
from mlp.sweep.grid import seeds_of
from mlp.sweep.pieces import PieceResult
from mlp.training.config import Config
from mlp.training.epoch import COLUMNS, TEST_ERROR
from mlp.words import plural

SEEDS = 10


# Where equal configs would agree with a lower probability than this, it is more than chance.
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
    """Which of the runs won, by how much, and in how many seeds.

    column: the name in COLUMNS of the number that decides.
    winner, second: numbers of the configs; winner is None where the medians are equal or all have
    diverged. medians: of each config over its seeds; where half diverged, infinite, or -infinite
    where higher is better. difference: of the medians of the first two, positive. wins: in how
    many of the `seeds` pairs of one seed the winner was better than the second; ties: in how many
    equal. chance: how likely either would win as often or more if both were alike.
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
        number = COLUMNS[self.column].title
        if self.winner is None:
            if not np.isfinite(self.medians).any():
                return "Nobody wins: each diverges in half of its runs or more."
            return f"Nobody wins: the two best medians of the {number} are the same."
        better = f"**{names[self.winner]}** wins"
        loser = names[self.second]
        if not np.isfinite(self.difference):
            much = f"{loser} diverges in half of its runs or more"
        else:
            here, there = self.medians[self.winner], self.medians[self.second]
            much = f"its median {number} is {here:.4g}, that of {loser} {there:.4g}"
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
    count: int, results: Sequence[PieceResult], column: str = TEST_ERROR.name, seeds: int = SEEDS
) -> Verdict:
    """Which config won, from the results of a whole `contest`, after its last epoch.

    count: the number of configs. column: the name in COLUMNS of the number that decides.
    Raises ValueError while results are missing.
    """
    number = COLUMNS[checks.one_of("column", column, COLUMNS)]
    values = np.full(count * seeds, np.nan)
    for result in results:
        last = number.sign * number.of(result.rows)[:, -1]
        values[list(result.runs)] = np.where([d is None for d in result.diverged], last, np.inf)
    if np.isnan(values).any():
        raise ValueError(f"a verdict needs the {number.title} of all {count * seeds} runs")
    scores = values.reshape(count, seeds)  # lower is better
    with np.errstate(invalid="ignore"):
        medians = np.median(scores, axis=1)
    first, second = np.argsort(medians, kind="stable")[:2]
    of_each = tuple((number.sign * medians).tolist())
    if medians[first] == medians[second]:
        return Verdict(column, None, None, of_each, 0.0, 0, 0, seeds, 1.0)
    wins = int((scores[first] < scores[second]).sum())
    ties = int((scores[first] == scores[second]).sum())
    return Verdict(
        column,
        int(first),
        int(second),
        of_each,
        float(medians[second] - medians[first]),
        wins,
        ties,
        seeds,
        sign_test(wins, seeds - ties),
    )


def sign_test(wins: int, pairs: int) -> float:
    """P(either side wins as often or more) when both are alike: 2 sum_{k >= wins} C(n, k) / 2^n.

    Two-sided, at most 1, since the winner was not named beforehand. Source: the sign test,
    Arbuthnot (1710).
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
    scores = number.sign * values  # lower is better
    if np.isnan(scores).any():
        return f"There is no {number.title} to compare."
    first, second = np.argsort(scores, kind="stable")[:2]
    after = f"After {plural(epochs, 'epoch')}"
    if scores[first] == scores[second]:
        return f"{after}, the best two have the same {number.title}: {values[first]:.4g}."
    return (
        f"{after}, **{names[first]}** is ahead with a {number.title} of {values[first]:.4g}, "
        f"against {values[second]:.4g} of {names[second]}."
    )
