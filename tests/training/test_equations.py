"""The equations that a training page shows are what is computed, for every combination.

They are read back line by line, and followed with numbers as a person would follow them; the
network and the optimiser of the app then have to have the same numbers.
"""

import re
from itertools import product

import numpy as np
import pytest

from mlp.datasets import Parity
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.losses import LOSSES
from mlp.network.network import Network
from mlp.network.shape import weight_mask
from mlp.training.config import Config
from mlp.training.equations import equations, words
from mlp.training.loop import next_batch
from mlp.training.run import advance, begin
from mlp.training.state import network_of
from tests.support.written import read

SIZES = {"none": (), "one": (3,), "two": (3, 4)}
KINDS = [
    (hidden, output, loss)
    for hidden, output, loss in product(ACTIVATIONS, ACTIVATIONS, LOSSES)
    if LOSSES[loss].output in (None, output)
]


class Followed:
    """The equations as a person follows them, with the numbers of one sample at a time."""

    def __init__(self, lines: list[str], network: Network):
        self.network, self.last = network, len(network.weights)
        self.n = network.sizes[-1]
        plain = [line.replace("&", "") for line in lines]
        self.said = [part for line in plain for part in line.split(r", \quad ")]
        self.names = {"n": float(self.n), ("range", "k"): self.n}
        for statement in self.said:
            self.define(statement)

    def define(self, statement: str) -> None:
        """Take up a function, f(z) = σ(z) = …, or a constant, β = 0.9."""
        *heads, body = statement.split(" = ")
        for head in heads:
            function = re.fullmatch(r"(\\?\w+(?:_L)?'?)\(([az])\)(_k)?", head)
            if function:
                name, letter, by_entry = function.groups()
                make = self.of_all if by_entry or letter == "a" else self.of_each
                self.names[name.removeprefix("\\")] = make(body, letter, by_entry)
            elif re.fullmatch(r"\\(beta|rho|varepsilon)(_\d)?", head):
                self.names[head[1:]] = read(body, self.names)

    def of_each(self, body, letter, _):
        one = np.vectorize(lambda v: float(read(body, {**self.names, letter: float(v)})))
        return lambda values: one(values)

    def of_all(self, body, letter, by_entry):
        def function(v):
            names = {**self.names, letter: v, ("range", "j"): len(v)}
            if not by_entry:
                return read(body, names)
            return np.array([[read(body, {**names, "k": k})] for k in range(len(v))])

        return function

    def line(self, left: str, k: int) -> str:
        """The right side of the statement about this of layer k; that of L before that of l."""
        for layer in ("L", "l") if k == self.last else ("l",):
            head = left.replace("@", f"({layer})") + " = "
            for statement in self.said:
                if statement.startswith(head):
                    assert layer == "L" or k < self.last or "l < L" not in statement
                    text = statement.removeprefix(head).removesuffix(r" \text{ for } l < L")
                    return self.numbered(text, k)
        raise AssertionError(f"nothing is said of {left} in layer {k}")

    def numbered(self, text: str, k: int) -> str:
        for letters, number in (("l-1", k - 1), ("l+1", k + 1), ("l", k), ("L", self.last)):
            text = text.replace(f"({letters})", f"({number})")
        return text

    def find(self, symbol: str, left: str, k: int) -> np.ndarray:
        self.names[f"{symbol}^{k}"] = found = read(self.line(left, k), self.names)
        return found

    def forward(self, x: np.ndarray, y: np.ndarray) -> float:
        """z and a of every layer, and E, from x (n_in,) and y (n_out,)."""
        self.names |= {"a^0": x[:, None], "y": y[:, None]}
        for k, (W, b) in enumerate(zip(self.network.weights, self.network.biases, strict=True), 1):
            self.names |= {f"W^{k}": W, f"b^{k}": b[:, None]}
            self.find("z", "z^{@}", k)
            self.find("a", "a^{@}", k)
        (text,) = (s.removeprefix("E = ") for s in self.said if s.startswith("E = "))
        return read(self.numbered(text, 0), self.names)

    def backward(self) -> np.ndarray:
        """The gradient of every parameter, in the order of the network's own: (P,)."""
        parts = {}
        for k in range(self.last, 0, -1):
            self.find("delta", r"\delta^{@}", k)
            dW = read(self.line(r"\frac{\partial E}{\partial W^{@}}", k), self.names)
            db = read(self.line(r"\frac{\partial E}{\partial b^{@}}", k), self.names)
            parts[k] = [dW.ravel(), db.ravel()]
        return np.concatenate([part for k in sorted(parts) for part in parts[k]])


def case(hidden, output, loss, sizes, seed):
    """A config with these entries, a network of its kind, and samples without a kink near."""
    config = Config(hidden=hidden, output=output, loss=loss, hidden_sizes=sizes)
    generator = np.random.RandomState(seed)
    shape = (4, *sizes, 3)
    count = sum(o * (i + 1) for i, o in zip(shape, shape[1:], strict=False))
    network = Network(shape, hidden, output, generator.normal(0, 0.8, count))
    X, y = generator.normal(0, 1, (3, 4)), np.eye(3)[[0, 2, 1]]
    return config, network, X, y


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize(("hidden", "output", "loss"), KINDS)
def test_every_line_has_the_numbers_of_the_network(hidden, output, loss, sizes):
    config, network, X, y = case(hidden, output, loss, sizes, len(hidden + output + loss))
    followed = Followed(equations(config), network)
    trace = network.forward(X)
    for s in range(len(X)):
        one = network.forward(X[s : s + 1])
        error = LOSSES[loss].value(y[s : s + 1], one.a[-1], one.z[-1])[0]
        assert followed.forward(X[s], y[s]) == pytest.approx(error, rel=1e-9)
        gradient = network.backward(one, y[s : s + 1], LOSSES[loss]).flat
        np.testing.assert_allclose(followed.backward(), gradient, rtol=1e-9, atol=1e-12)
        for k in range(1, len(network.sizes)):
            for symbol, rows in (("z", trace.z[k - 1][s]), ("a", trace.a[k][s])):
                found = followed.names[f"{symbol}^{k}"].ravel()
                np.testing.assert_allclose(found, rows, rtol=1e-9, atol=1e-12)
            found = followed.names[f"delta^{k}"].ravel()
            np.testing.assert_allclose(found, one.delta[k - 1][0], rtol=1e-9, atol=1e-12)


def stepped(lines, names, gradients, parameter, weight, memory, t):
    """One parameter after the step that the lines after the gradients say."""
    kind = "weight" if weight else "bias"
    said = [part for line in lines for part in line.replace("&", "").split(r", \quad ")]
    here = {**names, "p": parameter, "t": float(t), "grad": gradients, **memory}
    here["range", "i"] = len(gradients)
    for statement in said:
        g = re.fullmatch(r"g = (.*?)(?: \\quad \\text\{for a (\w+) \} p)?", statement)
        if g and g[2] in (None, kind):
            here["g"] = read(g[1], here)
        elif moved := re.fullmatch(r"(\w) \\leftarrow (.*)", statement):
            here[moved[1]] = read(moved[2], here)
        elif hat := re.fullmatch(r"\\hat (\w) = (.*)", statement):
            here[f"hat {hat[1]}"] = read(hat[2], here)
    return here["p"], {name: here[name] for name in memory}


@pytest.mark.parametrize("l2", [0.0, 0.01])
@pytest.mark.parametrize("batching", ["article", "standard"])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_the_steps_are_those_that_training_takes(optimiser, batching, l2):
    """Five numbers in batches of two: the article's last batch has three, divided by two."""
    config = Config(data=Parity(bits=4, train_share=5 / 16), hidden_sizes=(2,), batch_size=2,
                    learning_rate=0.2, optimiser=optimiser, batching=batching, l2=l2)  # fmt: skip
    run, lines = begin(config), equations(config)
    memory = [{"v": 0.0, "m": 0.0, "s": 0.0} for _ in run.state.parameters]
    weights = weight_mask(config.sizes)
    for t in range(1, 8):
        network = network_of(config, run.state)
        X, y = next_batch(config, run.state)
        followed = Followed(lines, network)
        gradients = []
        for s in range(len(X)):
            followed.forward(X[s], y[s])
            gradients.append(followed.backward())
        names = {**followed.names, "eta": 0.2, "lambda": l2, "B": divisor(words(config), len(X))}
        expected = []
        for i, each in enumerate(np.transpose(gradients)):
            p, memory[i] = stepped(lines, names, each, network.parameters[i], weights[i],
                                   memory[i], t)  # fmt: skip
            expected.append(p)
        run = advance(run, steps=1)
        np.testing.assert_allclose(run.state.parameters, expected, rtol=1e-9, atol=1e-12)


def divisor(said: str, size: int) -> float:
    """B as the words have it."""
    if "B is the number of samples in the batch" in said:
        return float(size)
    return float(re.search(r"B is ([\d,]+), for the last batch of 3 samples too", said)[1])
