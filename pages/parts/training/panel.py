"""The panel of every training page: play a run, look at any epoch of it, go on from there.

The buttons stand outside the fragment, so a click is a full run of the page; inside it, a tick
asks for more training and shows how far it is. The page says what to draw.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mlp.training.config import MAX_EPOCHS, Stop
from mlp.training.run import Run, begin, branch, finished, state_at
from mlp.training.state import State
from pages.parts.page.streamlit_private import PLACE_GONE, run_is_of_a_fragment
from pages.parts.page.ticks import ticking
from pages.parts.settings.config_form import put, start_with_next_seed
from pages.parts.settings.stop_form import stop_rules, stop_rules_now
from pages.parts.training.session import SPEEDS, Look, Session, tick_seconds, write_address
from pages.parts.training.status import epochs_done, progress, status

ECHO_SECONDS = 3.0


def panel(
    session: Session, place: DeltaGenerator, draw: Callable[[Look], None], stop: Stop = Stop()
) -> None:
    """Controls and status in a container of the page; then the scrubber and what it draws.

    stop: the rules that the page opens with.
    """
    with suppress(ValueError):  # what is wrong with the rules is said where they stand
        session.stop = stop_rules_now(stop)
    _do_what_was_asked(session)
    with place:
        _controls(session, stop)
    ticking(_watch, lambda: _interval(session), session, place, draw)
    write_address(session)


def _interval(session: Session) -> float | None:
    """Seconds between two ticks; None while nothing moves by itself."""
    return tick_seconds(session) if session.moving or session.trainer.under_way else None


def _controls(session: Session, stop: Stop) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        _button(
            "Pause" if session.moving else "Play",
            "play",
            _toggle,
            session,
            icon=":material/pause:" if session.moving else ":material/play_arrow:",
            type="primary",
            shortcut="Space",
            width=140,
        )
        _button("One step", "one_step", _step, session, shortcut="S", help="One batch.")
        _button("One epoch", "one_epoch", _epoch, session, shortcut="E", help="All batches once.")
        _button(
            "Reset", "reset", _reset, session, shortcut="Home", help="Back to the very same start."
        )
        _button(
            "New start",
            "new_start",
            _new_start,
            session,
            shortcut="N",
            help="The same settings from other first weights: the next seed.",
        )
        session.speed = st.selectbox(
            "Speed",
            list(SPEEDS),
            key="speed",
            width=190,
            bind="query-params",
            label_visibility="collapsed",
        )
        trouble = _stop_rules(session, stop)
        if session.previous is not None:
            _button(
                "Bring back the run before",
                "bring_back",
                _bring_back,
                session,
                icon=":material/undo:",
                help=f"It stands at epoch {session.previous.epoch:,}.",
            )

    if trouble:
        st.error(f"{trouble}. The rules before hold on.", icon=":material/error:")


def _stop_rules(session: Session, stop: Stop) -> str:
    """The stop rules in a popover; returns what is wrong with them, or ""."""
    with st.popover("Stop rules"):
        try:
            session.stop = stop_rules(stop)
        except ValueError as error:
            return str(error)
    return ""


def _button(label: str, key: str, act: Callable[[Session], None], session: Session, **more) -> None:
    st.button(label, key=key, on_click=_press, args=(session, key, act), **more)


def _press(session: Session, key: str, act: Callable[[Session], None]) -> None:
    """Do what a button says, once.

    While a fragment ticks, Streamlit's front end may send a click twice: with the tick that is
    just due, which runs the fragment alone, and then by itself. The second is only an echo. It
    waits for the first to be answered, which may take a while on a page that draws a lot.
    """
    with_a_tick = run_is_of_a_fragment()
    if not with_a_tick and session.echo[0] == key and monotonic() < session.echo[1]:
        session.echo = ("", 0.0)
        return
    session.echo = (key, monotonic() + ECHO_SECONDS) if with_a_tick else ("", 0.0)
    act(session)


def _do_what_was_asked(session: Session) -> None:
    """What makes a run go on waits until the page has read its settings.

    A press may come together with a setting that begins a new run, and means that one.
    """
    act, session.asked = session.asked, None
    if act:
        act(session)


def _toggle(session: Session) -> None:
    if session.moving:
        session.pause()
    else:
        session.asked = Session.play


def _step(session: Session) -> None:
    session.pause()
    session.asked = partial(_go_a_little, steps=1)


def _epoch(session: Session) -> None:
    session.pause()
    session.asked = partial(_go_a_little, epochs=1)


def _go_a_little(session: Session, **far) -> None:
    """Train a step or an epoch; most are done before the page shows again."""
    st.session_state.pop("look", None)
    session.trainer.go(session.stop, **far)
    session.trainer.settle(0.5)


def _reset(session: Session) -> None:
    session.show(begin(session.run.config))


def _new_start(session: Session) -> None:
    start_with_next_seed()


def _bring_back(session: Session) -> None:
    session.show(session.previous)
    put(session.run.config)


def _continue_from(session: Session, epoch: int) -> None:
    session.show(branch(session.run, epoch))
    session.stale = True


def _watch(session: Session, place: DeltaGenerator, draw: Callable[[Look], None]) -> None:
    """One tick, unless a click overtakes it.

    A click runs the whole page at once, in a second thread, and that page has places of its own.
    The tick under way then finds the places gone that it writes to.
    """
    try:
        _tick(session, place, draw)
    except PLACE_GONE:
        st.rerun()  # in a page that was overtaken, this ends it; in any other it makes the places


def _tick(session: Session, place: DeltaGenerator, draw: Callable[[Look], None]) -> None:
    """Ask for more, then show what there is."""
    _do_what_was_asked(session)
    trainer, stop = session.trainer, session.stop
    if session.playing:
        trainer.go(stop, epochs=SPEEDS[session.speed])
        session.pace.append((monotonic(), epochs_done(trainer.run)))
    elif session.replay:
        trainer.go(Stop(epochs=MAX_EPOCHS), to=session.replay)
    else:
        trainer.keep_alive()
    run = trainer.run
    if session.replay and (run.position >= session.replay or run.diverged or trainer.trouble):
        session.replay, session.stale = None, True
    ended = finished(run, stop) or run.diverged or trainer.trouble
    if session.playing and ended and not trainer.busy:
        session.pause()
    with place, st.container(key="status"):
        status(session, run)
    with st.container(key="scrub"):
        if session.moving:
            progress(run, session.replay[0] + 1 if session.replay else stop.epochs)
            epoch = run.epoch
        else:
            epoch = _scrubber(session, run)
    state = run.state if epoch == run.epoch else state_at(run, epoch)
    draw(Look(run, epoch, _finite(run, state), session.playing))
    if session.stale:  # only a full run of the page changes the controls
        session.stale = False
        st.rerun()


def _finite(run: Run, state: State) -> State:
    """The state, or where the numbers have overflowed the last one kept before."""
    return run.history.snapshots[-1] if run.diverged and state is run.state else state


def _scrubber(session: Session, run: Run) -> int:
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
            session,
            disabled=epoch == run.epoch,
            help="Go on from this epoch. The run as it is now can be brought back.",
        )
    return epoch
