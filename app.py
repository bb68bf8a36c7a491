"""The front door: the list of pages, and nothing else."""

import streamlit as st

from pages.parts.page.server import lifespan


def visit() -> None:
    """What every visitor runs: the list of pages, and the page that the address names."""
    st.set_page_config(
        page_title="Backpropagation lab", page_icon="pages/parts/page/icon.svg", layout="wide"
    )
    page = st.navigation(
        {
            "": [st.Page("pages/start.py", title="Start", icon=":material/home:", default=True)],
            "Descend": [
                st.Page("pages/parabola.py", title="Parabola", icon=":material/show_chart:"),
                st.Page("pages/paraboloid.py", title="Paraboloid", icon=":material/landscape:"),
            ],
            "Look inside": [
                st.Page("pages/backprop.py", title="Backpropagation", icon=":material/function:"),
            ],
            "Train": [
                st.Page("pages/parity.py", title="Parity", icon=":material/grid_on:"),
                st.Page("pages/digits.py", title="Digits", icon=":material/draw:"),
            ],
            "Explore": [
                st.Page("pages/sweep.py", title="Sweep", icon=":material/apps:"),
                st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
            ],
        }
    )
    st.session_state.front_door = True
    page.run()


if __name__ == "__main__":
    visit()
else:  # the server imports this file once, as it starts
    app = st.App("app.py", lifespan=lifespan)
