"""The live panel: play a run, look at any epoch of it, go on from there; for every training page.

The buttons stand outside the fragment, so a click is a full run of the page; inside it, a tick
asks for more training and shows how far it is. The page says what to draw.
"""

import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import inf
from time import monotonic

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mlp.config import MAX_EPOCHS, Config, Stop
from mlp.links import changes_text, place_from_text, place_of, place_text, schedule_from_text
from mlp.run import Run, batches_of, begin, branch, changed, finished, state_at
from mlp.state import State
from pages.parts.hyperparameters import put, put_stop, start, stop_rules, with_new_seed
from pages.parts.trainer import Trainer

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
ECHO_SECONDS = 0.5


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
    replay: the epoch and step that a link asks for, while the run is on its way there.
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
        self.trainer.halt()
        self.playing, self.replay = False, None
        _playing.discard(self)


# Every session that plays now, so that each paints less often when there are many.
_playing: "weakref.WeakSet[Session]" = weakref.WeakSet()


def tick_seconds(live: Session) -> float:
    """How often a page updates now."""
    tick = live.fastest if SPEEDS[live.speed] == inf else TICK
    return min(tick + TICK_PER_SESSION * max(0, len(_playing) - 1), LONGEST_TICK)


def restore(name: str, arrived: bool) -> None:
    """On coming back to a page, put the settings of the run that waits there into its widgets."""
    live = st.session_state.get(f"live {name}")
    if live is not None and arrived and not st.query_params:
        put(live.run.config)
        put_stop(live.stop)
        st.session_state.speed = live.speed


def session(name: str, config: Config | None, fastest: float = FASTEST_TICK) -> Session | None:
    """The learner's run for these settings: as it was, going on with a change, or new.

    config: None while the settings make no sense; then the run stays as it is. fastest: seconds
    between two updates at full speed.
    """
    key = f"live {name}"
    live: Session | None = st.session_state.get(key)
    wish = st.session_state.pop("start", None)
    if config is None:
        return live
    if live is None:
        live = st.session_state[key] = Session(Trainer(_from_link(config)), fastest=fastest)
        live.replay = _place_from_link(config)
    elif wish or not live.run.config.differs_in_flight_only(config):
        live.show(begin(config))
    elif config != live.run.config:
        live.trainer.halt()
        live.trainer.run = changed(live.run, config)
    if wish == "play":
        live.play()
    _write_address(live)
    return live


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


def _write_address(live: Session) -> None:
    """Let the address say what no widget says: the changes on the way, and where the run rests."""
    words = {"changes": changes_text(live.run)}
    if not live.moving:
        words["at"] = place_text(place_of(live.run))
    for name, text in words.items():
        if text:
            st.query_params[name] = text
        else:
            st.query_params.pop(name, None)


def panel(
    live: Session, place: DeltaGenerator, draw: Callable[[Look], None], stop: Stop = Stop()
) -> None:
    """Controls and status in a container of the page; then the scrubber and what it draws.

    stop: the rules that the page opens with.
    """
    with place:
        _controls(live, stop)
    interval = tick_seconds(live) if live.moving or live.trainer.under_way else None
    st.fragment(_watch, run_every=interval)(live, interval, place, draw)


def _controls(live: Session, stop: Stop) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        _button(
            "Pause" if live.moving else "Play",
            "play",
            _toggle,
            live,
            icon=":material/pause:" if live.moving else ":material/play_arrow:",
            type="primary",
            shortcut="Space",
            width=140,
        )
        _button("One step", "one_step", _step, live, shortcut="S", help="One batch.")
        _button("One epoch", "one_epoch", _epoch, live, shortcut="E", help="All batches once.")
        _button(
            "Reset", "reset", _reset, live, shortcut="Home", help="Back to the very same start."
        )
        _button(
            "New start",
            "new_start",
            _new_start,
            live,
            shortcut="N",
            help="The same settings from other first weights: the next seed.",
        )
        live.speed = st.selectbox(
            "Speed",
            list(SPEEDS),
            key="speed",
            width=190,
            bind="query-params",
            label_visibility="collapsed",
        )
        trouble = _stop_rules(live, stop)
        if live.previous is not None:
            _button(
                "Bring back the run before",
                "bring_back",
                _bring_back,
                live,
                icon=":material/undo:",
                help=f"It stands at epoch {live.previous.epoch:,}.",
            )

    if trouble:
        st.error(f"{trouble}. The rules before hold on.", icon=":material/error:")


def _stop_rules(live: Session, stop: Stop) -> str:
    """The stop rules in a popover; returns what is wrong with them, or ""."""
    with st.popover("Stop rules"):
        try:
            live.stop = stop_rules(stop)
        except ValueError as error:
            return str(error)
    return ""


def _button(label: str, key: str, act: Callable[[Session], None], live: Session, **more) -> None:
    st.button(label, key=key, on_click=_press, args=(live, key, act), **more)


def _press(live: Session, key: str, act: Callable[[Session], None]) -> None:
    """Do what a button says, once.

    While a fragment ticks, Streamlit's front end may send a click twice: with the tick that is
    just due, which runs the fragment alone, and then by itself. The second is only an echo.
    """
    if live.echo[0] == key and monotonic() < live.echo[1]:
        live.echo = ("", 0.0)
        return
    with_a_tick = bool(get_script_run_ctx().fragment_ids_this_run)
    live.echo = (key, monotonic() + ECHO_SECONDS) if with_a_tick else ("", 0.0)
    act(live)


def _toggle(live: Session) -> None:
    if live.moving:
        live.pause()
    else:
        live.play()


def _step(live: Session) -> None:
    _go_a_little(live, steps=1)


def _epoch(live: Session) -> None:
    _go_a_little(live, epochs=1)


def _go_a_little(live: Session, **far) -> None:
    """Train a step or an epoch; most are done before the page shows again."""
    live.pause()
    st.session_state.pop("look", None)
    live.trainer.go(live.stop, **far)
    live.trainer.settle(0.5)


def _reset(live: Session) -> None:
    live.show(begin(live.run.config))


def _new_start(live: Session) -> None:
    start(with_new_seed(live.run.config))


def _bring_back(live: Session) -> None:
    live.show(live.previous)
    put(live.run.config)


def _continue_from(live: Session, epoch: int) -> None:
    live.show(branch(live.run, epoch))
    live.stale = True


def _watch(
    live: Session,
    interval: float | None,
    place: DeltaGenerator,
    draw: Callable[[Look], None],
) -> None:
    """One tick: ask for more, then show what there is."""
    trainer, stop = live.trainer, live.stop
    if live.playing:
        trainer.go(stop, epochs=SPEEDS[live.speed])
        live.pace.append((monotonic(), _epochs_done(trainer.run)))
    elif live.replay:
        trainer.go(Stop(epochs=MAX_EPOCHS), to=live.replay)
    else:
        trainer.watched()
    run = trainer.run
    if live.replay and (run.position >= live.replay or run.diverged or trainer.trouble):
        live.replay, live.stale = None, True
    ended = finished(run, stop) or run.diverged or trainer.trouble
    if live.playing and ended and not trainer.busy:
        live.pause()
    with place, st.container(key="status"):
        _status(live, run)
    with st.container(key="scrub"):
        if live.moving:
            _progress(run, live.replay[0] + 1 if live.replay else stop.epochs)
            epoch = run.epoch
        else:
            epoch = _scrubber(live, run)
    state = run.state if epoch == run.epoch else state_at(run, epoch)
    draw(Look(run, epoch, _finite(run, state), live.playing))
    wanted = tick_seconds(live) if live.moving or trainer.under_way else None
    if wanted != interval or live.stale:
        # Only a full run of the page changes how often this is called, and the controls. It comes
        # last, because what a run of a fragment leaves out is taken off the page.
        live.stale = False
        st.rerun()


def _epochs_done(run: Run) -> float:
    """The finished epochs, and the part of the one under way."""
    return run.epoch + run.state.step / batches_of(run.config).steps


def _progress(run: Run, epochs: int) -> None:
    """How far the run is on its way through so many epochs, and how far its epoch."""
    steps = batches_of(run.config).steps
    # Between two epochs all the mini-batches are done, not none.
    step = run.state.step or (steps if run.epoch else 0)
    whole, inside = st.columns(2, gap="medium")
    done = min(1.0, _epochs_done(run) / epochs)
    whole.progress(done, f"Epochs: {run.epoch:,} of {epochs:,}")
    inside.progress(step / steps, f"Mini-batches of the epoch: {step:,} of {steps:,}")


def _finite(run: Run, state: State) -> State:
    """The state, or where the numbers have overflowed the last one kept before."""
    return run.history.snapshots[-1] if run.diverged and state is run.state else state


def _status(live: Session, run: Run) -> None:
    """Where the run is, in words."""
    colour, state, more = _words(live, run)
    st.markdown(f":{colour}-badge[{state}] {more}")


def _words(live: Session, run: Run) -> tuple[str, str, str]:
    """The colour, the name and the details of a run's status."""
    place = _place_words(run.position)
    if live.trainer.trouble:
        return "red", "Stopped", live.trainer.trouble
    if run.diverged:
        d = run.diverged
        return (
            "red",
            "Diverged",
            f"In epoch {d.epoch + 1:,}, step {d.step + 1:,}, the numbers of the {d.layer} grew "
            "past what a computer can hold. Lower the learning rate and press Reset.",
        )
    if live.playing:
        more = f"{_right(run)}{_time_left(live, run)}"
        return "green", "Running", f"{place} of {live.stop.epochs:,}{more}"
    if live.replay:
        goal = _place_words(live.replay)
        return "blue", "Replaying", f"{place}, on the way to {goal}, where the link says."
    why = finished(run, live.stop)
    if why:
        return "blue", "Finished", f"At {place}{_right(run)}: {why}."
    if run.position == (0, 0):
        return "gray", "Ready", "Nothing is trained yet. Press Play, or the space bar."
    return "orange", "Paused", f"At {place} of {live.stop.epochs:,}{_right(run)}."


def _right(run: Run) -> str:
    """The share of right answers after the last epoch, where there is one."""
    accuracy = run.history.test_accuracy[-1:]
    known = len(accuracy) and np.isfinite(accuracy[0])
    return f", {100 * accuracy[0]:.1f} % of the tests right" if known else ""


def _place_words(place: tuple[int, int]) -> str:
    epoch, step = place
    return f"epoch {epoch:,}" + (f", step {step:,}" if step else "")


def _time_left(live: Session, run: Run) -> str:
    (t0, e0), (t1, e1) = live.pace[0], live.pace[-1]
    if len(live.pace) < 8 or e1 <= e0:
        return ""
    seconds = round((live.stop.epochs - e1) * (t1 - t0) / (e1 - e0))
    minutes, seconds = divmod(seconds, 60)
    return f", about {minutes} min {seconds} s left" if minutes else f", about {seconds} s left"


def _scrubber(live: Session, run: Run) -> int:
    """The slider through the epochs, at rest; returns the epoch looked at."""
    if run.epoch == 0:
        st.caption("After the first epoch, a slider through all of them stands here.")
        return 0
    slide, go_on = st.columns([4, 1], vertical_alignment="bottom")
    epoch = slide.slider(
        "Look at the end of epoch",
        0,
        run.epoch,
        run.epoch,
        key="look",
        help="0 is the start, before any training.",
    )
    with go_on:
        _button(
            "Continue from here",
            "continue",
            partial(_continue_from, epoch=epoch),
            live,
            disabled=epoch == run.epoch,
            help="Go on from this epoch. The run as it is now can be brought back.",
        )
    return epoch
