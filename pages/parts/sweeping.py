"""A sweep under way in the workers, and what it has found; kept while the tab is open."""

import os
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

import streamlit as st

from mlp.config import Config
from mlp.sweep import Outcome, PieceResult, Sweep, Work, calibrate, collect, estimate, plan
from mlp.sweep import executor as cluster
from mlp.sweep.executors import SCHEDULER, worker_count
from mlp.sweep.pieces import CALIBRATION_RUNS, shapes_of
from pages.parts.pool import Pool, heard

# Sweeps of a session whose maps are kept, so that going back to a question shows its map.
KEPT = 3


@st.cache_resource(show_spinner="Looking for the cluster …")
def _cluster() -> Executor:
    return cluster()


def workers() -> Executor:
    """Where pieces are trained: the cluster that MLP_SCHEDULER names, or this app's own pool.

    Raises SchedulerError where that cluster cannot be used.
    """
    return _cluster() if os.environ.get(SCHEDULER, "").strip() else Pool()


@dataclass(eq=False)
class Sweeping:
    """One question, its answer so far, and the work on it.

    costs: what `calibrate` measures, once it has. work: None before the start, and after the end.
    """

    sweep: Sweep
    costs: Future | None = None
    work: Work | None = None
    running: bool = False
    trouble: str = ""
    _results: list[PieceResult] = field(default_factory=list)
    _outcome: Outcome | None = None

    @property
    def outcome(self) -> Outcome:
        """What is known so far."""
        if self._outcome is None:
            self._outcome = collect(self.sweep, self._results)
        return self._outcome

    @property
    def runs_done(self) -> int:
        """How many runs are finished."""
        return sum(len(result.runs) for result in self._results)

    @property
    def finished(self) -> bool:
        """Whether every run is."""
        return self.runs_done == len(self.sweep.configs)

    def seconds(self) -> float | None:
        """About how long what is left takes on these workers; None until that is measured."""
        if self.work:
            return self.work.seconds_left()
        costs = self._measured()
        if costs is None:
            return None
        where = workers()
        return estimate(self._plan(costs, where), worker_count(where))

    def start(self) -> None:
        """Train what is left, or go on after a pause."""
        costs = self._measured(wait=True)
        if costs is None:
            return
        if self.work is None:
            where = workers()
            self.work = Work(self._plan(costs, where), where)
        self.work.resume()
        self.trouble, self.running = "", True

    def pause(self) -> None:
        """Begin no more pieces until `start`."""
        self.running = False
        if self.work:
            self.work.halt()

    def cancel(self) -> None:
        """Drop what is left; what is done stays."""
        self.pause()
        self.work = None

    def watched(self) -> None:
        """Take in what is done and hand out more; called on every tick of a page that watches."""
        heard()
        if self.work is None:
            return
        if results := self.work.poll():
            self._results += results
            self._outcome = None
        lost = self.work.failures
        if self.work.trouble or lost:
            self.trouble = self.work.trouble or f"{len(lost)} pieces were lost: {lost[-1].reason}"
        if not self.work.busy and self.running:
            self.running, self.work = False, None

    def _plan(self, costs: dict, where: Executor) -> tuple:
        done = self.outcome.done
        return plan(
            self.sweep.configs, self.sweep.epochs, costs, done=done, workers=worker_count(where)
        )

    def _measured(self, wait: bool = False) -> dict[Config, float] | None:
        """Seconds an epoch of each shape; timed in a worker, beside whatever else it does."""
        heard()
        if self.costs is None:
            self.costs = workers().submit(calibrate, _some_of_each_shape(self.sweep.configs))
        if not wait and not self.costs.done():
            return None
        try:
            return self.costs.result(timeout=30)
        except Exception as error:  # whatever broke there: the next press measures anew
            self.trouble, self.costs = f"{type(error).__name__}: {error}", None
            return None


def _some_of_each_shape(configs: tuple[Config, ...]) -> list[Config]:
    """As many configs of each shape as are timed."""
    return [configs[run] for runs in shapes_of(configs).values() for run in runs[:CALIBRATION_RUNS]]


def sweeping(sweep: Sweep) -> Sweeping:
    """The work on this question: as it was, or new; any other question of the session rests."""
    kept: dict[Sweep, Sweeping] = st.session_state.setdefault("sweeps", {})
    mine = kept.pop(sweep, None) or Sweeping(sweep)
    for other in kept.values():
        other.pause()
    kept[sweep] = mine
    while len(kept) > KEPT:
        kept.pop(next(iter(kept)))
    return mine
