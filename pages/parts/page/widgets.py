"""Widgets whose value is part of the page's address, under their key."""

from collections.abc import Iterable

import streamlit as st

IN_URL = {"bind": "query-params"}


def choice(label: str, names: Iterable[str], default: str, key: str, **more) -> str:
    """A select box of names from a registry."""
    names = list(names)
    return st.selectbox(label, names, names.index(default), key=key, **more, **IN_URL)


def number(label: str, default: float, key: str, step: float, **more) -> float:
    """A field for a number: whole where the default is, else with as many digits as it needs."""
    form = "%g" if isinstance(default, float) else None
    return st.number_input(label, value=default, step=step, format=form, key=key, **more, **IN_URL)
