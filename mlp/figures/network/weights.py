"""A weight matrix with its biases as a heatmap, rows the neurons and columns the inputs."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import colorbar, escaped, figure, shared_word, wrapped
from mlp.figures.network.printed import factor, fit, printed
from mlp.figures.palette import (
    DIVERGING,
    NEUTRAL,
    finite,
    symmetric_limit,
)
from mlp.words import number, plural

MOST_CELLS = 128  # rows and columns; more would be thinner than a pixel on a phone
MOST_LABELS = 16  # labels on an axis


def weight_heatmap(
    weights: np.ndarray,
    biases: np.ndarray,
    row_names: Sequence[str],
    column_names: Sequence[str],
    *,
    marked: int | None = None,
    mark: str = "",
    title: str = "Weights",
    quantity: str = "weight",
    limit: float | None = None,
) -> go.Figure:
    """Draw weights and biases in one diverging scale, blue below zero, white at zero, red above.

    weights: (n_out, n_in). biases: (n_out,). row_names: of the n_out neurons, the first on top.
    column_names: of the n_in inputs. marked: a column to point out, with `mark` under its name.
    quantity: what the colours show, such as "weight" or "change". limit: the value at the ends
    of the scale; the largest magnitude in sight unless given. Of a matrix larger than 128 x 128
    its first rows and columns are shown, and the title says so. Cells that are not finite stay
    blank.
    """
    full, values, bias = np.shape(weights), *_cropped(weights, biases)
    rows, columns = values.shape
    limit = limit or symmetric_limit(values, bias)
    row_word, row_labels = shared_word(list(row_names)[:rows])
    column_word, column_labels = shared_word(list(column_names)[:columns])
    row_hover, column_hover = f"{escaped(row_word)} %{{y}}", f"{escaped(column_word)} %{{x}}"
    bias_edges = _bias_edges(columns)
    traces = [
        _cells(values, limit, f"{row_hover}, {column_hover}", x0=0),
        _cells(bias[:, None], limit, f"{row_hover}, bias", x=bias_edges),
    ]
    traces[0].update(showscale=True, colorbar=colorbar(limit, quantity))
    if full != values.shape:
        title += f", first {rows} × {columns} of {full[0]:,} × {full[1]:,}"
    longest = max(len(line) for label in row_labels for line in wrapped(label).split("<br>"))
    heading, left = title, 16 + 7 * longest + 20 * bool(row_word)
    if fit(rows, columns, left):
        traces.append(printed(values, bias, limit, bias_edges))
        heading += f", in {number(factor(limit))}" if factor(limit) != 1 else ""
    bottom = 66 if mark else 52
    return figure(
        traces,
        title=escaped(heading),
        alt=_alt(title, values, bias, row_names, column_names, quantity),
        height=70 + min(max(34 * rows, 76), 380) + bottom,
        xaxis=_column_axis(column_labels, column_word, marked, mark),
        yaxis=_row_axis(row_labels, row_word),
        shapes=[_frame(-0.5, columns - 0.5, rows), _frame(*bias_edges, rows)],
        margin={"l": left, "r": 12, "t": 70, "b": bottom},
    )


def _cropped(weights: np.ndarray, biases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part in sight, as float32 with NaN where it is not finite."""
    weights = np.asarray(weights)[:MOST_CELLS, :MOST_CELLS]
    return finite(weights), finite(np.asarray(biases)[: len(weights)])


def _bias_edges(columns: int) -> list[float]:
    """Left and right edge of the biases: after a gap, a column wide, or as wide as can be seen."""
    left = columns - 0.5 + max(0.35, columns / 60)
    return [left, left + max(1.0, columns / 24)]


def _cells(values: np.ndarray, limit: float, hover: str, **place) -> go.Heatmap:
    gap = 1 if max(values.shape) <= 32 else 0
    return go.Heatmap(
        z=values,
        **place,
        zmin=-limit,
        zmax=limit,
        colorscale=DIVERGING,
        showscale=False,
        xgap=gap,
        ygap=gap,
        hovertemplate=hover.strip() + ": %{z:+.4~g}<extra></extra>",
        hoverongaps=False,
    )


def _frame(left: float, right: float, rows: int) -> dict:
    """A thin line around cells, since those near zero are as white as a light page."""
    line = {"color": NEUTRAL, "width": 0.75}
    return {"x0": left, "x1": right, "y0": -0.5, "y1": rows - 0.5, "line": line}


def _column_axis(labels: list[str], word: str, marked: int | None, mark: str) -> dict:
    """The names of the columns, thinned where there are many, and of the bias at the end."""
    texts = {i: wrapped(escaped(labels[i]), 8) for i in _labelled(len(labels))}
    if marked is not None and 0 <= marked < len(labels):
        texts[marked] = "<br>".join(f"<b>{escaped(t)}</b>" for t in (labels[marked], mark) if t)
    edges = _bias_edges(len(labels))
    return _axis(labels, texts | {sum(edges) / 2: "bias"}, word or "input") | {
        "range": [-0.5, edges[1]],
        "tickangle": 0,
    }


def _row_axis(labels: list[str], word: str) -> dict:
    """The names of the rows, the first on top."""
    texts = {i: wrapped(escaped(labels[i])) for i in _labelled(len(labels))}
    return _axis(labels, texts, word) | {"range": [len(labels) - 0.5, -0.5]}


def _labelled(n: int) -> list[int]:
    """Which of n rows or columns get a label: all, or as many as fit on a phone."""
    if n <= MOST_LABELS:
        return list(range(n))
    step = next(step for step in (2, 5, 10, 20) if n / step <= MOST_LABELS * 0.75)
    return [i for i in range(0, n, step) if i <= n - step / 2]


def _axis(labels: list[str], texts: dict[float, str], title: str) -> dict:
    hidden = {str(i): escaped(label) for i, label in enumerate(labels) if i not in texts}
    return {
        "title": {"text": escaped(title)},
        "tickmode": "array",
        "tickvals": list(texts),
        "ticktext": list(texts.values()),
        "labelalias": hidden,  # so that hovering names those without a label too
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 11},
        "ticklabelstandoff": 3,
    }


def _alt(title, values, bias, row_names, column_names, quantity) -> str:
    """The largest magnitude among the weights, where it stands, and what is not finite."""
    broken = int(np.isnan(values).sum() + np.isnan(bias).sum())
    text = f"{title}: "
    if np.isnan(values).all():
        text += f"no {quantity} is finite."
    elif not np.nanmax(abs(values)):
        text += f"every {'finite ' if broken else ''}{quantity} is 0."
    else:
        i, j = np.unravel_index(np.nanargmax(abs(values)), values.shape)
        symbol = "w" if quantity == "weight" else quantity
        text += (
            f"largest |{symbol}| is {number(abs(float(values[i, j])))}, "
            f"from {column_names[j]} to {row_names[i]}."
        )
    if not broken:
        return text
    return f"{text} {plural(broken, 'value')} {'is' if broken == 1 else 'are'} not finite."
