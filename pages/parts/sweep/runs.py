"""The jobs of a session: many runs that train in the workers, kept while the tab is open."""

from collections.abc import Callable, Hashable

import streamlit as st

from mlp.sweep.job import Job
from mlp.workers.cluster import SchedulerError

# Jobs of a session that are kept, so that going back to a question shows its answer.
KEPT = 4


def ask_to_start(name: str) -> None:
    """A callback: have the job started that the page shows once it has read its settings.

    A press may come together with a changed setting, and then the job is another one.
    """
    st.session_state[f"start {name}"] = True


def start_if_asked(name: str, job: Job) -> None:
    """Start this job, if the button of this name was pressed."""
    if st.session_state.pop(f"start {name}", False):
        try:
            job.start()
        except SchedulerError as error:
            job.trouble = str(error)


def job_for(question: Hashable, make: Callable[[], Job]) -> Job:
    """The job that answers this question: as it was left, or new; every other one pauses."""
    jobs: dict[Hashable, Job] = st.session_state.setdefault("jobs", {})
    job = jobs.pop(question, None) or make()
    for other in jobs.values():
        other.pause()
    jobs[question] = job
    while len(jobs) > KEPT:
        jobs.pop(next(iter(jobs)))
    return job
