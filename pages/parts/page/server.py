"""The server itself: what it does before it serves the first page.

Every visitor's page runs in a thread of its own, and two threads that import at the same time can
each get a module that the other has only begun. Python locks a module before the package that it is
in, and where two threads would wait for each other it lets one go on; Plotly looks for pandas and
Pillow among the modules that have begun, and waits for no lock. So everything that the pages import
is imported here, on one thread.
"""

import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

import pandas as pd
import pyarrow as pa
import streamlit as st

from mlp.descent.path import Method, descend
from mlp.descent.surfaces import PARABOLA
from mlp.figures.descent.parabola import parabola_walk
from pages.parts.page.streamlit_private import end_in_order, open_browser

# What the pages and Streamlit import only where they first need it.
LIBRARIES = ("PIL.ImageFile", "pooch", "sympy")
# Every module of these: our own, and of Plotly what the figures are made of.
TRACES = ("bar", "contour", "heatmap", "image", "scatter", "scatter3d", "surface")
PACKAGES = ("mlp", "pages.parts", *(f"plotly.graph_objs.{part}" for part in (*TRACES, "layout")))


def load() -> None:
    """Import everything that a page will import."""
    for name in LIBRARIES:
        import_module(name)
    for name in PACKAGES:
        for module in pkgutil.walk_packages(import_module(name).__path__, f"{name}."):
            if not module.name.endswith(".__main__"):
                import_module(module.name)
    # Plotly and Arrow import their last modules with the first figure and the first table.
    method = Method()
    path = descend(PARABOLA, [1.0], method, steps=1)
    parabola_walk([path], [path.points[:, 0]], method.learning_rate).to_json(validate=False)
    pa.Table.from_pandas(pd.DataFrame({"x": [1.0]}))


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """The life of the server, for `st.App`: it serves no page before all is imported."""
    end_in_order()
    open_browser()
    load()
    yield
