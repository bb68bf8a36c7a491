"""The panel of every training page: play a run, look at any epoch of it, go on from there.

The way of a click on Play: `_controls` draws the button, whose callback leaves a request;
`session_for` takes it, once the page has read its settings, and calls `Session.play`. The way back:
each tick calls `Session.tick`, which asks the trainer for more; the trainer joins what its worker
has trained to the run; the tick then has the page draw that run.

The buttons stand outside the fragment, so a click is a full run of the page. The page says what to
draw.
"""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mlp.training.run import Run, branch, state_at
from mlp.training.state import State
from pages.parts.page import request
from pages.parts.page.streamlit_private import PLACE_GONE
from pages.parts.page.ticks import once, ticking
from pages.parts.settings.config_form import begin_with_next_seed, put
from pages.parts.settings.stop_form import stop_rules
from pages.parts.training.address import write_address
from pages.parts.training.session import (
    ONE_EPOCH,
    ONE_STEP,
    PLAY,
    SPEEDS,
    Look,
    Session,
    tick_seconds,
)
from pages.parts.training.status import progress, status


def panel(session: Session, place: DeltaGenerator, draw: Callable[[Look], None]) -> None:
    """Controls and status in a container of the page; then the scrubber and what it draws."""
    with place:
        _controls(session)
    ticking(_watch, lambda: _interval(session), session, place, draw)
    write_address(session.run, session.moving)


def _interval(session: Session) -> float | None:
    """Seconds between two ticks; None while nothing moves by itself."""
    return tick_seconds(session) if session.moving or session.trainer.under_way else None


def _controls(session: Session) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        _play_or_pause(session)
        _button("One step", "one_step", request.leave, ONE_STEP, shortcut="S", help="One batch.")
        _button(
            "One epoch",
            "one_epoch",
            request.leave,
            ONE_EPOCH,
            shortcut="E",
            help="All batches once.",
        )
        _button(
            "Reset",
            "reset",
            once(session.reset),
            shortcut="Home",
            help="Back to the very same start.",
        )
        _button(
            "New start",
            "new_start",
            begin_with_next_seed,
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
        trouble = _stop_rules(session)
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


def _play_or_pause(session: Session) -> None:
    more = {"type": "primary", "shortcut": "Space", "width": 140}
    if session.moving:
        _button("Pause", "play", once(session.pause), icon=":material/pause:", **more)
    else:
        _button("Play", "play", request.leave, PLAY, icon=":material/play_arrow:", **more)


def _button(label: str, key: str, press: Callable[..., None], *arguments, **more) -> None:
    st.button(label, key=key, on_click=press, args=arguments, **more)


def _stop_rules(session: Session) -> str:
    """The stop rules in a popover; returns what is wrong with them, or ""."""
    with st.popover("Stop rules"):
        try:
            session.stop = stop_rules(session.opens_with)
        except ValueError as error:
            return str(error)
    return ""


@once
def _bring_back(session: Session) -> None:
    session.show(session.previous)
    put(session.run.config)


def _continue_from(session: Session, epoch: int) -> None:
    if epoch < session.run.epoch:  # or this is the same press again, which came with a tick
        session.show(branch(session.run, epoch))
    st.rerun()  # the whole page: the controls stand outside this fragment


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
    run = session.tick()
    with place, st.container(key="status"):
        status(session, run)
    with st.container(key="scrub"):
        if session.moving:
            progress(run, goal_epoch(session))
            epoch = run.epoch
        else:
            epoch = _scrubber(session, run)
    state = run.state if epoch == run.epoch else state_at(run, epoch)
    draw(Look(run, epoch, _finite(run, state), session.playing))


def goal_epoch(session: Session) -> int:
    """The epoch in which the run that moves will rest, or whose end that is."""
    if not session.replay:
        return session.stop.epochs
    epoch, step = session.replay
    return epoch + (step > 0)


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
            _continue_from,
            session,
            epoch,
            disabled=epoch == run.epoch,
            help="Go on from this epoch. The run as it is now can be brought back.",
        )
    return epoch
