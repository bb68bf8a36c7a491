"""How a sweep is steered and shown: controls, the map that fills, the cell in sight, all runs."""

import streamlit as st

from mlp.figures.sweep.picture import cell_at, cell_curves, is_grid, sweep_picture
from mlp.sharing.address import Address
from mlp.sweep import CellMap, Target, cell_map, closer, run_table, runs_csv
from mlp.sweep.grid import Sweep
from mlp.sweep.job import Job
from mlp.sweep.words import cell_name, measured_words, size_words
from mlp.words import about, first_upper, plural
from mlp.workers.cluster import SchedulerError
from pages.parts.components.plot import plot
from pages.parts.page import request
from pages.parts.page.remembered import remembered
from pages.parts.page.ticks import ticking
from pages.parts.sharing.compared_runs import add_button
from pages.parts.sweep.runs import start_if_asked

CHOSEN, HOVERED = "sweep cell clicked", "sweep cell under the cursor"  # in the session
START = "start the sweep"  # what a press asks for
MOST_LINKS = 5  # seeds of a cell that have a button each; the table has them all
ALL, OF_CELL, REACHED, DIVERGED = "all", "of the cell in sight", "that reached it", "that diverged"


def controls(job: Job) -> None:
    """Start, pause, cancel; what each does twice is the same as once."""
    start_if_asked(START, job)
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        if job.running:
            st.button(
                "Pause",
                key="sweep_pause",
                icon=":material/pause:",
                type="primary",
                shortcut="Space",
                on_click=job.pause,
                width=200,
            )
        else:
            begun = job.done > 0 and not job.finished
            st.button(
                "Train the rest" if begun else "Start",
                key="sweep_start",
                icon=":material/play_arrow:",
                type="primary",
                shortcut="Space",
                disabled=job.finished,
                on_click=request.leave,
                args=(START,),
                width=200,
            )
        st.button(
            "Cancel",
            key="sweep_cancel",
            icon=":material/stop:",
            disabled=not job.begun,
            on_click=job.cancel,
            help="What is done stays on the map.",
        )


def picture(job: Job, measure: str, target: Target) -> None:
    """The status, the picture and the cell in sight; ticks while there is something to wait for."""
    ticking(_watch, lambda: job.interval, job, measure, target)


def _watch(job: Job, measure: str, target: Target) -> None:
    job.keep_alive()
    seconds = _seconds(job)
    with st.container():  # one place, however much it says, so that what follows stays where it is
        _status(job, seconds)
    cells = cell_map(job.answer, measure, target)
    cell = _cell_in_sight(job, cells)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        plot(
            sweep_picture(job.answer.sweep, cells, cell),
            "map",
            on_click=lambda x, y: _see(job.answer.sweep, cells, CHOSEN, x, y),
            on_hover=lambda x, y: _see(job.answer.sweep, cells, HOVERED, x, y),
        )
        grid = is_grid(job.answer.sweep)
        st.caption(
            f"Brighter is better{', and the star is the best' if grid else ''}. A cross marks runs "
            f"that diverged. Click {'a cell' if grid else 'the end of a line'} to keep it in sight."
        )
    with right:
        _cell(job, cells, cell)


def _seconds(job: Job) -> float | None:
    try:
        return job.seconds()
    except SchedulerError as error:
        job.trouble = str(error)
        return None


def _status(job: Job, seconds: float | None) -> None:
    """How much there is to do, how long it takes, and how far it is."""
    if job.trouble:
        st.error(f"{job.trouble.rstrip('.')}. What is done is kept.", icon=":material/error:")
    colour, state, more = status_words(job, seconds)
    st.markdown(f":{colour}-badge[{state}] {more}")
    if not job.finished:
        st.progress(job.done / len(job.configs), "Progress")


def status_words(job: Job, seconds: float | None) -> tuple[str, str, str]:
    """The colour, the name and the details of a sweep's status. seconds: for what is left."""
    size, runs, done = size_words(job.answer.sweep), plural(len(job.configs), "run"), job.done
    if job.finished:
        return "blue", "Finished", f"{size}."
    if job.running:
        left = "" if seconds is None else f", {about(seconds)} left"
        return "green", "Running", f"{done:,} of {runs}{left}."
    left = "measuring how long it takes …" if seconds is None else f"{about(seconds)}."
    if done:
        verb = "is" if done == 1 else "are"
        return "orange", "Paused", f"{done:,} of {runs} {verb} done; the rest: {left}"
    return "gray", "Ready", f"{size}, {left}"


def _see(sweep: Sweep, cells: CellMap, name: str, x: float, y: float) -> None:
    """A callback: take the cell under the cursor in sight; a click keeps it, another lets it go."""
    cell = cell_at(sweep, cells, x, y)
    values = None if cell is None else _values(sweep, cell)
    if name == CHOSEN and values == st.session_state.get(CHOSEN):
        values = None
    st.session_state[name] = values


def _cell_in_sight(job: Job, cells: CellMap) -> int | None:
    """The cell clicked, or else under the cursor, or else the best."""
    sweep = job.answer.sweep
    for name in (CHOSEN, HOVERED):
        if values := remembered(name, lambda values: _cell_of(sweep, values) is not None):
            return _cell_of(sweep, values)
    return cells.best


def _values(sweep: Sweep, cell: int) -> dict:
    """The value of each hyperparameter in a cell: the same cell on any map that has it."""
    return dict(zip(sweep.names, sweep.points[cell], strict=True))


def _cell_of(sweep: Sweep, values: dict) -> int | None:
    """The cell that has these values; None where this map has no such cell."""
    point = tuple(values.get(name) for name in sweep.names)
    there = len(values) == len(point) and point in sweep.points
    return sweep.points.index(point) if there else None


def _cell(job: Job, cells: CellMap, cell: int | None) -> None:
    """The curves of the cell in sight, its numbers, and the way to its runs."""
    if cell is None:
        st.caption("The curves of a cell stand here, once there are some.")
        return
    sweep = job.answer.sweep
    st.markdown(f"**{first_upper(cell_name(sweep, cell))}**")
    logarithmic = st.toggle("Logarithmic error axis", key="logarithmic", persist_state="session")
    plot(cell_curves(job.answer, cell, logarithmic=logarithmic), "curves")
    st.markdown(measured_words(cells, cell))
    runs = range(cell * sweep.seeds, (cell + 1) * sweep.seeds)
    with st.container(horizontal=True, key="runs"):
        for run in runs[:MOST_LINKS]:
            config = sweep.configs[run]
            st.link_button(
                f"Open seed {config.seed}" if sweep.seeds > 1 else "Open this run",
                _link(sweep, run),
                icon=":material/open_in_new:",
                help="On its training page, in another tab: it is trained again, to the very same "
                "curve.",
            )
        add_button(_link(sweep, runs[0]), "compare_cell")
    st.button(
        "Look closer around this cell",
        key="finer",
        icon=":material/zoom_in:",
        on_click=_look_closer,
        args=(sweep, cell),
        help="A new sweep, from this cell's neighbour on one side to that on the other.",
    )


def _link(sweep: Sweep, run: int) -> str:
    return Address.of_config(sweep.configs[run], (sweep.epochs, 0)).text


def _look_closer(sweep: Sweep, cell: int) -> None:
    for values in closer(sweep, cell):
        st.session_state[f"values_{values.name}"] = values.text
    st.session_state.update({CHOSEN: None, HOVERED: None})


def explored(job: Job, measure: str, target: Target) -> None:
    """Every finished run in a table that sorts, filters and downloads; at rest, to keep pace."""
    if not job.done or job.running:
        return
    st.subheader("All runs", anchor=False)
    outcome, sweep = job.answer, job.answer.sweep
    table = run_table(outcome, target)
    kinds = [ALL, OF_CELL, REACHED, DIVERGED]
    kind = st.segmented_control(
        "Runs", kinds, default=ALL, required=True, key="which_runs", persist_state="session"
    )
    in_sight = _cell_in_sight(job, cell_map(outcome, measure, target))
    chosen = {
        ALL: lambda i: True,
        OF_CELL: lambda i: table["cell"][i] == in_sight,
        REACHED: lambda i: table["epochs_to_target"][i] is not None,
        DIVERGED: lambda i: table["diverged_after_epochs"][i] is not None,
    }[kind]
    rows = [i for i in range(len(outcome.done)) if chosen(i)]
    shown = {name: [column[i] for i in rows] for name, column in table.items() if name != "cell"}
    shown["open"] = [_link(sweep, outcome.done[i]) for i in rows]
    st.dataframe(
        shown,
        hide_index=True,
        column_config={"open": st.column_config.LinkColumn("open", display_text="open")},
        key="all_runs",
    )
    st.download_button(
        "Download the table",
        lambda: runs_csv(outcome, target),
        "sweep.csv",
        "text/csv",
        key="download_runs",
        icon=":material/table:",
        on_click="ignore",
    )
