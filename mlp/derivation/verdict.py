"""What the proof says, in words: of one gradient, and of all of them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mlp.derivation.proof import Check
from mlp.words import number_text

MOST_ENTRIES = 12  # that are listed
NUDGED = {"delta": "weighted sum", "dW": "weight", "db": "bias"}


class Verdict(NamedTuple):
    """kind: "right", "wrong" or "open". headline: what it comes to. more: what follows, or ""."""

    kind: str
    headline: str
    more: str


def short(error: float) -> str:
    """A relative error to one digit."""
    return number_text(float(f"{error:.1g}")) if np.isfinite(error) else "none"


def of_one(check: Check) -> Verdict:
    """The verdict on one gradient, with the entries that are not right or not told."""
    error = f"Relative error {short(check.overall)}"
    if not check.holds:
        return Verdict("wrong", f"It is wrong. {error}", f"Wrong {_places(check.wrong)}")
    if not check.hidden.any():
        return Verdict("right", f"It agrees. {error}", "")
    if check.hidden.all():
        return Verdict("open", "Nudging cannot tell", "")
    headline = f"It agrees where nudging can tell. {error}"
    return Verdict("open", headline, f"Open {_places(check.hidden)}")


def _places(marked: np.ndarray) -> str:
    """The rows and columns of the entries that are marked."""
    places = [f"({i + 1}, {j + 1})" for i, j in np.argwhere(marked)]
    listed = ", ".join(places[:MOST_ENTRIES]) + (" …" if len(places) > MOST_ENTRIES else "")
    return f"entries (row, column): {listed}"


def of_all(checks: Sequence[tuple[str, Check]]) -> Verdict:
    """The verdict on all gradients, each with what it is called."""
    worst = short(max((check.overall for _, check in checks), default=0.0))
    wrong = [name for name, check in checks if not check.holds]
    if wrong:
        more = f"for {len(wrong)} of {len(checks)} gradients: {', '.join(wrong)}"
        return Verdict("wrong", "The proof fails", more)
    left = [name for name, check in checks if check.hidden.any()]
    if not left:
        return Verdict("right", "Every gradient is proved", f"Largest relative error {worst}")
    more = f"Nudging cannot tell all of {len(left)} of {len(checks)}: {', '.join(left)}."
    if not all(check.hidden.all() for _, check in checks):
        more += f" Of the rest the largest relative error is {worst}"
    return Verdict("open", "No gradient is wrong", more)


def way(kind: str) -> str:
    """How the gradient of a kind of step is found without backpropagation."""
    return (
        f"Nudge one {NUDGED[kind]} up and down, run the network again, and see how much the loss "
        "changes: that is the gradient without any backpropagation. Each nudge has its own size, "
        "and none moves a weighted sum by more than a half."
    )


def left_open(checks: Sequence[Check]) -> str:
    """Why nudging cannot tell some entries; empty where it can tell all."""
    kinks = sum(int(check.kink.sum()) for check in checks)
    rounded = sum(int(check.hidden.sum()) for check in checks) - kinks
    said = []
    if rounded:
        said.append(
            f"Rounding hides {_entries(rounded)}: of the change that a small nudge makes, it "
            "leaves too few digits to tell."
        )
    if kinks:
        said.append(
            f"A kink hides {_entries(kinks)}: a weighted sum is so close to 0 that the smallest "
            "nudge takes it across, and there the slope of its activation jumps."
        )
    return " ".join(said)


def _entries(n: int) -> str:
    return "1 entry" if n == 1 else f"{n:,} entries"
