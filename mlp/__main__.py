"""The same runs in a terminal: `python -m mlp parity` prints what the article prints."""

import argparse
import sys
from dataclasses import fields
from math import floor, isnan

from mlp.activations import ACTIVATIONS
from mlp.config import BATCHINGS, PRECISIONS, Config, Stop
from mlp.datasets import Parity
from mlp.datasets.parity import RULES
from mlp.links import sizes_from_text
from mlp.losses import LOSSES
from mlp.network import INITIALISATIONS
from mlp.optimisers import OPTIMISERS
from mlp.run import advance, begin, finished

CHOICES = {
    "rule": RULES,
    "hidden": ACTIVATIONS,
    "output": ACTIVATIONS,
    "loss": LOSSES,
    "initialisation": INITIALISATIONS,
    "optimiser": OPTIMISERS,
    "batching": BATCHINGS,
    "precision": PRECISIONS,
}


def article_number(error: float) -> str:
    """An error as the article prints it: five digits, cut at eight decimals, no zeros behind.

    0.3234 and 0.00004026 are its own. What would vanish at eight decimals keeps its digits.
    """
    if error < 1e-7:
        return f"{error:.5}"
    rounded = float(f"{error:.5}")
    return f"{floor(rounded * 1e8 + 1e-3) / 1e8:.8f}".rstrip("0").rstrip(".") or "0"


def parser() -> argparse.ArgumentParser:
    """The options: every setting of a config, its data and its stop rules, with the defaults."""
    root = argparse.ArgumentParser(prog="python -m mlp", description=__doc__)
    commands = root.add_subparsers(dest="data", required=True, metavar="DATA")
    parity = commands.add_parser(
        "parity",
        help="train on a yes-or-no question about binary numbers",
    )
    for kind, title in ((Parity, "data"), (Config, "network and training"), (Stop, "stop rules")):
        group = parity.add_argument_group(title)
        defaults = kind()
        for f in fields(kind):
            if f.name == "data":
                continue
            default = getattr(defaults, f.name)
            is_sizes = f.name == "hidden_sizes"
            group.add_argument(
                "--" + f.name.replace("_", "-"),
                type=sizes_from_text if is_sizes else type(default),
                default=",".join(map(str, default)) if is_sizes else default,
                choices=CHOICES.get(f.name),
                metavar=None if f.name in CHOICES else f.name.split("_")[-1].upper(),
                help=f"{'neurons a layer, with commas; ' * is_sizes}default: %(default)s",
            )
    return root


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = vars(parser().parse_args(arguments))
    try:
        data = Parity(**{f.name: options[f.name] for f in fields(Parity)})
        names = [f.name for f in fields(Config) if f.name != "data"]
        config = Config(data=data, **{name: options[name] for name in names})
        stop = Stop(**{f.name: options[f.name] for f in fields(Stop)})
    except ValueError as error:
        print(f"python -m mlp: {error}", file=sys.stderr)
        return 2
    run = begin(config)
    while finished(run, stop) is None and not run.diverged:
        run = advance(run, epochs=1, stop=stop)
        if not run.diverged:
            error = article_number(run.history.error[-1])
            print(f"* Epoch: {run.epoch - 1:>4}, Error: {error}", flush=True)
    if run.diverged:
        where = run.diverged
        print(
            f"python -m mlp: the numbers overflowed in epoch {where.epoch}, step {where.step}, in "
            f"the {where.layer}; try a lower learning rate than {config.learning_rate:g}",
            file=sys.stderr,
        )
        return 1
    accuracy = float(run.history.test_accuracy[-1])
    print(f"Network Accuracy: {'no samples are left to test on' if isnan(accuracy) else accuracy}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
