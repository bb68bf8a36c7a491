"""What a sweep asks, as widgets that are its address: what varies, over which values, how often."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mlp.sweep import HYPERPARAMETERS, Sweep, axis_from_text, grid, random_search, range_from_text
from mlp.sweep.outcome import MEASURES, Target, measures_of
from mlp.training.config import Config
from pages.parts.page.widgets import IN_URL, choice, number

MOST_AXES = 2  # of a grid; more hyperparameters are searched at random


def sweep_form(base: Config) -> Sweep:
    """The widgets, and the sweep they ask for. Raises ValueError while they make no sense."""
    names = st.multiselect(
        "What varies",
        list(HYPERPARAMETERS),
        ["learning_rate", "width"],
        key="vary",
        format_func=lambda name: HYPERPARAMETERS[name].title,
        help="One or two make a map with every pair of values. With more, cells are drawn at "
        "random.",
        placeholder="Choose one or two, or more",
        **IN_URL,
    )
    if not names:
        raise ValueError("what varies must be at least one hyperparameter, got none")
    places = [place for _ in names[::2] for place in st.columns(2, gap="small")]
    texts = [_values(name, place) for name, place in zip(names, places, strict=False)]
    columns = st.columns(3, gap="small")
    with columns[0]:
        seeds = number(
            "Seeds a cell",
            1,
            "seeds",
            step=1,
            help="Runs of each cell, from the seed in the sidebar upwards. With 5, the map shows "
            "their median, and how far to trust it.",
        )
    with columns[1]:
        epochs = number("Epochs a run", 20, "run_epochs", step=10, help="How long each run trains.")
    often = {"seeds": int(seeds), "epochs": int(epochs)}
    if len(names) <= MOST_AXES:
        axes = tuple(map(axis_from_text, names, texts))
        return grid(base, axes, **often)
    with columns[2]:
        cells = number(
            "Cells drawn", 64, "cells", step=16, help="How many random choices of values."
        )
    ranges = tuple(map(range_from_text, names, texts))
    return random_search(base, ranges, int(cells), **often)


def _values(name: str, place: DeltaGenerator) -> str:
    """The line of values of one hyperparameter."""
    of = HYPERPARAMETERS[name]
    return place.text_input(
        of.title,
        value=of.example,
        key=f"values_{name}",
        max_chars=10_000,
        help="Names with commas."
        if of.kind is str
        else "Numbers with commas, or a range: 0.01..10 x 7 is seven numbers from 0.01 to 10.",
        **IN_URL,
    )


def measure_form(base: Config) -> tuple[str, Target]:
    """The widgets for what the map shows, and for the target where that needs one.

    Only what the runs of this base have is offered.
    """
    measures, columns = measures_of(base), list(base.columns)
    left, middle, right = st.columns(3, gap="small")
    with left:
        measure = choice(
            "Show",
            measures,
            measures[0],
            "measure",
            help="The median over the seeds of each cell, at the last epoch.",
        )
    if not MEASURES[measure].needs_target:
        return measure, Target(base.accuracy.name)
    with middle:
        column = choice(
            "Target",
            columns,
            base.accuracy.name,
            "target_of",
            help="An accuracy of at least this, or an error of at most this.",
        )
    with right:
        value = number(
            "Target value", Target().value, "target", step=0.05, help="For accuracy, 0.95 is 95 %."
        )
    return measure, Target(column, value)
