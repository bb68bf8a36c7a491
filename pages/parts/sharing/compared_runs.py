"""The runs that a learner compares, as links: kept while the tab is open, and in the address."""

import streamlit as st

from mlp.comparison.pairing import MOST_COMPARED
from mlp.sharing.address import Address
from mlp.training.run import Run
from mlp.training.trainer import Trainer

LINKS, TRAINERS = "runs to compare", "compared runs"  # in the session


def links() -> list[str]:
    """The links of the runs, in their order."""
    return st.session_state.setdefault(LINKS, [])


def add(link: str, run: Run | None = None) -> None:
    """Add a run, unless it is there already; where that makes too many, the oldest is removed.

    run: the run itself if it is known, so that it need not be trained again.
    """
    if link not in links():
        links().append(link)
    if run is not None:
        _kept()[link] = Trainer(run)
    del links()[:-MOST_COMPARED]


def remove(link: str) -> None:
    """Remove a run, if it is there."""
    if link in links():
        links().remove(link)


def trainers() -> dict[str, Trainer]:
    """The training of each run by its link; that of a run which was removed is ended."""
    kept = _kept()
    for link in set(kept) - set(links()):
        kept.pop(link).halt()
    for link in links():
        if link not in kept:
            kept[link] = Trainer(Address.read(link).begin())
    return kept


def _kept() -> dict[str, Trainer]:
    return st.session_state.setdefault(TRAINERS, {})


def read_address() -> None:
    """Take the runs of the page's address, if it has any, without those that cannot be read."""
    runs = st.query_params.get_all("runs")
    if runs:
        st.session_state[LINKS] = []
    for text in runs[:MOST_COMPARED]:
        try:
            add(Address.read(text).text)
        except ValueError as error:
            st.warning(f"A run of the address could not be read and is left out: {error}.")


def write_address() -> None:
    """Put the runs into the page's address."""
    if st.query_params.get_all("runs") != links():
        st.query_params["runs"] = list(links())


def add_button(link: str, key: str, run: Run | None = None, label: str = "Compare") -> None:
    """A button on any page that adds a run to those of the Compare page."""
    here = link in links()
    st.button(
        label,
        key=key,
        icon=":material/check:" if here else ":material/compare_arrows:",
        disabled=here,
        on_click=add,
        args=(link, run),
        help=f"Put it beside others on the Compare page, up to {MOST_COMPARED}.",
    )
