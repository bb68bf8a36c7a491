"""What all figures share: the layout, the colour bar, short names and notes."""

from collections.abc import Sequence

import plotly.graph_objects as go

from mlp.figures.palette import NEUTRAL
from mlp.words import number

# Plotly's check of every property would take half the time of a figure. The tests turn it on.
CHECKED = False


def figure(traces: list, *, alt: str, height: int, title: str = "", **layout) -> go.Figure:
    """A figure of traces in the common layout, whose colours the page's theme decides.

    alt: a text alternative that says what the figure shows now. height: pixels.
    layout: more of Plotly's layout, over the common one.
    """
    common = {
        "template": {},
        "height": height,
        "uirevision": "keep",
        "meta": {"alt": alt},
        "margin": {"l": 52, "r": 12, "t": 40, "b": 42},
        "showlegend": False,
    }
    layout = common | layout
    if title:
        # Not Plotly's own title, which a flat colour bar pushes out of sight.
        margin = layout["margin"]
        place = {"x": 0, "xanchor": "left", "xshift": 10 - margin["l"]}
        place |= {"y": 1, "yanchor": "middle", "yshift": margin["t"] - 18}
        heading = note(title, **place, font={"size": 14})
        layout["annotations"] = [heading, *layout.get("annotations", [])]
    return go.Figure(traces, layout, _validate=CHECKED)


def note(text: str, **place) -> dict:
    """A line of text over a figure; in the middle unless placed elsewhere."""
    middle = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
    return {"text": text, "showarrow": False, "font": {"size": 13}} | middle | place


def shared_word(names: Sequence[str]) -> tuple[str, list[str]]:
    """Split "bit 9", "bit 8", … into the word they share and what is left of each name."""
    words = {name.rpartition(" ")[0] for name in names}
    word = words.pop() if len(words) == 1 else ""
    return word, [name.rpartition(" ")[2] if word else name for name in names]


def wrapped(name: str, width: int = 11) -> str:
    """A long name over several lines, broken between words."""
    lines = [""]
    for word in name.split():
        fits = not lines[-1] or len(lines[-1]) + 1 + len(word) <= width
        lines[-1:] = [f"{lines[-1]} {word}".strip()] if fits else [lines[-1], word]
    return "<br>".join(lines)


def escaped(name: str) -> str:
    """A name in which Plotly finds no markup."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def colorbar(limit: float, quantity: str) -> dict:
    """A flat bar above the cells, right, with its name and three numbers."""
    return {
        "orientation": "h",
        "thickness": 9,
        "len": 0.62,
        "x": 0.97,
        "xanchor": "right",
        "xpad": 0,
        "y": 1,
        "yanchor": "bottom",
        "ypad": 4,
        "outlinewidth": 0.5,
        "outlinecolor": NEUTRAL,
        "tickvals": [-limit, 0, limit],
        "ticktext": [f"−{number(limit)}", f"0 ({escaped(quantity)})", f"+{number(limit)}"],
        "tickfont": {"size": 11},
    }


LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemwidth": 34}
