"""Walks as tables and sentences: as the article prints them, as columns, and as CSV."""

from mlp.descent.optimisers import TITLES
from mlp.descent.path import Method, Path
from mlp.words import number, plural

NOT_REAL = "not real, or too large a number"


def article_table(path: Path) -> str:
    """The walk over a and b as the article prints it. Source: seed 000, section 3.1."""
    rows = zip(path.points[1:], path.error, strict=False)
    pairs = [(f"({a:.2}, {b:.2})", f"{error:.5}") for (a, b), error in rows]
    return "\n".join(
        f"Step: {step:>2}, (a, b): {pair:<14} Error: {error}"
        for step, (pair, error) in enumerate(pairs)
    )


def article_mean(path: Path) -> tuple[float, float]:
    """The article's mean error, the sum of n errors over n - 1, and the mean itself.

    Source: seed 000, section 3.1, where step counts from 0 and ends at 6 after seven steps.
    """
    errors = path.error[: path.steps]
    return float(errors.sum() / (path.steps - 1)), float(errors.mean())


def ending(path: Path, known: bool = True) -> str:
    """How a walk ended, in a sentence. known: whether the lowest value is."""
    n = plural(path.steps, "step")
    if path.ended == "close":
        return f"Arrived: within 10⁻⁶ of the lowest value after {n}."
    if path.ended == "bound":
        return f"Given up after {n}: farther than {number(path.bound, 4)} from 0."
    if path.ended == "no height":
        place = ", ".join(number(float(x), 4) for x in path.beyond)
        return f"After {n} the next leads to ({place}), where g or its slope is {NOT_REAL}."
    if path.ended == "not finite":
        return f"After {n} the next point would not be a finite number."
    return f"Not there yet after {n}." if known else f"Ended after {n}, all that were asked for."


def race_columns(methods: list[Method], paths: list[Path], known: bool = True) -> dict[str, list]:
    """The race as the columns of a table; no steps where a walk never arrived.

    known: whether the lowest value is.
    """
    return {
        "optimiser": [TITLES[m.optimiser] for m in methods],
        "learning rate": [m.learning_rate for m in methods],
        "steps to 10⁻⁶": [p.steps if p.ended == "close" else None for p in paths],
        "g at the end": [float(p.values[-1]) for p in paths],
        "how it ended": [ending(p, known) for p in paths],
    }


def path_columns(path: Path, names: tuple[str, ...]) -> dict[str, list]:
    """The path as the columns of a table: step, point, g, gradient, nudge; no nudge at the end."""
    slopes = ["g′"] if len(names) == 1 else [f"∂g/∂{n}" for n in names]
    nudges = [f"nudge {n}" if len(names) > 1 else "nudge" for n in names]
    steps = [*path.nudges.tolist(), [None] * len(names)]
    return (
        {"step": list(range(path.steps + 1))}
        | dict(zip(names, path.points.T.tolist(), strict=True))
        | {"g": path.values.tolist()}
        | dict(zip(slopes, path.gradients.T.tolist(), strict=True))
        | {
            nudge: list(column)
            for nudge, column in zip(nudges, zip(*steps, strict=True), strict=True)
        }
    )


def path_csv(path: Path, names: tuple[str, ...]) -> str:
    """The same table as a CSV file, in full precision."""
    columns = path_columns(path, names)
    rows = zip(*columns.values(), strict=True)
    lines = [["" if v is None else repr(v) for v in row] for row in rows]
    return "".join(",".join(line) + "\n" for line in [list(columns), *lines])
