"""How the noise of a gradient falls with the size of its batch."""

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import LEGEND, figure
from mlp.figures.palette import CATEGORICAL, NEUTRAL, finite
from mlp.words import number


def noise_curve(
    sizes: np.ndarray, measured: np.ndarray, expected: np.ndarray, batch_size: int
) -> go.Figure:
    """How far a batch's gradient lies from the full one, against the batch size, both logarithmic.

    sizes, measured, expected: (n,). batch_size: the one in use, marked.
    """
    root = expected[0] * np.sqrt(sizes[0] / sizes)
    traces = [
        go.Scatter(
            x=finite(sizes),
            y=finite(root),
            name="∝ 1/√batch",
            mode="lines",
            line={"color": NEUTRAL, "dash": "dot", "width": 2},
            hoverinfo="skip",
        ),
        go.Scatter(
            x=finite(sizes),
            y=finite(np.where(expected > 0, expected, np.nan)),
            name="expected",
            mode="lines",
            line={"color": CATEGORICAL[0], "width": 2},
            hovertemplate="batch %{x}: expected %{y:.3~g}<extra></extra>",
        ),
        go.Scatter(
            x=finite(sizes),
            y=finite(np.where(measured > 1e-9, measured, np.nan)),
            name="measured",
            mode="markers",
            marker={"color": CATEGORICAL[1], "size": 9, "symbol": "diamond"},
            hovertemplate="batch %{x}: measured %{y:.3~g}<extra></extra>",
        ),
    ]
    line = {"type": "line", "xref": "x", "yref": "paper", "y0": 0, "y1": 1}
    line |= {"x0": batch_size, "x1": batch_size}
    line |= {"line": {"color": NEUTRAL, "width": 2, "dash": "dot"}}
    nearest = int(abs(np.log(sizes / batch_size)).argmin())
    return figure(
        traces,
        alt=(
            f"Noise of a batch's gradient: measured {number(float(measured[0]), 3)} at a batch of "
            f"{sizes[0]:g}, {number(float(measured[nearest]), 3)} at {sizes[nearest]:g}; it "
            "shrinks about as one over the root of the batch, and to nothing with all the points."
        ),
        height=300,
        xaxis={
            "title": {"text": "batch size (logarithmic)"},
            "type": "log",
            "tickvals": sizes.tolist()[::2],
        },
        yaxis={"title": {"text": "noise (logarithmic)"}, "type": "log", "dtick": 1},
        shapes=[line],
        showlegend=True,
        legend=LEGEND,
        hovermode="closest",
        margin={"l": 58, "r": 12, "t": 34, "b": 42},
    )
