"""What the two pages of walks share: the regime in colour, the table, and the path as a file."""

import re

import numpy as np
import streamlit as st

from mlp.descent.grid import grid
from mlp.descent.path import Method, Path, race
from mlp.descent.regimes import factor, regime
from mlp.descent.surfaces import Surface
from mlp.descent.tables import (
    article_mean,
    article_table,
    ending,
    path_columns,
    path_csv,
    race_columns,
)
from mlp.words import first_upper, number

RACE_STEPS = 5000
LOOK = 61  # points a side, where a height is looked for

BADGES = {
    "creeping": "orange",
    "monotone": "blue",
    "one step": "green",
    "oscillating": "violet",
    "two-cycle": "gray",
    "diverging": "red",
}


def regime_told(learning_rate: float, path: Path) -> str:
    """Which regime this is, the factor that says so, and how the walk ended; in Markdown."""
    left = factor(learning_rate)
    kind = regime(left)
    meaning = kind.meaning if path.steps else "No step is needed."
    return (
        f":{BADGES[kind.name]}-badge[{kind.name}] &nbsp; 1 − 2η = **{number(left, 4)}**. "
        f"{meaning} {ending(path)}"
    )


def plain(error: ValueError) -> str:
    """A message in which Streamlit finds no Markdown."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$:<>~|^])", r"\\\1", str(error))


def endings_told(names: list[str], paths: list[Path], known: bool) -> str:
    """How each walk ended, a line each; in Markdown. known: whether the lowest value is."""
    told = [
        f"**{first_upper(name)}**: {ending(path, known)}"
        for name, path in zip(names, paths, strict=True)
    ]
    return "  \n".join(told)


def table(path: Path, names: tuple[str, ...], key: str) -> None:
    """The walk as a table."""
    columns = path_columns(path, names)
    shown = {name: st.column_config.NumberColumn(format="%.5g") for name in columns}
    shown["step"] = st.column_config.NumberColumn(format="%d")
    st.dataframe(columns, column_config=shown, hide_index=True, height=300, key=key)


def download(path: Path, names: tuple[str, ...], name: str) -> None:
    """The path as a CSV file."""
    st.download_button(
        "Download the path (CSV)",
        lambda: path_csv(path, names),
        f"{name}.csv",
        "text/csv",
        key=f"csv {name}",
        icon=":material/download:",
        on_click="ignore",
    )


def no_start_told(surface: Surface) -> str:
    """What to do where a walk cannot start: whether there is a better place in the picture."""
    if np.isfinite(grid(surface, surface.view, LOOK)[2]).any():
        return "Not real here, or too large: click on the map where it has colour."
    return "Not real here, or too large, as at every point of this picture: set another start."


def put(**values) -> None:
    """Set widgets, and so the address; a callback for buttons that say what to try."""
    st.session_state.update(values)


def article_note(path: Path) -> None:
    """The walk as the article prints it, and where the article slips."""
    st.code(article_table(path), language=None)
    if path.steps > 1:
        st.caption(article_told(path))


def article_told(path: Path) -> str:
    """How the article counts and averages a walk of two steps or more."""
    theirs, mean = article_mean(path)
    return (
        f"The article counts these {path.steps} steps from 0, prints (a, b) after a step beside "
        f"the error before it, and returns the sum of {path.steps} errors divided by "
        f"{path.steps - 1}: {number(theirs, 5)}. Their mean is {number(mean, 5)}."
    )


def race_table(surface: Surface, start, methods: list[Method]) -> None:
    """Steps to reach 10^-6, while the race is open."""
    opened = st.expander(
        "The race: steps to reach 10⁻⁶",
        key="race",
        on_change="rerun",
        icon=":material/sports_score:",
    )
    if not opened.open:
        return
    with opened:
        known = surface.lowest is not None
        paths = race(surface, start, methods, RACE_STEPS)
        st.dataframe(race_columns(methods, paths, known), hide_index=True, key="race table")
        st.caption(race_told(known))


def race_told(known: bool) -> str:
    """The rules of the race. known: whether the lowest value is."""
    rules = f"Each with its own learning rate, for at most {RACE_STEPS:,} steps."
    if known:
        return rules
    return f"{rules} No lowest value is known here, so nobody can arrive; g tells who is lower."
