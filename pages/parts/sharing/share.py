"""The ways from a run to other pages and other people: its link, its file, its script, a sweep."""

import streamlit as st

from mlp.sharing.address import Address, setting_parameters
from mlp.sharing.file import MAX_FILE_BYTES, FileError, load
from pages.parts.page import request
from pages.parts.settings.config_form import put
from pages.parts.sharing.compared_runs import add_button
from pages.parts.sharing.downloads import downloads
from pages.parts.training.session import Session

# In the session: the parameters of the sweep page's address, for an arrival without any.
SWEEP_PARAMETERS = "sweep parameters"


def share(session: Session) -> None:
    """Links and buttons that share the run of a page, and the way to open a run from a file."""
    run = session.run
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
            st.session_state[SWEEP_PARAMETERS] = {"data": name} | setting_parameters(run.config)
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
    downloads(session.trainer)
    st.file_uploader(
        f"Go on with a run from a file (.npz, up to {MAX_FILE_BYTES // 10**6} MB)",
        type="npz",
        key="upload",
        on_change=_open,
        args=(session,),
    )
    request.show_complaint()


def _open(session: Session) -> None:
    """Show the run of the uploaded file; a file that holds none changes nothing."""
    uploaded = st.session_state.upload
    if uploaded is None:
        return
    try:
        run = load(uploaded.getvalue())
    except FileError as error:
        request.complain(str(error))
        return
    theirs, ours = run.config.data.name, session.run.config.data.name
    if theirs != ours:
        request.complain(
            f"This file holds a run of {theirs}, and this page is for {ours}: open it there."
        )
        return
    session.show(run)
    put(run.config)
