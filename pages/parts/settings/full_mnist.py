"""What a page says when all of MNIST is asked for and is not here: one line, and a way to get it.

The files are fetched in this learner's own run of the script, so nobody else waits. When the tab is
closed, the next report of progress ends the download; a mirror that does not answer is left soon.
"""

import streamlit as st

from mlp.datasets import mnist
from pages.parts.page import request

FETCH = "fetch the full MNIST"  # what a press asks for


def offer() -> bool:
    """Say what to do where "full" is asked for and cannot be read; returns whether it did.

    Call it where the page says why its settings make no sense; when it returns True, all is said.
    A download that succeeds starts the page again, with a run on all of MNIST.
    """
    if st.session_state.get("images") != "full" or not mnist.can_fetch():
        return False
    trouble = _fetched() if request.take(FETCH) else ""
    st.info(
        "All of MNIST, 70,000 images, is not on this machine yet. It can be fetched once, or you "
        "go on with the 5,000 that come with the app.",
        icon=":material/download:",
    )
    with st.container(horizontal=True):
        st.button(
            "Try again"
            if trouble
            else f"Download the full MNIST ({mnist.packed_bytes() / 1e6:.0f} MB)",
            key="fetch_mnist",
            type="primary",
            on_click=request.leave,
            args=(FETCH,),
        )
        st.button("Use the 5,000 images", key="use_embedded", on_click=_use_embedded)
    if trouble:
        st.error(f"{trouble}.", icon=":material/error:")
    return True


def _use_embedded() -> None:
    st.session_state.images = "embedded"


def _fetched() -> str:
    """Fetch it and start the page again; returns why that did not work, in words."""
    bar = st.progress(0.0, "Fetching MNIST. A change of a setting ends it.")

    def tell(done: int, total: int) -> None:
        words = f"Fetching MNIST, {done / 1e6:.1f} of {total / 1e6:.1f} MB."
        bar.progress(done / total, f"{words} A change of a setting ends it.")

    try:
        mnist.download(tell)
    except mnist.NotFetched as error:
        bar.empty()
        return str(error)
    return st.rerun()
