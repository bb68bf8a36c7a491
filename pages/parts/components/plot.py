"""The one way a figure reaches the browser: drawn by Plotly, and updated in place.

Streamlit's own chart is taken down and put up again with every change of its data; this
component hands the new figure to `Plotly.react`, so zoom and hover stay and nothing flickers.
plotly.js is the file inside the installed plotly package, served by this app: no other address
is ever asked. A figure with frames gets buttons, a slider and a line of text, and plays in the
browser, at no cost to the server; see player.js and mlp/figures/descent/frames.py.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import plotly
import plotly.graph_objects as go
import streamlit as st

STATIC = Path(__file__).parents[3] / "static"
PARTS = Path(__file__).parent
JAVASCRIPT = "".join((PARTS / name).read_text(encoding="utf8") for name in ("player.js", "plot.js"))
CSS = (PARTS / "plot.css").read_text(encoding="utf8")

_component = st.components.v2.component(
    "mlp_plot", js=JAVASCRIPT, css=CSS, html="<div></div>", isolate_styles=False
)


@cache
def plotly_address() -> str:
    """Where the page finds plotly.js: a copy in static/ under a name with its version.

    The address is relative, so that it holds under any base path.
    """
    name = f"plotly-{plotly.__version__}.min.js"
    target = STATIC / name
    if not target.exists():
        STATIC.mkdir(exist_ok=True)
        source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
        # Copied beside and then renamed, so that no browser ever gets half a file.
        handle, half = tempfile.mkstemp(dir=STATIC)
        os.close(handle)
        shutil.copyfile(source, half)
        Path(half).chmod(0o644)
        Path(half).replace(target)
    return f"app/static/{name}"


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
