"""A run as a file: take it home, bring it back."""

import streamlit as st

from mlp.run_file import MAX_FILE_BYTES, FileError, fits, load, save
from mlp.sharing import history_csv
from pages.parts.hyperparameters import put
from pages.parts.live import Session


def files(live: Session, name: str) -> None:
    """Download the run and its history, and upload a run to go on with it.

    name: how the names of the files begin.
    """
    st.subheader("Take it with you")
    st.markdown(
        "The address of this page holds every setting: opened elsewhere, it gives the same run. "
        "A file holds the trained network too."
    )
    name = f"{name}-epoch-{live.run.epoch}"
    with st.container(horizontal=True):
        st.download_button(
            "Download the run",
            lambda: save(live.run),
            disabled=not fits(live.run),
            help=None if fits(live.run) else "This network is too large for a file.",
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
    st.file_uploader(
        f"Go on with a run from a file (.npz, up to {MAX_FILE_BYTES // 10**6} MB)",
        type="npz",
        key="upload",
        on_change=_open,
        args=(live,),
    )
    if trouble := st.session_state.pop("upload trouble", None):
        st.error(trouble, icon=":material/error:")


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
