"""The runs that a learner has put aside to compare, as links; kept while the tab is open."""

import streamlit as st

MOST = 6


def chosen_links() -> list[str]:
    """The links of the runs put aside, in their order."""
    return st.session_state.setdefault("runs to compare", [])


def add(link: str) -> None:
    """Put a run aside, unless it is there already; the oldest leaves where there are too many."""
    links = chosen_links()
    if link not in links:
        links.append(link)
    del links[:-MOST]


def add_button(link: str, key: str) -> None:
    """A button that puts a run aside for the Compare page."""
    here = link in chosen_links()
    st.button(
        "In Compare" if here else "Compare",
        key=key,
        icon=":material/check:" if here else ":material/compare_arrows:",
        disabled=here,
        on_click=add,
        args=(link,),
        help=f"Put it beside others on the Compare page, up to {MOST}.",
    )
