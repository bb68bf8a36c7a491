"""The app without a browser, and what a test does with its pages."""

import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "app.py")


def at(page: str, **parameters) -> AppTest:
    """A page as an address with these parameters opens it."""
    app = AppTest.from_file(APP, default_timeout=120).run()
    for name, value in parameters.items():
        app.query_params[name] = value if isinstance(value, list) else str(value)
    return fine(app.switch_page(f"pages/{page}.py").run())


def fine(app: AppTest) -> AppTest:
    """The page after a change, with nothing thrown."""
    assert not app.exception, app.exception
    return app


def click(app: AppTest, key: str) -> AppTest:
    """Press a button."""
    return fine(app.button(key=key).click().run())


def ticks_while(app: AppTest, waits: Callable[[], bool], seconds: float = 120) -> AppTest:
    """Tick, as a page does by itself, while there is something to wait for."""
    deadline = time.monotonic() + seconds
    while waits() and time.monotonic() < deadline:
        time.sleep(0.1)
        app.run()
    return fine(app)


def words(app: AppTest) -> str:
    """All the markdown on the page."""
    return "\n".join(m.value for m in app.markdown)
