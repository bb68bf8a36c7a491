"""Where the learner is in the pass: back, on, play, and the map of all steps."""

import time

import streamlit as st

from mlp.derivation.problem import Key
from mlp.derivation.steps import Step

SECONDS = 2.5  # a step while playing


def _go(to: int) -> None:
    st.session_state.update(at=to, playing=False)


def _jump() -> None:
    picked = st.session_state.map
    if picked is not None:
        _go(picked)


def jump(key: Key, steps: list[Step]) -> None:
    """A callback: go to a step by its key."""
    _go(next(i for i, step in enumerate(steps) if step.key == key))


def _play(playing: bool) -> None:
    st.session_state.playing = playing
    st.session_state.moved = time.monotonic()


def label(step: Step) -> str:
    """The short symbol of a step."""
    text = step.symbol.latex
    if step.kind in ("dW", "db"):
        text = r"\partial " + text.split(r"\partial ")[-1].rstrip("}") + "}"
        text = text.replace("}}", "}")
    return f"${text}$"


def _map_label(step: Step) -> str:
    wrong = step.error or (step.check and not step.check.holds)
    return f"✗ {label(step)}" if wrong else label(step)


def walk(steps: list[Step]) -> Step:
    """The controls; returns the step to show."""
    if "at" not in st.session_state:
        asked = st.query_params.get("step", "1")
        st.session_state.at = int(asked) - 1 if asked.isdigit() else 0
    at = st.session_state.at = min(max(st.session_state.at, 0), len(steps) - 1)
    if st.query_params.get("step") != str(at + 1):
        st.query_params["step"] = str(at + 1)
    playing = st.session_state.get("playing", False)
    with st.container(horizontal=True, vertical_alignment="center", key="walk"):
        st.button(
            "Back",
            key="previous",
            icon=":material/arrow_back:",
            shortcut="Left",
            disabled=at == 0,
            on_click=_go,
            args=(at - 1,),
        )
        st.button(
            "Next",
            key="next",
            icon=":material/arrow_forward:",
            shortcut="Right",
            type="primary",
            disabled=at == len(steps) - 1,
            on_click=_go,
            args=(at + 1,),
        )
        st.button(
            "Pause" if playing else "Play",
            key="play_steps",
            icon=":material/pause:" if playing else ":material/play_arrow:",
            on_click=_play,
            args=(not playing,),  # so that a press that is sent twice, with a tick too, counts once
        )
        st.markdown(f"Step **{at + 1}** of {len(steps)}")
    st.session_state.map = at
    st.pills(
        "All steps",
        range(len(steps)),
        key="map",
        format_func=lambda i: _map_label(steps[i]),
        on_change=_jump,
        label_visibility="collapsed",
    )
    if playing:
        _tick(len(steps))
    return steps[at]


@st.fragment(run_every=0.5)
def _tick(count: int) -> None:
    """While playing, go on when the time of a step is over; at the end, stop."""
    state = st.session_state
    if not state.get("playing") or time.monotonic() - state.moved < SECONDS:
        return
    state.moved = time.monotonic()
    state.at += 1
    if state.at >= count - 1:
        state.at, state.playing = count - 1, False
    st.rerun()
