"""What a learner has chosen on a page, held against what the page shows now."""

from collections.abc import Callable
from typing import Any

import streamlit as st


def remembered(key: str, exists: Callable[[Any], bool]) -> Any:
    """The choice in the session under this key; None, and forgotten, where it no longer exists.

    A choice says what was chosen (the values of a cell, not its number), so that it is never taken
    for another thing that stands in its place. exists: whether the page shows that thing now.
    The key of a widget can be held too, before the widget is made.
    """
    choice = st.session_state.get(key)
    if choice is not None and not exists(choice):
        del st.session_state[key]
        return None
    return choice
