"""What the backpropagation page is about: the example, the batch, the notation, edits by hand.

Every widget's key is its name in the address, and an address holds everything there is to see.
"""

from dataclasses import astuple, dataclass, replace

import streamlit as st

from mlp.derivation.notation import LETTERS, Notation
from mlp.examples.edits import edited, with_edit
from mlp.examples.exercise import MOST_SAMPLES, Exercise, own
from mlp.examples.texts import EXAMPLES, Example
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from pages.parts.page.widgets import IN_URL
from pages.parts.sharing import run_example

OWN = "your own"
TITLES = {example.title: example for example in EXAMPLES.values()}
FIRST = next(iter(TITLES.values()))
SWITCHES = {
    "samples": ("Samples", {"columns": "columns", "rows": "rows"}),
    "layout": ("Layout", {"denominator": "denominator", "numerator": "numerator"}),
    "counting": ("The input is layer", {"0": 0, "1": 1}),
    "brackets": ("Brackets", {"(l)": "()", "[l]": "[]"}),
    "form": ("Form", {"matrices": "matrix", "indices": "index", "Jacobians": "jacobians"}),
    "letter": ("The loss is", {letter: letter for letter in LETTERS}),
}
TEXTS = (  # the presets of the notation, by the text that has it
    ("000 the article", EXAMPLES["parity"].notation),
    ("001 the question", EXAMPLES["question"].notation),
    ("001 its answer", Notation("columns", "denominator", 0, "()", "index", "J")),
    ("002 students", EXAMPLES["students"].notation),
    ("003 four layers", EXAMPLES["deep"].notation),
)


@dataclass(frozen=True)
class Choice:
    """All that the page shows: the example if it is one, its numbers, the batch, the notation."""

    example: Example | None
    exercise: Exercise
    batch: int
    sample: int
    notation: Notation


def _examples() -> dict[str, Example]:
    """The examples by title, with that of a run if a training page has opened one."""
    of_run = st.session_state.get(run_example.EXAMPLE)
    return TITLES | ({of_run.title: of_run} if of_run else {})


def arrive() -> None:
    """On coming to the page: what the address does not say is as the example has it."""
    run_example.restore()
    title = st.query_params.get("example", FIRST.title)
    example = _examples().get(title, FIRST)
    _put(example.notation, unless=st.query_params)
    if "batch" not in st.query_params:
        st.session_state.batch = example.batch


def _labels(notation: Notation) -> dict[str, str]:
    """What each switch says in a notation."""
    chosen = zip(SWITCHES.items(), astuple(notation), strict=True)
    return {
        key: next(label for label, v in options.items() if v == value)
        for (key, (_, options)), value in chosen
    }


def _put(notation: Notation, unless=()) -> None:
    for key, label in _labels(notation).items():
        if key not in unless:
            st.session_state[key] = label


def _follow_example() -> None:
    """A new example comes with its own notation and batch, at its first step."""
    example = _examples().get(st.session_state.example)
    st.session_state.update(run_example.AFRESH)
    if example:
        _put(example.notation)
        st.session_state.batch = example.batch


def choose() -> Choice:
    """The widgets, and what they choose. Raises ValueError for what makes no sense together."""
    first, second, third = st.columns([3, 1, 1], gap="small")
    title = first.selectbox(
        "Network",
        [*_examples(), OWN],
        key="example",
        on_change=_follow_example,
        help="Each that is from a text comes with the notation of that text.",
        **IN_URL,
    )
    example = _examples().get(title)
    batch = second.number_input(
        "Samples in the batch",
        1,
        len(example.exercise.X) if example else MOST_SAMPLES,
        # An address leaves out what is as the example has it.
        value=example.batch if example else 1,
        key="batch",
        help="With more than one, the same formulas hold for all of them at once. Try 3.",
        **IN_URL,
    )
    sample = 1
    if batch > 1:
        sample = third.number_input(
            "Look at sample",
            1,
            batch,
            key="sample",
            help="Its share of every sum is shown, or in Jacobians its own formula.",
            **IN_URL,
        )
    if trouble := st.session_state.get(run_example.TROUBLE):
        st.info(trouble, icon=":material/info:")
    if example:
        st.caption(example.story)
    exercise = example.exercise if example else _own()
    notation = _notation((example or FIRST).notation)
    notation = replace(notation, first_layer=notation.first_layer + exercise.first)
    by_hand = st.session_state.get("edits", st.query_params.get("edits", "")) or ""
    return Choice(example, edited(exercise, by_hand), batch, sample - 1, notation)


def _notation(usual: Notation) -> Notation:
    with st.expander(f"Notation: {_said()}", key="notation", icon=":material/translate:"):
        st.caption(
            "The same numbers, as different texts write them. Take the notation of the text you "
            "are reading, or set each switch."
        )
        with st.container(horizontal=True):
            for title, notation in TEXTS:
                st.button(title, key=f"as {title}", on_click=_put, args=(notation,))
        chosen, defaults = [], _labels(usual)
        with st.container(horizontal=True, gap="medium"):
            for key, (label, options) in SWITCHES.items():
                picked = st.segmented_control(
                    label,
                    list(options),
                    key=key,
                    required=True,
                    default=defaults[key],
                    **IN_URL,
                )
                chosen.append(options[picked])
    return Notation(*chosen)


def _said() -> str:
    """The switches in words, for the closed list."""
    says = {key: st.session_state.get(key, st.query_params.get(key)) for key in SWITCHES}
    return (
        f"samples as {says['samples']}, {says['layout']} layout, the input is layer "
        f"{says['counting']}, {says['form']}"
    )


def _own() -> Exercise:
    """A network of the learner's own sizes."""
    columns = st.columns(5, gap="small")
    sizes = columns[0].text_input(
        "Sizes",
        value="2, 3, 2",
        max_chars=40,
        key="sizes",
        help="2 to 6 layers of 1 to 8.",
        **IN_URL,
    )
    loss = columns[1].selectbox("Loss", list(LOSSES), key="own_loss", **IN_URL)
    names = list(ACTIVATIONS)
    hidden = columns[2].selectbox("Hidden layers", names, index=1, key="own_hidden", **IN_URL)
    needed = LOSSES[loss].output
    output = columns[3].selectbox(
        "Output",
        names,
        key="own_output",
        disabled=bool(needed),
        help="A cross-entropy brings its own.",
        **IN_URL,
    )
    seed = columns[4].number_input("Seed", 0, 10**6, 0, key="own_seed", **IN_URL)
    try:
        numbers = tuple(int(part) for part in sizes.replace("-", ",").split(",") if part.strip())
    except ValueError:
        raise ValueError(f"sizes must be whole numbers with commas, got {sizes!r}") from None
    return own(numbers, hidden, needed or output, loss, seed)


def change(place: str, key: str) -> None:
    """A callback: put the number of a widget into its place."""
    value = st.session_state[key]
    if value is not None:
        st.session_state.edits = with_edit(st.session_state.get("edits") or "", place, value)
        st.rerun()  # the whole page, not only the step in sight


def edits() -> None:
    """The numbers changed by hand, as text that is part of the address."""
    st.text_input(
        "Numbers changed by hand",
        key="edits",
        help="Click a weight, a bias, an input or a target above, or write it here: W1:2,3=0.5 is "
        "the weight of the first layer of weights to neuron 2 from input 3. b1:2=0.5 is a bias. "
        "x:1,2=0.5 and y:1,2=1 are sample 1's second input and target.",
        placeholder="W1:2,3=0.5; b1:2=0.1",
        max_chars=2000,
        **IN_URL,
    )
