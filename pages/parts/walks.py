"""What the two pages of walks share: the regime in colour, the table, and the path as a file."""

import streamlit as st

from mlp.descent import Path, ending, path_columns, path_csv
from mlp.regimes import factor, regime

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
    sign = f"{left:.4g}".replace("-", "−")
    st.markdown(
        f":{BADGES[kind.name]}-badge[{kind.name}] &nbsp; 1 − 2η = **{sign}**. {kind.meaning} "
        + ending(path)
    )


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
