"""Many runs that answer one question, the work on them, and the answer so far."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from mlp.sweep.pieces import CALIBRATION_RUNS, PieceResult, calibrate, estimate, plan, shapes_of
from mlp.sweep.work import Work
from mlp.training.config import Config
from mlp.workers.cluster import sweep_workers
from mlp.workers.executor import INTERRUPTED, Workers

TICK = 0.4  # seconds between two looks at the workers
# How long a press on Start may wait for the measurement.
MOST_SECONDS = 20


@dataclass(eq=False)
class Job:
    """Runs that answer one question, the work on them, and the answer so far.

    gather: makes the answer of the results. running: whether pieces are handed out. trouble: what
    went wrong, in words for the page, or "".
    """

    configs: tuple[Config, ...]
    epochs: int
    gather: Callable[[list[PieceResult]], Any]
    running: bool = False
    trouble: str = ""
    _work: Work | None = None
    _costs: Future | None = None
    _results: list[PieceResult] = field(default_factory=list)
    _answer: Any = None

    @property
    def answer(self) -> Any:
        """What is known so far."""
        if self._answer is None:
            self._answer = self.gather(self._results)
        return self._answer

    @property
    def done(self) -> int:
        """How many runs are finished."""
        return sum(len(result.runs) for result in self._results)

    @property
    def finished(self) -> bool:
        """Whether every run is."""
        return self.done == len(self.configs)

    @property
    def begun(self) -> bool:
        """Whether there is work that was started and is neither done nor cancelled."""
        return self._work is not None

    @property
    def waits(self) -> bool:
        """Whether a result or a measurement is under way."""
        return self.running or (self._costs is not None and not self._costs.done())

    @property
    def interval(self) -> float | None:
        """Seconds between two ticks of a page that shows these runs; None if nothing will come."""
        return TICK if self.waits else None

    def seconds(self) -> float | None:
        """About how long what is left takes on these workers; None until that is measured.

        Raises SchedulerError where the cluster that was asked for cannot be used.
        """
        if self._work:
            return self._work.seconds_left()
        costs = self._measured()
        if costs is None:
            return None
        workers = sweep_workers()
        return estimate(self._plan(costs, workers), workers.worker_count)

    def start(self) -> None:
        """Train what is left, or go on after a pause.

        Raises SchedulerError where the cluster that was asked for cannot be used.
        """
        costs = self._measured(wait=True) or self._measured(wait=True)
        if costs is None:
            return
        if self._work is None:
            workers = sweep_workers()
            self._work = Work(self._plan(costs, workers), workers)
        self._work.resume()
        self.trouble, self.running = "", True

    def pause(self) -> None:
        """Begin no more pieces until `start`."""
        self.running = False
        if self._work:
            self._work.halt()

    def cancel(self) -> None:
        """Drop what is left; what is done stays."""
        self.pause()
        self._work = None

    def keep_alive(self) -> None:
        """Take in what is done and hand out more: a page is there and waits for it.

        Called on every tick of a page that shows these runs; when the calls end, so does the work.
        """
        if self._work is None:
            return
        if results := self._work.poll():
            self._results += results
            self._answer = None
        lost = self._work.failures
        if self._work.trouble or lost:
            self.trouble = self._work.trouble or f"{len(lost)} pieces were lost: {lost[-1].reason}"
        if not self._work.busy and self.running:
            self.running, self._work = False, None

    def _plan(self, costs: dict, workers: Workers) -> tuple:
        done = [run for result in self._results for run in result.runs]
        return plan(self.configs, self.epochs, costs, done=done, workers=workers.worker_count)

    def _measured(self, wait: bool = False) -> dict[Config, float] | None:
        """Seconds an epoch of each shape; measured by a worker, beside whatever else it does.

        wait: for the measurement, at most MOST_SECONDS. None where there is no result.
        """
        workers = sweep_workers()
        workers.heard()
        if self._costs is None:
            self._costs = workers.submit(calibrate, _some_of_each_shape(self.configs))
        deadline = monotonic() + MOST_SECONDS
        while wait and not self._costs.done() and monotonic() < deadline:
            workers.heard()
            sleep(0.05)
        if not self._costs.done():
            return None
        try:
            return self._costs.result()
        except INTERRUPTED:  # the page was away for a while: the next tick or press measures again
            self._costs = None
        except Exception as error:
            self.trouble, self._costs = f"{type(error).__name__}: {error}", None
        return None


def _some_of_each_shape(configs: tuple[Config, ...]) -> list[Config]:
    """As many configs of each shape as are timed."""
    return [configs[run] for runs in shapes_of(configs).values() for run in runs[:CALIBRATION_RUNS]]
