"""The error and the accuracy of a run, epoch by epoch."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import figure, note
from mlp.figures.palette import CATEGORICAL, NEUTRAL, finite
from mlp.words import number, plural

MOST_POINTS = 400
FEW_POINTS = 25  # up to here every epoch gets a marker
EMPTY = "Press Play to see the {} {}"
UNMEASURED = "The accuracy was not measured"  # in files from before it was


def thinned(values: np.ndarray, most: int = MOST_POINTS) -> np.ndarray:
    """The indices, ascending, of at most `most` values that draw the same curve.

    values: (n,), NaN for gaps. Kept are the first, the last, and the lowest and the highest of
    each of (most - 2) / 2 equal stretches. most: at least 4.
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    edges = np.linspace(0, n, (most - 2) // 2 + 1).astype(int)
    kept = {0, n - 1}
    for lo, hi in zip(edges, edges[1:], strict=False):
        stretch = values[lo:hi]
        kept.add(lo + int(np.where(np.isnan(stretch), np.inf, stretch).argmin()))
        kept.add(lo + int(np.where(np.isnan(stretch), -np.inf, stretch).argmax()))
    return np.array(sorted(kept))


def error_curve(
    error: np.ndarray, test_error: np.ndarray, *, logarithmic: bool = False, at: int | None = None
) -> go.Figure:
    """The training and the test error against the number of epochs finished.

    error, test_error: (epochs,); entry i is that of epoch i + 1; NaN where there is none.
    logarithmic: a logarithmic error axis, on which an error of 0 has no place.
    at: the number of finished epochs that is looked at, 0 for the start; None for the last.
    """
    error, test_error = finite(error), finite(test_error)
    shown = [_above_zero(e) if logarithmic else e for e in (error, test_error)]
    traces = [
        _curve(shown[0], "training", CATEGORICAL[0], "solid", "circle", ".4~g"),
        _curve(shown[1], "test", CATEGORICAL[1], "dash", "diamond", ".4~g"),
    ]
    hint = EMPTY.format("error", "fall")
    if len(error) and not any(np.isfinite(e).any() for e in shown):
        hint = "Nothing to draw: no error is above zero" if logarithmic else "No error is finite"
    yaxis = {"title": {"text": "error"}, "rangemode": "tozero"}
    if logarithmic:
        yaxis = {"title": {"text": "error (logarithmic)"}, "type": "log"}
        yaxis |= _log_ticks(shown)
    # A zoom on one kind of axis means nothing on the other.
    yaxis["uirevision"] = yaxis["title"]["text"]
    return _figure(traces, _error_alt(error, test_error, at), yaxis, len(error), at, hint)


def accuracy_curve(
    accuracy: np.ndarray,
    samples: str = "test",
    *,
    chance: float | None = None,
    at: int | None = None,
) -> go.Figure:
    """The share of samples answered right against the number of epochs finished.

    accuracy: (epochs,), 0 to 1, drawn in per cent; NaN where it was not measured.
    samples: which they are, "test" or "training".
    chance: the accuracy, 0 to 1, of always saying the commonest class; None draws no line.
    at: the number of finished epochs that is looked at, 0 for the start; None for the last.
    """
    accuracy = 100 * finite(accuracy)
    curve = _curve(accuracy, samples, CATEGORICAL[2], "solid", "circle", ".1f", " %")
    beside = []
    n = len(accuracy)
    if chance is not None and np.isfinite(chance):
        line = {"color": NEUTRAL, "dash": "dot", "width": 1.5}
        ends = {"x": [0, max(n, 1)], "y": [100 * chance] * 2, "hoverinfo": "skip"}
        name = f"always one class ({100 * chance:.0f} %)"
        beside.append(go.Scatter(**ends, name=name, mode="lines", line=line))
    yaxis = {"title": {"text": "accuracy (%)"}, "range": [-3, 104], "dtick": 25, "zeroline": False}
    hint = EMPTY.format("accuracy", "rise") if n == 0 else UNMEASURED
    return _figure([curve], _accuracy_alt(accuracy, samples, at), yaxis, n, at, hint, beside)


def _above_zero(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, np.nan)


def _log_ticks(curves: list[np.ndarray]) -> dict:
    """Powers of ten on a tall axis; on a short one, whole numbers between them too."""
    values = np.concatenate(curves).astype(float)
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return {"range": [-4, 0], "dtick": 1, "exponentformat": "power"}
    decades = np.log10(values.max() / values.min())
    if decades < 2:
        return {"minorloglabels": "complete", "exponentformat": "none", "nticks": 6}
    return {"dtick": int(np.ceil(decades / 6)), "exponentformat": "power"}


def _curve(
    values: np.ndarray, name: str, colour: str, dash: str, symbol: str, digits: str, unit=""
):
    """One curve with its marks: lines alone where there are many points."""
    keep = thinned(values)
    few = len(values) <= FEW_POINTS
    return go.Scatter(
        x=(keep + 1).astype(np.uint16 if len(values) < 2**16 else np.uint32),
        y=values[keep],
        name=name,
        mode="lines+markers" if few else "lines",
        line={"color": colour, "dash": dash, "width": 2},
        marker={"color": colour, "symbol": symbol, "size": 6},
        hovertemplate=f"%{{y:{digits}}}{unit}",
        cliponaxis=False,
        showlegend=bool(np.isfinite(values).any()),
    )


def _figure(
    curves: list, alt: str, yaxis: dict, n: int, at: int | None, hint: str, beside: Sequence = ()
) -> go.Figure:
    """Curves on a common axis of epochs, with the line of the scrubber, or a hint when empty.

    beside: what is drawn with the curves, and is none.
    """
    empty = not any(np.isfinite(np.asarray(t.y, dtype=float)).any() for t in curves)
    hint = [note(hint)] if empty else []
    if empty:
        yaxis = {"range": [0, 1]} | yaxis | {"showgrid": False}
    end = max(n, 1)
    # No range of our own: a range that grows with the epochs would undo the learner's zoom.
    xaxis = {"title": {"text": "epochs"}, "rangemode": "tozero", "zeroline": False}
    xaxis |= {"range": [0, 1]} if empty else {}
    xaxis |= {"unifiedhovertitle": {"text": "after %{x:,d} epochs"}, "showgrid": not empty}
    xaxis |= {"tickformat": ",d", "nticks": 6} | ({"dtick": 1} if end < 6 else {})
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemwidth": 40}
    line = {"type": "line", "xref": "x", "yref": "paper", "y0": 0, "y1": 1}
    line |= {"x0": at, "x1": at, "line": {"color": NEUTRAL, "width": 2, "dash": "dot"}}
    return figure(
        [*curves, *beside],
        alt=alt,
        height=280,
        xaxis=xaxis,
        yaxis={"automargin": False} | yaxis,
        shapes=[] if at is None else [line],
        annotations=hint,
        showlegend=True,
        legend=legend,
        hovermode="x unified",
        margin={"l": 58, "r": 12, "t": 34, "b": 42},
    )


def _last(n: int, at: int | None) -> int:
    """How many epochs are finished at the place looked at."""
    return n if at is None else min(max(at, 0), n)


def _error_alt(error: np.ndarray, test_error: np.ndarray, at: int | None) -> str:
    done = _last(len(error), at)
    if done == 0:
        return "Error curve at the start: no epoch is finished yet."
    now, first = error[done - 1], error[0]
    text = f"Error {number(now)} after {plural(done, 'epoch')}"
    if done > 1 and np.isfinite(first) and np.isfinite(now) and number(now) != number(first):
        text += f", {'down' if now < first else 'up'} from {number(first)}"
    test = test_error[done - 1] if done <= len(test_error) else np.nan
    return text + (f"; test error {number(test)}." if np.isfinite(test) else ".")


def _accuracy_alt(accuracy: np.ndarray, samples: str, at: int | None) -> str:
    done = _last(len(accuracy), at)
    if done == 0:
        return "Accuracy curve at the start: no epoch is finished yet."
    if not np.isfinite(accuracy[done - 1]):
        return f"No {samples} accuracy after {plural(done, 'epoch')}: it was not measured."
    return (
        f"{samples.capitalize()} accuracy {accuracy[done - 1]:.1f} % after {plural(done, 'epoch')}."
    )
