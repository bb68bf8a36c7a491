"""The numbers in the cells of a heatmap, where they fit."""

import math

import numpy as np
import plotly.graph_objects as go

from mlp.figures.palette import DIVERGING, colour_at, text_on

MOST_PRINTED = 12  # rows and columns
FEW = 6  # columns, up to which there is room for one more digit
PHONE = 338  # pixels between the left and the right margin of a figure
LEAST_WIDTH = 20  # pixels of a cell with four characters


def fit(rows: int, columns: int, left: int) -> bool:
    """Whether numbers fit on a phone, beside `left` pixels for the names of the rows."""
    wide = columns <= FEW or (PHONE - left) / (columns + 1.35) >= LEAST_WIDTH
    return wide and max(rows, columns) <= MOST_PRINTED


def factor(limit: float) -> float:
    """The power of ten in which the values are printed: 1 while they are of a usual size."""
    return 1.0 if 0.05 <= limit < 1000 else 10.0 ** math.floor(math.log10(limit))


def printed(
    values: np.ndarray, bias: np.ndarray, limit: float, bias_edges: list[float]
) -> go.Scatter:
    """The values as text in their cells, dark or light, whichever reads better there.

    values: (rows, columns). bias: (rows,), in a column of its own between bias_edges.
    limit: the value at the ends of the colour scale.
    """
    rows, columns = values.shape
    flat = np.column_stack([values, bias]).ravel().astype(float)
    fills = [colour_at(DIVERGING, 0.5 + v / limit / 2) for v in np.nan_to_num(flat)]
    unit = factor(limit)
    return go.Scatter(
        x=np.tile([*range(columns), np.mean(bias_edges)], rows).astype(np.float32),
        y=np.repeat(np.arange(rows), columns + 1).astype(np.uint8),
        mode="text",
        text=[_value(v / unit, limit / unit, columns) for v in flat],
        textfont={"size": 12 if columns <= FEW else 10, "color": [text_on(f) for f in fills]},
        hoverinfo="skip",
    )


def _value(value: float, limit: float, columns: int) -> str:
    """A value in as many characters as fit its cell on a phone: four where there are many."""
    if math.isnan(value):
        return ""
    decimals = (2 if limit < 1 else 1 if limit < 10 else 0) + (columns <= FEW and limit < 100)
    text = f"{value:.{decimals}f}"
    if not float(text):
        text = text.lstrip("-")
    elif columns > FEW and limit < 1:
        text = text.replace("0.", ".", 1)
    return text.replace("-", "−")
