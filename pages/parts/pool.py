"""The one pool of worker processes, shared by every session and every page that trains.

It has a worker for each core, so forty learners get equal turns and the server itself stays free
to paint. When no page has been heard of for a while, the pool leaves too.
"""

import os
import threading
from concurrent.futures import BrokenExecutor, Executor, Future
from time import monotonic, sleep

from loky import ProcessPoolExecutor

from mlp.sweep.executors import ONE_THREAD
from mlp.threads import one_thread

# How long workers are kept after any page was last heard of.
IDLE_SECONDS = 1.5
WORKERS = os.cpu_count() or 1

one_thread()  # as the workers: what the server computes again must be the very same

_workers: ProcessPoolExecutor | None = None
_workers_lock = threading.Lock()
_last_heard = 0.0


def heard() -> None:
    """A page is there and waits: keep the workers a while longer."""
    global _last_heard
    _last_heard = monotonic()


def submit(function, *arguments, **more) -> Future:
    """Hand a piece of work to the pool, a new one where the last is gone or lost a worker."""
    global _workers
    with _workers_lock:
        if _workers is not None:
            try:
                return _workers.submit(function, *arguments, **more)
            except BrokenExecutor:
                _workers.shutdown(wait=False, kill_workers=True)
        _workers = ProcessPoolExecutor(
            max_workers=WORKERS,
            env=ONE_THREAD,
        )
        threading.Thread(target=_dismiss_when_idle, args=(_workers,), daemon=True).start()
        return _workers.submit(function, *arguments, **more)


def _dismiss_when_idle(workers: ProcessPoolExecutor) -> None:
    """Send the workers home once no page has been heard of for a while, and leave with them."""
    global _workers
    while _workers is workers:
        sleep(0.2)
        with _workers_lock:
            if _workers is workers and monotonic() - _last_heard > IDLE_SECONDS:
                _workers = None
    workers.shutdown(wait=False, kill_workers=True)


class Pool(Executor):
    """The pool as concurrent.futures knows one, for work that is handed out in pieces."""

    workers = WORKERS

    def submit(self, function, /, *arguments, **more) -> Future:
        """Have the function called in a worker."""
        return submit(function, *arguments, **more)
