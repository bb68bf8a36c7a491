"""What the links of a sweep's table cost: python tests/benchmarks/addresses.py prints one table.

256 runs of a digits network with 512 hidden neurons. Beside them stands what it takes to begin the
same runs, which draws their first weights: no link does so. The best round of each counts, because
other work on the machine only ever makes a round slower. Nothing is asserted.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mlp.sharing.address import Address  # noqa: E402
from mlp.sweep import axis_from_text, grid  # noqa: E402
from mlp.training.presets import presets_of  # noqa: E402
from tests.benchmarks.training import machine  # noqa: E402

AXES = (
    axis_from_text("learning_rate", "0.0001..0.01 x 16"),
    axis_from_text("l2", "0.00001..0.1 x 16"),
)
ASKED = grid(replace(presets_of("digits")[0].config, hidden_sizes=(512,)), AXES)
LINKS = [Address.of_config(config, (ASKED.epochs, 0)).text for config in ASKED.configs]
ROUNDS = 3


def write() -> None:
    """The link of every run."""
    for config in ASKED.configs:
        assert Address.of_config(config, (ASKED.epochs, 0)).text


def read() -> None:
    """The address of every link."""
    for link in LINKS:
        assert Address.read(link).config


def draw() -> None:
    """The first weights of every run."""
    for link in LINKS:
        assert Address.read(link).begin()


def seconds(work: Callable[[], None]) -> float:
    """How long this takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def main():
    """Measure everything and print the table."""
    print(f"Measured on {machine()}.\n")
    ways = {"to write the links": write, "to read them": read, "to read them and begin": draw}
    print(f"| {len(LINKS)} runs of 784-512-10 | milliseconds | for each |")
    print("|---|---|---|")
    for name, work in ways.items():
        best = 1000 * min(seconds(work) for _ in range(ROUNDS))
        print(f"| {name} | {best:.3g} | {best / len(LINKS):.2g} |")


if __name__ == "__main__":
    main()
