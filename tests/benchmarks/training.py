"""How fast the training loop is, beside the article's way and two libraries: one table.

`python tests/benchmarks/training.py` measures every row in the same run. The contestants of a
group take turns for many rounds and the best round of each counts, because other work on the
machine only ever makes a round slower. Nothing is asserted.
"""

import os
import platform
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle
from math import ceil, inf
from pathlib import Path
from time import perf_counter
from typing import ClassVar

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mlp import Config  # noqa: E402
from mlp.datasets import DATASETS, Dataset, load, mnist, one_hot  # noqa: E402
from mlp.training.loop import train  # noqa: E402
from mlp.training.state import network_of, stack, start  # noqa: E402

try:
    from sklearn.neural_network import MLPClassifier
except ImportError:
    MLPClassifier = None
try:
    import torch
except ImportError:
    torch = None
try:
    from threadpoolctl import ThreadpoolController  # comes with scikit-learn
except ImportError:
    ThreadpoolController = None
# Train a while and return the steps taken.
Go = Callable[[], int]

ARTICLE, MLP, SKLEARN, TORCH = "the article's way", "mlp", "scikit-learn", "PyTorch"
PRODUCTS = "the bare products and the gather"
THREADS = (1, 2)


@dataclass(frozen=True)
class Images:
    """The first of MNIST's training images; where it is not, random pixels in their shape."""

    name: ClassVar[str] = "images"

    n_in: int = 784
    n_out: int = 10
    train_count: int = 60_000
    has_tests: bool = True  # none of them: so an epoch ends without a pass that is not training

    def load(self, precision: str) -> Dataset:
        """X (m, n_in) in bytes, y (m, n_out) one-hot, nothing to test on."""
        generator = np.random.default_rng(0)
        if mnist.is_there():
            X, labels = mnist.arrays()[:2]
        else:
            X = generator.integers(256, size=(self.train_count, self.n_in), dtype=np.uint8)
            labels = generator.integers(self.n_out, size=self.train_count)
        X = X.reshape(-1, self.n_in)[: self.train_count]
        y = one_hot(labels[: self.train_count], self.n_out, precision)
        names = tuple(f"pixel {i}" for i in range(self.n_in))
        return Dataset(X, y, np.empty((0, self.n_in), precision), y[:0], names, (), 1 / 255)


DATASETS[Images.name] = Images
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "mnist"
if BESIDE.is_dir():
    os.environ.setdefault(mnist.FOLDER, str(BESIDE))

PARITY = Config()
STACKS = {1: 50, 8: 20, 64: 6, 256: 5}  # networks: epochs a round
DIGITS = Config(
    data=Images(),
    hidden_sizes=(32,),
    batch_size=256,
    batching="standard",
    precision="float32",
    initialisation="xavier",
    learning_rate=0.1,
)
MODERN = replace(DIGITS, hidden="relu", output="softmax", loss="cross-entropy")


def inputs_of(data: Dataset) -> np.ndarray:
    """All of its training samples, as a network takes them."""
    return data.gather(np.arange(len(data.X_train)))


class ArticleNetwork:
    """The article's network: one sample at a time, gradients in arrays of objects.

    Written after seed 000, sections 4 to 6: W (n_out, n_in) on columns, sigmoid everywhere,
    and sigma' from z once more.
    """

    def __init__(self, config: Config):
        data, self.eta = load(config.data, config.precision), config.learning_rate
        self.X, self.y = inputs_of(data), data.y_train
        self.batch_size = config.batch_size
        self.random = np.random.RandomState(config.seed)
        self.parameters = np.empty((2, len(config.sizes) - 1), dtype=object)  # W, b
        for layer, (n_in, n_out) in enumerate(zip(config.sizes, config.sizes[1:], strict=False)):
            self.parameters[0, layer] = self.random.randn(n_out, n_in)
            self.parameters[1, layer] = self.random.randn(n_out)

    def sigmoid(self, z: np.ndarray, derivative: bool = False) -> np.ndarray:
        if derivative:
            return self.sigmoid(z) * (1 - self.sigmoid(z))
        return 1 / (1 + np.exp(-z))

    def forward(self, x: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        outputs, activations = [], [x]
        for W, b in zip(*self.parameters, strict=True):
            outputs.append(np.dot(W, activations[-1]) + b)
            activations.append(self.sigmoid(outputs[-1]))
        return outputs, activations

    def backward(
        self, outputs: list[np.ndarray], activations: list[np.ndarray], y: np.ndarray
    ) -> np.ndarray:
        gradient = np.empty_like(self.parameters)
        delta = -2 * (y - activations[-1]) * self.sigmoid(outputs[-1], derivative=True)
        for layer in range(len(outputs) - 1, -1, -1):
            gradient[0, layer] = np.outer(delta, activations[layer])
            gradient[1, layer] = delta
            if layer > 0:
                slope = self.sigmoid(outputs[layer - 1], derivative=True)
                delta = np.dot(delta, self.parameters[0, layer]) * slope
        return gradient

    def batches(self):
        order = np.arange(len(self.X))
        self.random.shuffle(order)
        X, y = self.X[order], self.y[order]
        last = (len(X) // self.batch_size - 1) * self.batch_size
        for lo in range(0, last, self.batch_size):
            yield X[lo : lo + self.batch_size], y[lo : lo + self.batch_size]
        yield X[last:], y[last:]

    def epoch(self) -> tuple[int, float]:
        """Train for an epoch; returns its steps and its error."""
        steps, epoch_error = 0, 0.0
        for X, y in self.batches():
            gradient, error = 0.0, 0.0
            for sample, target in zip(X, y, strict=True):
                outputs, activations = self.forward(sample)
                gradient = gradient + self.backward(outputs, activations, target)
                error += np.sum(np.square(target - activations[-1]))
            self.parameters = self.parameters - self.eta * (gradient / self.batch_size)
            epoch_error += error / self.batch_size
            steps += 1
        return steps, epoch_error / steps


def article_run(config: Config, epochs: int) -> Go:
    """The article's way, going on where its last round ended."""
    network = ArticleNetwork(config)
    return lambda: sum(network.epoch()[0] for _ in range(epochs))


def mlp_run(config: Config, epochs: int, runs: int = 0) -> Go:
    """mlp, going on where its last round ended; `runs` above 0 trains a stack."""
    configs = [replace(config, seed=seed) for seed in range(runs)] if runs else config
    state = stack([start(each) for each in configs]) if runs else start(config)
    steps = ceil(config.data.train_count / config.batch_size)
    if config.batching == "article":
        steps = config.data.train_count // config.batch_size

    def go() -> int:
        nonlocal state
        state = train(configs, state, epochs=epochs).state
        return steps * epochs

    return go


def sklearn_run(config: Config, epochs: int) -> Go:
    """scikit-learn's own loop: one fit of all epochs, with nothing that could end it early.

    One-hot targets make its outputs sigmoids with binary cross-entropy, the nearest it has to
    the article's network; labels make them softmax.
    """
    data = load(config.data, config.precision)
    classifier = MLPClassifier(
        config.hidden_sizes,
        activation={"sigmoid": "logistic"}.get(config.hidden, config.hidden),
        solver="sgd",
        alpha=0.0,
        batch_size=config.batch_size,
        learning_rate_init=config.learning_rate,
        momentum=0.0,
        nesterovs_momentum=False,
        max_iter=epochs,
        n_iter_no_change=epochs + 1,
        random_state=0,
    )
    X = inputs_of(data)
    y = data.y_train.argmax(axis=1) if config.output == "softmax" else data.y_train.astype(int)

    def go() -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not converged
            classifier.fit(X, y)
        return ceil(len(y) / config.batch_size) * epochs

    return go


def torch_network(config: Config):
    """The network as PyTorch's layers; its cross-entropy brings the softmax along."""
    modern = config.output == "softmax"
    n_in, n_hidden, n_out = config.sizes
    return torch.nn.Sequential(
        torch.nn.Linear(n_in, n_hidden),
        torch.nn.ReLU() if modern else torch.nn.Sigmoid(),
        torch.nn.Linear(n_hidden, n_out),
        *([] if modern else [torch.nn.Sigmoid()]),
    )


def torch_run(config: Config, epochs: int, threads: int) -> Go:
    """PyTorch's plain loop: a permutation, batches by index, autograd, its own SGD."""
    data = load(config.data, config.precision)
    X, y = torch.from_numpy(inputs_of(data)), torch.from_numpy(data.y_train)
    network = torch_network(config).to(X.dtype)
    if config.output == "softmax":
        y, loss = y.argmax(dim=1), torch.nn.functional.cross_entropy
    else:

        def loss(a, target):
            return torch.nn.functional.mse_loss(a, target, reduction="sum") / len(a)

    optimiser = torch.optim.SGD(network.parameters(), lr=config.learning_rate)

    def go() -> int:
        torch.set_num_threads(threads)
        steps = 0
        for _ in range(epochs):
            for rows in torch.randperm(len(X)).split(config.batch_size):
                optimiser.zero_grad()
                loss(network(X[rows]), y[rows]).backward()
                optimiser.step()
                steps += 1
        return steps

    return go


def products_run(config: Config, epochs: int) -> Go:
    """Only what no way of training can leave out: gather each batch, and the five products."""
    data = load(config.data, config.precision)
    n_in, n_hidden, n_out = config.sizes
    m, size = len(data.X_train), config.batch_size
    shapes = ((size, n_in), (n_hidden, n_in), (n_out, n_hidden), (size, n_hidden), (size, n_out))
    X, W1, W2, hidden, output = (np.ones(shape, config.precision) for shape in shapes)
    y = np.empty((size, n_out), config.precision)
    gradient1, gradient2 = np.empty_like(W1), np.empty_like(W2)
    random = np.random.RandomState(0)

    def go() -> int:
        steps = 0
        for _ in range(epochs):
            order = random.permutation(m)
            for lo in range(0, m, size):
                n = min(size, m - lo)
                rows = order[lo : lo + n]
                data.gather(rows, X[:n])
                data.y_train.take(rows, axis=0, out=y[:n], mode="clip")
                np.matmul(X[:n], W1.T, out=hidden[:n])
                np.matmul(hidden[:n], W2.T, out=output[:n])
                np.matmul(output[:n].T, hidden[:n], out=gradient2)
                np.matmul(output[:n], W2, out=hidden[:n])
                np.matmul(hidden[:n].T, X[:n], out=gradient1)
                hidden.fill(1)
                output.fill(1)
                steps += 1
        return steps

    return go


def with_threads(name: str, make: Callable[[], Go]) -> dict[tuple[str, int], Go]:
    """A contestant that runs on BLAS once for each number of threads, if that can be set."""
    if ThreadpoolController is None:
        return {(name, 0): make()}
    controller = ThreadpoolController()

    def limited(go: Go, threads: int) -> Go:
        def run() -> int:
            with controller.limit(limits=threads, user_api="blas"):
                return go()

        return run

    return {(name, threads): limited(make(), threads) for threads in THREADS}


def torch_runs(config: Config, epochs: int) -> dict[tuple[str, int], Go]:
    """PyTorch, once for each number of threads; nothing where it is not installed."""
    if torch is None:
        return {}
    return {(TORCH, threads): torch_run(config, epochs, threads) for threads in THREADS}


def parity_contest() -> dict[tuple[str, int], Go]:
    """The article's run. Its products are too small for a second thread of BLAS."""
    contest = {(ARTICLE, 0): article_run(PARITY, 3), (MLP, 0): mlp_run(PARITY, 50)}
    if MLPClassifier:
        contest[SKLEARN, 0] = sklearn_run(PARITY, 10)
    return contest | torch_runs(PARITY, 5)


def digits_contest(config: Config) -> dict[tuple[str, int], Go]:
    """The digits' run, with the time no way of training can do without."""
    few = replace(config, data=Images(train_count=1024))  # the article's way needs no more
    contest = {(ARTICLE, 0): article_run(few, 1)}
    contest |= with_threads(MLP, lambda: mlp_run(config, 2))
    contest |= with_threads(PRODUCTS, lambda: products_run(config, 2))
    if MLPClassifier:
        contest |= with_threads(SKLEARN, lambda: sklearn_run(config, 4))
    return contest | torch_runs(config, 2)


def forward_contest(config: Config) -> dict[tuple[str, int], Go]:
    """The outputs for 10,000 images, of networks that have learnt nothing."""
    X = inputs_of(load(replace(config.data, train_count=10_000), config.precision))
    article = ArticleNetwork(replace(config, data=Images(train_count=1024)))
    network = network_of(config, start(config))
    trace = network.trace(len(X))

    def once(forward: Callable) -> Callable[[], Go]:
        return lambda: lambda: forward() is not None

    contest = {(ARTICLE, 0): once(lambda: [article.forward(x) for x in X])()}
    contest |= with_threads(MLP, once(lambda: network.forward(X, trace)))
    if MLPClassifier:
        sigmoids = {"sigmoid": "logistic"}.get(config.hidden, config.hidden)
        classifier = MLPClassifier(config.hidden_sizes, activation=sigmoids, max_iter=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            classifier.fit(X, np.arange(len(X)) % 10)
        contest |= with_threads(SKLEARN, once(lambda: classifier.predict_proba(X)))
    if torch:
        contest |= {(TORCH, t): torch_forward(config, X, t) for t in THREADS}
    return contest


def torch_forward(config: Config, X: np.ndarray, threads: int) -> Go:
    """PyTorch's forward pass, with the softmax where there is one."""
    network, X = torch_network(config).to(torch.float32), torch.from_numpy(X)

    def go() -> int:
        torch.set_num_threads(threads)
        with torch.no_grad():
            z = network(X)
            return (z.softmax(dim=1) if config.output == "softmax" else z) is not None

    return go


def measure(contest: dict, seconds: float) -> dict:
    """The best seconds a step of each contestant, taking turns until the time is up."""
    best, end = dict.fromkeys(contest, inf), perf_counter() + seconds
    for name in cycle(contest):
        began = perf_counter()
        steps = contest[name]()
        ended = perf_counter()
        best[name] = min(best[name], (ended - began) / steps)
        if ended > end and inf not in best.values():
            return best
    return best


def rows(title: str, best: dict[tuple[str, int], float], unit: str, factor: float) -> list[str]:
    """The rows of a group, each contestant with its better number of threads."""
    times: dict[str, tuple[float, int]] = {}
    for (name, threads), seconds in best.items():
        times[name] = min(times.get(name, (inf, 0)), (seconds, threads))
    lines = []
    for name in times | dict.fromkeys((SKLEARN, TORCH)):
        if name not in times:
            lines.append(f"| {title} | {name} | not installed | |")
            continue
        seconds, threads = times[name]
        note = f", {threads} thread{'s' * (threads > 1)}" if threads else ""
        ratio = seconds / times[MLP][0]
        lines.append(f"| {title} | {name}{note} | {seconds * factor:.3g} {unit} | {ratio:.2f} |")
    return lines


def machine() -> str:
    """When and where the figures were measured."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    versions = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    for name in ("sklearn", "torch"):
        if name in sys.modules:
            versions.append(f"{name} {sys.modules[name].__version__}")
    return f"{date.today()}, {cpu}, {os.cpu_count()} cores; {', '.join(versions)}"


def main():
    """Measure everything and print the table."""
    print(f"Measured on {machine()}.\n")
    print("| run | way | time | times mlp |")
    print("|---|---|---|---|")
    print(*rows("parity", measure(parity_contest(), 12), "µs a step", 1e6), sep="\n")
    stacks = {runs: mlp_run(PARITY, epochs, runs) for runs, epochs in STACKS.items()}
    for runs, seconds in measure(stacks, 8).items():
        print(
            f"| parity, stack of {runs} | mlp | {seconds / runs * 1e6:.3g} µs a step a network | |"
        )
    steps = ceil(DIGITS.data.train_count / DIGITS.batch_size)
    for title, config in (("digits, article", DIGITS), ("digits, modern", MODERN)):
        print(*rows(title, measure(digits_contest(config), 22), "s an epoch", steps), sep="\n")
        forward = measure(forward_contest(config), 6)
        print(*rows(f"{title}, 10,000 images forward", forward, "ms", 1e3), sep="\n")
    images = "images of MNIST" if mnist.is_there() else "random images"
    print(
        "\nparity: 10-3-2, 700 samples, batch 8, sigmoid, squared error. digits: 784-32-10, 60,000 "
        f"{images}, batch 256, float32; article: sigmoid and squared error (scikit-learn: binary "
        "cross-entropy), modern: ReLU, softmax and cross-entropy; the article's way on the first "
        "1,024 of them; mlp keeps them in bytes. The best of many rounds."
    )


if __name__ == "__main__":
    main()
