"""The one way a figure reaches the browser: drawn by Plotly, and updated in place.

Streamlit's own chart is taken down and put up again with every change of its data; this
component hands the new figure to `Plotly.react`, so zoom and hover stay and nothing flickers.
plotly.js is served by this app, see assets.py: no other address is ever asked. A figure with
frames gets buttons, a slider and a line of text, and plays in the browser, at no cost to the
server; see player.js and mlp/figures/descent/frames.py.
"""

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from pages.parts.components.assets import component, plotly_address

_component = component("plot", isolate_styles=False)


def plot(
    figure: go.Figure,
    key: str,
    on_click: Callable[[float, float], None] | None = None,
    on_hover: Callable[[float, float], None] | None = None,
) -> None:
    """Show a figure, or update it where it already stands.

    figure: with a fixed height, and its text alternative in layout.meta["alt"]. key: the same
    for every update of this figure, different for every other one on the page.
    on_click, on_hover: called with x and y, in the figure's units, before the page runs again;
    on_hover of the point under the cursor, once it lingers there.
    """
    walk = figure.layout.meta.get("walk") or {}
    acts = {"click": on_click, "hover": on_hover}
    _component(
        key=key,
        data={
            "figure": figure.to_json(validate=False),
            "plotly": plotly_address(),
            "name": key,
            "clickable": on_click is not None,
            "hoverable": on_hover is not None,
        },
        height="content" if walk.get("controls") else int(figure.layout.height),
        **{f"on_{what}_change": _told(key, what, act) for what, act in acts.items() if act},
    )


def _told(key: str, what: str, act: Callable[[float, float], None]) -> Callable[[], None]:
    """Pass on where it happened, if that is a place at all: it comes from the browser."""

    def tell() -> None:
        at = st.session_state[key].get(what) or {}
        if isinstance(at.get("x"), int | float) and isinstance(at.get("y"), int | float):
            act(float(at["x"]), float(at["y"]))

    return tell
