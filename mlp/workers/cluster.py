"""Where pieces are trained: in processes of this machine, or on a Dask cluster."""

import asyncio
import os
import threading
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor

from loky import ProcessPoolExecutor

from mlp.workers.threads import ONE_THREAD

SCHEDULER = "MLP_SCHEDULER"
# How long an idle process stays.
IDLE_SECONDS = 3
# How long a scheduler may take to answer.
ANSWER_SECONDS = 5


class SchedulerError(ConnectionError):
    """The cluster that the environment names cannot be used; the message says what to do."""


class Processes(ThreadPoolExecutor):
    """A process for each core, and a thread that waits for each; both come when needed.

    A pool of many processes is lost when one of them dies. Here a dead process costs only what it
    was doing: that future raises BrokenExecutor, and the next piece gets a new process.
    """

    def __init__(self, workers: int | None = None):
        self.workers = workers or os.cpu_count() or 1
        super().__init__(self.workers, thread_name_prefix="sweep")
        self._own = threading.local()
        self._pools: set[ProcessPoolExecutor] = set()

    def submit(self, function, /, *args, **kwargs):
        """Have the function called in the next process that is free."""
        return super().submit(self._in_process, function, *args, **kwargs)

    def _in_process(self, function, *args, **kwargs):
        pool = getattr(self._own, "pool", None)
        if pool is None:
            pool = self._own.pool = ProcessPoolExecutor(1, timeout=IDLE_SECONDS, env=ONE_THREAD)
            self._pools.add(pool)
        try:
            return pool.submit(function, *args, **kwargs).result()
        except BrokenExecutor:
            self._own.pool = None
            self._pools.discard(pool)
            pool.shutdown(wait=False, kill_workers=True)
            raise

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; what was under way is lost where it is not waited for."""
        super().shutdown(wait=wait, cancel_futures=cancel_futures)
        for pool in tuple(self._pools):
            pool.shutdown(wait=wait, kill_workers=True)


def executor() -> Executor:
    """The cluster whose scheduler MLP_SCHEDULER names, or else the cores of this machine.

    Raises SchedulerError where there is no such cluster.
    """
    address = os.environ.get(SCHEDULER, "").strip()
    return _cluster(address) if address else Processes()


def _cluster(address: str) -> Executor:
    try:
        from distributed import Client
    except ImportError:
        raise SchedulerError(
            f"{SCHEDULER} is set, but Dask is not installed: pip install -r "
            "requirements-cluster.txt, or unset it"
        ) from None
    try:
        _ask(address)
        client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except Exception as error:  # whatever is there may answer anything at all
        raise SchedulerError(
            f"{SCHEDULER} is {address}, where no Dask scheduler answers: start one with `dask "
            "scheduler`, or unset it"
        ) from error
    return client.get_executor(pure=False)


def _ask(address: str) -> None:
    """Have the scheduler say who it is, or raise what happened instead.

    A client that fails keeps its thread, ends it whenever it is collected, which can block the next
    client's, and waits without end for a server that never speaks. So this asks before there is
    one, in a thread of its own, since the caller's may have a loop that runs.
    """
    from distributed import Security, rpc

    async def identity():
        secure = Security().get_connection_args("client")
        async with asyncio.timeout(ANSWER_SECONDS):
            async with rpc(address, connection_args=secure) as scheduler:
                await scheduler.identity()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(identity())).result()


def worker_count(executor: Executor) -> int:
    """How many pieces an executor trains at a time, as far as it says."""
    client = getattr(executor, "_client", None)
    if client is not None:
        return max(1, sum(client.nthreads().values()))
    return getattr(executor, "workers", None) or getattr(executor, "_max_workers", 1)
