"""That a claim which is false, missing, unknown or never said does not go unnoticed."""

import pytest

from tests.claims.claim import Claim, Claims, reads


def both() -> Claims:
    return Claims(
        Claim("{n} of them are even.", lambda f: f > 0, lambda f, n: reads(n, f)),
        Claim("None is left over!", lambda f: f % 3 == 0),
    )


def test_a_text_is_read_as_its_claims_one_after_the_other():
    claims = both()
    claims.hold("1,200 of them are even. None is left over!", 1200)
    claims.hold("", -1)
    claims.all_heard()


@pytest.mark.parametrize(
    ("text", "facts", "why"),
    [
        ("2 of them are odd.", 2, "no claim reads this"),
        ("2 of them are even.", 4, "not so: {'n': '2'}"),
        ("2 of them are even. None is left over!", 2, "said, but not so"),
        ("3 of them are even.", 3, "not said"),
    ],
)
def test_what_is_not_so_is_noticed(text, facts, why):
    with pytest.raises(AssertionError, match=why):
        both().hold(text, facts)


def test_a_point_within_a_number_ends_no_claim():
    claims = Claims(
        Claim("It is {x}.", lambda f: True, lambda f, x: reads(x, f)),
        Claim("{who} agree.", lambda f: True, lambda f, who: who == "All"),
    )
    claims.hold("It is 0.25. All agree.", 0.25)


def test_a_claim_that_no_test_has_heard_is_noticed():
    claims = both()
    claims.hold("2 of them are even.", 2)
    with pytest.raises(AssertionError, match="never said .*None is left over"):
        claims.all_heard()


@pytest.mark.parametrize(
    ("text", "value", "right"),
    [
        ("66.7 %", 66.66, True),
        ("66.7 %", 66.6, False),
        ("1,024", 1024, True),
        ("1,024", 1025, False),
        ("−3.1e−7", -3.14e-7, True),
        ("−3.1e−7", -3.16e-7, False),
        ("about 12 s", 12.4, True),
        ("none", 0, False),
    ],
)
def test_a_printed_number_is_its_value_rounded(text, value, right):
    assert reads(text, value) is right
