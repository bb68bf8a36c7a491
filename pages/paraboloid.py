"""The paraboloid and other surfaces: the gradient, and four ways to follow it down."""

import streamlit as st

from mlp.descent.optimisers import TITLES
from mlp.descent.path import NoHeightError, descend
from mlp.descent.regimes import axes_told
from mlp.figures.descent.contour_map import descent_map, left_blank
from mlp.figures.descent.errors import error_by_step
from mlp.figures.descent.surface import surface_3d
from pages.parts.components.plot import plot
from pages.parts.descent.minibatches import from_one_example_to_a_batch
from pages.parts.descent.report import (
    article_note,
    download,
    endings_told,
    no_start_told,
    put,
    race_table,
    table,
)
from pages.parts.descent.settings import choose_methods, choose_start, choose_surface
from pages.parts.page import front_door
from pages.parts.settings.config_form import IN_URL

BOTH, MAP, SURFACE = "Map and surface", "Map", "Surface"


def start_at(a: float, b: float) -> None:
    put(a=float(f"{a:.3g}"), b=float(f"{b:.3g}"))


front_door.enter("paraboloid")
st.title("Down a paraboloid")
st.markdown(
    "Two numbers now, as a network has thousands: the gradient says for each of them which way "
    "is up, and the step goes the other way. Press **Play**, and click on the map to start "
    "somewhere else."
)
surface = choose_surface()
if surface is None:
    st.stop()
st.latex(surface.formula)
st.latex(surface.slope)
st.latex(r"[\,a, b\,] \leftarrow [\,a, b\,] - \eta\, \nabla g(a, b)")
try:
    start, steps = choose_start(surface)
    methods = choose_methods(surface)
    reach = 3 * max(abs(edge) for side in surface.view for edge in side)
    paths = [descend(surface, start, method, steps, bound=reach) for method in methods]
except NoHeightError as error:
    st.error(f"{error}.".replace("-", "−"), icon=":material/error:")
    st.markdown(no_start_told(surface))
    plot(descent_map(surface, [], [], []), "map", on_click=start_at)
    st.caption(left_blank(surface, []))
    st.stop()
except ValueError as error:
    st.error(f"{error}.", icon=":material/error:")
    st.stop()
if not paths:
    st.info("Choose who walks; then there is a walk to show.")
    st.stop()
names = [TITLES[method.optimiser] for method in methods]
plain = methods[0] if methods[0].optimiser == "sgd" else None
rates = [m.learning_rate if m.optimiser == "sgd" else None for m in methods]


if surface.curvatures and plain:
    st.markdown(axes_told(surface.curvatures, plain.learning_rate))
view = st.segmented_control(
    "View",
    (BOTH, MAP, SURFACE),
    default=BOTH,
    required=True,
    key="view",
    label_visibility="collapsed",
    **IN_URL,
)
places = st.columns([3, 2], gap="medium") if view == BOTH else [st.container()] * 2
if view != SURFACE:
    with places[0]:
        plot(descent_map(surface, paths, names, rates), "map", on_click=start_at)
    if blank := left_blank(surface, paths):
        st.caption(blank)
if view != MAP:
    with places[1]:
        plot(surface_3d(surface, paths, names, rates, controls=view == SURFACE), "surface 3d")
known = surface.lowest is not None
st.markdown(endings_told(names, paths, known))
lead, side = st.columns(2, gap="medium")
with lead:
    plot(error_by_step(paths, names, known=known), "error")
with side:
    if surface.name == "paraboloid" and plain:
        article_note(paths[0])
    else:
        table(paths[0], ("a", "b"), "table")
    download(paths[0], ("a", "b"), "paraboloid-path")
race_table(surface, start, methods)
st.markdown(
    "**What to notice.** The gradient stands at right angles to the contour line it starts from, "
    "and a step goes against it. On a round bowl that way leads to the bottom. On a stretched one "
    "it leads across the valley: one learning rate has to serve a steep axis and a gentle one, so "
    "the walk zigzags along one while it creeps along the other. Momentum, RMSProp and Adam each "
    "mend that in their own way."
)
from_one_example_to_a_batch()
