"""The training processes that run now."""

from contextlib import suppress

import psutil


def workers(pid: int | None = None) -> list[psutil.Process]:
    """The workers below a process, or below this one; one may end at any moment."""
    found = []
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "loky.backend.popen" in " ".join(child.cmdline()):
                found.append(child)
    return found


def kill_workers(pid: int | None = None) -> None:
    """Kill them all; where one dies, its pool may end the others first."""
    for worker in workers(pid):
        with suppress(psutil.NoSuchProcess):
            worker.kill()
