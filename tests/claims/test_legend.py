"""What the signs and indices of a step stand for, and which letters stand in its equation."""

import re

from tests.claims.claim import Claim, Claims
from tests.support.derivations import drawn, plain


def with_sample(f):
    """Whether a formula says of which sample it speaks, or sums over them."""
    return f.m > 1 and (f.kind == "loss" or f.long or f.by_index("z", "a", "delta", "dW", "db"))


LEGEND = Claims(
    Claim(
        "⊙ multiplies entry by entry.",
        lambda f: f.kind == "delta" and f.form != "jacobians" and not f.cancels,
    ),
    Claim("ᵀ swaps rows and columns.", lambda f: r"\mathsf T" in f.formulas),
    Claim("**1** is a row or a column of ones.", lambda f: r"\mathbf{1}" in f.formulas),
    Claim(
        "δ with two indices is Kronecker’s: 1 where they are equal, else 0, so it picks one term "
        "out of a sum.",
        lambda f: f.by_index("delta", "dW", "db"),
    ),
    Claim(
        "reshape writes the same numbers, row by row, into the shape of {W}.",
        lambda f: f.long and f.kind == "dW",
        lambda f, W: (
            f.step.formula.shape
            == (f.sizes[f.k : f.k + 1] + f.sizes[f.k - 1 : f.k])[
                :: 1 if (W == "W") == (f.notation.samples == "columns") else -1
            ]
        ),
    ),
    Claim("i is a neuron of this layer.", lambda f: f.by_index("z", "a", "delta", "dW", "db")),
    Claim(
        "i runs over the outputs.",
        lambda f: f.kind == "loss",
        lambda f: f.sums_over("i", -1),
    ),
    Claim(
        "j runs over the layer before.",
        lambda f: f.by_index("z"),
        lambda f: f.sums_over("j", f.k - 1),
    ),
    Claim("j is one of the layer before.", lambda f: f.by_index("dW")),
    Claim(
        "p runs over the outputs.",
        lambda f: f.by_index("delta") and f.last,
        lambda f: f.sums_over("p", -1),
    ),
    Claim(
        "p runs over the layer after.",
        lambda f: f.by_index("delta") and not f.last,
        lambda f: f.sums_over("p", f.k + 1),
    ),
    Claim(
        "p runs over all neurons of this layer.",
        lambda f: f.by_index("dW", "db") or (f.by_index("a") and not f.entrywise),
        lambda f: f.sums_over("p", f.k),
    ),
    Claim(
        "q runs over all neurons of this layer.",
        lambda f: f.by_index("delta") and not f.last,
        lambda f: f.sums_over("q", f.k),
    ),
    Claim(
        "q runs over the layer before.",
        lambda f: f.by_index("dW"),
        lambda f: f.sums_over("q", f.k - 1),
    ),
    Claim("s is the number of a sample.", with_sample),
    Claim(
        "{one}ₛ is the loss of sample s, and {mean} the mean over the batch.",
        lambda f: (
            f.m > 1
            and (
                f.by_index("delta") or (f.long and (f.kind in ("dW", "db") or (f.last and f.m > 1)))
            )
        ),
        lambda f, one, mean: (
            mean == f.notation.letter
            and one == ("L" if f.notation.letter == "J" else f.notation.letter)
        ),
    ),
)


def test_what_is_said_of_the_signs_of_every_step():
    for at in drawn(150):
        LEGEND.hold(at.step.legend.replace("; ", ". "), at)
    LEGEND.all_heard()


def test_every_index_of_an_equation_is_explained_and_none_that_is_not_there():
    for at in drawn(80):
        below = re.findall(r"_\{([ijpqs]+)(?:=\w+)?\}|_([ijpqs])\b", at.step.equation)
        used = set("".join(part for pair in below for part in pair))
        said = set(re.findall(r"(?:^|[.;] )([ijpqs]) (?:is|runs)", at.step.legend))
        assert used == said, (at.step.equation, at.step.legend)


def test_one_sample_has_small_letters_and_a_batch_has_large_ones():
    """In a row as in a column; a sample picked out of a batch has them in its full Jacobians."""
    for at in drawn(100):
        said = at.step.equation + at.step.shapes + at.step.symbol.latex + plain(at.step.why)
        if at.m == 1:
            assert not re.search(r"(?<![A-Za-z\\])d?[XYZA](?![a-z])(?! weight| bias)", said), said
        elif at.form == "matrix" and at.kind in ("z", "a", "delta"):
            assert not re.search(r"(?<![A-Za-z\\(])[xyza]\^", at.step.equation), at.step.equation
        elif at.long:
            assert not re.search(r"[XYZA]\^", at.step.equation), at.step.equation


def test_a_step_in_indices_is_repeated_in_matrices_and_another_is_the_same():
    for at in drawn(80):
        expected = not (at.kind == "loss" or at.by_index("z", "a", "delta", "dW", "db"))
        assert at.step.in_matrices == expected, at.step.equation


CLAIMS = (LEGEND,)
