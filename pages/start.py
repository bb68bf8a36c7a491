"""The start page: what there is to see, and where to begin."""

import streamlit as st

from pages.parts.page import front_door

front_door.enter("start")

st.title("Step against the gradient")
st.markdown(
    "One idea carries everything here: to make an error smaller, find out which way it grows, and "
    "take a small step the other way. This is a lab for that idea. Every number on these pages is "
    "computed while you watch."
)
PAGES = (
    (
        "Down a parabola",
        "One number and its slope. Too small a step creeps, too large a one flies off: see where "
        "the border lies.",
        "pages/parabola.py",
        ":material/show_chart:",
    ),
    (
        "Down a paraboloid",
        "Two numbers, then any surface you type in. Four optimisers walk side by side, and one "
        "example grows into a mini-batch.",
        "pages/paraboloid.py",
        ":material/landscape:",
    ),
    (
        "Backpropagation, matrix by matrix",
        "Every step of a small network, forward and back, with its shapes, its numbers and its "
        "proof, in the notation you are reading.",
        "pages/backprop.py",
        ":material/function:",
    ),
    (
        "Which bit is it?",
        "A network of fifteen neurons learns to tell even numbers from odd ones. Within ten "
        "epochs one column of its weights lights up: the last bit.",
        "pages/parity.py",
        ":material/grid_on:",
    ),
    (
        "Which digit is it?",
        "A network learns to read handwriting, and its neurons turn into pictures. Then draw a "
        "digit yourself, and see what it makes of it.",
        "pages/digits.py",
        ":material/draw:",
    ),
    (
        "What if?",
        "A higher rate, a wider layer, another seed: hundreds of runs at once, as one map. Every "
        "cell leads to its run.",
        "pages/sweep.py",
        ":material/apps:",
    ),
    (
        "Side by side",
        "Two runs or more with one thing changed: which learns faster, and do ten seeds agree?",
        "pages/compare.py",
        ":material/compare_arrows:",
    ),
)
columns = [column for _ in PAGES[::2] for column in st.columns(2, gap="medium")]
for column, (title, text, path, icon) in zip(columns, PAGES, strict=False):
    with column.container(border=True, height="stretch"):
        st.subheader(title, anchor=False)
        st.markdown(text)
        st.page_link(path, label="Open", icon=icon)
st.caption(
    "Nothing leaves this machine: no account, no tracking, and nothing is fetched from outside "
    "unless you ask for all of MNIST. The address of each page holds its settings, so a link is "
    "enough to share a run."
)
