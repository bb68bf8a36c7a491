"""A learner's run on a training page, kept while the tab is open.

No drawing: `session_for` finds the session, and does what a press has asked of it.
"""

import threading
import weakref
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from time import monotonic

import streamlit as st

from mlp.training.config import MAX_EPOCHS, Config, Stop
from mlp.training.run import Run, begin, finished
from mlp.training.state import State
from mlp.training.trainer import Trainer
from pages.parts.page import request
from pages.parts.settings.config_form import BEGIN, BEGIN_AND_PLAY, put
from pages.parts.settings.stop_form import put_stop, stop_rules_now
from pages.parts.training.address import place_of_address, run_of_address

# Epochs between two pictures, by the words in the select box.
SPEEDS = {
    "1 epoch a frame": 1,
    "2 epochs a frame": 2,
    "5 epochs a frame": 5,
    "10 epochs a frame": 10,
    "as fast as it goes": inf,
}
# Seconds between two updates: longer when many sessions train at once.
# At full speed painting and training compete for the cores, and training is what was asked for.
TICK, FASTEST_TICK, TICK_PER_SESSION, LONGEST_TICK = 0.15, 0.4, 0.02, 0.5
# How long a page waits for a step or an epoch, so that most are done when it shows again.
SETTLE_SECONDS = 0.5
# What a press asks of a session, besides a new run.
PLAY, ONE_STEP, ONE_EPOCH = "play", "one step", "one epoch"


def epochs_done(run: Run) -> float:
    """The finished epochs, and the part of the one under way."""
    return run.epoch + run.state.step / run.config.batches.steps


@dataclass(frozen=True)
class Look:
    """What the page draws: the run, the epoch looked at, and the state there."""

    run: Run
    epoch: int
    state: State
    playing: bool


@dataclass(eq=False)
class Session:
    """One learner's run on one page, kept while the tab is open.

    opens_with: the stop rules that its page opens with. fastest: seconds between two updates at
    full speed. stop: the rules that end the run. previous: the run before the last that was put in
    its place. pace: times and epochs of the last ticks. replay: the epoch and step that a link asks
    for, while the run is on its way there.

    A page may run in two threads for a moment, the last tick and the answer to a press. What
    makes the run go on or rest is under one lock, so that no tick goes on with a run that rests.
    """

    trainer: Trainer
    opens_with: Stop = Stop()
    fastest: float = FASTEST_TICK
    stop: Stop = Stop()
    speed: str = "1 epoch a frame"
    playing: bool = False
    replay: tuple[int, int] | None = None
    previous: Run | None = None
    pace: deque = field(default_factory=lambda: deque(maxlen=40))
    _moves: threading.RLock = field(default_factory=threading.RLock)

    @property
    def moving(self) -> bool:
        """Whether the run goes on by itself: it plays, or is on its way to where a link says."""
        return self.playing or self.replay is not None

    @property
    def run(self) -> Run:
        """The run as it stands."""
        return self.trainer.run

    def show(self, run: Run) -> None:
        """Put another run in place of this one, which can be brought back."""
        self.pause()
        st.session_state.pop("look", None)  # an epoch of the run that leaves
        if self.run.position != (0, 0):
            self.previous = self.run
        self.trainer = Trainer(run)

    def reset(self) -> None:
        """Put the very start of the run in its place."""
        self.show(begin(self.run.config))

    def take_up(self, config: Config, anew: bool = False) -> None:
        """Go on with these settings, or begin a new run where they need one. anew: in any case."""
        if anew or not self.run.config.differs_in_flight_only(config):
            self.show(begin(config))
        elif config != self.run.config:
            self.trainer.change(config)

    def play(self) -> None:
        """Train from now on, unless the run has ended."""
        st.session_state.pop("look", None)
        with self._moves:
            self.trainer.trouble = None
            self.replay = None
            self.pace.clear()
            self.playing = finished(self.run, self.stop) is None and not self.run.diverged
            if self.playing:
                _playing.add(self)

    def pause(self) -> None:
        """Stop training; the run stands still from now on."""
        with self._moves:
            self.playing, self.replay = False, None
            _playing.discard(self)
            self.trainer.halt()

    def train(self, *, epochs: float = inf, steps: int = 0) -> None:
        """Train a step or an epoch from here, then rest."""
        st.session_state.pop("look", None)
        self.pause()
        self.trainer.go(self.stop, epochs=epochs, steps=steps)
        self.trainer.settle(SETTLE_SECONDS)

    def tick(self) -> Run:
        """Ask for more training, as far as the run is to go on; returns the run as it stands."""
        with self._moves:
            trainer = self.trainer
            if self.playing:
                trainer.go(self.stop, epochs=SPEEDS[self.speed])
                self.pace.append((monotonic(), epochs_done(trainer.run)))
            elif self.replay:
                trainer.go(Stop(epochs=MAX_EPOCHS), to=self.replay)
            else:
                trainer.keep_alive()
            run = trainer.run
            hindered = run.diverged or trainer.trouble
            if self.replay and (run.position >= self.replay or hindered):
                self.replay = None
            ended = finished(run, self.stop) or hindered
            if self.playing and ended and not trainer.busy:
                self.pause()
            return run


# Every session that plays now, so that each paints less often when there are many.
_playing: "weakref.WeakSet[Session]" = weakref.WeakSet()


def tick_seconds(session: Session) -> float:
    """How often a page updates now."""
    tick = session.fastest if SPEEDS[session.speed] == inf else TICK
    return min(tick + TICK_PER_SESSION * max(0, len(_playing) - 1), LONGEST_TICK)


def kept_session(page: str) -> Session | None:
    """The session of a training page, where it has been opened in this tab."""
    return st.session_state.get(f"session {page}")


def restore_settings(page: str, arrived: bool) -> None:
    """On coming back to a page, put the settings of the run that waits there into its widgets."""
    session = kept_session(page)
    if session is not None and arrived and not st.query_params:
        put(session.run.config)
        put_stop(session.stop)
        st.session_state.speed = session.speed


def session_for(
    page: str, config: Config | None, opens_with: Stop = Stop(), fastest: float = FASTEST_TICK
) -> Session | None:
    """The session of a page for these settings, once what a press asked of it is done.

    Call it when all settings are read. Its run is the one that was, gone on with a change, or new.

    config: None while the settings make no sense; then the run stays as it is. opens_with, fastest:
    as in Session, for a session that begins.
    """
    session = kept_session(page)
    begins = "" if config is None else request.take(BEGIN, BEGIN_AND_PLAY)
    if config is not None and session is None:
        session = Session(Trainer(run_of_address(config)), opens_with, fastest)
        session.replay = place_of_address(config)
        st.session_state[f"session {page}"] = session
    elif config is not None:
        session.take_up(config, anew=bool(begins))
    if session is not None:
        with suppress(ValueError):  # what is wrong with the rules is said where they stand
            session.stop = stop_rules_now(session.opens_with)
        _carry_out(begins or request.take(PLAY, ONE_STEP, ONE_EPOCH), session)
    return session


def _carry_out(asked: str, session: Session) -> None:
    if asked in (PLAY, BEGIN_AND_PLAY):
        session.play()
    elif asked == ONE_STEP:
        session.train(steps=1)
    elif asked == ONE_EPOCH:
        session.train(epochs=1)
