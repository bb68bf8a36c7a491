"""The runs that a learner compares, as links: kept while the tab is open, and in the address."""

import streamlit as st

from mlp.comparison.pairing import MOST_COMPARED
from mlp.sharing.address import Address
from mlp.training.run import Run
from mlp.training.trainer import Trainer

LINKS = "runs to compare"


def links() -> list[str]:
    """The links of the runs, in their order."""
    return st.session_state.setdefault(LINKS, [])


def add(text: str, run: Run | None = None) -> None:
    """Add a run, unless it is there already; the oldest leaves where there are too many.

    run: the run itself where it is at hand, so that it need not be trained again.
    """
    if text not in links():
        links().append(text)
    if run is not None:
        trainers()[text] = Trainer(run)
    del links()[:-MOST_COMPARED]


def remove(text: str) -> None:
    """Take a run away again."""
    if text in links():
        links().remove(text)


def trainers() -> dict[str, Trainer]:
    """The training of each run by its link; those of links that are gone are forgotten."""
    kept: dict[str, Trainer] = st.session_state.setdefault("compared runs", {})
    for text in set(kept) - set(links()):
        kept.pop(text).halt()
    for text in links():
        if text not in kept:
            kept[text] = Trainer(Address.read(text).begin())
    return kept


def arrive() -> None:
    """On coming to the page: the runs of the address, if it has any; those that are none leave."""
    told = st.query_params.get_all("runs")
    if told:
        st.session_state[LINKS] = []
    for text in told[:MOST_COMPARED]:
        try:
            add(Address.read(text).text)
        except ValueError as error:
            st.warning(f"A run of the address could not be read and is left out: {error}.")


def write_address() -> None:
    """Let the address say which runs they are."""
    if st.query_params.get_all("runs") != links():
        st.query_params["runs"] = list(links())


def add_button(text: str, key: str, run: Run | None = None, label: str = "Compare") -> None:
    """A button on any page that puts a run beside others on the Compare page."""
    here = text in links()
    st.button(
        label,
        key=key,
        icon=":material/check:" if here else ":material/compare_arrows:",
        disabled=here,
        on_click=add,
        args=(text, run),
        help=f"Put it beside others on the Compare page, up to {MOST_COMPARED}.",
    )


ADDRESS = "sweep address"  # in the session: the question for who comes without one
