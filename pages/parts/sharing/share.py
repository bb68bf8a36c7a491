"""A run to take along or to look at elsewhere: its link, its file, its script, and what if."""

import streamlit as st

from mlp.sharing.address import Address, setting_parameters
from mlp.sharing.file import MAX_FILE_BYTES, FileError, load
from pages.parts.settings.config_form import put
from pages.parts.sharing.downloads import downloads
from pages.parts.sharing.tray import ADDRESS, add_button
from pages.parts.training.session import Session


def share(live: Session) -> None:
    """Every way in which the run leaves its page, and the one in which another comes."""
    run = live.run
    name, link = run.config.data.name, Address.of(run).text
    st.subheader("Share it, or ask what if")
    with st.container(horizontal=True, key="explore"):
        if st.button(
            "Sweep around this run",
            key="sweep_around",
            icon=":material/apps:",
            help="Many values of a setting or two, all trained at once, as one map.",
        ):
            # Not as parameters: these belong to the widgets of this page until it is left.
            st.session_state[ADDRESS] = {"data": name} | setting_parameters(run.config)
            st.switch_page("pages/sweep.py", query_params={"around": name})
        add_button(link, "compare_run", run)
        st.page_link("pages/compare.py", label="Go to Compare", icon=":material/arrow_forward:")
    st.markdown(
        "The link holds every setting and the place where the run rests: opened elsewhere, it "
        "trains to the same numbers. The file holds the trained network too, and the script is one "
        "short Python file that needs NumPy alone."
    )
    here = (st.context.url or "").rpartition("/")[0]
    st.code(f"{here}/{link}" if here else link, language=None, wrap_lines=True)
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
