"""The workers of a Dask cluster, and which workers train a sweep: these, or this machine's own."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from mlp.workers.executor import Workers
from mlp.workers.pool import PATIENT

SCHEDULER = "MLP_SCHEDULER"
# How long a scheduler may take to answer.
ANSWER_SECONDS = 5


class SchedulerError(ConnectionError):
    """The cluster that the environment names cannot be used; the message says what to do."""


def sweep_workers() -> Workers:
    """The workers that train sweeps: the cluster that MLP_SCHEDULER names, or else PATIENT.

    The connection is made once. A scheduler that does not answer is asked again every time, as is
    one that was lost.
    Raises SchedulerError where there is no such cluster.
    """
    address = os.environ.get(SCHEDULER, "").strip()
    if not address:
        return PATIENT
    if cluster := _connected(address):
        return cluster
    _ask(address)
    with _lock:
        if not (cluster := _connected(address)):  # another page may have been first
            cluster = _clusters[address] = Cluster(address)
    return cluster


class Cluster(Workers):
    """The workers of a Dask cluster; their number may change at any time.

    address: of its scheduler. Raises SchedulerError where none answers.
    """

    def __init__(self, address: str):
        from distributed import Client

        self._address = address
        try:
            self._client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
        except Exception as error:
            raise _no_answer(address) from error
        self._executor = self._client.get_executor(pure=False)

    @property
    def connected(self) -> bool:
        """Whether the scheduler answers, as far as is known."""
        return self._client.status == "running"

    @property
    def worker_count(self) -> int:
        """How many calls run at the same time now; at least 1."""
        try:
            return max(1, sum(self._client.nthreads().values()))
        except Exception as error:  # what it raises depends on how the scheduler ended
            raise _no_answer(self._address) from error

    def heard(self) -> None:
        """Do nothing: the workers of a cluster stay, whether somebody waits or not."""

    def submit(self, function: Callable, /, *arguments, **more) -> Future:
        """Have the function called by a worker of the cluster."""
        try:
            return self._executor.submit(function, *arguments, **more)
        except Exception as error:
            raise _no_answer(self._address) from error

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Disconnect from the cluster, which runs on; calls not waited for are cancelled."""
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()


_clusters: dict[str, Cluster] = {}  # those connected to, by their address
_lock = threading.Lock()


def _connected(address: str) -> Cluster | None:
    """The cluster at this address, if there is a connection."""
    cluster = _clusters.get(address)
    return cluster if cluster and cluster.connected else None


def _no_answer(address: str) -> SchedulerError:
    return SchedulerError(
        f"{SCHEDULER} is {address}, where no Dask scheduler answers: start one with `dask "
        "scheduler`, or unset it"
    )


def _ask(address: str) -> None:
    """Ask the scheduler who it is.

    A client that fails keeps its thread and ends it when it is collected, which can block the next
    client, and it waits without end for a server that never answers. So this asks before there is
    one, in a thread of its own, since the caller's may have a loop that runs.
    Raises SchedulerError where no scheduler answers, or where Dask is not installed.
    """
    try:
        from distributed import Security, rpc
    except ImportError:
        raise SchedulerError(
            f"{SCHEDULER} is set, but Dask is not installed: pip install -r "
            "requirements-cluster.txt, or unset it"
        ) from None

    async def identity():
        secure = Security().get_connection_args("client")
        async with asyncio.timeout(ANSWER_SECONDS):
            async with rpc(address, connection_args=secure) as scheduler:
                await scheduler.identity()

    try:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(identity())).result()
    except Exception as error:  # any kind of server may answer there
        raise _no_answer(address) from error
