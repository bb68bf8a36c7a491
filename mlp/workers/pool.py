"""The worker processes, shared by every session and every page that trains.

There are two pools, each with a worker for each core, so that the server itself stays free to
paint: LIVE trains what a learner watches epoch by epoch, slice by slice, and forty learners get
equal turns; PATIENT does what takes seconds at a stretch, and steps back while the other has work.
When no page has been heard of for a while, a pool leaves.
"""

import os
import threading
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from time import monotonic, sleep

from loky import ProcessPoolExecutor
from loky.process_executor import ShutdownExecutorError

from mlp.workers.threads import ONE_THREAD, one_thread

# How long workers are kept after any page was last heard of.
IDLE_SECONDS = 1.5
WORKERS = os.cpu_count() or 1
# How far the patient workers step back, as the system counts it: a core that both want goes to the
# live ones nine times in ten.
NICE = 10

one_thread()  # as the workers: what the server computes again must be the very same


class Pool(Executor):
    """Workers that come with the first piece of work, and anew where the last left or lost one.

    nice: how far they step back for other processes, 0 to 19, where the system knows that.
    """

    workers = WORKERS

    def __init__(self, nice: int = 0):
        self._nice = nice
        self._processes: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()
        self._last_heard = 0.0

    def heard(self) -> None:
        """A page is there and waits: keep the workers a while longer."""
        self._last_heard = monotonic()

    def submit(self, function, /, *arguments, **more) -> Future:
        """Have the function called in a worker."""
        with self._lock:
            if self._processes is not None:
                try:
                    return self._processes.submit(function, *arguments, **more)
                except BrokenExecutor:
                    self._processes.shutdown(wait=False, kill_workers=True)
            self._processes = started = ProcessPoolExecutor(
                max_workers=WORKERS,
                env=ONE_THREAD,
                initializer=getattr(os, "nice", None),
                initargs=(self._nice,),
            )
            threading.Thread(target=self._look_after, args=(started,), daemon=True).start()
            return started.submit(function, *arguments, **more)

    def _look_after(self, processes: ProcessPoolExecutor) -> None:
        """Send the workers home when no page is there, and see to it that a death is noticed."""
        dead = False
        while self._processes is processes:
            sleep(0.2)
            dead, before = _death_unnoticed(processes), dead
            if dead and before:
                _notice(processes)
            with self._lock:
                if self._processes is processes and monotonic() - self._last_heard > IDLE_SECONDS:
                    self._processes = None
        processes.shutdown(wait=False, kill_workers=True)


def _death_unnoticed(processes: ProcessPoolExecutor) -> bool:
    """Whether a worker is gone and the pool has not marked itself as broken."""
    gone = [worker for worker in list(processes._processes.values()) if worker.exitcode is not None]
    return bool(gone) and not processes._flags.broken


def _notice(processes: ProcessPoolExecutor) -> None:
    """Let a pool see the death of a worker that was killed in the middle of a result.

    It waits for the rest of that result, and would for ever, since it holds the pipe's other end
    open itself. Without that and without workers the result ends, and the pool breaks as it should.
    """
    for worker in list(processes._processes.values()):
        worker.terminate()
    processes._result_queue._writer.close()


LIVE = Pool()
PATIENT = Pool(nice=NICE)


# What a future raises whose executor has left: nothing was wrong with the work.
LEFT = (CancelledError, ShutdownExecutorError)
