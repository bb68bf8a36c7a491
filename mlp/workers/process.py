"""One worker process of this machine, and all that is known here of loky, which runs it.

Loky can also keep many processes in one pool. But such a pool loses every call under way when one
of its processes dies, and waits without end when one dies while it sends a result. So each process
here is a loky pool of its own.
"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from functools import cache
from importlib.metadata import version
from multiprocessing.connection import wait
from operator import attrgetter

from loky import ProcessPoolExecutor
from loky.process_executor import ShutdownExecutorError

from mlp.workers.threads import ONE_THREAD

# Names of loky's own that are used here: the two pipe ends that only a worker needs, and the
# processes of a pool.
PRIVATE = ("_result_queue._writer", "_call_queue._reader")
PRIVATE_PROCESSES = "_processes"
# What a call raises whose process died or was ended.
LOST = (BrokenExecutor, ShutdownExecutorError)
# Loky ends a process that has grown by this many bytes; none here grows that large.
MOST_GROWTH = {"LOKY_MAX_MEMORY_LEAK_SIZE": str(2**62)}


class WorkerProcess:
    """A process that starts at once and does one call after another.

    nice: 0 to 19, how much lower its priority is than that of this process, where the system knows
    that.
    """

    def __init__(self, nice: int = 0):
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            env=ONE_THREAD | MOST_GROWTH,
            initializer=getattr(os, "nice", None),
            initargs=(nice,),
        )
        self._pool.submit(os.getpid)  # loky starts the process with its first call
        _close_the_ends_of_the_process(self._pool)

    @property
    def alive(self) -> bool:
        """Whether the process runs. Loky itself hears of a death later, in a thread of its own."""
        processes = getattr(self._pool, PRIVATE_PROCESSES, None)
        if processes is None:
            return True
        sentinels = [process.sentinel for process in list(processes.values())]
        return bool(sentinels) and not wait(sentinels, timeout=0)

    def submit(self, function: Callable, /, *arguments, **more) -> Future:
        """Have the function called in the process.

        Raises BrokenExecutor if the process has died; the future raises one of LOST if it dies or
        is ended before the call is done.
        """
        return self._pool.submit(function, *arguments, **more)

    def end(self, wait: bool = False) -> None:
        """Kill the process, whatever it does; wait: until it is gone."""
        self._pool.shutdown(wait=wait, kill_workers=True)


def _close_the_ends_of_the_process(pool: ProcessPoolExecutor) -> None:
    """Close this process's copies of the two pipe ends that only the worker uses.

    As long as they are open here, a pipe does not end with its worker. When that is killed in the
    middle of a result or of a call, the thread that reads the rest of the result, or writes the
    rest of the call, waits for ever.
    """
    try:
        ends = [attrgetter(name)(pool) for name in PRIVATE]
    except AttributeError as error:
        _say_once(str(error))
        return
    for end in ends:
        end.close()


@cache
def _say_once(missing: str) -> None:
    logging.getLogger(__name__).warning(
        "loky %s: %s: a worker killed in the middle of a result will be waited for without end",
        version("loky"),
        missing,
    )
