"""What every kind of workers offers, whether they are processes of this machine or of a cluster."""

from abc import ABC, abstractmethod
from concurrent.futures import BrokenExecutor, CancelledError, Executor


class Workers(Executor, ABC):
    """Processes that call functions, each one call at a time.

    An Executor of the standard library that also tells how many processes it has, and that is told
    while somebody waits for results.
    """

    @property
    @abstractmethod
    def worker_count(self) -> int:
        """How many calls run at the same time."""

    @abstractmethod
    def heard(self) -> None:
        """Take note that somebody waits for results, and will for a while longer."""


class WorkerDied(BrokenExecutor):
    """The process that a call ran in ended by itself or was killed."""


class WorkersEnded(RuntimeError):
    """The workers were ended before a call was done."""


# What a future raises that was not done because its workers were ended, or because a cluster
# forgot it: the call itself is not to blame, and is done by the next workers.
INTERRUPTED = (CancelledError, WorkersEnded)
