"""What the browser fetches from this app once: the components' modules and sheets, and plotly.js.

They lie in static/, which Streamlit serves, under names that change with their content. A browser
may keep them as long as it likes, and a component's message holds its data and a loader of a few
lines, in place of its whole code.
"""

import json
import os
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

import plotly
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

STATIC = Path(__file__).parents[3] / "static"
PARTS = Path(__file__).parent

# Every call waits for the same promise, so updates that come while the module loads are drawn when
# it is there; see order.js for their order. Addresses are made from the page's, so that they hold
# under any base path. Streamlit takes a text of one line for a path.
LOADER = """\
const loaded = import(new URL("{address}", document.baseURI).href).catch((cause) => {{
  throw new Error("This part of the page did not load. Reload the page to try again.", {{ cause }});
}});
export default async (component) => (await loaded).default(component);
"""


def component(name: str, *, isolate_styles: bool = True) -> ComponentRenderer:
    """A component whose code is the module `name`.js beside this file; called with key and data."""
    show = st.components.v2.component(
        f"mlp_{name}",
        js=LOADER.format(address=f"{modules_address()}/{name}.js"),
        html="<div></div>",
        isolate_styles=isolate_styles,
    )
    return lambda key, data, **more: show(key=key, data=_placed(key, data), **more)


def _placed(key: str, data: dict) -> dict:
    """The data with their place among all that this session sent to a component; see order.js.

    What has not changed keeps its place: the browser then gets the very same message, and leaves
    the component alone.
    """
    state = st.session_state
    session = state.setdefault("session of components", token_hex(8))
    before, place = state.get(f"sent {key}", (None, 0))
    if before != data:
        place += 1
        state[f"sent {key}"] = data, place
    return {"session": session, "place": place, **data}


@cache
def modules_address() -> str:
    """Where the page finds the modules: in one folder, so that they find each other.

    A sheet plot.css comes as the module plot.css.js, whose default is its text: so it is there
    when the module that imports it runs, and browsers need not know how to import a sheet.
    """
    modules = {path.name: path.read_text("utf8") for path in sorted(PARTS.glob("*.js"))}
    for path in sorted(PARTS.glob("*.css")):
        modules[f"{path.name}.js"] = f"export default {json.dumps(path.read_text('utf8'))};\n"
    version = sha256(json.dumps(modules).encode()).hexdigest()[:12]
    for name, text in modules.items():
        publish(f"modules-{version}/{name}", text.encode())
    return f"app/static/modules-{version}"


@cache
def plotly_address() -> str:
    """Where the page finds plotly.js: a copy of the file inside the installed plotly package."""
    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    return publish(f"plotly-{plotly.__version__}.min.js", source.read_bytes())


def publish(name: str, content: bytes) -> str:
    """Put a file into static/, unless it is there; returns its address, relative to the app's."""
    target = STATIC / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and then renamed: no browser gets half a file, and of several servers that
        # start at once each writes the same.
        handle, half = tempfile.mkstemp(dir=STATIC)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(half).chmod(0o644)
        Path(half).replace(target)
    return f"app/static/{name}"
