"""A sweep under way: pieces are handed to workers a few at a time, and taken in as they end.

Nothing runs here by itself: `poll` hands out pieces, and when it is no longer called, those under
way end and no others begin.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from mlp.sweep.pieces import Piece, PieceResult, estimate, train_piece
from mlp.workers.executor import INTERRUPTED, Workers

# A piece that is lost this many times will be lost again.
MOST_TRIES = 3
# Pieces handed out ahead for each worker, so that none waits for the next poll.
AHEAD = 3
# Seconds between two looks at pieces under way by `sweep`: workers that are told less often that
# somebody waits may end.
LOOK_SECONDS = 0.5


class LostPieces(RuntimeError):
    """Pieces that could not be trained, and why."""


@dataclass(frozen=True)
class Failure:
    """A piece that was lost MOST_TRIES times, and the last error, in words."""

    piece: Piece
    reason: str


class Work:
    """The pieces of a sweep, and the workers that train them.

    failures: the pieces given up. trouble: why the workers take no more pieces, or "".
    Raises what the workers raise where they cannot be counted.
    """

    def __init__(self, pieces: Iterable[Piece], workers: Workers):
        self._workers = workers
        self._worker_count = workers.worker_count
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
        """Take in what has ended and hand out what is next.

        seconds: how long to wait where nothing has ended yet.
        """
        self._workers.heard()
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
        return estimate(self.pieces_left, self._worker_count) * pace

    def _hand_out(self) -> None:
        while (
            self._waiting and not self._halted and len(self._running) < AHEAD * self._worker_count
        ):
            # On a cluster the death of a worker is counted against every piece that it was handed.
            # A piece that was lost goes alone the next time, so that no other is blamed for it.
            if self._running and (self._waiting[0][1] > 1 or self._suspect):
                return
            try:
                future = self._workers.submit(train_piece, self._waiting[0][0])
            except Exception as error:  # workers that are gone say so in ways of their own
                self.trouble = f"{type(error).__name__}: {error}"
                self.halt()
                return
            self._running[future] = self._waiting.popleft()

    @property
    def _suspect(self) -> bool:
        return any(tries > 1 for _, tries in self._running.values())

    def _taken_in(self, future: Future) -> PieceResult | None:
        """The result of a piece, or None: then it waits again, unless it was lost MOST_TRIES times.

        Whether a worker died or a cluster forgot the piece, another worker may train it.
        """
        piece, tries = self._running.pop(future)
        try:
            result = future.result()
        except INTERRUPTED:
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


def sweep(pieces: Iterable[Piece], workers: Workers) -> Iterator[PieceResult]:
    """The results of all pieces, as they finish; closing the generator stops the sweep.

    Raises LostPieces at the end where some could not be trained.
    """
    work = Work(pieces, workers)
    try:
        while work.busy:
            yield from work.poll(LOOK_SECONDS)
    finally:
        work.halt()
    if work.trouble or work.failures:
        lost = len(work.failures) + len(work.pieces_left)
        raise LostPieces(f"{lost} pieces were lost: {work.trouble or work.failures[-1].reason}")
