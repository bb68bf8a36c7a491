"""The settings of a data set as widgets; their keys are their names in the address."""

import streamlit as st

from mlp.datasets import DataSettings
from mlp.datasets.dataset import Choice, Field, Number, Slider
from pages.parts.page.widgets import IN_URL, choice, number


def settings_of(default: DataSettings) -> DataSettings:
    """The widgets of a data set of this kind, and the settings that they make.

    Raises ValueError while they make no sense together.
    """
    values = {field.name: _widget(field, getattr(default, field.name)) for field in default.form}
    settings = type(default)(**values)
    st.caption(settings.caption())
    return settings


def _widget(field: Field, value: str | float) -> str | float:
    """The widget of one setting, and what it says."""
    own = {"key": field.name, "help": field.help}
    match field:
        case Choice():
            titles = field.titles
            return choice(field.label, titles, value, format_func=titles.get, **own)
        case Slider():
            return st.slider(field.label, field.low, field.high, value, **own, **IN_URL)
        case Number():
            return number(field.label, value, step=field.step, **own)
