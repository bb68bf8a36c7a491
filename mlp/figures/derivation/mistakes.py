"""What training makes of a mistake: the error with the right and with the broken gradient."""

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import figure
from mlp.figures.palette import CATEGORICAL, finite
from mlp.words import number


def right_and_broken(right: np.ndarray, broken: np.ndarray | None) -> go.Figure:
    """Draw the error after each step for both; broken is None where there is no gradient.

    right, broken: (steps + 1,), the first before any step.
    """
    curves = [("right", right, CATEGORICAL[0], "solid")]
    if broken is not None:
        curves.append(("broken", broken, CATEGORICAL[1], "dash"))
    traces = [
        go.Scatter(
            x=np.arange(len(values), dtype=np.float32),
            y=finite(values),
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2.5},
            hovertemplate=f"{name}, step %{{x}}: %{{y:.4~g}}<extra></extra>",
        )
        for name, values, colour, dash in curves
    ]
    # A broken run that explodes would flatten the right one against the axis.
    top = 2.5 * float(np.nanmax(finite(right), initial=0.0)) or 1.0
    most = max((float(np.nanmax(finite(v), initial=0.0)) for _, v, _, _ in curves), default=top)
    return figure(
        traces,
        title="Error while training",
        alt=_alt(curves),
        height=280,
        showlegend=True,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"},
        xaxis={"title": {"text": "step"}},
        yaxis={"title": {"text": "error"}, "range": [0, min(1.05 * most, top)]},
    )


def _alt(curves: list[tuple]) -> str:
    """Where each run ends."""
    parts = []
    for name, values, _, _ in curves:
        end = float(values[-1])
        text = number(end, 3) if np.isfinite(end) else "no finite number"
        parts.append(
            f"with the {name} gradient the error goes from {number(values[0], 3)} to {text}"
        )
    return "; ".join(parts).capitalize() + "."
