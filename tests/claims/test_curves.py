"""What the curves of runs say: to eyes in a hint, and to ears in the text beside the figure."""

import re
from math import isfinite, nan
from random import Random

import numpy as np
import pytest

from mlp.figures.training.bands import Curve, several_curves
from mlp.figures.training.curves import accuracy_curve, error_curve
from tests.claims.claim import Claim, Claims, reads

pytestmark = pytest.mark.filterwarnings("error")


def counted(n: int, noun: str) -> str:
    return f"1 {noun}" if n == 1 else f"{n:,} {noun}s"


def printed(value: float) -> float:
    """A number as it is written out: two digits of it, or all before the point up to a million."""
    return round(value) if 99.5 <= value < 999_999.5 else float(f"{value:.2g}")


class Drawn:
    """What is true of curves looked at after an epoch."""

    def __init__(self, numbers: list[float], test: list[float], at: int | None):
        self.done = len(numbers) if at is None else min(at, len(numbers))
        self.now, self.first = (numbers[self.done - 1], numbers[0]) if self.done else (nan, nan)
        self.test = test[self.done - 1] if self.done else nan
        differ = printed(self.now) != printed(self.first)
        finite = isfinite(self.now) and isfinite(self.first)
        self.moved = self.done > 1 and finite and differ

    def epochs(self, text: str) -> bool:
        return text == counted(self.done, "epoch")


def ends_at(text: str, value: float) -> bool:
    return reads(text, value) if isfinite(value) else text == "not finite"


ERRORS = Claims(
    Claim("Error curve at the start: no epoch is finished yet.", lambda d: not d.done),
    Claim(
        "Error {error} after {epochs}",
        lambda d: d.done > 0,
        lambda d, error, epochs: ends_at(error, d.now) and d.epochs(epochs),
    ),
    Claim(
        ", down from {first}",
        lambda d: d.moved and d.now < d.first,
        lambda d, first: reads(first, d.first),
    ),
    Claim(
        ", up from {first}",
        lambda d: d.moved and d.now > d.first,
        lambda d, first: reads(first, d.first),
    ),
    Claim(
        "; test error {error}.",
        lambda d: isfinite(d.test),
        lambda d, error: reads(error, d.test),
    ),
    Claim(".", lambda d: d.done > 0 and not isfinite(d.test)),
)
ACCURACY = Claims(
    Claim("Accuracy curve at the start: no epoch is finished yet.", lambda d: not d.done),
    *(
        Claim(
            f"{which} accuracy {{share}} % after {{epochs}}.",
            lambda d, which=which: isfinite(d.now) and d.which == which,
            lambda d, share, epochs: reads(share, 100 * d.now) and d.epochs(epochs),
        )
        for which in ("Test", "Training")
    ),
    *(
        Claim(
            f"No {which.lower()} accuracy after {{epochs}}: it was not measured.",
            lambda d, which=which: d.done > 0 and not isfinite(d.now) and d.which == which,
            lambda d, epochs: d.epochs(epochs),
        )
        for which in ("Test", "Training")
    ),
)
HINTS = Claims(
    Claim("Press Play to see the error fall", lambda h: h["of"] == "error" and not h["epochs"]),
    Claim(
        "Nothing to draw: no error is above zero",
        lambda h: h["of"] == "error" and h["epochs"] and h["logarithmic"] and not h["drawn"],
    ),
    Claim(
        "No error is finite",
        lambda h: h["of"] == "error" and h["epochs"] and not h["logarithmic"] and not h["drawn"],
    ),
    Claim(
        "Press Play to see the accuracy rise", lambda h: h["of"] == "accuracy" and not h["epochs"]
    ),
    Claim(
        "The accuracy was not measured",
        lambda h: h["of"] == "accuracy" and h["epochs"] and not h["drawn"],
    ),
)


def hint_of(figure) -> str:
    return " ".join(each.text for each in figure.layout.annotations)


def test_curves_say_what_they_show_at_the_epoch_looked_at():
    random = Random(8)
    for _ in range(300):
        epochs = random.choice([0, 1, 2, 30, 1200])
        at = random.choice([None, 0, *(random.randint(0, epochs) for _ in range(2))])
        scale = random.choice([0.0, 1e-7, 1.0, 1e6, nan])
        error = [scale * random.random() for _ in range(epochs)]
        test = [random.choice([nan, 0.0, random.random()])] * epochs
        logarithmic = random.random() < 0.5
        figure = error_curve(error, test, logarithmic=logarithmic, at=at)
        ERRORS.hold(figure.layout.meta["alt"], Drawn(error, test, at))
        drawn = any(e > 0 or (e == 0 and not logarithmic) for e in error + test)
        facts = {"of": "error", "epochs": epochs, "logarithmic": logarithmic, "drawn": drawn}
        HINTS.hold(hint_of(figure), facts)
        known = random.choice([True, True, False])
        shares = [random.random() if known else nan for _ in range(epochs)]
        which = random.choice(["Test", "Training"])
        figure = accuracy_curve(shares, which.lower(), chance=0.5, at=at)
        facts = Drawn(shares, [nan] * epochs, at)
        facts.which = which
        ACCURACY.hold(figure.layout.meta["alt"], facts)
        HINTS.hold(hint_of(figure), {"of": "accuracy", "epochs": epochs, "drawn": known})
    for claims in (ERRORS, ACCURACY, HINTS):
        claims.all_heard()


BANDS = Claims(
    Claim(
        "No {quantity} to draw yet.",
        lambda f: not f["ends"],
        lambda f, quantity: quantity == f["q"],
    ),
    Claim(
        "{quantity} at the end.",
        lambda f: bool(f["ends"]),
        lambda f, quantity: quantity == f["q"].capitalize(),
    ),
    *(
        Claim(
            f"{{name}}: {{value}}{end}",
            lambda f, many=many: len(f["ends"]) > many,
            lambda f, name, value: ends_at(value, f["ends"][name]),
        )
        for end, many in ((";", 1), (".", 0))
    ),
)


def test_several_curves_say_where_each_ends():
    random = Random(9)
    for _ in range(100):
        quantity, curves = random.choice(["error", "test accuracy"]), {}
        for name in "ABC"[: random.randint(0, 3)]:
            y = [random.choice([random.random(), 1e-9, 12_345.6, nan]) for _ in range(3)]
            curves[f"run {name}"] = y
        figure = several_curves(
            [Curve(name, np.arange(3), np.array(y)) for name, y in curves.items()], "x", quantity
        )
        facts = {"q": quantity, "ends": {name: y[-1] for name, y in curves.items()}}
        text = figure.layout.meta["alt"]
        BANDS.hold(text, facts)
        assert re.findall(r"run \w", text) == list(curves)
    BANDS.all_heard()


CLAIMS = (ERRORS, ACCURACY, HINTS, BANDS)
