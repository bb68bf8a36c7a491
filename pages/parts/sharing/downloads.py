"""A run as files to download: the run itself, its history, its script and its data."""

from collections.abc import Callable

import streamlit as st

from mlp.sharing.file import fits, save
from mlp.sharing.script import data_file, needs_file, script
from mlp.training.config import Stop
from mlp.training.history import history_csv
from mlp.training.trainer import Trainer


def downloads(trainer: Trainer, key: str = "") -> None:
    """Buttons that download a trainer's run, its history and its script, as it is when pressed.

    key: what the keys of the buttons end with, where a page shows several runs.
    """
    run = trainer.run
    data, changed = run.config.data.name, len(run.schedule) > 1
    name = f"{data}-epoch-{run.epoch}"
    with st.container(horizontal=True):
        _download(
            "Download the run",
            lambda: save(trainer.run),
            f"{name}.npz",
            f"download_run{key}",
            "download",
            "" if fits(run) else "This network is too large for a file.",
        )
        _download(
            "Download the history",
            lambda: history_csv(trainer.run.history),
            f"{name}.csv",
            f"download_history{key}",
            "table",
        )
        _download(
            "Download as a script",
            lambda: script(run.config, Stop(epochs=max(1, trainer.run.epoch))),
            f"{data}.py",
            f"download_script{key}",
            "code",
            "This run was changed on its way, which a script does not tell." if changed else "",
        )
        if needs_file(run.config):
            _download(
                "Download the data of the script",
                lambda: data_file(run.config)[1],
                f"{data}.npz",
                f"download_data{key}",
                "database",
            )


def _download(
    label: str, content: Callable, file_name: str, key: str, icon: str, why_not: str = ""
) -> None:
    """A button that makes its file when it is pressed. why_not: why it cannot, or ""."""
    st.download_button(
        label,
        content,
        file_name,
        key=key,
        icon=f":material/{icon}:",
        disabled=bool(why_not),
        help=why_not or None,
        on_click="ignore",
    )
