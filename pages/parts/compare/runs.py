"""Which runs are compared: the list of them, and the ways to add one."""

import streamlit as st

from mlp.comparison.pairing import MOST_COMPARED, run_names
from mlp.datasets import DATASETS
from mlp.sharing.address import MOST_CHARACTERS, Address
from mlp.sharing.file import FileError, load
from mlp.sweep import HYPERPARAMETERS, axis_from_text
from mlp.training.presets import presets_of
from pages.parts.page import request
from pages.parts.sharing import compared_runs
from pages.parts.sharing.downloads import downloads
from pages.parts.training.session import kept_session


def list_of_runs() -> None:
    """The runs, each with a button that removes it, and below them the ways to add one."""
    configs = [Address.read(link).config for link in compared_runs.links()]
    for link, name in zip(compared_runs.links(), run_names(configs), strict=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{name}**", width="stretch")
            st.link_button("Open", link, icon=":material/open_in_new:")
            with st.popover("Share", icon=":material/share:"):
                st.code(link, language=None, wrap_lines=True)
                downloads(compared_runs.trainers()[link], key=f" {link}")
            st.button(
                "Remove",
                key=f"remove {link}",
                icon=":material/close:",
                on_click=compared_runs.remove,
                args=(link,),
            )
    if len(configs) == MOST_COMPARED:
        st.caption(f"These are {MOST_COMPARED}; one more, and the first leaves.")
    with st.expander("Add a run", expanded=len(configs) < 2, icon=":material/add:"):
        _from_here()
        if configs:
            _one_thing_changed()
        _from_link()
        _from_file()
    request.show_complaint()


def _from_here() -> None:
    """The runs of this tab's training pages, and the runs that these pages start from."""
    with st.container(horizontal=True):
        for page in DATASETS:
            session = kept_session(page)
            if session is not None:
                run = session.run
                compared_runs.add_button(
                    Address.of(run).text,
                    f"add session {page}",
                    run,
                    f"The run on {page.capitalize()}",
                )
            for preset in presets_of(page):
                compared_runs.add_button(
                    Address.of_config(preset.config).text,
                    f"add {page} {preset.title}",
                    label=f"{preset.title} ({page})",
                )


def _one_thing_changed() -> None:
    """The first run with one setting changed: same first weights, same batches where that goes."""
    left, middle, right = st.columns([2, 2, 1], gap="small", vertical_alignment="bottom")
    name = left.selectbox(
        "Run A with another",
        list(HYPERPARAMETERS),
        format_func=lambda name: HYPERPARAMETERS[name].title,
        key="changed",
        help="Everything else stays, the seed too.",
    )
    of = HYPERPARAMETERS[name]
    middle.text_input("Value", key="changed_to", placeholder=of.example.split(",")[0])
    right.button("Add", key="add_changed", on_click=_add_changed)


def _add_changed() -> None:
    name, value = st.session_state.changed, st.session_state.changed_to
    first = Address.read(compared_runs.links()[0])
    try:
        values = axis_from_text(name, value).values
        for each in values:
            config = HYPERPARAMETERS[name].put(first.config, each)
            compared_runs.add(Address.of_config(config, first.place).text)
    except ValueError as error:
        request.complain(str(error))


def _from_link() -> None:
    left, right = st.columns([4, 1], gap="small", vertical_alignment="bottom")
    left.text_input(
        "The address of a run",
        key="pasted",
        placeholder=f"Copied from the {' or the '.join(map(str.capitalize, DATASETS))} page",
        max_chars=MOST_CHARACTERS,
    )
    right.button("Add", key="add_link", on_click=_add_link)


def _add_link() -> None:
    try:
        compared_runs.add(Address.read(st.session_state.pasted).text)
        st.session_state.pasted = ""
    except ValueError as error:
        request.complain(str(error))


def _from_file() -> None:
    st.file_uploader(
        "A run from a file (.npz)", type="npz", key="compare_file", on_change=_add_file
    )


def _add_file() -> None:
    uploaded = st.session_state.compare_file
    if uploaded is None:
        return
    try:
        run = load(uploaded.getvalue())
        compared_runs.add(Address.of(run).text, run)
    except FileError as error:
        request.complain(str(error))
