"""The network as a graph: neurons in columns, and between them the weights as lines."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import escaped, figure, note, wrapped
from mlp.figures.palette import (
    DARK,
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    SEQUENTIAL,
    colour_at,
    finite,
    symmetric_limit,
    text_on,
)
from mlp.words import number

MOST_NODES = 16  # of one layer
MOST_EDGES = 200  # of the whole network
WIDTHS = (0.6, 1.5, 3.0, 5.5)  # pixels, for |w| up to 1/8, 3/8, 5/8 and all of the largest
SIGNS = ((1, POSITIVE, "solid"), (-1, NEGATIVE, "8px,4px"))


def network_graph(
    weights: Sequence[np.ndarray],
    input_names: Sequence[str],
    class_names: Sequence[str],
    activations: Sequence[np.ndarray] | None = None,
) -> go.Figure:
    """Draw neurons as circles and weights as lines: red and solid above zero, blue and dashed
    below, the thicker the larger |w| beside the largest of the network.

    weights: of each layer, (n_out, n_in). input_names: n_in of the first layer. class_names:
    n_out of the last. activations: of one sample, an array (n,) a layer with the input first;
    they fill the circles, dark for little and bright for much. Of a layer the first 16 neurons
    are shown, of the lines the strongest 200.
    """
    sizes = [np.shape(weights[0])[1], *(np.shape(w)[0] for w in weights)]
    columns = [_heights(n) for n in sizes]
    edges, drawable = _strongest([finite(w) for w in weights])
    names = _names(sizes, input_names, class_names)
    values = None if activations is None else [finite(a) for a in activations]
    tallest = min(max(sizes), MOST_NODES)
    return figure(
        [*_edge_traces(edges, columns), *_node_traces(columns, names, values, tallest)],
        alt=_alt(sizes, weights, class_names, values),
        height=64 + 30 * max(tallest, 4) + (20 if max(sizes) > MOST_NODES else 0),
        annotations=_notes(sizes, len(edges), drawable),
        xaxis=_hidden([-0.12, len(weights) + 0.12]),
        yaxis=_hidden([-tallest / 2 - (0.9 if max(sizes) > MOST_NODES else 0), tallest / 2]),
        margin={"l": 50, "r": 84, "t": 34, "b": 30},
        hovermode="closest",
        dragmode=False,
    )


def _hidden(limits: list[float]) -> dict:
    return {"visible": False, "range": limits, "fixedrange": True}


def _heights(n: int) -> np.ndarray:
    """Where the shown neurons of a layer stand, the first on top, centred on 0."""
    shown = min(n, MOST_NODES)
    return (shown - 1) / 2 - np.arange(shown, dtype=np.float32)


def _strongest(weights: list[np.ndarray]) -> tuple[np.ndarray, int]:
    """The lines to draw and how many there could be.

    Returns rows (layer, neuron, input, w) of the largest |w| between shown neurons, (k, 4).
    """
    rows = []
    for l, w in enumerate(weights):
        shown = w[:MOST_NODES, :MOST_NODES]
        i, j = np.nonzero(np.nan_to_num(shown))
        rows.append(np.column_stack([np.full(len(i), l), i, j, shown[i, j]]))
    rows = np.concatenate(rows)
    return rows[np.argsort(-abs(rows[:, 3]), kind="stable")[:MOST_EDGES]], len(rows)


def _edge_traces(edges: np.ndarray, columns: list[np.ndarray]) -> list[go.Scatter]:
    """One trace a sign and width, thin ones first; NaN parts the lines within a trace."""
    limit = symmetric_limit(edges[:, 3])
    level = np.rint(abs(edges[:, 3]) / limit * (len(WIDTHS) - 1)).astype(int)
    traces = []
    for k, width in enumerate(WIDTHS):
        for sign, colour, dash in SIGNS:
            some = edges[(level == k) & (np.sign(edges[:, 3]) == sign)]
            ends = [(columns[int(l)][int(j)], columns[int(l) + 1][int(i)]) for l, i, j, _ in some]
            y = np.array([(a, b, np.nan) for a, b in ends], dtype=np.float32).ravel()
            x = np.array([(l, l + 1, np.nan) for l in some[:, 0]], dtype=np.float32).ravel()
            line = {"color": colour, "width": width, "dash": dash}
            look = {"mode": "lines", "line": line, "opacity": 0.55 + 0.15 * k}
            traces.append(go.Scatter(x=x, y=y, hoverinfo="skip", **look))
    return traces


def _names(sizes, input_names, class_names) -> list[list[str]]:
    """The name of every shown neuron, layer by layer."""
    hidden = [[f"neuron {i + 1}" for i in range(min(n, MOST_NODES))] for n in sizes[1:-1]]
    return [list(input_names)[:MOST_NODES], *hidden, list(class_names)[:MOST_NODES]]


def _node_traces(columns, names, values, tallest: int) -> list[go.Scatter]:
    """The circles with the values in them, and the names beside the outer ones."""
    last = len(columns) - 1
    x = np.concatenate([np.full(len(c), l, np.float32) for l, c in enumerate(columns)])
    y = np.concatenate(columns)
    marker = {"size": 28 if tallest <= 12 else 25, "line": {"color": NEUTRAL, "width": 1.5}}
    nodes = go.Scatter(x=x, y=y, cliponaxis=False, mode="markers", marker=marker)
    nodes.update(
        text=[escaped(name) for layer in names for name in layer],
        hovertemplate="%{text}<extra></extra>",
        marker_color="#b9bec6",
    )
    if values is not None:
        _fill(nodes, np.concatenate([v[:MOST_NODES] for v in values]))
    labels = [(0, "middle left", names[0]), (last, "middle right", names[-1])]
    return [nodes] + [
        go.Scatter(
            x=np.full(len(columns[l]), l, np.float32),
            y=columns[l],
            mode="markers+text",
            marker={"size": marker["size"], "opacity": 0},  # keeps the names off the circles
            text=[wrapped(escaped(name), 12) for name in texts],
            textposition=side,
            textfont={"size": 12},
            cliponaxis=False,
            hoverinfo="skip",
        )
        for l, side, texts in labels
    ]


def _fill(nodes: go.Scatter, a: np.ndarray) -> None:
    """Colour the circles by activation, and print it in them."""
    a = a.astype(float)
    seen = a[np.isfinite(a)]
    low, high = min([0.0, *seen.tolist()]), max([1.0, *seen.tolist()])
    at = [(v / 2 - low / 2) / (high / 2 - low / 2) if np.isfinite(v) else None for v in a]
    fills = ["#b9bec6" if f is None else colour_at(SEQUENTIAL, f) for f in at]
    nodes.update(
        mode="markers+text",
        marker_color=fills,
        customdata=["–" if not np.isfinite(v) else _short(float(v)) for v in a],
        texttemplate="%{customdata}",
        textfont={"size": 10, "color": [text_on(fill) if fill else DARK for fill in fills]},
        hovertemplate="%{text}: %{customdata}<extra></extra>",
    )


def _short(value: float) -> str:
    """A value in at most five characters: 1, 0.98, −0.3, 12, 2e6."""
    if abs(value) >= 1000:
        return f"{value:.0e}".replace("+0", "").replace("+", "").replace("-", "−")
    text = f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−") if float(text) else "0"


def _notes(sizes: list[int], drawn: int, drawable: int) -> list[dict]:
    """The name of each layer above it, what is left out below it, and the key of the lines."""
    last = len(sizes) - 1
    place = {"yref": "paper", "xref": "x", "yanchor": "bottom"}
    notes = []
    for l, n in enumerate(sizes):
        hidden = "hidden" if last == 2 else f"{l}" if last > 3 else f"hidden {l}"
        name = "input" if l == 0 else "output" if l == last else hidden
        notes.append(note(name, x=l, y=1, font={"size": 12}, **place))
        if n > MOST_NODES:
            more = f"… {n - MOST_NODES:,} more"
            notes.append(note(more, x=l, y=0, font={"size": 11}, **place))
    key = f'<span style="color:{POSITIVE}">━━ above 0</span>   '
    key += f'<span style="color:{NEGATIVE}">╍╍ below 0</span>'
    if drawn < drawable:
        key += f"   strongest {drawn:,} of {drawable:,}"
    notes.append(note(key, x=0.5, y=0, yanchor="top", yshift=-6, font={"size": 12}))
    return notes


def _alt(sizes, weights, class_names, values) -> str:
    """The layers, the largest weight, and the answer to the sample."""
    known = [abs(w[np.isfinite(w)]) for w in map(finite, weights)]
    largest = max((float(w.max()) for w in known if w.size), default=None)
    size = "no weight is finite" if largest is None else f"largest |w| is {number(largest)}"
    text = f"Network of {'-'.join(map(str, sizes))} neurons; {size}"
    if values is None or not len(values[-1]) or np.isnan(values[-1]).any():
        return text + "."
    k = int(values[-1].argmax())
    return f"{text}; its answer is {class_names[k]}, output {number(float(values[-1][k]), 3)}."
