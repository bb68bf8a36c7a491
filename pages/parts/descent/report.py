"""What the two pages of walks share: the regime in colour, the table, and the path as a file."""

import re

import streamlit as st

from mlp.descent.path import Method, Path, race
from mlp.descent.regimes import axes_told, factor, regime
from mlp.descent.surfaces import Surface
from mlp.descent.tables import (
    article_mean,
    article_table,
    ending,
    path_columns,
    path_csv,
    race_columns,
)
from mlp.words import number

RACE_STEPS = 5000

BADGES = {
    "creeping": "orange",
    "monotone": "blue",
    "one step": "green",
    "oscillating": "violet",
    "two-cycle": "gray",
    "diverging": "red",
}


def regime_line(learning_rate: float, path: Path) -> None:
    """Which regime this is, the factor that says so, and how the walk ended."""
    left = factor(learning_rate)
    kind = regime(left)
    meaning = kind.meaning if path.steps else "It starts at the bottom, and has nowhere to go."
    st.markdown(
        f":{BADGES[kind.name]}-badge[{kind.name}] &nbsp; 1 − 2η = **{number(left, 4)}**. "
        f"{meaning} {ending(path)}"
    )


def plain(error: ValueError) -> str:
    """A message in which Streamlit finds no Markdown."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$:<>~|^])", r"\\\1", str(error))


def endings(names: list[str], paths: list[Path], known: bool) -> None:
    """How each walk ended, a line each. known: whether the lowest value is."""
    told = [
        f"**{name[0].upper()}{name[1:]}**: {ending(path, known)}"
        for name, path in zip(names, paths, strict=True)
    ]
    st.markdown("  \n".join(told))


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


def put(**values) -> None:
    """Set widgets, and so the address; a callback for buttons that say what to try."""
    st.session_state.update(values)


def article_note(path: Path) -> None:
    """The walk as the article prints it, and where the article slips."""
    st.code(article_table(path), language=None)
    if path.steps < 2:
        return
    theirs, mean = article_mean(path)
    st.caption(
        f"The article counts these {path.steps} steps from 0, prints (a, b) after a step beside "
        f"the error before it, and returns the sum of {path.steps} errors divided by "
        f"{path.steps - 1}: {number(theirs, 5)}. Their mean is {number(mean, 5)}."
    )


def axes_line(surface: Surface, learning_rate: float) -> None:
    """The factor of each axis of a bowl, and from which learning rate on it cannot come down."""
    st.markdown(axes_told(surface.curvatures, learning_rate))


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
        if surface.lowest is None:
            st.caption("No lowest value is known here, so nobody can arrive; g tells who is lower.")
        paths = race(surface, start, methods, RACE_STEPS)
        known = surface.lowest is not None
        st.dataframe(race_columns(methods, paths, known), hide_index=True, key="race table")
        st.caption(f"Each with its own learning rate, for at most {RACE_STEPS:,} steps.")
