"""The worker processes of this machine, shared by every session and every page that trains.

There are two pools, each with a process for each core, so that the server itself stays free to
draw. LIVE trains what a learner watches epoch by epoch, in slices of less than a tenth of a second,
and all learners get equal turns. PATIENT does what takes seconds at a time, with a lower priority.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from math import inf
from time import monotonic, sleep

from mlp.workers.executor import WorkerDied, Workers, WorkersEnded
from mlp.workers.process import LOST, WorkerProcess
from mlp.workers.threads import one_thread

# How long the processes are kept after somebody was last heard of, and how often that is looked at.
IDLE_SECONDS = 1.5
LOOK_SECONDS = 0.2
CORES = os.cpu_count() or 1
# The priority of the patient workers, as the system's `nice` counts it: where both want a core, the
# live workers have it nine times in ten.
NICE = 10
# How many calls a process has: the one that it does, and the next. Without that one it would wait
# between two calls until a thread of the server has its turn, while others draw pages. Where many
# calls wait, many pages are drawn, and it has one more; elsewhere that one could begin sooner in
# another process.
HELD, HELD_IN_A_CROWD = 2, 3

one_thread()  # as the workers: what the server computes again must be the very same


@dataclass(eq=False)
class _Call:
    """A call, the future that tells its caller, and the one of the process that holds it."""

    function: Callable
    future: Future = field(default_factory=Future)
    answer: Future | None = None


class Pool(Workers):
    """Processes that start with the first call and end when nobody waits for results any more.

    That is when `heard` and `submit` were not called for IDLE_SECONDS. In a `with` block the
    processes stay until its end. Calls begin in the order in which they were submitted.

    A call raises WorkerDied if its process dies; only that call is lost, and the next one gets a
    new process. It raises WorkersEnded if it is not done when the processes are ended.

    worker_count: how many processes. nice: 0 to 19, how much lower their priority is than that of
    the server, where the system knows that.
    """

    def __init__(self, worker_count: int = CORES, nice: int = 0):
        self._worker_count = worker_count
        self._nice = nice
        self._lock = threading.Lock()
        self._processes: dict[WorkerProcess, list[_Call]] = {}  # and the calls that each holds
        self._waiting: deque[_Call] = deque()
        self._unanswered: set[Future] = set()
        self._wanted_until = 0.0
        self._ending = False  # whether the thread runs that ends the processes

    @property
    def worker_count(self) -> int:
        """How many calls run at the same time."""
        return self._worker_count

    def __enter__(self) -> "Pool":
        """Keep the processes until the end of the `with` block."""
        self._wanted_until = inf
        return self

    def heard(self) -> None:
        """Keep the processes a while longer: somebody waits for results."""
        self._wanted_until = max(self._wanted_until, monotonic() + IDLE_SECONDS)

    def submit(self, function: Callable, /, *arguments, **more) -> Future:
        """Have the function called in the next process that is free."""
        self.heard()
        call = _Call(partial(function, *arguments, **more))
        self._unanswered.add(call.future)
        call.future.add_done_callback(self._unanswered.discard)
        with self._lock:
            self._waiting.append(call)
            handed_out = self._hand_out()
        self._follow(handed_out)
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; the next call starts new ones.

        wait: first wait for the calls that were submitted. cancel_futures: only for those that run.
        """
        futures = self._unanswered.copy()
        if cancel_futures:
            for future in futures:
                future.cancel()  # which does nothing to one that runs
        if wait:
            self._wanted_until = inf
            wait_for(futures)
        with self._lock:
            self._wanted_until = 0.0
            processes, calls = self._all_taken()
        _end(processes, calls, wait)

    def _hand_out(self) -> list[tuple[WorkerProcess | None, _Call, Future]]:
        """Hand the calls that wait to processes that have room; the lock is held.

        Returns what was handed out for `_follow`, which comes without the lock: a caller that is
        told of an answer may submit the next call at once.
        """
        handed_out = []
        while self._waiting and self._has_room:
            call = self._waiting.popleft()
            if not (call.future.running() or call.future.set_running_or_notify_cancel()):
                continue
            try:
                process = self._handed(call)
            except Exception as error:  # no process can be started, as at the program's own end
                process, call.answer = None, Future()
                call.answer.set_exception(error)
            handed_out.append((process, call, call.answer))
        return handed_out

    @property
    def _has_room(self) -> bool:
        held = HELD_IN_A_CROWD if len(self._waiting) > self._worker_count else HELD
        return sum(map(len, self._processes.values())) < held * self._worker_count

    def _handed(self, call: _Call) -> WorkerProcess:
        """Hand a call to the process that holds the fewest; those that are missing are started."""
        while True:
            while len(self._processes) < self._worker_count:
                self._processes[WorkerProcess(self._nice)] = []
            if not self._ending:
                self._ending = True
                threading.Thread(target=self._end_when_idle, daemon=True).start()
            process = min(self._processes, key=lambda each: len(self._processes[each]))
            if not self._processes[process] and not process.alive:
                self._drop(process)  # it died with nothing to do, so it must not cost this call
                continue
            try:
                call.answer = process.submit(call.function)
            except BrokenExecutor:
                self._drop(process)
            else:
                self._processes[process].append(call)
                return process

    def _follow(self, handed_out: list[tuple[WorkerProcess | None, _Call, Future]]) -> None:
        for process, call, answer in handed_out:
            answer.add_done_callback(partial(self._answered, process, call))

    def _answered(self, process: WorkerProcess | None, call: _Call, answer: Future) -> None:
        """Hand out the next call, then tell the caller of this one; runs in a thread of loky."""
        error = answer.exception()
        with self._lock:
            if isinstance(error, LOST):
                self._drop(process)
            elif process and call.answer is answer:
                self._processes[process].remove(call)
            taken_back = call.answer is not answer
            handed_out = self._hand_out()
        self._follow(handed_out)
        if taken_back:
            return
        if isinstance(error, LOST):
            call.future.set_exception(_died(error))
        elif error is not None:
            call.future.set_exception(error)
        else:
            call.future.set_result(answer.result())

    def _drop(self, process: WorkerProcess) -> None:
        """Forget a process that died; its first call is lost with it, the others wait again."""
        calls = self._processes.pop(process, [])
        for call in reversed(calls[1:]):
            call.answer = None
            self._waiting.appendleft(call)
        process.end()

    def _end_when_idle(self) -> None:
        """End the processes once nobody has been heard of for a while."""
        while True:
            sleep(LOOK_SECONDS)
            with self._lock:
                if self._processes and monotonic() < self._wanted_until:
                    continue
                self._ending = False
                processes, calls = self._all_taken()
            _end(processes, calls)
            return

    def _all_taken(self) -> tuple[list[WorkerProcess], list[_Call]]:
        """All processes and all calls, which are the pool's no longer; the lock is held."""
        processes = list(self._processes)
        calls = [*chain.from_iterable(self._processes.values()), *self._waiting]
        for call in calls:
            call.answer = None
        self._processes.clear()
        self._waiting.clear()
        return processes, calls


def _end(processes: list[WorkerProcess], calls: list[_Call], wait: bool = False) -> None:
    """End the processes, and tell the callers of what they had not done."""
    for process in processes:
        process.end(wait)
    for call in calls:
        if call.future.running() or call.future.set_running_or_notify_cancel():
            call.future.set_exception(WorkersEnded("the workers were ended before this was done"))


def _died(cause: BaseException) -> WorkerDied:
    died = WorkerDied("the worker process ended before it had answered")
    died.__cause__ = cause
    return died


LIVE = Pool()
PATIENT = Pool(nice=NICE)
