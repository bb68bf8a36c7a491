"""What Sweep and Compare say around their pictures, held against the pictures and the runs."""

import numpy as np
import pytest
from plotly.colors import sample_colorscale, unlabel_rgb

from mlp import Config, Parity, begin
from mlp.comparison.pairing import MOST_COMPARED
from mlp.figures.sweep.map import Scale, sweep_map
from pages.parts.compare import curves
from tests.claims.claim import Claim, Claims
from tests.support.pages import at, click, fine, ticks_while
from tests.support.pages import words as markdown

CAPTION = Claims(
    Claim(
        "Brighter is better, and the star is the best. A cross marks runs that diverged. Click a "
        "cell to keep it in sight.",
        lambda f: f["axes"] <= 2,
    ),
    Claim(
        "Brighter is better. A cross marks runs that diverged. Click the end of a line to keep it "
        "in sight.",
        lambda f: f["axes"] > 2,
    ),
)
NO_CURVES = Claims(
    Claim("The curves of a cell stand here, once there are some.", lambda done: not done),
)
TROUBLE = Claims(
    Claim("{why}. What is done is kept.", lambda f: True, lambda f, why: f in why),
)
DIVERGED = Claims(
    Claim(
        "{place}: {share} % of its runs diverged",
        lambda f: True,
        lambda f, place, share: float(share) == 100 * f,
    ),
)
TITLE = Claims(
    Claim(
        "Two runs, one thing changed: which learns faster, and would it with other first weights "
        "too? Up to {most} runs stand beside each other here.",
        lambda f: True,
        lambda f, most: int(most) == f,
    ),
)
FEW = Claims(Claim("Add two runs or more, and press Train.", lambda runs: runs < 2))
FULL = Claims(
    Claim(
        "These are {most}; one more, and the first leaves.",
        lambda f: f == MOST_COMPARED,
        lambda f, most: int(most) == f,
    ),
)
NO_DIFFERENCE = Claims(
    Claim(
        "These are different layers of A and {other}, so there is no difference.",
        lambda f: f["layers"],
        lambda f, other: other == "B",
    ),
    Claim(
        "A and {other} have weights of different shapes, so there is no difference.",
        lambda f: f["shapes"] and not f["layers"],
        lambda f, other: other == "B",
    ),
)
HERE = Claims(
    Claim(
        "The run on {page}",
        lambda f: True,
        lambda f, page: page.lower() == f,
    ),
)
PACE = Claims(
    Claim("How long an epoch takes is measured when the training rests.", lambda moving: moving),
    Claim("Measuring how long an epoch takes …", lambda moving: not moving),
)
CLAIMS = PACE, CAPTION, NO_CURVES, TROUBLE, DIVERGED, TITLE, FEW, FULL, NO_DIFFERENCE, HERE

ONE = {"data": "parity", "bits": 4, "run_epochs": 2, "seeds": 1}


def swept(**parameters):
    """A small sweep and its page, before any run."""
    return at("sweep", **ONE, **parameters)


def test_a_sweep_says_how_its_picture_is_read():
    two = {"vary": ["Learning rate η"], "values_learning_rate": "0.1, 1"}
    three = {"vary": ["Learning rate η", "Batch size", "Optimiser"], "cells": 3} | {
        "values_learning_rate": "0.1..1",
        "values_batch_size": "4..8",
    }
    for axes, parameters in ((1, two), (3, three)):
        app = swept(**parameters)
        (said,) = (c.value for c in app.caption if "Brighter" in c.value)
        CAPTION.hold(said, {"axes": axes})
        (empty,) = (c.value for c in app.caption if "once there are some" in c.value)
        NO_CURVES.hold(empty, 0)
        app = click(app, "sweep_start")
        job = list(app.session_state["jobs"].values())[-1]
        app = ticks_while(app, lambda job=job: not job.finished)
        assert not any("once there are some" in c.value for c in fine(app.run()).caption)
    CAPTION.all_heard()


def brightness(colour: str) -> float:
    """How bright a colour is, 0 to 1, by the weights of the eye's three cones."""
    return float(np.dot(unlabel_rgb(colour), (0.2126, 0.7152, 0.0722)) / 255)


@pytest.mark.parametrize("more_is_better", [True, False])
def test_a_better_cell_is_brighter_and_the_star_stands_on_the_best(more_is_better):
    values = np.random.RandomState(2).uniform(0.1, 0.9, (3, 4))
    order = np.argsort(values if more_is_better else -values, axis=None)  # the best comes last
    best = tuple(int(k) for k in np.unravel_index(order[-1], values.shape))
    scales = [Scale("η", tuple("abcd")), Scale("n", tuple("xyz"))]
    diverged = np.zeros_like(values)
    diverged[0, 1] = 0.25
    figure = sweep_map(
        values, values, values, diverged, *scales, "error",
        known=np.ones_like(values, bool), more_is_better=more_is_better, best=best,
    )  # fmt: skip
    cells, crosses, star = figure.data
    share = (values - cells.zmin) / (cells.zmax - cells.zmin)
    share = 1 - share if cells.reversescale else share
    scale = [list(stop) for stop in cells.colorscale]
    bright = [brightness(c) for c in sample_colorscale(scale, share.ravel()[order].tolist())]
    assert bright == sorted(bright)
    assert (star.y[0], star.x[0]) == best
    # A cross stands on the cell of which some runs diverged, and on no other.
    assert [(crosses.y[k], crosses.x[k]) for k in range(len(crosses.x))] == [(0, 1)]
    hover = crosses.hovertemplate.removesuffix("<extra></extra>").replace("<br>", ": ")
    hover = hover.replace("%{text}", crosses.text[0]).replace("<br>", ", ")
    DIVERGED.hold(hover.replace("%{customdata}", str(crosses.customdata[0])), 0.25)


def test_what_stops_a_sweep_is_said_and_keeps_what_is_done(monkeypatch):
    app = swept(vary=["Learning rate η"], values_learning_rate="0.1, 1")
    job = list(app.session_state["jobs"].values())[-1]
    app = click(app, "sweep_start")
    app = ticks_while(app, lambda: not job.finished)
    done = job.done
    job.trouble = "The disk is full."
    app = fine(app.run())
    TROUBLE.hold(app.error[0].value, "The disk is full")
    assert job.done == done == 2


def test_compare_says_how_many_runs_it_takes():
    for n in (0, 1, 2, MOST_COMPARED):
        app = at("compare", runs=[f"parity?bits=4&seed={k}" for k in range(n)])
        (said,) = (m.value for m in app.markdown if m.value.startswith("Two runs"))
        # As many as stay of more.
        more = at("compare", runs=[f"parity?bits=4&seed={k}" for k in range(n + 9)])
        TITLE.hold(said, len(more.session_state["runs to compare"]))
        FEW.hold(" ".join(m.value for m in app.info), n)
        FULL.hold(" ".join(c.value for c in app.caption if "leaves" in c.value), n)
    FULL.all_heard()


def test_weights_that_cannot_be_subtracted_say_why():
    for hidden, shapes, layers in (("3", False, False), ("5", True, False), ("3, 3", True, True)):
        runs = ["parity?bits=4", f"parity?bits=4&hidden_sizes={hidden}&seed=1"]
        app = at("compare", runs=runs, epochs=1)
        app = click(app, "compare_train")
        app = ticks_while(app, lambda app=app: app.session_state["comparing"])
        layer = app.selectbox(key="layer")
        app = fine(layer.set_value(layer.options[-1] and 1).run())
        said = " ".join(c.value for c in app.caption if "so there is no difference" in c.value)
        NO_DIFFERENCE.hold(said, {"shapes": shapes, "layers": layers})
    NO_DIFFERENCE.all_heard()


def test_the_runs_of_this_tab_are_offered_by_their_page():
    app = click(at("parity"), "one_epoch")
    session = app.session_state["session parity"]
    app = ticks_while(app, lambda: session.moving or session.trainer.under_way)
    app.query_params.clear()
    app = fine(app.switch_page("pages/compare.py").run())
    HERE.hold(app.button(key="add session parity").label, "parity")
    assert "Side by side" in [title.value for title in app.title] and markdown(app)


def test_seconds_that_are_not_measured_yet_say_when_they_are(monkeypatch):
    said = []
    monkeypatch.setattr(curves.st, "caption", said.append)
    monkeypatch.setattr(curves, "_seconds_an_epoch", lambda runs, moving: [0.1, None])
    runs = [begin(Config(data=Parity(bits=4), seed=seed)) for seed in (0, 1)]
    for moving in (True, False):
        curves._curves(runs, "AB", moving, curves.View("error", "seconds", False))
        PACE.hold(said.pop(), moving)
    PACE.all_heard()
