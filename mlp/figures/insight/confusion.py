"""Which class was taken for which: the confusion matrix."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import figure
from mlp.figures.palette import CATEGORICAL, SEQUENTIAL, colour_at, text_on
from mlp.words import one


def confusion_matrix(
    counts: np.ndarray, classes: Sequence[str], chosen: tuple[int, int] | None = None
) -> go.Figure:
    """Draw how often each class (rows) got each answer (columns): mistakes bright, none dark.

    counts: (n, n), whole numbers. The right answers, on the diagonal, are only printed: they would
    drown the mistakes. chosen: a cell (row, column) to put a frame around.
    """
    n = len(counts)
    wrong = np.where(np.eye(n, dtype=bool), np.nan, counts).astype(np.float32)
    most = float(np.nanmax(wrong, initial=0)) or 1.0
    cells = go.Heatmap(
        z=wrong,
        zmin=0,
        zmax=most,
        colorscale=SEQUENTIAL,
        showscale=False,
        xgap=1,
        ygap=1,
        hovertemplate="%{y} taken for %{x}: %{z}<extra></extra>",
        hoverongaps=False,
    )
    ticks = {"tickvals": list(range(n)), "ticktext": list(classes), "showgrid": False}
    ticks |= {"zeroline": False, "ticks": "", "fixedrange": True}
    return figure(
        [cells, *_printed(counts, wrong, most)],
        title="What was taken for what",
        alt=_alt(counts, wrong, classes),
        height=430,
        xaxis=ticks | {"title": {"text": "answer"}, "range": [-0.5, n - 0.5]},
        yaxis=ticks | {"title": {"text": "truth"}, "range": [n - 0.5, -0.5]},
        shapes=[] if chosen is None else [_frame(*chosen)],
        margin={"l": 44, "r": 6, "t": 40, "b": 44},
        dragmode=False,
    )


def _printed(counts: np.ndarray, wrong: np.ndarray, most: float) -> list[go.Scatter]:
    """The mistakes in dark or light, whichever reads better, and the right answers in bold."""
    i, j = np.nonzero(np.nan_to_num(wrong))
    inks = [text_on(colour_at(SEQUENTIAL, v / most)) for v in wrong[i, j]]
    here = np.arange(len(counts))
    common = {"mode": "text", "hoverinfo": "skip"}
    return [
        go.Scatter(
            x=j.astype(np.uint8),
            y=i.astype(np.uint8),
            text=[f"{v:,.0f}" for v in wrong[i, j]],
            textfont={"size": 11, "color": inks},
            **common,
        ),
        go.Scatter(
            x=here.astype(np.uint8),
            y=here.astype(np.uint8),
            text=[f"<b>{v:,}</b>" for v in np.diag(counts)],
            textfont={"size": 12},
            **common,
        ),
    ]


def _frame(row: int, column: int) -> dict:
    edges = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    return edges | {"line": {"color": CATEGORICAL[1], "width": 2.5}}


def _alt(counts: np.ndarray, wrong: np.ndarray, classes: Sequence[str]) -> str:
    """How many are right, and the commonest mistake."""
    text = f"Confusion matrix: {np.trace(counts):,} of {counts.sum():,} answers are right"
    if not np.nansum(wrong):
        return text + "."
    i, j = np.unravel_index(np.nanargmax(wrong), wrong.shape)
    mixed = f"{one(classes[i])} is taken for {one(classes[j])}"
    return f"{text}; most often, {int(wrong[i, j]):,}, {mixed}."
