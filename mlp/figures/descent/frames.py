"""What figures of walks share: frames that play in the browser, and a step in words."""

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mlp.descent.path import Path
from mlp.descent.tables import NOT_REAL
from mlp.figures.palette import finite
from mlp.words import number

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
ENDINGS = {
    "steps": "the steps asked for are done",
    "close": "within 10⁻⁶ of the lowest value",
    "bound": "too far out, the walk is given up",
    "no height": f"where the next step leads, g or its slope is {NOT_REAL}",
    "not finite": "the next point would not be a finite number",
}
MOST_FRAMES = 61
SYMBOLS = (
    "circle",
    "diamond",
    "square",
    "triangle-up",
)  # of the walks, beside their colours


def walking(
    figure: go.Figure,
    moving: Sequence[list[dict]],
    steps: Sequence[int],
    texts: Sequence[str],
    group: str,
    *,
    controls: bool = True,
    redraw: bool = False,
) -> go.Figure:
    """Give a figure one frame a step.

    moving: for each frame, what changes in the figure's last traces, in their order.
    steps: the step that each frame shows. texts: a line for each frame. group: the walks of one
    group on a page stand at the same frame.
    controls: whether buttons and a slider belong to this one. redraw: needed in 3-D and over
    contours.
    """
    traces = list(range(len(figure.data) - len(moving[0]), len(figure.data)))
    frames = [
        {"name": str(n), "data": changes, "traces": traces} for n, changes in enumerate(moving)
    ]
    walk = {"steps": list(steps), "texts": list(texts), "group": group}
    walk |= {"controls": controls, "redraw": redraw}
    layout = figure.layout.to_plotly_json()
    layout["meta"] = layout["meta"] | {"walk": walk}
    whole = {"data": [trace.to_plotly_json() for trace in figure.data], "layout": layout}
    whole["frames"] = frames
    # Plotly would check every number of every frame, a quarter of a second for 60 of them; the
    # tests do that instead.
    return go.Figure(whole, _validate=False)


def light(values) -> list | np.ndarray:
    """Numbers for a frame: few as they are, to six digits; many as float32."""
    if len(values) > 4:
        return finite(values)
    return [float(f"{v:.6g}") if math.isfinite(v) else None for v in map(float, values)]


def now_marker(colour: str, symbol: str, size: int) -> dict:
    """The marker of the point where a walk stands, ringed so that it shows on everything."""
    return {
        "color": colour,
        "size": size,
        "symbol": symbol,
        "line": {"color": "#ffffff", "width": 2},
    }


def shown_steps(paths: Sequence[Path], most: int = MOST_FRAMES) -> list[int]:
    """The steps that get a frame: all of them, or in a long walk every n-th and the last."""
    last = max((path.steps for path in paths), default=0)
    stride = max(1, -(-last // (most - 1)))
    return [*range(0, last, stride), last]


def at(path: Path, step: int) -> int:
    """Where a walk stands at a step: at its end, when it has ended before."""
    return min(step, path.steps)


def subscript(n: int) -> str:
    """A number as an index: ₁₂."""
    return str(n).translate(SUBSCRIPTS)


def point(values: Sequence[float], digits: int = 4) -> str:
    """A number, or several in brackets."""
    texts = [number(float(v), digits) for v in values]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def minus_times(learning_rate: float, slope: Sequence[float]) -> str:
    """− η · slope with its numbers, a negative one in brackets."""
    text = point(slope)
    return f"− {number(learning_rate, 4)} · {f'({text})' if text.startswith('−') else text}"


def step_in_words(path: Path, step: int, names: str, learning_rate: float | None) -> str:
    """The formula of a step with its numbers filled in.

    names: "x", or "(a, b)". learning_rate: None where the nudge is more than -eta times the
    gradient; then the nudge itself is written.
    """
    k = at(path, step)
    here, n = point(path.points[k]), subscript(k)
    height = number(float(path.values[k]), 4)
    if k == path.steps:
        return f"{_indexed(names, n)} = {here}, g = {height}: {ENDINGS[path.ended]}."
    to = f"{_indexed(names, subscript(k + 1))} = {_indexed(names, n)}"
    there, then = point(path.points[k + 1]), number(float(path.values[k + 1]), 4)
    if learning_rate is None:
        filled = f"+ nudge = {here} + {point(path.nudges[k])}"
    else:
        slope = f"g′(x{n})" if names == "x" else "∇g"
        filled = f"− η {slope} = {here} {minus_times(learning_rate, path.gradients[k])}"
    return f"{to} {filled} = {there};  g: {height} → {then}"


def _indexed(names: str, index: str) -> str:
    """x with an index: x₃; or (a, b) with one each: (a₃, b₃)."""
    if not names.startswith("("):
        return names + index
    return names.replace(",", index + ",").replace(")", index + ")")
