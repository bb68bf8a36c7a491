"""The pages of walks without a browser: every control, the link, and bad input."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from mlp.descent.surfaces import SURFACES
from tests.support.pages import at, fine
from tests.support.published import WALK

OWN = "your own formula"


def figures(app: AppTest) -> dict:
    """Every figure on the page by its name, as it is sent."""
    sent = [json.loads(c.proto.json) for c in app.get("bidi_component")]
    return {each["name"]: json.loads(each["figure"]) for each in sent}


def words(app: AppTest) -> str:
    """All the markdown and captions on the page."""
    return "\n".join(m.value for m in [*app.markdown, *app.caption])


def texts(app: AppTest, name: str) -> list[str]:
    """What a figure says at each step."""
    return figures(app)[name]["layout"]["meta"]["walk"]["texts"]


# The parabola.


def test_the_parabola_opens_at_rest_on_its_first_step():
    app = at("parabola")
    assert set(figures(app)) == {"parabola", "error", "map"}
    assert texts(app, "parabola")[0].startswith("x₁ = x₀ − η g′(x₀) = 4 − 0.1 · 8 = 3.2")


def test_every_slider_changes_the_walk():
    app = at("parabola")
    app.slider(key="eta").set_value(0.25)
    app.slider(key="x0").set_value(-6.0)
    app.slider(key="n").set_value(5)
    fine(app.run())
    assert texts(app, "parabola")[0].startswith("x₁ = x₀ − η g′(x₀) = −6 − 0.25 · (−12) = −3")
    assert len(texts(app, "parabola")) == 6


def test_a_link_opens_the_same_walk():
    app = at("parabola", eta="1.05", x0="-3", n="9", both_sides="true")
    assert len(texts(app, "parabola")) == 10
    assert texts(app, "parabola")[0].count("\n") == 1
    assert "= −3 − 1.05 · (−6) = 3.3" in texts(app, "parabola")[0]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("Creep", "creeping"),
        ("Walk", "monotone"),
        ("Land", "one step"),
        ("Swing", "oscillating"),
        ("For ever", "two-cycle"),
        ("Fly off", "diverging"),
    ],
)
def test_each_button_shows_its_regime_in_words_and_colour(key, kind):
    app = at("parabola")
    fine(app.button(key=f"try {key}").click().run())
    assert f"-badge[{kind}]" in words(app)


def test_a_walk_that_goes_too_far_says_at_which_step():
    app = at("parabola", eta="1.5")
    assert "Given up after 4 steps: farther than 50 from 0." in words(app)


def test_both_sides_draw_a_second_walk():
    app = at("parabola")
    app.toggle(key="both_sides").set_value(True)
    fine(app.run())
    assert len([t for t in figures(app)["parabola"]["data"] if t.get("name") == "now"]) == 2


# The paraboloid.


def test_the_paraboloid_opens_with_the_articles_run_and_its_table():
    app = at("paraboloid")
    assert [c.value for c in app.code] == [WALK]
    assert "39.682" in words(app)
    assert "divided by 6" in words(app)
    assert texts(app, "map")[0].endswith("(10, 10) − 0.3 · (20, 20) = (4, 4);  g: 200 → 32")


@pytest.mark.parametrize("name", [*SURFACES, OWN])
def test_every_surface_brings_a_start_and_rates_that_work(name):
    app = at("paraboloid")
    app.pills(key="walkers").set_value(["sgd", "momentum", "rmsprop", "adam"])
    app.selectbox(key="surface").set_value(name)
    fine(app.run())
    data = figures(app)["map"]
    named = name if name == OWN else f"the {name}"
    assert data["layout"]["meta"]["alt"].startswith(f"Contour map of {named}.")
    assert len(texts(app, "map")[0].split("\n")) == 4
    if name != "saddle":
        assert "Given up" not in words(app)


def test_the_stretched_bowl_tells_both_factors():
    app = at("paraboloid", surface="stretched bowl", kappa="10", rate_sgd="0.09")
    assert "1 − ηλ = 1 − 0.09 · 2 = **0.82**, monotone" in words(app)
    assert "1 − ηλ = 1 − 0.09 · 20 = **−0.8**, oscillating" in words(app)
    assert "From η = 0.1 on" in words(app)
    app.slider(key="kappa").set_value(100.0)
    fine(app.run())
    assert "diverging" in words(app)


@pytest.mark.parametrize("key", ["rate_momentum", "beta", "rho", "beta1", "beta2"])
def test_a_setting_out_of_range_is_told_and_nothing_breaks(key):
    app = at("paraboloid")
    app.pills(key="walkers").set_value(["sgd", "momentum", "rmsprop", "adam"])
    fine(app.run())
    app.number_input(key=key).set_value(-1.0)
    fine(app.run())
    assert "must be" in app.error[0].value
    app.number_input(key=key).set_value(0.5)
    fine(app.run())
    assert not app.error


def test_with_nobody_walking_the_page_says_so():
    app = at("paraboloid")
    app.pills(key="walkers").set_value([])
    fine(app.run())
    assert "Choose who walks" in app.info[0].value


@pytest.mark.parametrize(
    "text",
    ["9**9**9**9", "__import__('os')", "a.__class__", "sin a b", "1/(a - a)", "a +", "a$"],
)
def test_a_formula_that_is_none_gets_a_caret(text):
    app = at("paraboloid", surface=OWN, formula=text)
    assert app.error
    assert app.code[0].value.split("\n")[1].strip() == "^"
    app.text_input(key="formula").set_value("a^2 + 3*b^2")
    fine(app.run())
    assert not app.error
    assert any(r"\nabla g = \left[\, 2 a,\; 6 b \,\right]" in m.value for m in app.latex)


def test_a_start_where_the_formula_is_not_real_is_told_over_a_map_to_click_on():
    app = at("paraboloid", surface=OWN, formula="log(a)", a="-1", b="1")
    assert "start must be where g and its slope are finite numbers" in app.error[0].value
    assert "click on the map where it has colour" in words(app)
    assert "Of 3,721 points of the picture 1,830 have a height." in words(app)
    assert set(figures(app)) == {"map"}
    app.number_input(key="a").set_value(2.0)
    assert set(figures(fine(app.run()))) > {"map", "error"}
    assert not app.error


def test_a_picture_without_any_height_asks_for_a_start_elsewhere():
    app = at("paraboloid", surface=OWN, formula="log(a-6)", view="Map")
    assert "as at every point of this picture: set another start" in words(app)
    app.number_input(key="a").set_value(8.0)
    fine(app.run())
    assert not app.error
    assert "Blank is where g is not real" in words(app)


@pytest.mark.parametrize(
    "text",
    ["x² + 3y²", "g(a,b) = 2a b + |a|", "sin² a + ln(b² + 1)", "√(a²) − max(a, b)", "a/1e-308"],
)
def test_a_formula_as_people_write_it_is_walked_down(text):
    app = at("paraboloid", surface=OWN, formula=text, view="Map", a="0.1", b="0.2")
    assert not app.error
    assert {"map", "error"} <= set(figures(app))


def test_a_saddle_is_told_to_have_no_bottom_along_b():
    told = words(at("paraboloid", surface="saddle", view="Map"))
    assert "Along b there is no bottom, whatever η is." in told
    assert "From η = 1 on, a cannot come down either." in told
    assert "the steepest" not in told


def test_the_view_leaves_out_what_is_not_wanted():
    app = at("paraboloid")
    assert {"map", "surface 3d"} <= set(figures(app))
    app.segmented_control(key="view").set_value("Map")
    assert "surface 3d" not in figures(fine(app.run()))
    app.segmented_control(key="view").set_value("Surface")
    shown = figures(fine(app.run()))
    assert "map" not in shown
    assert shown["surface 3d"]["layout"]["meta"]["walk"]["controls"]


def test_the_race_is_run_when_it_is_at():
    app = at("paraboloid")
    app.session_state["race"] = True
    fine(app.run())
    (table,) = [d.value for d in app.dataframe]
    assert table["steps to 10⁻⁶"].tolist() == [11]


def test_the_batch_size_changes_the_noisy_walk_alone():
    before = texts(at("paraboloid"), "batch map")[5].split("\n")
    app = at("paraboloid", batch="64")
    after = texts(app, "batch map")[5].split("\n")
    assert before[0] == after[0]
    assert before[2] == after[2]
    assert before[1] != after[1]
    app.slider(key="batch_rate").set_value(0.3)
    assert texts(fine(app.run()), "batch map")[5] != "\n".join(after)


def test_no_page_of_walks_takes_a_setting_from_the_other():
    app = at("parabola")
    app.slider(key="n").set_value(33)
    app.slider(key="eta").set_value(1.1)
    fine(app.run())
    fine(app.switch_page("pages/paraboloid.py").run())
    assert [c.value for c in app.code] == [WALK]
    fine(app.switch_page("pages/parity.py").run())
    assert app.number_input(key="learning_rate").value == 0.3
