"""The live panel: play a run, look at any epoch of it, go on from there; for every training page.

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
    live: Session, place: DeltaGenerator, draw: Callable[[Look], None], stop: Stop = Stop()
) -> None:
    """Controls and status in a container of the page; then the scrubber and what it draws.

    stop: the rules that the page opens with.
    """
    with suppress(ValueError):  # what is wrong with the rules is said where they stand
        live.stop = stop_rules_now(stop)
    _do_what_was_asked(live)
    with place:
        _controls(live, stop)
    ticking(_watch, lambda: _interval(live), live, place, draw)
    write_address(live)


def _interval(live: Session) -> float | None:
    """Seconds between two ticks; None while nothing moves by itself."""
    return tick_seconds(live) if live.moving or live.trainer.under_way else None


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
    just due, which runs the fragment alone, and then by itself. The second is only an echo. It
    waits for the first to be answered, which may take a while on a page that draws a lot.
    """
    with_a_tick = run_is_of_a_fragment()
    if not with_a_tick and live.echo[0] == key and monotonic() < live.echo[1]:
        live.echo = ("", 0.0)
        return
    live.echo = (key, monotonic() + ECHO_SECONDS) if with_a_tick else ("", 0.0)
    act(live)


def _do_what_was_asked(live: Session) -> None:
    """What makes a run go on waits until the page has read its settings.

    A press may come together with a setting that begins a new run, and means that one.
    """
    act, live.asked = live.asked, None
    if act:
        act(live)


def _toggle(live: Session) -> None:
    if live.moving:
        live.pause()
    else:
        live.asked = Session.play


def _step(live: Session) -> None:
    live.pause()
    live.asked = partial(_go_a_little, steps=1)


def _epoch(live: Session) -> None:
    live.pause()
    live.asked = partial(_go_a_little, epochs=1)


def _go_a_little(live: Session, **far) -> None:
    """Train a step or an epoch; most are done before the page shows again."""
    st.session_state.pop("look", None)
    live.trainer.go(live.stop, **far)
    live.trainer.settle(0.5)


def _reset(live: Session) -> None:
    live.show(begin(live.run.config))


def _new_start(live: Session) -> None:
    start_with_next_seed()


def _bring_back(live: Session) -> None:
    live.show(live.previous)
    put(live.run.config)


def _continue_from(live: Session, epoch: int) -> None:
    live.show(branch(live.run, epoch))
    live.stale = True


def _watch(live: Session, place: DeltaGenerator, draw: Callable[[Look], None]) -> None:
    """One tick, unless a click overtakes it.

    A click runs the whole page at once, in a second thread, and that page has places of its own.
    The tick under way then finds the places gone that it writes to.
    """
    try:
        _tick(live, place, draw)
    except PLACE_GONE:
        st.rerun()  # in a page that was overtaken, this ends it; in any other it makes the places


def _tick(live: Session, place: DeltaGenerator, draw: Callable[[Look], None]) -> None:
    """Ask for more, then show what there is."""
    _do_what_was_asked(live)
    trainer, stop = live.trainer, live.stop
    if live.playing:
        trainer.go(stop, epochs=SPEEDS[live.speed])
        live.pace.append((monotonic(), epochs_done(trainer.run)))
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
        status(live, run)
    with st.container(key="scrub"):
        if live.moving:
            progress(run, live.replay[0] + 1 if live.replay else stop.epochs)
            epoch = run.epoch
        else:
            epoch = _scrubber(live, run)
    state = run.state if epoch == run.epoch else state_at(run, epoch)
    draw(Look(run, epoch, _finite(run, state), live.playing))
    if live.stale:  # only a full run of the page changes the controls
        live.stale = False
        st.rerun()


def _finite(run: Run, state: State) -> State:
    """The state, or where the numbers have overflowed the last one kept before."""
    return run.history.snapshots[-1] if run.diverged and state is run.state else state


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
