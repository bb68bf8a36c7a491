"""The jobs of a session: many runs that train in the workers, kept while the tab is open."""

from collections.abc import Callable, Hashable

import streamlit as st

from mlp.sweep.job import Job
from mlp.workers.cluster import SchedulerError
from pages.parts.page import request

# Jobs of a session that are kept, so that going back to a question shows its answer.
KEPT = 4


def start_if_asked(what: str, job: Job) -> None:
    """Start this job where a press has left this request."""
    if request.take(what):
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
