"""The start page: what there is to see, and where to begin."""

import streamlit as st

from pages.parts import front_door

front_door.enter("start")

st.title("Step against the gradient")
st.markdown(
    "One idea carries everything here: to make an error smaller, find out which way it grows, and "
    "take a small step the other way. This is a lab for that idea. Every number on these pages is "
    "computed while you watch."
)
with st.container(border=True):
    st.subheader("Which bit is it?")
    st.markdown(
        "A network of fifteen neurons looks at binary numbers and learns to tell even from odd. "
        "Press Play, and within ten epochs one column of its weights lights up: the last bit."
    )
    st.page_link("pages/parity.py", label="Open the parity network", icon=":material/grid_on:")
st.caption(
    "Nothing leaves this machine: no account, no tracking, nothing is fetched from outside. "
    "The address of each page holds its settings, so a link is enough to share a run."
)
