"""Every test question with the network's answer, the mistakes first."""

import streamlit as st

from mlp.datasets import Dataset, dataset
from mlp.insight import predictions
from mlp.network.network import Network
from pages.parts.training.session import Look

MOST_ROWS = 2000


def truth_table(look: Look, network: Network, data: Dataset) -> None:
    """The table, while it is open and the run rests."""
    X, y, which = dataset.asked(data)
    opened = st.expander(f"All {len(X):,} {which} numbers", key="truth", on_change="rerun")
    if not opened.open:
        return
    with opened:
        if look.playing:
            st.caption("The table comes back when the run pauses.")
            return
        table = predictions.truth_table(network, X, y, data.classes)
        st.markdown(predictions.table_words(table["right"]))
        shown = {name: column[:MOST_ROWS] for name, column in table.items()}
        st.dataframe(shown, hide_index=True, key="truth table")
        if len(X) > MOST_ROWS:
            st.caption(f"The first {MOST_ROWS:,}, with the mistakes on top.")
