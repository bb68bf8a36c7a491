"""Many runs under way in the workers, and what they have come to; kept while the tab is open."""

from collections.abc import Callable, Hashable

import streamlit as st

from mlp.sweep.job import ManyRuns
from mlp.workers.cluster import SchedulerError

# Questions of a session whose answers are kept, so that going back to one shows its answer.
KEPT = 4


def ask_to_start(name: str) -> None:
    """A callback: whatever the page asks when it has read its settings is to be trained.

    The press may come together with a setting, and then the question is a new one.
    """
    st.session_state[f"start {name}"] = True


def start_if_asked(name: str, found: ManyRuns) -> None:
    """Start these runs, if the button of this name was pressed."""
    if st.session_state.pop(f"start {name}", False):
        try:
            found.start()
        except SchedulerError as error:
            found.trouble = str(error)


def many_runs(question: Hashable, make: Callable[[], ManyRuns]) -> ManyRuns:
    """The runs for this question: as they were, or new; those of any other question rest."""
    kept: dict[Hashable, ManyRuns] = st.session_state.setdefault("many runs", {})
    mine = kept.pop(question, None) or make()
    for other in kept.values():
        other.pause()
    kept[question] = mine
    while len(kept) > KEPT:
        kept.pop(next(iter(kept)))
    return mine
