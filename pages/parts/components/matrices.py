"""Matrices with their numbers, coloured by sign and size, in which an entry can be clicked."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from mlp.derivation.proof import Check
from mlp.derivation.verdict import short
from mlp.figures.palette import DIVERGING, colour_at, symmetric_limit, text_on
from mlp.words import number_text, shape_text
from pages.parts.components.assets import component

MARKS = {"right": "✓", "wrong": "✗"}
MOST_COLUMNS = 5  # in full size; wider matrices are set smaller
_component = component("matrices", isolate_styles=False)


def matrix(name: str, html: str, values: np.ndarray, marked: frozenset = frozenset()) -> dict:
    """A matrix as the component takes it. marked: its (row, column)s to point out."""
    limit = symmetric_limit(values)
    if html.startswith("1"):  # a matrix of ones only copies or adds up, and needs no colour
        limit = np.inf
    fills = [
        [colour_at(DIVERGING, 0.5 + (v / limit / 2 if np.isfinite(v) else 0)) for v in row]
        for row in values
    ]
    return {
        "name": name,
        "label": html,
        "shape": shape_text(values.shape),
        "texts": [[number_text(float(v)) for v in row] for row in values],
        "fills": fills,
        "inks": [[text_on(fill) for fill in row] for row in fills],
        "wide": values.shape[1] > MOST_COLUMNS,
        "marked": [list(map(int, cell)) for cell in sorted(marked)],
    }


def errors(name: str, html: str, check: Check) -> dict:
    """The relative errors of a gradient, each with a tick or a cross; a ? where none is known."""
    shown = matrix(name, html, check.errors)
    shown["kinds"] = [
        ["wrong" if w else "open" if h else "right" for w, h in zip(*row, strict=True)]
        for row in zip(check.wrong, check.hidden, strict=True)
    ]
    shown["texts"] = [
        [
            "?" if kind == "open" else f"{MARKS[kind]} {short(v)}"
            for v, kind in zip(*row, strict=True)
        ]
        for row in zip(check.errors, shown["kinds"], strict=True)
    ]
    return shown


def matrices(rows: list[list[str | dict]], key: str, clicked: Callable[[str, int, int], None]):
    """Show rows of signs and matrices; `clicked` hears the name, row and column of an entry."""

    def heard():
        entry = st.session_state[key].entry
        if entry:
            clicked(entry["name"], entry["row"], entry["column"])

    _component(key=key, data={"rows": rows}, on_entry_change=heard)
