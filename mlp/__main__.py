"""The same runs in a terminal: `python -m mlp parity` prints what the article prints."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from math import floor
from time import perf_counter

from mlp import datasets
from mlp.datasets import DATASETS, DataSettings
from mlp.datasets.dataset import titles
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.network.losses import LOSSES
from mlp.training.config import (
    BATCHINGS,
    PRECISIONS,
    Config,
    Stop,
    config_from_settings,
    flat_settings,
    sizes_from_text,
)
from mlp.training.epoch import WATCHED
from mlp.training.presets import preset, presets_of
from mlp.training.run import Run, advance, begin, finished
from mlp.workers.threads import one_thread

CHOICES = {
    "hidden": ACTIVATIONS,
    "output": ACTIVATIONS,
    "loss": LOSSES,
    "initialisation": INITIALISATIONS,
    "optimiser": OPTIMISERS,
    "batching": BATCHINGS,
    "precision": PRECISIONS,
    "watch": WATCHED,
}
SLICE_SECONDS = 0.1  # between two looks of the progress bar
BAR = 30  # characters


def article_number(error: float) -> str:
    """An error as the article prints it: five digits, cut at eight decimals, no zeros behind.

    0.3234 and 0.00004026 are its own. What would vanish at eight decimals keeps its digits, and
    what has more digits before the point than a computer knows is written with a power of ten.
    """
    if error < 1e-7 or error >= 1e16:
        return f"{error:.5}"
    rounded = float(f"{error:.5}")
    return f"{floor(rounded * 1e8 + 1e-3) / 1e8:.8f}".rstrip("0").rstrip(".") or "0"


def parser() -> argparse.ArgumentParser:
    """The options: every setting of a config, its data and its stop rules, with the defaults."""
    root = argparse.ArgumentParser(prog="python -m mlp", description=__doc__)
    commands = root.add_subparsers(dest="kind", required=True, metavar="DATA")
    for name, kind in DATASETS.items():
        command = commands.add_parser(name, help=kind.about)
        first, presets = presets_of(name)[0], [each.name for each in presets_of(name)]
        command.add_argument(
            "--preset",
            choices=presets,
            default=presets[0],
            help="what the other options start from; default: %(default)s, whose values stand here",
        )
        for option in kind.options:
            # Under its flag, which is no name of a setting.
            command.add_argument(
                option.flag, dest=option.flag, metavar=option.metavar, help=option.help
            )
        _add(command.add_argument_group("data"), first.config.data, titles(kind))
        _add(command.add_argument_group("network and training"), first.config, CHOICES)
        _add(command.add_argument_group("stop rules"), first.stop, CHOICES)
    return root


def _add(
    group: argparse._ArgumentGroup, defaults: DataSettings | Config | Stop, choices: Mapping
) -> None:
    """An option for each setting. One that is not given has no value, so a preset may give it."""
    for f in fields(defaults):
        if f.name == "data":
            continue
        default, is_sizes = getattr(defaults, f.name), f.name == "hidden_sizes"
        shown = ",".join(map(str, default)) if is_sizes else default
        group.add_argument(
            "--" + f.name.replace("_", "-"),
            type=sizes_from_text if is_sizes else type(default),
            default=argparse.SUPPRESS,
            choices=choices.get(f.name),
            metavar=None if f.name in choices else f.name.split("_")[-1].upper(),
            help=f"{'neurons a layer, with commas; ' * is_sizes}default: {shown}",
        )


def config_and_stop(options: dict) -> tuple[Config, Stop]:
    """The config and the stop rules that the options make of their preset."""
    base = preset(options["kind"], options["preset"])
    for option in base.config.data.options:
        if given := options.get(option.flag):
            options = option.take(given) | options
    config = config_from_settings(_with_options(flat_settings(base.config), options))
    return config, Stop(**_with_options(vars(base.stop), options))


def _with_options(settings: dict, options: dict) -> dict:
    """The settings by name, each with the value that an option gives it, if there is one."""
    return {name: options.get(name, value) for name, value in settings.items()}


def epochs_of(run: Run, stop: Stop) -> Iterator[Run]:
    """The run after each epoch, until it has ended; meanwhile, a progress bar on a terminal."""
    bar = sys.stderr.isatty()
    while finished(run, stop) is None and not run.diverged:
        before, since = run, perf_counter()
        while run.epoch == before.epoch and not run.diverged:
            seconds = SLICE_SECONDS if bar else float("inf")
            run = advance(run, epochs=1, seconds=seconds, stop=stop)
            if bar and run.state.step:
                _draw_bar(run, perf_counter() - since)
        if bar:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        yield run


def _draw_bar(run: Run, seconds: float) -> None:
    """How much of the epoch is done, and how long the rest will take."""
    done = run.state.step / run.config.batches.steps
    filled = round(BAR * done)
    left = seconds * (1 - done) / done
    text = (
        f"\r  Epoch: {run.epoch:>4} [{'#' * filled:<{BAR}}] {done:4.0%}, {left:.0f} s left \x1b[K"
    )
    print(text, end="", file=sys.stderr, flush=True)


def report(run: Run) -> str:
    """The line of the last epoch, as the article prints it; for some data with their accuracy."""
    line = f"* Epoch: {run.epoch - 1:>4}, Error: {article_number(run.history.error[-1])}"
    if run.config.data.shows_accuracy:
        column = run.config.accuracy
        line += f", {column.title.capitalize()}: {column.of(run.history.rows)[-1]:.4f}"
    return line


def last_line(run: Run) -> str:
    """The accuracy at the end, as the article prints it; where it is no test's, that is said."""
    column = run.config.accuracy
    of_what = "" if column.of_tests else f" of the {column.samples} samples, there are no others"
    return f"Network Accuracy: {float(column.of(run.history.rows)[-1])}{of_what}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    one_thread()  # as on the pages, so that both give the same numbers
    try:
        config, stop = config_and_stop(vars(parser().parse_args(arguments)))
        datasets.load(config.data, config.precision)
    except ValueError as error:
        print(f"python -m mlp: {error}", file=sys.stderr)
        return 2
    for run in epochs_of(begin(config), stop):
        if not run.diverged:
            print(report(run), flush=True)
    if run.diverged:
        where = run.diverged
        print(
            f"python -m mlp: the numbers overflowed in epoch {where.epoch}, step {where.step}, in "
            f"the {where.layer}; try a lower learning rate than {config.learning_rate:g}",
            file=sys.stderr,
        )
        return 1
    print(last_line(run))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
