"""The settings of walks over a surface as widgets, and the page's address."""

import streamlit as st

from mlp.descent.formula import MOST_CHARACTERS
from mlp.descent.optimisers import OPTIMISERS, SETTINGS, TITLES
from mlp.descent.own_surface import OWN, own_surface
from mlp.descent.path import Method, suggested_rate
from mlp.descent.spelling import FormulaError, in_x_and_y
from mlp.descent.surfaces import SURFACES, Surface, stretched_bowl
from pages.parts.descent.report import plain, put
from pages.parts.page.widgets import IN_URL, number

FIRST_FORMULA = "sin(a) * cos(b) + 0.1 * (a^2 + b^2)"
HELP = {
    "sgd": "Minus η times the gradient: nothing else.",
    "momentum": "Keeps rolling: β says how much of the last step is kept.",
    "rmsprop": "Divides by the recent size of the gradient: steep and gentle slopes alike.",
    "adam": "Momentum and size together, both corrected for their start.",
}
SIGNS = {"beta": "β", "rho": "ρ", "beta1": "β₁", "beta2": "β₂"}


def choose_surface() -> Surface | None:
    """The surface; None, with a message that points at a character, for a formula that is none."""
    one, two = st.columns([1, 2], gap="medium", vertical_alignment="bottom")
    name = one.selectbox(
        "Surface", [*SURFACES, OWN], key="surface", on_change=_take_up_surface, **IN_URL
    )
    if name == OWN:
        text = two.text_input(
            "g(a, b) =",
            FIRST_FORMULA,
            key="formula",
            help="With a, b, numbers, + - * / ^, brackets, pi, e, and sin, cos, tan, sinh, cosh, "
            "tanh, exp, log or ln (to the base e), log10, sqrt, abs, max, min. 2a, a², √a and |a| "
            f"are read too, and x and y for a and b. Up to {MOST_CHARACTERS} characters.",
            **IN_URL,
        )
        try:
            surface = own_surface(text)
        except FormulaError as error:
            st.error(f"{plain(error)}:", icon=":material/error:")
            st.code(error.pointed(), language=None)
            return None
        if in_x_and_y(text):
            st.caption("Read with a for x, and b for y.")
        return surface
    if name == "stretched bowl":
        kappa = two.slider(
            "κ: how many times as steep along b as along a",
            1.0,
            100.0,
            10.0,
            1.0,
            key="kappa",
            help="Try 10 at a learning rate of 0.09, then 0.1, then 0.11.",
            **IN_URL,
        )
        return stretched_bowl(kappa)
    return SURFACES[name]


def _take_up_surface() -> None:
    """A new surface brings its own start and learning rates along."""
    name = st.session_state.surface
    surface = own_surface(FIRST_FORMULA) if name == OWN else SURFACES[name]
    rates = {f"rate_{o}": suggested_rate(surface, o) for o in OPTIMISERS}
    put(a=surface.start[0], b=surface.start[1], steps=_first_steps(surface), **rates)


def _first_steps(surface: Surface) -> int:
    """Seven as in the article; other surfaces need more."""
    return 7 if surface.name == "paraboloid" else 60


def choose_start(surface: Surface) -> tuple[tuple[float, float], int]:
    """Where the walks start, and how many steps they may take."""
    one, two, three = st.columns([1, 1, 2], gap="medium", vertical_alignment="bottom")
    first = surface.start
    more = {"step": 0.5, "format": "%g"} | IN_URL
    a = one.number_input("Start at a", value=first[0], key="a", help="Or click on the map.", **more)
    b = two.number_input("Start at b", value=first[1], key="b", help="Or click on the map.", **more)
    steps = three.slider(
        "Steps",
        1,
        300,
        _first_steps(surface),
        key="steps",
        help="A walk ends sooner when it arrives.",
        **IN_URL,
    )
    return (a, b), steps


def choose_methods(surface: Surface) -> list[Method]:
    """The optimisers that walk, each with its own settings. Raises ValueError."""
    chosen = st.pills(
        "Who walks",
        list(OPTIMISERS),
        default=["sgd"],
        selection_mode="multi",
        format_func=TITLES.get,
        key="walkers",
        help="All from one start. Try all four on Rosenbrock.",
        **IN_URL,
    )
    names = [name for name in OPTIMISERS if name in chosen]
    columns = st.columns(max(len(names), 3))[: len(names)]
    return [_method(name, column, surface) for name, column in zip(names, columns, strict=True)]


def _method(name: str, place, surface: Surface) -> Method:
    with place.container(border=True):
        rate = number(
            f"η of {TITLES[name]}",
            suggested_rate(surface, name),
            f"rate_{name}",
            step=0.01,
            help=HELP[name],
        )
        settings = {
            setting: number(SIGNS[setting], getattr(Method(), setting), setting, step=0.01)
            for setting in SETTINGS[name]
        }
        return Method(optimiser=name, learning_rate=rate, **settings)
