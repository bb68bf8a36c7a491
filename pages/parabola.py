"""The parabola: one step against the slope, and what the learning rate makes of it."""

import streamlit as st

from mlp.descent.path import Method, descend
from mlp.descent.regimes import factor, predicted
from mlp.descent.surfaces import PARABOLA
from mlp.figures.descent.errors import error_by_step
from mlp.figures.descent.parabola import parabola_walk
from mlp.figures.descent.rates import steps_map
from pages.parts.components.plot import plot
from pages.parts.descent.report import download, put, regime_told, table
from pages.parts.page import front_door
from pages.parts.page.widgets import IN_URL

FARTHEST, PICTURE = 10.0, 50.0  # where a walk may start, and where it leaves the picture
TRY = {
    "Creep": (0.005, "η = 0.005: sixty steps, and still far from the bottom."),
    "Walk": (0.1, "η = 0.1: every step is a fifth of the way."),
    "Land": (0.5, "η = ½: the first step lands on the bottom."),
    "Swing": (0.9, "η = 0.9: over the bottom and back, a little lower each time."),
    "For ever": (1.0, "η = 1: to the mirror image and back."),
    "Fly off": (1.1, "η = 1.1: each step lands higher than the last."),
}

front_door.enter("parabola")
st.title("Down a parabola")
st.markdown(
    "How do you find the lowest point when all you can feel is the slope under your feet? "
    "Take a step against the slope, again and again. Press **Play**."
)
st.latex(PARABOLA.formula + r", \qquad " + PARABOLA.slope)
st.latex(r"x_{n+1} = x_n - \eta\, g'(x_n)")

one, two, three = st.columns(3, gap="medium")
learning_rate = one.slider(
    "Learning rate η",
    0.001,
    1.5,
    PARABOLA.learning_rate,
    0.001,
    format="%.3f",
    key="eta",
    help="How far each step goes. Try 0.5, then 1, then a little more than 1.",
    **IN_URL,
)
start = two.slider(
    "Start at x₀",
    -FARTHEST,
    FARTHEST,
    PARABOLA.start[0],
    0.1,
    key="x0",
    help="Or click in the picture.",
    **IN_URL,
)
steps = three.slider(
    "Steps", 1, 60, 20, key="n", help="The walk ends sooner when it arrives.", **IN_URL
)
with st.container(horizontal=True, vertical_alignment="center"):
    for name, (rate, told) in TRY.items():
        st.button(name, key=f"try {name}", help=told, on_click=put, kwargs={"eta": rate})
    both = st.toggle(
        "From both sides",
        key="both_sides",
        help="A second walk from −x₀, as in the article's figure 2.",
        **IN_URL,
    )

starts = [start, -start] if both else [start]
method = Method(learning_rate=learning_rate)
paths = [descend(PARABOLA, [x], method, steps, bound=PICTURE) for x in starts]
exact = [predicted(p.points[0], [factor(learning_rate)], p.steps)[:, 0] for p in paths]

st.markdown(regime_told(learning_rate, paths[0]))
lead, side = st.columns([3, 2], gap="medium")
with lead:
    plot(
        parabola_walk(paths, exact, learning_rate),
        "parabola",
        on_click=lambda x, y: put(x0=round(min(max(x, -FARTHEST), FARTHEST), 1)),
    )
with side:
    plot(error_by_step(paths, [f"from {x:g}" for x in starts]), "error")
    table(paths[0], ("x",), "table")
    download(paths[0], ("x",), "parabola-path")
st.markdown(
    "**What to notice.** The step gets shorter by itself as the slope gets gentler: the learning "
    "rate stays the same all the way. Every step multiplies x by the same number, 1 − 2η, so the "
    "walk is known before it is made: the rings are (1 − 2η)ⁿ x₀, and the walk hits each of them."
)
st.subheader("All learning rates at once")
plot(steps_map(learning_rate, start), "map")
st.markdown(
    "Too small is slow, too large is slow again, and from 1 on no number of steps is enough. "
    "A network has no such map: its surface has thousands of directions, each with its own best "
    "rate. That is why trying a few learning rates is the first thing to do."
)
