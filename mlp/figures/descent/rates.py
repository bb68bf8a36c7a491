"""The map of all learning rates: how many steps each needs down the parabola x²."""

import numpy as np
import plotly.graph_objects as go

from mlp.descent.path import CLOSE
from mlp.descent.regimes import factor, regime, steps_to_reach
from mlp.figures.frame import LEGEND, figure, note
from mlp.figures.palette import CATEGORICAL, NEUTRAL, POSITIVE, finite
from mlp.words import number, plural

# By kind of walk: good, slow and bad; the words say it too, never the colour alone.
REGIME_COLOURS = {
    "creeping": CATEGORICAL[4],
    "monotone": CATEGORICAL[0],
    "one step": CATEGORICAL[2],
    "oscillating": CATEGORICAL[3],
    "two-cycle": CATEGORICAL[1],
    "diverging": POSITIVE,
}
MOST = 1.5  # the largest learning rate on the map
NEVER = note("from η = 1 on: never", x=(1 + MOST) / 2, xref="x", y=0.08)


def steps_map(learning_rate: float, start: float) -> go.Figure:
    """Steps until x² is within 10⁻⁶, for every learning rate, with the present one marked."""
    eta = np.unique(np.append(np.linspace(0.001, 1, 700), np.linspace(0.49, 0.51, 41)))
    steps = finite(steps_to_reach(eta, start))
    here = float(steps_to_reach(learning_rate, start))
    count = plural(int(here), "step") if np.isfinite(here) else "never"
    words = f"η = {learning_rate:g}: {count}"
    top = 1.6 * max(float(np.nanmax(steps, initial=1)), 10)
    height = max(min(here, top / 1.5), 0.9)
    moves = start**2 > CLOSE
    told = "one at ½, more farther to both sides, never from 1 on" if moves else "none at any rate"
    return figure(
        [*(_walks(eta, steps, start) if moves else []), _now(learning_rate, height, words)],
        alt=(
            f"Steps to come within 10⁻⁶ from x = {number(start, 4)}, against the learning rate: "
            f"{told}. Now {words}."
        ),
        height=330,
        xaxis={"title": {"text": "learning rate η"}, "range": [0, MOST], "dtick": 0.25},
        yaxis={
            "title": {"text": "steps (logarithmic)"},
            "type": "log",
            "range": [-0.15, np.log10(top)],
            "dtick": 1,
        },
        shapes=[*([_never()] if moves else []), _line_at(learning_rate)],
        annotations=[*([NEVER] if moves else []), _label_at(learning_rate, words)],
        showlegend=True,
        legend=LEGEND,
        hovermode="closest",
        margin={"l": 58, "r": 12, "t": 34, "b": 42},
    )


def _walks(eta: np.ndarray, steps: np.ndarray, start: float) -> list[go.Scatter]:
    """The steps of each learning rate that arrives: a line for each regime, and a star at ½."""
    kinds = np.array([regime(factor(float(e))).name for e in eta])
    lines = [
        go.Scatter(
            x=finite(eta[kinds == kind]),
            y=steps[kinds == kind],
            name=kind,
            mode="lines",
            hovertemplate="η = %{x:.3f}: %{y:,d} steps<extra></extra>",
            line={"color": REGIME_COLOURS[kind], "width": 4, "dash": "solid"},
        )
        for kind in ("creeping", "monotone", "oscillating")
    ]
    return [*lines, _one_step(start)]


def _one_step(start: float) -> go.Scatter:
    """The learning rate ½, from which one step is enough."""
    return go.Scatter(
        x=[0.5],
        y=steps_to_reach([0.5], start),
        name="one step",
        mode="markers",
        marker={"color": REGIME_COLOURS["one step"], "size": 10, "symbol": "star"},
        hovertemplate="η = ½: 1 step<extra></extra>",
    )


def _now(learning_rate: float, height: float, words: str) -> go.Scatter:
    """The present learning rate, at a height inside the map even where no steps are enough."""
    return go.Scatter(
        x=[learning_rate],
        y=[height],
        mode="markers",
        name="now",
        marker={
            "size": 15,
            "color": REGIME_COLOURS[regime(factor(learning_rate)).name],
            "line": {"color": "#ffffff", "width": 2},
        },
        hovertemplate=f"{words}<extra></extra>",
        showlegend=False,
    )


def _never() -> dict:
    """The learning rates from 1 on, which never arrive, as a tinted field."""
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": 1,
        "x1": MOST,
        "y0": 0,
        "y1": 1,
        "fillcolor": REGIME_COLOURS["diverging"],
        "opacity": 0.14,
        "line": {"width": 0},
    }


def _line_at(learning_rate: float) -> dict:
    """A dotted line from top to bottom."""
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": learning_rate,
        "x1": learning_rate,
        "line": {"color": NEUTRAL, "dash": "dot", "width": 2},
    }


def _label_at(learning_rate: float, words: str) -> dict:
    """The words beside that line, on the side with room for them."""
    left = learning_rate > 0.75 * MOST
    return note(
        words,
        x=learning_rate,
        xref="x",
        y=0.97,
        xanchor="right" if left else "left",
        xshift=-8 if left else 8,
    )
