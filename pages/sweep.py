"""Sweep: hundreds of runs as one picture."""

from functools import partial

import streamlit as st

from mlp.datasets import DATASETS
from mlp.sweep import collect
from mlp.sweep.job import Job
from mlp.training.presets import presets_of
from pages.parts.page import front_door
from pages.parts.page.widgets import choice
from pages.parts.settings import full_mnist
from pages.parts.settings.config_form import config_form, put
from pages.parts.sharing.share import SWEEP_PARAMETERS
from pages.parts.sweep.form import measure_form, sweep_form
from pages.parts.sweep.runs import job_for
from pages.parts.sweep.view import controls, explored, picture

arrived = front_door.enter("sweep")
if arrived and SWEEP_PARAMETERS in st.session_state and set(st.query_params) <= {"around"}:
    st.switch_page("pages/sweep.py", query_params=st.session_state[SWEEP_PARAMETERS])


def _opens_with() -> None:
    """Other data come with settings of their own."""
    put(presets_of(st.session_state.data)[0].config)


st.title("What if?", anchor=False)
st.markdown(
    "A higher rate, another seed, a wider layer: ask for many values at once, and the answer is a "
    "**map**. Every cell is a network trained there and then. The settings that do not vary stand "
    "in the sidebar."
)
with st.sidebar:
    data = choice("Data", DATASETS, next(iter(DATASETS)), "data", on_change=_opens_with)
base, trouble = config_form(presets_of(data))
try:
    asked = sweep_form(base) if base else None
except ValueError as error:
    asked, trouble = None, str(error)
if asked is None:
    if not full_mnist.offer():
        st.error(f"{trouble}.", icon=":material/error:")
    st.stop()
job = job_for(asked, lambda: Job(asked.configs, asked.epochs, partial(collect, asked)))
controls(job)
try:
    measure, target = measure_form(asked.base)
except ValueError as error:
    st.error(f"{error}.", icon=":material/error:")
    st.stop()
st.session_state[SWEEP_PARAMETERS] = {
    name: st.query_params.get_all(name) for name in st.query_params
}
picture(job, measure, target)
explored(job, measure, target)
