"""One image large: a number for every pixel, in the diverging scale, with the digit's outline."""

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import colorbar, escaped, figure
from mlp.figures.palette import DIVERGING, NEUTRAL, finite, symmetric_limit
from mlp.words import number


def pixel_map(
    values: np.ndarray,
    title: str,
    quantity: str,
    outline: np.ndarray | None = None,
    height: int = 330,
) -> go.Figure:
    """Draw a signed number for every pixel, blue below zero, white at zero, red above.

    values: (side, side). quantity: what the numbers are. outline: an image (side, side) of 0 to
    255 whose edge is drawn as a line.
    """
    values, side = finite(values), len(values)
    limit = symmetric_limit(values)
    cells = go.Heatmap(
        z=values,
        x0=1,
        y0=1,
        zmin=-limit,
        zmax=limit,
        colorscale=DIVERGING,
        colorbar=colorbar(limit, quantity),
        hoverongaps=False,
        hovertemplate="row %{y}, column %{x}: %{z:+.4~g}<extra></extra>",
    )
    edge = [] if outline is None else [_edge(outline)]
    hidden = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    hidden |= {"showline": False, "fixedrange": True, "constrain": "domain"}
    return figure(
        [cells, *edge],
        title=escaped(title),
        alt=_alt(title, values, quantity),
        height=height,
        xaxis=hidden | {"range": [0.5, side + 0.5], "constraintoward": "left"},
        yaxis=hidden | {"range": [side + 0.5, 0.5], "scaleanchor": "x", "constraintoward": "top"},
        shapes=[
            {"x0": 0.5, "x1": side + 0.5, "y0": 0.5, "y1": side + 0.5}
            | {"line": {"color": NEUTRAL, "width": 0.75}}
        ],
        margin={"l": 12, "r": 14, "t": 70, "b": 4},
        dragmode=False,
    )


def _edge(image: np.ndarray) -> go.Contour:
    """The line where ink turns to paper."""
    return go.Contour(
        z=image.astype(np.uint8),
        x0=1,
        y0=1,
        contours={"start": 127, "end": 127, "size": 1, "coloring": "none"},
        line={"color": "#16181d", "width": 1.5},
        showscale=False,
        hoverinfo="skip",
    )


def _alt(title: str, values: np.ndarray, quantity: str) -> str:
    """The largest magnitude and where it stands."""
    if not np.isfinite(values).any() or not np.nanmax(abs(values)):
        return f"{title}: every {quantity} is 0 or not finite."
    i, j = np.unravel_index(np.nanargmax(abs(values)), values.shape)
    return (
        f"{title}: the largest {quantity} in size is {number(float(values[i, j]))}, at row "
        f"{i + 1}, column {j + 1}."
    )
