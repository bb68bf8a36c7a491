"""The proof of a gradient, beside derivatives in 60 digits: it calls no right gradient wrong, it
finds what is wrong wherever rounding allows, and names a kink only where there is one.
"""

import numpy as np
import pytest

from mlp.derivation.derive import derive, summary
from mlp.derivation.notation import Notation
from mlp.derivation.problem import Key
from mlp.derivation.proof import check
from mlp.examples.edits import edited
from mlp.examples.texts import EXAMPLES
from mlp.network.activations import ACTIVATIONS
from mlp.network.gradient_check import error_estimate, numerical_gradient
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from tests.support.exact import Exact
from tests.support.kinks import has_kink

pytestmark = pytest.mark.filterwarnings("error")

LAST_DIGIT = 1e-4  # a gradient that is off by this part of itself is wrong


def drawn(generator, parameters, inputs):
    """A network and inputs of these sizes, with any loss, activations and shape."""
    sizes = tuple(map(int, generator.randint(1, 4, generator.randint(2, 5))))
    loss = generator.choice(list(LOSSES))
    hidden, output = generator.choice(list(ACTIVATIONS), 2)
    count = sum((n + 1) * m for n, m in zip(sizes, sizes[1:], strict=False))
    flat = generator.randn(count) * parameters
    X = generator.randn(generator.randint(1, 4), sizes[0]) * inputs
    return Network(sizes, hidden, LOSSES[loss].output or output, flat), X, LOSSES[loss]


def exact(network, X, y, loss):
    """The same in 60 digits."""
    names = network.activations[0].name, network.activations[-1].name
    return Exact(network.sizes, *names, loss.name, network.parameters, X, y)


def of_size(exponent, seed):
    """A network of usual numbers whose loss has the size of 10 to this power, or near it."""
    generator = np.random.RandomState(1000 * (exponent + 20) + seed)
    network, X, loss = drawn(generator, 1.0, 1.0)
    a = network.forward(X).a[-1]
    apart = generator.randn(*a.shape)
    y = abs(apart) * 10.0**exponent if loss.output else a + apart * 10.0 ** (exponent / 2)
    return network, X, y, loss


def of_any_size(seed):
    """A network with numbers from far too small to far too large, some of them round or extreme."""
    generator = np.random.RandomState(seed)
    scales = [10.0 ** generator.uniform(-2, generator.choice([0.3, 1, 3, 6])) for _ in range(3)]
    network, X, loss = drawn(generator, *scales[:2])
    if generator.rand() < 0.3:
        extreme = generator.choice([1e3, 1e6, -1e5, 0, 1e-6])
        network.parameters[generator.randint(network.parameters.size)] = extreme
    if generator.rand() < 0.2:
        X = X.round(1)
    a = network.forward(X).a[-1]
    y = [
        generator.rand(*a.shape) * scales[2],
        np.eye(a.shape[1])[generator.randint(0, a.shape[1], len(X))],
        a * (1 + 10.0 ** generator.uniform(-9, -2) * generator.randn(*a.shape)),
    ][generator.randint(3)]
    return network, X, y, loss


def holds(true, own, estimate):
    """What must hold of the proof of a gradient, whatever the network."""
    assert not check(true, estimate).wrong.any(), (true, estimate)
    assert not check(own, estimate).wrong.any(), (own, estimate)
    found = check(true, estimate)
    for part in (LAST_DIGIT, -LAST_DIGIT):
        off = check(true * (1 + part), estimate)
        assert (off.wrong | off.hidden | (true == 0)).all()
        np.testing.assert_array_equal(off.wrong[~found.hidden & (true != 0)], True)
    return found


@pytest.mark.parametrize("exponent", range(-12, 13, 2))
def test_for_a_loss_of_any_size_right_is_never_called_wrong_and_wrong_is_found(exponent):
    told, losses = 0, []
    for seed in range(12):
        network, X, y, loss = question = of_size(exponent, seed)
        trace = network.forward(X)
        own = network.backward(trace, y, loss).flat
        true = exact(*question).gradient()
        found = holds(true, own, numerical_gradient(*question))
        # What the loss is added up from, in size: a part of it is what rounding takes.
        z, a, error = trace.z[-1], trace.a[-1], float(network.error(X, y, loss))
        size = error + 2 * np.sqrt(abs(error)) * abs(a).max()
        if loss.output:
            size = 1 + (abs(y) * (1 + abs(z))).sum(axis=1).mean()
        assert not (found.hidden & (abs(true) > 1e-6 * size)).any()
        told += (~found.hidden).sum()
        losses.append(abs(error))
    assert told > 100 and max(losses) > 10.0 ** (exponent - 1.5)


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_no_network_is_too_wild_for_the_proof(first):
    for seed in range(first, first + 20):
        question = of_any_size(seed)
        network, X, y, loss = question
        trace = network.forward(X)
        gradients = network.backward(trace, y, loss)
        holds(exact(*question).gradient(), gradients.flat, numerical_gradient(*question))
        for k in range(1, len(network.sizes)):
            own, true = trace.delta[k - 1] * len(X), exact(*question).errors(k)
            holds(true, own, error_estimate(network, trace.z[k - 1], k, y, loss))


def relu_of(x):
    """Two neurons of ReLU, the first with the weighted sum x, then one output."""
    flat = np.array([1.0, 1.0, 0.0, 0.5, 0.7, -0.4, 0.2])
    return Network((1, 2, 1), "relu", "identity", flat), np.array([[x]]), np.array([[2.0]])


@pytest.mark.parametrize("x", [0.0, 5.6e-17, -5.6e-17])
def test_a_sum_on_the_kink_is_said_to_lie_there(x):
    question = *relu_of(x), LOSSES["squared error"]
    steps = {s.key: s.check for s in derive(*question, Notation())}
    for key in (Key("delta", 1), Key("db", 1)):
        assert steps[key].kink.ravel().tolist() == [True, False] and steps[key].holds
    assert not steps[Key("db", 2)].hidden.any()


@pytest.mark.parametrize("x", [1e-3, -1e-6, 1e-9])
def test_a_sum_beside_the_kink_is_not(x):
    question = *relu_of(x), LOSSES["squared error"]
    steps = derive(*question, Notation())
    assert summary(steps)[0] and not any(s.check.kink.any() for s in steps if s.check)


def test_an_activation_has_a_kink_where_its_slope_jumps():
    assert {name for name, f in ACTIVATIONS.items() if f.kink} == {
        name for name, f in ACTIVATIONS.items() if has_kink(f)
    }


@pytest.mark.parametrize("target", [399_900, -399_900, 1e6, 5e5])
def test_beside_a_target_far_away_only_what_the_other_output_adds_drowns(target):
    exercise = edited(EXAMPLES["question"].exercise, f"y:1,1={target:g}")
    steps = derive(exercise.network, exercise.X[:1], exercise.y[:1], exercise.loss, Notation())
    holds_all, worst = summary(steps)
    assert holds_all and worst < 1e-6
    for step in steps:
        if step.check and step.layer == 1:
            assert not step.check.hidden.any()
        elif step.check:  # a row for each output: a tenth against the last digit of 80 billion
            assert not step.check.hidden[0].any() and step.check.hidden[1].all()
            assert not step.check.kink.any()


def test_a_slope_that_drowns_in_rounding_is_neither_proved_nor_called_wrong():
    flat = np.array([1.0, 40.0])  # a = sigmoid(40 + x), and 1 - a is 4e-18
    question = Network((1, 1), "sigmoid", "sigmoid", flat), np.ones((1, 1)), np.zeros((1, 1))
    own, true = 0.0, exact(*question, LOSSES["squared error"]).gradient()
    estimate = numerical_gradient(*question, LOSSES["squared error"])
    assert 0 < true[0] < 1e-17
    for gradient in (true, 100 * true):
        found = check(gradient, estimate)
        assert found.hidden.all() and not found.kink.any() and found.holds
    assert check(np.full(2, 1e-6), estimate).wrong.all()
    nothing = check(np.full(2, own), estimate)
    assert not nothing.hidden.any() and nothing.holds, "nothing moved, and 0 was asked for"
