"""The proof of backpropagation: its gradient beside central differences, for every combination.

And the proof of the proof: a gradient with any of three classic mistakes in it fails the check.
"""

from itertools import count, product

import numpy as np
import pytest

from mlp.network.activations import ACTIVATIONS
from mlp.network.gradient_check import Nudged, numerical_gradient, relative_error, slopes
from mlp.network.initialisation import initialise
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from mlp.network.shape import weight_mask
from tests.support.kinks import clear_of_kinks

pytestmark = pytest.mark.filterwarnings("error")

LAYERS = {0: (), 1: (5,), 3: (5, 4, 4)}
PAIRS = [
    (loss, output)
    for loss, output in product(LOSSES, ACTIVATIONS)
    if LOSSES[loss].output in (None, output)
]


def example(hidden, loss, output, outputs, layers, m):
    """A small network with samples, from the first seed that is a fair question.

    A fair question stays clear of kinks, as relu's, where there is no derivative to find, and has
    a gradient to find at all: not every relu is asleep. (A softmax of one output is always 1.)
    """
    sizes = (4, *LAYERS[layers], outputs)
    for seed in count():
        generator = np.random.RandomState(seed)
        network = Network(sizes, hidden, output, initialise(sizes, "normal", generator))
        X, y = generator.randn(m, 4), generator.rand(m, outputs)
        slope = np.linalg.norm(network.backward(network.forward(X), y, LOSSES[loss]).flat)
        steep = slope > 1e-2 or (output, outputs) == ("softmax", 1)
        if steep and clear_of_kinks(network, X, 1e-2):
            return network, X, y, LOSSES[loss]
    raise AssertionError


def analytic_gradient(network, X, y, loss, l2=0.0):
    """The gradient of network.error by backpropagation, flat (P,)."""
    flat = network.backward(network.forward(X), y, loss).flat
    return flat + l2 * weight_mask(network.sizes) * network.parameters


@pytest.mark.parametrize("m", [1, 6], ids=["one sample", "a batch"])
@pytest.mark.parametrize("layers", LAYERS, ids=lambda n: f"{n} hidden")
@pytest.mark.parametrize("outputs", [1, 3], ids=lambda n: f"{n} out")
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_backpropagation_gives_the_gradient(hidden, loss, output, outputs, layers, m):
    question = example(hidden, loss, output, outputs, layers, m)
    for l2 in (0.0, 0.1):
        analytic = analytic_gradient(*question, l2)
        assert relative_error(analytic, numerical_gradient(*question, l2).value) < 1e-9


def textbook_gradient(network, X, y, *, transpose=True, prime=True):
    """The gradient of the squared error by the article's equations, one sample at a time.

    Both switches leave something out that people forget: W's transpose, and f'(z).
    """
    total, sigmoid_prime = 0, (lambda a: a * (1 - a)) if prime else np.ones_like
    for x, target in zip(X, y, strict=True):
        a = [x]
        for W, b in zip(network.weights, network.biases, strict=True):
            a.append(1 / (1 + np.exp(-(W @ a[-1] + b))))
        delta, parts = 2 * (a[-1] - target) * sigmoid_prime(a[-1]), []
        for layer in range(len(network.weights) - 1, -1, -1):
            parts = [np.outer(delta, a[layer]).ravel(), delta, *parts]
            W = network.weights[layer]
            if layer:
                delta = ((W.T if transpose else W) @ delta) * sigmoid_prime(a[layer])
        total = total + np.concatenate(parts)
    return total / len(X)


def square_example():
    """A network whose matrices are square, so that a missing transpose breaks no shape."""
    sizes, generator = (3, 3, 3), np.random.RandomState(2)
    parameters = initialise(sizes, "normal", generator)
    X, y = generator.randn(5, 3), generator.rand(5, 3)
    return Network(sizes, "sigmoid", "sigmoid", parameters), X, y, LOSSES["squared error"]


def test_the_articles_equations_pass_the_check():
    network, X, y, loss = square_example()
    numerical = numerical_gradient(network, X, y, loss).value
    assert relative_error(textbook_gradient(network, X, y), numerical) < 1e-7


@pytest.mark.parametrize("forgotten", ["transpose", "prime"])
def test_a_gradient_without_a_transpose_or_without_the_derivative_fails_the_check(forgotten):
    network, X, y, loss = square_example()
    wrong = textbook_gradient(network, X, y, **{forgotten: False})
    assert relative_error(wrong, numerical_gradient(network, X, y, loss).value) > 1e-4


def test_a_gradient_with_any_one_wrong_entry_fails_the_check():
    question = square_example()
    numerical = numerical_gradient(*question).value
    for entry in range(numerical.size):
        wrong = analytic_gradient(*question)
        wrong[entry] += 1e-3 * np.linalg.norm(wrong)
        assert relative_error(wrong, numerical) > 1e-4


def test_a_gradient_that_forgets_the_l2_term_fails_the_check():
    question = square_example()
    assert (
        relative_error(analytic_gradient(*question), numerical_gradient(*question, 0.1).value)
        > 1e-4
    )


def test_the_softmax_of_a_single_output_has_no_gradient():
    network, X, _, loss = example("tanh", "cross-entropy", "softmax", 1, 1, 6)
    assert not analytic_gradient(network, X, np.ones((6, 1)), loss).any()


def test_checking_a_gradient_puts_every_parameter_back():
    network, X, y, loss = square_example()
    before = network.parameters.copy()
    numerical_gradient(network, X, y, loss, l2=0.1)
    assert network.parameters.tobytes() == before.tobytes()


def test_the_relative_error_is_the_distance_over_the_larger_size():
    one, other = np.array([3.0, 4.0]), np.array([0.0, 0.0])
    assert relative_error(one, other) == relative_error(other, one) == 1.0
    assert relative_error(one, one) == relative_error(other, other) == 0.0
    assert relative_error(one, np.array([3.0, 4.5])) == pytest.approx(0.5 / np.hypot(3, 4.5))


def test_no_nudge_that_counts_moves_a_weighted_sum_by_more_than_a_half():
    """Further away this loss is another one, so a nudge that went there would be seen."""

    def nudge(which, instead):
        z = 100.0 * (instead - 1)[:, None]
        loss = np.where(abs(z[:, 0]) > 0.5, 1e9, np.sin(z[:, 0]))
        return Nudged(loss, 1e-16 * abs(loss), z, z, np.array([False]))

    assert slopes(nudge, np.ones(1)).value == pytest.approx([100.0], rel=1e-9)
