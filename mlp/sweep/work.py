"""A sweep under way: pieces are handed to an executor a few at a time, and taken in as they end.

Nothing runs here by itself: whoever watches calls `poll`, and when nobody does any more, the
pieces under way end and no others begin.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass

from mlp.sweep.pieces import Piece, PieceResult, estimate, train_piece
from mlp.workers.cluster import worker_count
from mlp.workers.pool import LEFT

# A piece that is lost so often will be lost again.
MOST_TRIES = 3
# Pieces handed out ahead for each worker, so that none waits for the next poll.
AHEAD = 3


class LostPieces(RuntimeError):
    """Pieces that could not be trained, and why."""


@dataclass(frozen=True)
class Failure:
    """A piece that was lost too often, and what its last worker said, in words."""

    piece: Piece
    reason: str


class Work:
    """The pieces of a sweep on an executor.

    failures: the pieces given up. trouble: why the executor takes no more pieces, or "".
    """

    def __init__(self, pieces: Iterable[Piece], executor: Executor, workers: int | None = None):
        self.executor = executor
        self.workers = workers or worker_count(executor)
        self.failures: list[Failure] = []
        self.trouble = ""
        self._waiting = deque((piece, 1) for piece in pieces)
        self._running: dict[Future, tuple[Piece, int]] = {}
        self._halted = False
        self._expected, self._measured = 0.0, 0.0

    @property
    def busy(self) -> bool:
        """Whether `poll` has, or will have, something to take in."""
        return bool(self._running or (self._waiting and not self._halted))

    @property
    def pieces_left(self) -> list[Piece]:
        """The pieces that are not finished, those under way among them."""
        return [piece for piece, _ in (*self._running.values(), *self._waiting)]

    def poll(self, seconds: float = 0.0) -> list[PieceResult]:
        """Take in what has ended, waiting so long for the first of it; hand out what is next."""
        self._hand_out()
        wait(self._running, seconds, FIRST_COMPLETED)
        ended = [future for future in self._running if future.done()]
        results = [result for future in ended if (result := self._taken_in(future))]
        self._hand_out()
        return results

    def halt(self) -> None:
        """Begin no more pieces; those under way may still be taken in. `resume` goes on."""
        self._halted = True
        for future in [future for future in self._running if future.cancel()]:
            self._waiting.appendleft(self._running.pop(future))

    def resume(self) -> None:
        """Go on where `halt` stopped."""
        self._halted = False

    def seconds_left(self) -> float:
        """About how long the rest takes: the estimate, corrected by what pieces took so far."""
        pace = self._measured / self._expected if self._expected else 1.0
        return estimate(self.pieces_left, self.workers) * pace

    def _hand_out(self) -> None:
        while self._waiting and not self._halted and len(self._running) < AHEAD * self.workers:
            # In many pools one death loses all that is under way. A piece that was lost goes alone
            # the next time, so that no other is blamed for it.
            if self._running and (self._waiting[0][1] > 1 or self._suspect):
                return
            try:
                future = self.executor.submit(train_piece, self._waiting[0][0])
            except Exception as error:  # an executor that is gone says so in ways of its own
                self.trouble = f"{type(error).__name__}: {error}"
                self.halt()
                return
            self._running[future] = self._waiting.popleft()

    @property
    def _suspect(self) -> bool:
        return any(tries > 1 for _, tries in self._running.values())

    def _taken_in(self, future: Future) -> PieceResult | None:
        """The result of a piece; or None, and the piece waits again, unless it was lost too often.

        Whatever took it away, a worker that died or a cluster that forgot it, another may do it.
        """
        piece, tries = self._running.pop(future)
        try:
            result = future.result()
        except LEFT:
            self._waiting.appendleft((piece, tries))
            return None
        except Exception as error:
            if tries < MOST_TRIES:
                self._waiting.append((piece, tries + 1))
            else:
                self.failures.append(Failure(piece, f"{type(error).__name__}: {error}"))
            return None
        self._expected += piece.seconds
        self._measured += result.seconds
        return result


def sweep(pieces: Iterable[Piece], executor: Executor) -> Iterator[PieceResult]:
    """The results of all pieces, as they finish; whoever stops listening stops the sweep.

    Raises LostPieces at the end where some could not be trained.
    """
    work = Work(pieces, executor)
    try:
        while work.busy:
            yield from work.poll(60)
    finally:
        work.halt()
    if work.trouble or work.failures:
        lost = len(work.failures) + len(work.pieces_left)
        raise LostPieces(f"{lost} pieces were lost: {work.trouble or work.failures[-1].reason}")
