"""A run to take along or to look at elsewhere: its link, its file, its script, and what if."""

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
    st.code(link(live.run), language=None, wrap_lines=True)
    _downloads(live, f"{name}-epoch-{live.run.epoch}")
    st.file_uploader(
        f"Go on with a run from a file (.npz, up to {MAX_FILE_BYTES // 10**6} MB)",
        type="npz",
        key="upload",
        on_change=_open,
        args=(live,),
    )
    if trouble := st.session_state.pop("upload trouble", None):
        st.error(trouble, icon=":material/error:")


def _downloads(live: Session, name: str) -> None:
    run, changed = live.run, len(live.run.schedule) > 1
    with st.container(horizontal=True):
        st.download_button(
            "Download the run",
            lambda: save(live.run),
            disabled=not fits(run),
            help=None if fits(run) else "This network is too large for a file.",
            file_name=f"{name}.npz",
            key="download_run",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Download the history",
            lambda: history_csv(live.run),
            f"{name}.csv",
            "text/csv",
            key="download_history",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "Download as a script",
            lambda: script(live.run.config, Stop(epochs=max(1, live.run.epoch))),
            f"{run.config.data.name}.py",
            "text/x-python",
            key="download_script",
            disabled=changed,
            help="This run was changed on its way, which a script does not tell."
            if changed
            else "It prints the very errors of this page, epoch by epoch.",
            icon=":material/code:",
            on_click="ignore",
        )
        if run.config.data.name != "parity":
            st.download_button(
                "Download the data of the script",
                lambda: data_file(live.run.config)[1],
                f"{run.config.data.name}.npz",
                key="download_data",
                icon=":material/database:",
                on_click="ignore",
                help="To lie beside the script.",
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
