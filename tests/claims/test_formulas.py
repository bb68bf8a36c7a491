"""What is said of a formula that is refused, for formulas that are made to be wrong in one way."""

import math
import random
from fractions import Fraction

import pytest

from mlp.descent.own_surface import own_surface
from mlp.descent.spelling import FormulaError
from tests.claims.claim import Claim, Claims, reads
from tests.support.pages import at

Fault = tuple[str, str]  # its kind, and what is wrong


def of(kind: str):
    """Whether a formula was made wrong in this way."""
    return lambda fault: fault[0] == kind


def what(fault: Fault, text: str) -> bool:
    return text == fault[1]


KNOWN = ["a", "b", "pi", "e", "sin", "cos", "tan", "exp", "log", "log10", "sqrt", "abs"]
KNOWN += ["sinh", "cosh", "tanh", "max", "min", "ln"]
FUNCTIONS = KNOWN[4:15]
REFUSED = Claims(
    Claim(
        "Type a formula in a and b, such as a^2 + 3*b^2",
        of("empty"),
        lambda f: own_surface("a^2 + 3*b^2"),
    ),
    Claim("“{c}” has no place in a formula", of("character"), lambda f, c: what(f, c)),
    Claim(
        "“{name}” is not known here; known are {known}",
        of("name"),
        lambda f, name, known: name == f[1][:30] and known.split(", ") == KNOWN,
    ),
    Claim("A formula is in a and b, or in x and y; this one has some of both", of("mixed")),
    Claim(
        "The inverse of {f} is not known here; for a times {also}, write a*{same}(…)",
        of("inverse"),
        lambda fault, f, also, same: {f, also, same} == {fault[1]} and readable(f"a*{f}(b)"),
    ),
    Claim(
        "This could mean 1/{f}(a) or the inverse of {also}; only the first is known here",
        of("power of -1"),
        lambda fault, f, also: {f, also} == {fault[1]} and readable(f"1/{f}(a)"),
    ),
    Claim("This bracket was never opened", of(")")),
    Claim("This bracket is never closed", of("(")),
    Claim("This bar has no other to close it", of("|")),
    Claim(
        "A comma stands only between the parts of max(a, b) and min(a, b); a decimal point is a "
        "point, as in 0.5",
        of("comma"),
        lambda f: readable("max(a, b) + min(a, b) + 0.5"),
    ),
    Claim("“{raised}” has no place here", of("raised"), lambda f, raised: what(f, raised)),
    Claim("The formula ends where a number, a or b should follow", of("end")),
    Claim(
        "A number, a or b should stand here, not “{sign}”",
        of("sign"),
        lambda f, sign: what(f, sign),
    ),
    Claim(
        "Brackets must follow {f}: write {call}",
        of("function"),
        lambda fault, f, call: what(fault, f) and call.startswith(f + "(") and readable(call),
    ),
    Claim(
        "The {f} is of two parts: write {call}",
        of("one part"),
        lambda fault, f, call: what(fault, f) and call == f + "(a, b)" and readable(call),
    ),
    Claim("An operator is missing before “{n}”", of("numbers"), lambda f, n: what(f, n)),
    Claim("The result here is not a finite real number", of("divided by 0")),
    Claim(
        "This {f}(…) is not a finite real number",
        of("not real"),
        lambda fault, f: what(fault, f),
    ),
    Claim("The numbers of this part get too long, multiplied out", of("too long")),
    Claim("In an exponent with a or b, numbers go up to 1,000", of("large in an exponent")),
)


def readable(text: str) -> bool:
    own_surface(text)
    return True


def wrong(draw: random.Random) -> tuple[str, Fault]:
    """A formula that is wrong in one way, and what is wrong with it."""
    ahead = draw.choice(["", "a + ", "2 b - ", "a² + ", "sin(b) * "])
    f, n = draw.choice(FUNCTIONS), str(draw.randint(2, 9))
    name = draw.choice(
        ["c", "foo", "z", "t", "sen", "sgn", "theta", "_", "q" * draw.randint(1, 60)]
    )
    turn = draw.choice(["sin", "cos", "tan", "sinh", "cosh", "tanh"])
    number = draw.choice(["0", "(1 - 1)", "(a - a)"])
    return draw.choice(
        [
            (draw.choice(["", " ", "\t"]), ("empty", "")),
            *[(ahead + c, ("character", c)) for c in draw.sample("$#@!;:?'\"\\[]{}<>=&%~`é１", 3)],
            (ahead + "\x07", ("character", "U+0007")),
            (f"{ahead}{name}", ("name", name)),
            (f"{ahead}{draw.choice(['a x', 'y + b', 'x*b'])}", ("mixed", "")),
            (f"{ahead}a{turn}(b)", ("inverse", turn)),
            (f"{ahead}{turn}{draw.choice(['⁻¹', '^-1'])}(b)", ("power of -1", turn)),
            (f"{ahead}a)", (")", "")),
            (f"{ahead}(a + {n}", ("(", "")),
            (f"{ahead}|a + {n}", ("|", "")),
            (f"{ahead}(b|a)", ("|", "")),
            (f"{ahead}0,{n}", ("comma", "")),
            (f"{ahead}(a, {n})", ("comma", "")),
            (f"{ahead}a² ³", ("raised", "³")),
            (ahead + draw.choice(["a +", "2 *", "a/", "b^", "-", "("]), ("end", "")),
            *[(f"{ahead}{s} a", ("sign", s)) for s in ("*", "/", "^", "·", ")")],
            (f"{ahead}{f}", ("function", f)),
            (f"{ahead}{f} + {n}", ("function", f)),
            (f"{ahead}max(a)", ("one part", "max")),
            (f"{ahead}min({n})", ("one part", "min")),
            (f"{ahead}{n} {n}", ("numbers", n)),
            (f"{ahead}{n} / {number}", ("divided by 0", "")),
            (f"{ahead}log(-{n})", ("not real", "log")),
            (f"{ahead}sqrt({number} - {n})", ("not real", "sqrt")),
            (f"{ahead}((({n}*a)^20)^20)^20", ("too long", "")),
            (f"{ahead}{n}^(a + 100{n})", ("large in an exponent", "")),
        ]
    )


def test_what_is_wrong_with_a_formula_is_told():
    draw = random.Random(11)
    for _ in range(1500):
        text, fault = wrong(draw)
        with pytest.raises(FormulaError) as caught:
            own_surface(text)
        REFUSED.hold(str(caught.value), fault)
    REFUSED.all_heard()


# What is refused of a formula for its size.

LIMITS = Claims(
    Claim(
        "This number is {n}; numbers here go up to 1,000,000",
        lambda f: f[0] == "typed",
        lambda f, n: n == f[1] and Fraction(n) > 10**6,
    ),
    Claim(
        "This exp(…) is more than 10³⁰⁸; numbers here go up to 1,000,000",
        lambda f: f[0] == "exp" and f[1] > 710,
    ),
    Claim(
        "This exp(…) is {n}; numbers here go up to 1,000,000",
        lambda f: f[0] == "exp" and f[1] < 709,
        lambda f, n: reads(n, math.exp(f[1])),
    ),
    Claim(
        "The result here is {n}; numbers here go up to 1,000,000",
        lambda f: f[0] == "worked out",
        lambda f, n: reads(n, f[1]) and abs(float(n.replace(",", "").replace("−", "-"))) > 1e6,
    ),
    Claim(
        "An exponent is at most 20; here it is {n}",
        lambda f: f[0] == "exponent",
        lambda f, n: reads(n, f[1]) and abs(float(n.replace(",", "").replace("−", "-"))) > 20,
    ),
    Claim(
        "A formula has at most 200 characters; this one has {n}",
        lambda f: f[0] == "characters",
        lambda f, n: n == f"{f[1]:,}" and f[1] > 200,
    ),
    Claim("This formula has more than 80 parts", lambda f: f[0] == "parts" and f[1] > 80),
    Claim("This formula is nested more than 16 deep", lambda f: f[0] == "deep" and f[1] > 16),
)


def refused(draw: random.Random) -> tuple[str, tuple]:
    """A formula that is too large in one way, and what of it is."""
    kind = draw.choice(["typed", "exp", "worked out", "exponent", "characters", "parts", "deep"])
    sign, n = draw.choice(["", "-"]), draw.randint(81, 400)
    if kind == "typed":
        large = str(draw.randint(10**6 + 1, 10**9))
        typed = draw.choice(["1000001", "1000000.5", "1e7", "1e999", large])
        return f"a + {typed}*b", (kind, typed)
    if kind == "exp":
        power = draw.choice([draw.randint(14, 700), draw.randint(711, 9999)])
        return f"exp({power}) + a", (kind, power)
    if kind == "worked out":
        one, other = draw.randint(500_001, 10**6), draw.choice([500_000, 10**6])
        return f"a*(0 {sign or '+'} {one} {sign or '+'} {other})", (
            kind,
            (one + other) * (-1 if sign else 1),
        )
    if kind == "exponent":
        power = draw.choice(["20.0001", "21", f"{draw.randint(21, 10**5)}"])
        return f"a^({sign}{power})", (kind, float(sign + power))
    if kind == "characters":
        return "a" * (n + 120), (kind, n + 120)
    if kind == "parts":
        return "+".join("a" * draw.randint(41, 99)), (kind, 81)
    return "(" * (n // 5 + 1) + "a" + ")" * (n // 5 + 1), (kind, n // 5 + 2)


def test_a_formula_that_is_too_large_is_told_by_how_much():
    draw = random.Random(10)
    for _ in range(300):
        text, facts = refused(draw)
        with pytest.raises(FormulaError) as caught:
            own_surface(text)
        LIMITS.hold(str(caught.value), facts)
    LIMITS.all_heard()


NAMES = Claims(
    Claim("Read with a for x, and b for y.", lambda text: bool({"x", "y"} & {*text.lower()}))
)


def test_that_a_formula_in_x_and_y_was_read_so_is_told():
    for text in ("x² + y²", "a² + b²", "2 X", "3 b"):
        page = at("paraboloid", surface="your own formula", formula=text, view="Map")
        captions = [c.value for c in page.caption if c.value.startswith("Read ")]
        NAMES.hold(" ".join(captions), text)
    NAMES.all_heard()


CLAIMS: tuple[Claims, ...] = (REFUSED, LIMITS, NAMES)
