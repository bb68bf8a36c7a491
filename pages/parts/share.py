"""A run to take along or to look at elsewhere: its link, its file, its script, and what if."""

from collections.abc import Callable

import streamlit as st

from mlp.config import Stop
from mlp.links import link, words
from mlp.run_file import MAX_FILE_BYTES, FileError, fits, load, save
from mlp.script import data_file, script
from mlp.sharing import history_csv
from pages.parts.chosen import add_button
from pages.parts.hyperparameters import put
from pages.parts.sessions import Session
from pages.parts.sweep_form import ADDRESS
from pages.parts.trainer import Trainer


def share(live: Session) -> None:
    """Every way in which the run leaves its page, and the one in which another comes."""
    name = live.run.config.data.name
    st.subheader("Share it, or ask what if")
    with st.container(horizontal=True, key="explore"):
        if st.button(
            "Sweep around this run",
            key="sweep_around",
            icon=":material/apps:",
            help="Many values of a setting or two, all trained at once, as one map.",
        ):
            # Not as parameters: these belong to the widgets of this page until it is left.
            around = {key: str(value) for key, value in words(live.run.config).items()}
            st.session_state[ADDRESS] = {"data": name} | around
            st.switch_page("pages/sweep.py", query_params={"around": name})
        add_button(link(live.run), "compare_run", live.run)
        st.page_link("pages/compare.py", label="Go to Compare", icon=":material/arrow_forward:")
    st.markdown(
        "The link holds every setting and the place where the run rests: opened elsewhere, it "
        "trains to the same numbers. The file holds the trained network too, and the script is one "
        "short Python file that needs NumPy alone."
    )
    here = (st.context.url or "").rpartition("/")[0]
    st.code(f"{here}/{link(live.run)}" if here else link(live.run), language=None, wrap_lines=True)
    downloads(live.trainer)
    st.file_uploader(
        f"Go on with a run from a file (.npz, up to {MAX_FILE_BYTES // 10**6} MB)",
        type="npz",
        key="upload",
        on_change=_open,
        args=(live,),
    )
    if trouble := st.session_state.pop("upload trouble", None):
        st.error(trouble, icon=":material/error:")


def downloads(trainer: Trainer, key: str = "") -> None:
    """A trainer's run as a file and as a script, and its history as a table, as it is when pressed.

    key: tells the buttons of several runs on one page apart.
    """
    run = trainer.run
    data, changed = run.config.data.name, len(run.schedule) > 1
    name = f"{data}-epoch-{run.epoch}"
    with st.container(horizontal=True):
        _download(
            "Download the run",
            lambda: save(trainer.run),
            f"{name}.npz",
            f"download_run{key}",
            "download",
            "" if fits(run) else "This network is too large for a file.",
        )
        _download(
            "Download the history",
            lambda: history_csv(trainer.run),
            f"{name}.csv",
            f"download_history{key}",
            "table",
        )
        _download(
            "Download as a script",
            lambda: script(run.config, Stop(epochs=max(1, trainer.run.epoch))),
            f"{data}.py",
            f"download_script{key}",
            "code",
            "This run was changed on its way, which a script does not tell." if changed else "",
        )
        if data != "parity":
            _download(
                "Download the data of the script",
                lambda: data_file(run.config)[1],
                f"{data}.npz",
                f"download_data{key}",
                "database",
            )


def _download(
    label: str, content: Callable, file_name: str, key: str, icon: str, hindered: str = ""
) -> None:
    """A button that makes its file when it is pressed. hindered: why there is none, or ""."""
    st.download_button(
        label,
        content,
        file_name,
        key=key,
        icon=f":material/{icon}:",
        disabled=bool(hindered),
        help=hindered or None,
        on_click="ignore",
    )


def _open(live: Session) -> None:
    """Take up the uploaded run; with a file that is none, everything stays as it is."""
    uploaded = st.session_state.upload
    if uploaded is None:
        return
    try:
        run = load(uploaded.getvalue())
    except FileError as error:
        st.session_state["upload trouble"] = str(error)
        return
    theirs, ours = run.config.data.name, live.run.config.data.name
    if theirs != ours:
        st.session_state["upload trouble"] = (
            f"This file holds a run of {theirs}, and this page is for {ours}: open it there."
        )
        return
    live.show(run)
    put(run.config)
