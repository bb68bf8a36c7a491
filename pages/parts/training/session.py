"""A learner's run on a training page: kept while the tab is open, and told by the address."""

import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

import streamlit as st

from mlp.sharing.address import (
    changes_text,
    place_from_text,
    place_of,
    place_text,
    schedule_from_text,
)
from mlp.training.config import Config, Stop
from mlp.training.run import Run, begin, finished
from mlp.training.state import State
from mlp.training.trainer import Trainer
from pages.parts.settings.config_form import put
from pages.parts.settings.stop_form import put_stop

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

    previous: the run before the last that was put in its place. pace: times and epochs of the
    last ticks. stop: the rules that end it. echo: a press that will be heard again, and until when.
    stale: whether the controls, outside the fragment, show an older run. fastest: seconds between
    two updates at full speed.
    replay: the epoch and step that a link asks for, while the run is on its way there. asked: what
    a press wants done, once the page has read its settings.
    """

    trainer: Trainer
    playing: bool = False
    previous: Run | None = None
    pace: deque = field(default_factory=lambda: deque(maxlen=40))
    stop: Stop = Stop()
    speed: str = "1 epoch a frame"
    echo: tuple[str, float] = ("", 0.0)
    stale: bool = False
    fastest: float = FASTEST_TICK
    replay: tuple[int, int] | None = None
    asked: "Callable[[Session], None] | None" = None

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
        if self.run.position != (0, 0):
            self.previous = self.run
        self.trainer = Trainer(run)

    def play(self) -> None:
        """Train from now on, unless the run has ended."""
        self.trainer.trouble = None
        self.replay = None
        self.pace.clear()
        st.session_state.pop("look", None)
        self.playing = finished(self.run, self.stop) is None and not self.run.diverged
        if self.playing:
            _playing.add(self)

    def pause(self) -> None:
        """Stop training, with the slice under way taken in."""
        # First the word, then the deed: Streamlit may run the page for the next message while this
        # one still waits for the slice, and a page that plays would train on.
        self.playing, self.replay = False, None
        _playing.discard(self)
        self.trainer.halt()


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


def session_for(page: str, config: Config | None, fastest: float = FASTEST_TICK) -> Session | None:
    """The session of a page for these settings: its run as it was, with a change, or a new one.

    config: None while the settings make no sense; then the run stays as it is. fastest: seconds
    between two updates at full speed.
    """
    session = kept_session(page)
    wish = st.session_state.pop("start", None)
    if config is None:
        return session
    if session is None:
        session = Session(Trainer(_from_link(config)), fastest=fastest)
        st.session_state[f"session {page}"] = session
        session.replay = _place_from_link(config)
    elif wish or not session.run.config.differs_in_flight_only(config):
        session.show(begin(config))
    elif config != session.run.config:
        session.trainer.change(config)
    if wish == "play":
        session.play()
    return session


def _from_link(config: Config) -> Run:
    """A new run of this config, with the changes on the way that the address tells of."""
    try:
        return begin(config, schedule_from_text(config, st.query_params.get("changes", "")))
    except ValueError as error:
        st.warning(f"Part of the link could not be read and is left out: {error}.")
        return begin(config)


def _place_from_link(config: Config) -> tuple[int, int] | None:
    """The epoch and step that the address asks for, to be reached by training again."""
    try:
        return place_from_text(config, st.query_params.get("at", ""))
    except ValueError as error:
        st.warning(f"Part of the link could not be read and is left out: {error}.")
        return None


def write_address(session: Session) -> None:
    """Let the address say what no widget says: the changes on the way, and where the run rests.

    Called last on a page, when all that was asked of the run is done.
    """
    words = {"changes": changes_text(session.run.schedule)}
    if not session.moving:
        words["at"] = place_text(place_of(session.run))
    for name, text in words.items():
        if text:
            st.query_params[name] = text
        else:
            st.query_params.pop(name, None)
