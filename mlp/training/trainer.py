"""Training in a worker process, slice by slice, for as long as a page asks for it."""

import threading
from concurrent.futures import BrokenExecutor, Future
from math import inf
from time import monotonic

from mlp.training.config import Config, Stop
from mlp.training.loop import Task, train_task
from mlp.training.run import Run, changed, joined, pending
from mlp.workers.executor import INTERRUPTED
from mlp.workers.pool import LIVE

# How long a worker trains before it reports: short, because Pause waits for it.
SLICE_SECONDS = 0.08
# How long training goes on after its page was last heard of.
LEASE_SECONDS = 1.0
# How long `halt` waits for the slice under way before it is dropped: as long as workers may take
# to start.
HALT_SECONDS = 5.0
# A worker that dies this often in a row, with no progress in between, will die again.
MOST_DEATHS = 3


class Trainer:
    """One session's run, and the training that moves it on.

    The run changes under one lock: by a slice that reports, or by `change`. Where the run must not
    wait for the slice under way, that slice is dropped: its result is not taken in. This costs
    time and no number, since a slice only computes what follows from the run.

    trouble: what went wrong, in words for the page, or None.
    """

    def __init__(self, run: Run):
        self.trouble: str | None = None
        self._run = run
        self._change = threading.Condition()
        self._slice: Future | None = None
        self._goal: tuple[float, float] = (0, 0)  # train while run.position is before this
        self._stop = Stop()
        self._lease = 0.0
        self._deaths = 0

    @property
    def run(self) -> Run:
        """The run as it stands; it is only ever replaced whole."""
        return self._run

    @property
    def busy(self) -> bool:
        """Whether a worker has this run, or is about to."""
        with self._change:  # between one slice and the next, it has
            return self._slice is not None

    @property
    def under_way(self) -> bool:
        """Whether the run is still to go on to its goal, as long as its page is there."""
        ends = self.trouble or pending(self.run, self._stop) is None
        return self.busy or (self.run.position < self._goal and not ends)

    def go(
        self,
        stop: Stop,
        *,
        epochs: float = inf,
        steps: int = 0,
        to: tuple[int, int] | None = None,
    ) -> None:
        """Train for a number of epochs or steps from here, or on to an epoch and a step.

        Called on every tick of a page that plays, and to begin with. A goal that is not reached yet
        stays, unless it or the new one is endless.
        """
        with self._change:
            self._stop = stop
            epoch, step = self._run.position
            goal = to or ((epoch, step + steps) if steps else (epoch + epochs, 0))
            if not self.busy or (inf, 0) in (self._goal, goal):
                self._goal = goal
            self._go_on()

    def keep_alive(self) -> None:
        """Go on to a goal that has an end: a page is there and waits for it.

        Called on every tick of a page at rest; when the page is closed the calls end, and with
        them, a second later, the training.
        """
        with self._change:
            if self._goal[0] < inf:
                self._go_on()

    def _go_on(self) -> None:
        LIVE.heard()
        self._lease = monotonic() + LEASE_SECONDS
        if not self.busy:
            self._submit()

    def halt(self) -> None:
        """Stop training; from now on the run stands still, so that what is shown is what is.

        The slice under way is waited for, so that a step that was asked for is taken; one that
        comes later than HALT_SECONDS is dropped.
        """
        with self._change:
            self._goal = (0, 0)
            if not self._change.wait_for(lambda: not self.busy, timeout=HALT_SECONDS):
                self._drop_slice()

    def change(self, config: Config) -> None:
        """Go on with another learning rate, optimiser or L2 from where the run stands.

        The slice under way has the old config and is dropped, at most SLICE_SECONDS of training or
        one step; the goal stays. Raises ValueError when the config asks for more than that.
        """
        with self._change:
            self._run = changed(self._run, config)
            self._drop_slice()
            self._submit()

    def settle(self, seconds: float) -> None:
        """Wait a moment for the goal, so that one step shows at once."""
        with self._change:
            self._change.wait_for(lambda: not self.busy, timeout=seconds)

    def _submit(self) -> None:
        """Hand out the next slice, if the goal, the lease and the stop rules leave one."""
        task = self._next_slice()
        if task is None:
            return
        future = LIVE.submit(train_task, task=task, seconds=SLICE_SECONDS)
        self._slice = future
        future.add_done_callback(self._report)

    def _next_slice(self) -> Task | None:
        (epoch, step), goal = self._run.position, self._goal
        if (epoch, step) >= goal or monotonic() > self._lease or self.trouble:
            return None
        task = pending(self._run, self._stop)
        if task is None:
            return None
        if goal[0] > epoch:
            return task.shortened(epochs=goal[0] - epoch)
        return task.shortened(steps=goal[1] - step)

    def _drop_slice(self) -> None:
        """Forget the slice under way, so that its result is not taken in when it comes."""
        late, self._slice = self._slice, None
        if late is not None:
            late.cancel()  # which does nothing to one that a worker has begun
            self._change.notify_all()

    def _report(self, future: Future) -> None:
        """Take a slice's result and hand out the next; runs in the pool's own thread."""
        with self._change:
            if future is not self._slice:
                return  # it was dropped
            self._slice = None
            try:
                self._run = joined(self._run, future.result())
                self._deaths = 0
                self._submit()
            except INTERRUPTED:
                # The page was not heard of for so long that the pool has left; the next tick
                # hands the same slice to a new one.
                pass
            except BrokenExecutor:
                # The worker is gone, and the slice with it; the run still stands where it was,
                # and the next tick hands the same slice to a new worker.
                self._deaths += 1
                if self._deaths >= MOST_DEATHS:
                    self.trouble = (
                        "The training process was ended three times in a row, perhaps for want of "
                        "memory. A smaller network or batch may help; Reset starts again."
                    )
            except Exception as error:
                self.trouble = f"{str(error).rstrip('.')}. Reset starts again."
            finally:
                self._change.notify_all()
