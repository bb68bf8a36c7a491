"""What all figures share: the layout, short names, and numbers as people write them."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

# Plotly's check of every property would take half the time of a figure. The tests turn it on.
CHECKED = False


def figure(traces: list, *, alt: str, height: int, title: str = "", **layout) -> go.Figure:
    """A figure of traces in the common layout, whose colours the page's theme decides.

    alt: what the figure shows now, for who cannot see it. height: pixels.
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


def number(value: float, digits: int = 2) -> str:
    """A number to so many significant digits, as people write it: 0.0089, 12, −3.1, 1.2e−7."""
    if not math.isfinite(value):
        return "not finite"
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{value:,.0f}" if 0 < int(exponent) < 6 else f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


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
