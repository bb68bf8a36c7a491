"""Every slip of the texts: with numbers, the form of the text fails and the corrected one holds.

The truth is worked out here, by central differences and plain loops, without the app's passes.
"""

import re

import numpy as np
import pytest

from mlp.examples.slips import ARTICLE_SLIPS, QUESTION_SLIPS, STUDENT_SLIPS
from tests.support.written import read

RANDOM = np.random.RandomState(11)
SIZES = (2, 3, 2)
W1, b1 = RANDOM.normal(0, 1, (3, 2)), np.full(3, 4.0)  # so large that every hidden z is above 0
W2, b2 = RANDOM.normal(0, 0.5, (2, 3)), RANDOM.normal(0, 0.5, 2)
X, Y = RANDOM.normal(0, 1, (5, 2)), RANDOM.uniform(0, 1, (5, 2))


def sigma(z):
    return 1 / (1 + np.exp(-z))


def squares(W1, b1, W2, b2, x, y, f=lambda z: np.maximum(z, 0)):
    """The question's loss of one sample: half the sum of squares."""
    return ((sigma(W2 @ f(W1 @ x + b1) + b2) - y) ** 2).sum() / 2


def slope(function, at, h=1e-6):
    """Central differences of a function of an array: its value's axes first, then the array's."""
    at = np.array(at, float)
    found = []
    for cell in np.ndindex(at.shape):
        nudge = np.zeros_like(at)
        nudge[cell] = h
        found.append((np.asarray(function(at + nudge)) - function(at - nudge)) / (2 * h))
    return np.moveaxis(np.array(found), 0, -1).reshape((*np.shape(found[0]), *at.shape))


def close(one, other):
    """Whether two arrays have one shape and the same numbers, as far as differences can tell."""
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-5, atol=1e-7)


def value(latex, names):
    """A formula of matrices from a slip; None where its shapes do not fit."""
    latex = re.sub(r"\^\{\((\d)\)T\}", r"^{(\1)}^{\\mathsf T}", latex.replace(r"\vec ", ""))
    latex = latex.replace("(1,1,1)^T", r"o^{\mathsf T}").replace(r"\mathcal L", "L")
    try:
        return read(latex, names)
    except (ValueError, AssertionError):
        return None


def question():
    """The vectors of the question for one sample, as columns, and what its formulas name."""
    x, y = X[0], Y[0]
    a2 = np.maximum(W1 @ x + b1, 0)
    a3 = sigma(W2 @ a2 + b2)
    delta = ((a3 - y) * a3 * (1 - a3))[:, None]
    names = {"a^1": x[:, None], "a^2": a2[:, None], "a^3": a3[:, None], "y": y[:, None],
             "W^3": W2, "o": np.ones((1, 3)), "delta^3": delta}  # fmt: skip
    return names | {"a^l": a2[:, None], "delta^l": delta}


def dW(layer):
    """The gradient of the question's loss by W⁽²⁾ or W⁽³⁾."""
    if layer == 2:
        return slope(lambda W: squares(W, b1, W2, b2, X[0], Y[0]), W1)
    return slope(lambda W: squares(W1, b1, W, b2, X[0], Y[0]), W2)


def outer_product(slip):
    names = {"a^2": question()["a^2"], "delta^3": question()["delta^3"]}
    wrong, right = (
        re.sub(r"\((l-1|l)\)", lambda m: {"l-1": "(2)", "l": "(3)"}[m[1]], side.split(" = ")[1])
        for side in (slip.wrong, slip.right)
    )
    return value(wrong, names), value(right, names), dW(3)


def mean_of_the_last_batch(slip):
    """700 numbers in batches of 8, the last one with what is left; the mean of the gradients."""
    size = 700 - (700 // 8 - 1) * 8
    counts = [int(re.match(r"\\frac\{1\}\{(\d+)\}", s)[1]) for s in (slip.wrong, slip.right)]
    gradients = RANDOM.normal(0, 1, (size, 4))
    return *(gradients.sum(axis=0) / n for n in counts), gradients.mean(axis=0)


def brackets(slip):
    """The line by b, of an output: -2 (y - a) σ′ ∂(Wa)/∂b + ∂b/∂b, and with brackets."""
    assert r"\left(" in slip.right and r"\left(" not in slip.wrong
    a, y, w, b = 0.7, 0.2, 1.3, 0.4
    error = -2 * (y - sigma(w * a + b)) * sigma(w * a + b) * (1 - sigma(w * a + b))
    truth = slope(lambda b: (y - sigma(w * a + b)) ** 2, b)
    return error * 0 + 1, error * (0 + 1), truth


def accuracy(slip):
    answers = np.array([True, True, False, True])
    counts = {"right answers": 3, "wrong answers": 1, "all answers": 4}
    found = []
    for side in (slip.wrong, slip.right):
        over, under = re.findall(r"\\text\{([a-z ]+)\}", side)
        found.append(counts[over] / counts[under])
    return *found, answers.mean()


def walk():
    """The points of the article's program for the paraboloid, the start first."""
    points = [10.0]
    for _ in range(7):
        points.append(points[-1] - 0.3 * 2 * points[-1])
    return np.array(points)


def mean_of_seven(slip):
    counts = [int(re.match(r"\\tfrac\{1\}\{(\d)\}", s)[1]) for s in (slip.wrong, slip.right)]
    errors = 2 * walk()[:7] ** 2
    return *(errors.sum() / n for n in counts), errors.mean()


def error_of_a_point(slip):
    a, wrong = map(float, re.search(r"\((\d), \d\) .* (\d+)$", slip.wrong).groups())
    right = float(slip.right.split("= ")[-1])
    assert walk()[1] == a
    return wrong, right, 2 * a**2


def variables(slip):
    """Whether a function of 2 variables is one of those that need a gradient."""
    said = [int(side.split("n > ")[1]) for side in (slip.wrong, slip.right)]
    return *(most < 2 for most in said), slope(lambda p: p[0] ** 2 + p[1] ** 2, [1, 2]).size > 1


def first_sample(slip):
    def holds(side):
        return r"\vec x_0" in side.split(r"\{")[1]

    return holds(slip.wrong), holds(slip.right), True


def bias(slip):
    """∂z/∂b of one neuron, with b in z or without it."""
    w, a, b = W1[0], X[0], b1[0]
    with_b = [r"b^{(l)}_i" in side for side in (slip.wrong, slip.right)]
    return *(slope(lambda b, on=on: w @ a + on * b, b) for on in with_b), np.array(1.0)


def gradient_of_the_answers_loss(slip):
    z, y = RANDOM.normal(0, 1, (3, 1)), RANDOM.normal(0, 1, (3, 1))
    truth = slope(lambda z: ((z - y) ** 2).sum() / 2, z)
    sides = (side.split(" J = ")[1] for side in (slip.wrong, slip.right))
    return *(value(side, {"z^L": z, "y": y}) for side in sides), truth


def one_neuron(slip):
    names = question()
    names["a_2^2"] = names["a^2"][1:2]
    wrong = value(slip.wrong.replace("a_2^{(2)T}", "v"), names | {"v": names["a_2^2"].T})
    return wrong, value(slip.right, names), dW(3)


def the_term_that_stays(slip):
    """∂z_k/∂W_ij for k = i: 0 by the text, any number by the corrected form, which asks k ≠ i."""
    derivative = slope(lambda W: W @ X[0], W1)  # (k, i, j)
    others = np.array([derivative[k, i] for k in range(3) for i in range(3) if k != i])
    assert close(others, np.zeros_like(others)) and r"k \ne i" in slip.right
    same = np.array([derivative[i, i] for i in range(3)])
    return np.zeros_like(same), same, np.tile(X[0], (3, 1))


def chain(slip):
    """The factors, each by differences, with a hidden σ, whose slope is not its own square."""
    x, y = X[0], Y[0]
    z2 = W1 @ x
    z3 = W2 @ sigma(z2) + b2
    factors = {
        ("z2", "W2"): slope(lambda W: W @ x, W1).reshape(3, -1).T,
        ("a2", "z2"): slope(sigma, z2).T,
        ("z3", "a2"): slope(lambda a: W2 @ a, sigma(z2)).T,
        ("L", "z3"): slope(lambda z: ((sigma(z) - y) ** 2).sum() / 2, z3)[:, None],
    }

    def factors_of(side):
        text = re.sub(r"\^\{\((\d)\)\}", r"\1", side.split(" = ")[1])
        return re.findall(r"\\frac\{\\partial (\w+)\}\{\\partial (\w+)\}", text)

    def multiplied(found):
        found = [factors[pair] for pair in found]
        return np.linalg.multi_dot(found).reshape(3, 2)

    error = ("L", "z3")
    wrong, right = factors_of(slip.wrong), factors_of(slip.right)
    assert wrong.count(("a2", "z2")) == 2 and right[-1] == error
    assert r"W^{(3)}} = " in slip.wrong and r"W^{(2)}} = " in slip.right
    truth = slope(lambda W: squares(W, 0, W2, b2, x, y, sigma), W1)
    return multiplied([*wrong[::-1], error]), multiplied(right), truth


def dimensions(slip):
    gathered = slip.right.removeprefix(r"\begin{gathered}").removesuffix(r"\end{gathered}")
    gradient, delta = gathered.split(r", \\")
    names = question()
    names["delta^3"] = value(delta.split(" = ")[1], names)
    return value(slip.wrong, names), value(gradient, names), dW(2)


def its_own_layer(slip):
    """The shape of the gradient of W⁽²⁾, taken from the layer that the sentence names."""
    shapes = {"L": W2.shape, "l": W1.shape}
    named = (re.search(r"W\^\{\((\w)\)\}_\{ij\}", side)[1] for side in (slip.wrong, slip.right))
    return *(np.zeros(shapes[layer]) for layer in named), np.zeros(dW(2).shape)


def numbers_of_equations(slip):
    """Whether no two of the three equations have one number."""
    tags = [re.search(r"\((\w+-m)\)", side)[1] for side in (slip.wrong, slip.right)]
    return *(len({"1a-m", tag, "2-m"}) == 3 for tag in tags), True


def batch():
    """The students' layout: A1 and the errors of the outputs, a row for each of five examples."""
    A1 = sigma(X @ W1.T)
    A2 = sigma(A1 @ W2.T)
    return A1, (A2 - Y) * A2 * (1 - A2)


def of_batch(W):
    return ((sigma(sigma(X @ W1.T) @ W.T) - Y) ** 2).sum() / 2 / len(X)


def rows_and_columns(slip):
    """Entry (i, j) of Z is node j for example i."""
    Z, i, j = X @ W1.T, 2, 1
    truth = X[i] @ W1[j]
    wrong = Z[j, i]  # i the column, j the row
    assert r"i \text{ the row}" in slip.right
    return wrong, Z[i, j], truth


def ranges(slip):
    """How many entries the ranges name, of 3 × 2."""
    n, k = 3, 2
    wrong = sum(1 < i < n for i in range(9)) * sum(1 < i < k for i in range(9))
    right = sum(1 <= i <= n for i in range(9)) * sum(1 <= i <= k for i in range(9))
    assert "<" not in slip.right and slip.right.count(r"\le") == 4
    return wrong, right, W1.size


def size_of_the_layer(slip):
    """dW of the output from a sum over p: 3 hidden neurons are n₁, 2 outputs are nₗ."""
    A1, dZ = batch()
    counts = {"n_1": 3, "n_l": 2}

    def added(side):
        n = counts[re.search(r"\}\^\{(n_\w)\}", side)[1]]
        return None if n > dZ.shape[1] else sum(
            np.einsum("i,ij,k->jk", dZ[:, p], A1, np.eye(2)[p]) for p in range(n)
        ) / len(X)  # fmt: skip

    return added(slip.wrong), added(slip.right), slope(of_batch, W2).T


def no_index_left(slip):
    A1, dZ = batch()
    of_one = np.zeros_like(dZ)
    of_one[2] = dZ[2]  # the loss of example i = 3 alone
    assert r"dZ^{[l]}" in slip.right and r"dZ^{[l]}" not in slip.wrong
    return A1.T @ of_one / len(X), A1.T @ dZ / len(X), slope(of_batch, W2).T


def shapes(slip):
    def multiplied(side):
        sizes = {"m": 5, "n_{l-1}": 3, "n_l": 2}
        found = re.findall(r"\((m|n_\{l-1\}|n_l) \\times (m|n_\{l-1\}|n_l)\)", side)
        one, other = ((sizes[a], sizes[b]) for a, b in found)
        return (one[0], other[1]) if one[1] == other[0] else None

    return multiplied(slip.wrong), multiplied(slip.right), W2.T.shape


CHECKS = [
    *zip(ARTICLE_SLIPS, (outer_product, mean_of_the_last_batch, brackets, accuracy, mean_of_seven,
                         error_of_a_point, variables, first_sample), strict=True),
    *zip(QUESTION_SLIPS, (bias, gradient_of_the_answers_loss, one_neuron, the_term_that_stays,
                          chain, dimensions, its_own_layer, numbers_of_equations), strict=True),
    *zip(STUDENT_SLIPS, (rows_and_columns, ranges, size_of_the_layer, no_index_left, shapes),
         strict=True),
]  # fmt: skip


@pytest.mark.parametrize(("slip", "check"), CHECKS, ids=[c.__name__ for _, c in CHECKS])
def test_the_form_of_the_text_fails_and_the_corrected_one_holds(slip, check):
    wrong, right, truth = check(slip)
    assert close(right, truth), "the corrected form is not right"
    assert wrong is None or not close(wrong, truth), "what is called a slip is none"
