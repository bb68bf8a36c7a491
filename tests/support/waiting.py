"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable


def until(holds: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until something holds; fails where it takes so long that it never will."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
