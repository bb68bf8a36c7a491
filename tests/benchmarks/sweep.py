"""How fast a sweep is, beside one run after the other and beside scikit-learn: one table.

`python tests/benchmarks/sweep.py` measures 256 runs of the parity network over 20 epochs, its
256 values of learning rate and scale as a 16 x 16 map, in a pool like the one of the pages. The
ways take turns, and the best round of
each counts, because other work on the machine only ever makes a round slower. Nothing is asserted.
"""

import sys
from itertools import cycle
from math import inf
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mlp import Config, advance, begin  # noqa: E402
from mlp.sweep import (  # noqa: E402
    Axis,
    axis_from_text,
    calibrate,
    collect,
    estimate,
    grid,
    plan,
    sweep,
)
from mlp.workers.pool import CORES, NICE, Pool  # noqa: E402
from tests.benchmarks.training import MLPClassifier, machine, sklearn_run  # noqa: E402

RATES = axis_from_text("learning_rate", "0.001..10 x 16")
SCALED = grid(Config(), (RATES, axis_from_text("scale", "0.1..10 x 16")))
WIDTHS = grid(Config(), (RATES, Axis("width", tuple(range(1, 17)))))
SINGLES, SKLEARN = 32, 16  # of the 256; their time is scaled up
ROUNDS = 5


def swept(asked, pool) -> float:
    """The seconds of a whole sweep on processes that run, with its calibration and its plan."""
    began = perf_counter()
    pieces = plan(asked.configs, asked.epochs, calibrate(asked.configs), workers=pool.worker_count)
    assert collect(asked, sweep(pieces, pool)).finished.all()
    return perf_counter() - began


def cold() -> float:
    """The seconds of the first sweep of a session: its processes have to start."""
    with Pool(nice=NICE) as pool:
        return swept(SCALED, pool)


def singles() -> float:
    """The seconds of all runs of the map one by one in this process, scaled up from some."""
    configs = SCALED.configs[:: len(SCALED.configs) // SINGLES]
    began = perf_counter()
    for config in configs:
        advance(begin(config), epochs=SCALED.epochs)
    return (perf_counter() - began) * len(SCALED.configs) / len(configs)


def sklearns() -> float:
    """The same of scikit-learn's classifier, fitted with the article's settings."""
    go = sklearn_run(Config(), SCALED.epochs)
    began = perf_counter()
    for _ in range(SKLEARN):
        go()
    return (perf_counter() - began) * len(SCALED.configs) / SKLEARN


def main():
    """Measure everything and print the table."""
    print(f"Measured on {machine()}.\n")
    with Pool(nice=NICE) as pool:
        swept(SCALED, pool)
        ways = {
            "learning rate × scale: one shape": lambda: swept(SCALED, pool),
            "learning rate × hidden size: sixteen shapes": lambda: swept(WIDTHS, pool),
            "the first one, with processes that have to start": cold,
            "one run of mlp after the other": singles,
        }
        if MLPClassifier:
            ways["one fit of scikit-learn after the other"] = sklearns
        best = dict.fromkeys(ways, inf)
        for name, _ in zip(cycle(ways), range(ROUNDS * len(ways)), strict=False):
            best[name] = min(best[name], ways[name]())
    first = next(iter(best.values()))
    print("| 256 runs of 20 epochs | seconds | times the first |")
    print("|---|---|---|")
    for name, seconds in best.items():
        print(f"| {name} | {seconds:.3g} | {seconds / first:.2f} |")
    pieces = plan(SCALED.configs, SCALED.epochs, calibrate(SCALED.configs))
    said = estimate(pieces, CORES)
    print(f"\nThe first map was said to take {said:.2g} s beforehand.")


if __name__ == "__main__":
    main()
