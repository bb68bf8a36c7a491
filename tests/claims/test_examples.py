"""What is said of the network of a run, of mistakes that change nothing, and of error curves."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from mlp import Config, advance, begin, datasets
from mlp.datasets import Parity
from mlp.derivation.notation import LAYOUTS, SAMPLES, Notation
from mlp.examples.edits import edited
from mlp.examples.exercise import Exercise, own
from mlp.examples.mistakes import TEXTS, of_curves, training_error, without_effect
from mlp.examples.of_run import example
from mlp.examples.texts import EXAMPLES
from mlp.network.losses import LOSSES
from tests.claims.claim import Claim, Claims, reads


@dataclass
class OfRun:
    """A run and a sample, or None for its next batch: from its config and position alone."""

    config: Config
    epoch: int
    step: int
    sample: int | None
    shown: Exercise

    @property
    def sizes(self):
        return (self.config.data.bits, *self.config.hidden_sizes, 2)

    @property
    def batch(self):
        """How many samples the next batch holds, counted one by one."""
        config, left = self.config, round(2**self.config.data.bits * self.config.data.train_share)
        sizes = []
        while left >= config.batch_size:
            sizes.append(config.batch_size)
            left -= config.batch_size
        if left:
            last = [sizes.pop() + left] if config.batching == "article" and sizes else [left]
            sizes += last
        return sizes[self.step]

    @property
    def samples(self):
        """How many samples fit: 8, but one of them where a layer wider than 16 begins."""
        there = 1 if self.sample is not None else min(self.batch, 8)
        return 1 if self.sizes[self.first] > 16 else there

    @property
    def first(self):
        """The last layer wider than 16 neurons, or the sixth from the end."""
        wide = [k for k, n in enumerate(self.sizes) if n > 16]
        return max([0, len(self.sizes) - 6, *wide])

    @property
    def cut(self):
        return self.sizes[self.first] > 16

    def strongest(self, moved):
        """Whether the neurons shown are those with the largest |w a| into what comes next."""
        where = "answer" if self.first == len(self.sizes) - 2 else "next layer"
        return moved == where


def count(text, n, noun):
    """A number with its noun, such as 1 epoch or 1,024 epochs."""
    return text == f"{n:,} {noun}{'' if n == 1 else 's'}"


BEGIN = "{sizes}, as it was after {when} of training, with "


def begins(f, sizes, when):
    """Whether a story begins with the network's sizes and the run's position."""
    epochs, _, steps = when.partition(" and ")
    right = count(epochs, f.epoch, "epoch") and sizes == "-".join(map(str, f.sizes))
    return right and (count(steps, f.step, "step") if f.step else not steps)


STORY = Claims(
    Claim(
        BEGIN + "the very mini-batch that comes next.",
        lambda f: f.sample is None and f.samples == f.batch,
        begins,
    ),
    Claim(
        BEGIN + "the very mini-batch that comes next: the first {n} of its {all} samples.",
        lambda f: f.sample is None and 1 < f.samples < f.batch,
        lambda f, n, all, **begin: reads(n, f.samples) and reads(all, f.batch)
        and begins(f, **begin),
    ),
    Claim(
        BEGIN + "the very mini-batch that comes next: the first of its {all} samples.",
        lambda f: f.sample is None and 1 == f.samples < f.batch,
        lambda f, all, **begin: reads(all, f.batch) and begins(f, **begin),
    ),
    Claim(
        BEGIN + "test sample {n}.",
        lambda f: f.sample is not None,
        lambda f, n, **begin: n == f"{f.sample + 1:,}" and begins(f, **begin),
    ),
    Claim(
        "It is too large for the screen, so you see its end, from the {layer} on.",
        lambda f: f.first > 0 or f.cut,
        lambda f, layer: layer
        == ("input" if not f.first else
            "hidden layer" if len(f.sizes) == 3 else f"hidden layer {f.first}"),
    ),
    Claim(
        "Of the {all} there, these 8 move the {moved} most; what the others add for this sample is "
        "counted into the biases, so the outputs are the very same.",
        lambda f: f.cut,
        lambda f, all, moved: count(all, f.sizes[f.first], "neuron" if f.first else "number")
        and f.strongest(moved),
    ),
    Claim(
        "The gradient here is that of the error alone, without the weight decay.",
        lambda f: f.config.l2 > 0,
    ),
)  # fmt: skip


def runs():
    """Configs of many shapes, each with epochs and steps behind it."""
    for bits, hidden, batch, batching, l2 in (
        (4, (3,), 4, "article", 0.0),
        (4, (3,), 12, "standard", 0.1),
        (4, (3,), 1, "standard", 0.0),
        (4, (), 5, "article", 0.0),
        (6, (20,), 3, "article", 0.0),
        (6, (20, 4), 8, "standard", 0.1),
        (5, (3, 3, 3, 3, 3, 3), 7, "article", 0.0),
        (10, (24, 17), 16, "article", 0.0),
        (5, (2, 18, 3), 2, "standard", 0.0),
    ):
        data = Parity(bits=bits, train_share=0.75)
        yield Config(data=data, hidden_sizes=hidden, batch_size=batch, batching=batching, l2=l2)
    yield Config(data=Parity(bits=14), batch_size=1500)


def test_what_is_said_of_the_network_of_a_run():
    for config in runs():
        data = datasets.load(config.data, config.precision)
        for epochs, steps in (
            ((0, 0), (1, 0), (2, 1), (3, 2)) if config.data.bits < 14 else ((0, 0),)
        ):
            if steps >= config.batches.steps:
                continue
            run = advance(begin(config), epochs=epochs) if epochs else begin(config)
            run = advance(run, steps=steps) if steps else run
            for sample in (None, 0, len(data.X_test) - 1):
                shown = example(run, data, sample)
                facts = OfRun(config, epochs, steps, sample, shown.exercise)
                STORY.hold(shown.story, facts)
                assert len(shown.exercise.X) == shown.batch == facts.samples
    STORY.all_heard()


class _Facts(dict):
    """Facts with their names as attributes."""

    __getattr__ = dict.__getitem__


def function(name, z):
    """An activation and its slope (or its Jacobian) of one sample, (n,)."""
    s = 1 / (1 + np.exp(-z))
    return {
        "sigmoid": lambda: (s, np.diag(s * (1 - s))),
        "tanh": lambda: (np.tanh(z), np.diag(np.cosh(z) ** -2.0)),
        "relu": lambda: (np.where(z > 0, z, 0), np.diag(1.0 * (z > 0))),
        "leaky relu": lambda: (np.where(z > 0, z, z / 100), np.diag(np.where(z > 0, 1, 0.01))),
        "softplus": lambda: (np.log1p(np.exp(z)), np.diag(s)),
        "identity": lambda: (z, np.eye(len(z))),
        "softmax": lambda: (
            p := np.exp(z) / np.exp(z).sum(), np.diag(p) - np.outer(p, p)),
    }[name]()  # fmt: skip


def gradients(exercise, m, mistake="", rate=0.2):
    """All gradients by one's own backward pass, sample by sample; None where no shape fits."""
    network, loss = exercise.network, exercise.loss_name
    names = [exercise.hidden] * (len(exercise.sizes) - 2) + [exercise.output]
    W, b, L = network.weights, network.biases, len(names)
    scale = {"squared error": 2, "mean squared error": 2 / exercise.sizes[-1]}.get(loss, 1)
    cancels = loss in ("cross-entropy", "binary cross-entropy")
    zs, activations, slopes = [], [], []
    for x in exercise.X[:m]:
        a, its_z, its_a, its_slope = x, [None], [x], [None]
        for k in range(L):
            z = W[k] @ a + b[k]
            a, slope = function(names[k], z)
            if mistake == "prime" and names[k] != "softmax":
                slope = np.eye(len(z))
            its_z.append(z)
            its_a.append(a)
            its_slope.append(slope)
        zs.append(its_z)
        activations.append(its_a)
        slopes.append(its_slope)
    out = zs if mistake == "z for a" else activations
    delta = [scale * (out[s][L] - exercise.y[s]) for s in range(m)]
    if mistake == "sign":
        delta = [-d for d in delta]
    if not cancels:
        delta = [slopes[s][L] @ delta[s] for s in range(m)]
    into = [[zs[s][k] if mistake == "z for a" and k else activations[s][k] for k in range(L)]
            for s in range(m)]  # fmt: skip
    n = 1 if mistake == "sum" else m
    found = []
    for k in range(L, 0, -1):
        D, A = np.array(delta).T, np.array([row[k - 1] for row in into])
        if mistake == "transpose" and L == 1:
            A = A.T
        if D.shape[1] != A.shape[0]:
            return None
        dW, db = D @ A / n, D.sum(axis=1) / n
        found += [D, dW, db]
        if k > 1:
            back = W[k - 1] - rate * dW if mistake == "updated weights" else W[k - 1]
            back = back if mistake == "transpose" else back.T
            if back.shape[1] != len(delta[0]):
                return None
            delta = [slopes[s][k - 1] @ back @ delta[s] for s in range(m)]
            if len(delta[0]) != exercise.sizes[k - 1]:
                return None
    return found


def idle(exercise, m, mistake):
    """Whether a mistake changes no gradient, by one's own pass."""
    right, broken = gradients(exercise, m), gradients(exercise, m, mistake)
    return broken is not None and all(
        one.shape == other.shape and abs(one - other).max() <= 1e-10 * abs(one).max()
        for one, other in zip(right, broken, strict=True)
    )


def specific(f):
    """Whether the reason that belongs to a mistake alone holds."""
    exercise, X = f.exercise, f.exercise.X[: f.m]
    names = [exercise.hidden] * (len(exercise.sizes) - 2) + [exercise.output]
    W, a, layers = exercise.network.weights, list(X), []
    for k, name in enumerate(names):
        z = [W[k] @ row + exercise.network.biases[k] for row in a]
        a = [function(name, row)[0] for row in z]
        layers.append((name, np.array(z), np.array(a)))
    if f.mistake == "transpose":
        turned = W[1:] or [X]
        return all(M.shape[0] == M.shape[1] and (M == M.T).all() for M in turned)
    if f.mistake == "prime":
        used = layers[:-1] if exercise.loss.output else layers
        return all(
            name in ("identity", "softmax") or ("relu" in name and (z > 0).all())
            for name, z, _ in used
        )
    if f.mistake == "z for a":
        return all(np.array_equal(z, a) for _, z, a in layers)
    return {"sum": f.m == 1, "updated weights": len(W) == 1}.get(f.mistake, False)


def silent(f):
    """Whether all errors are 0."""
    return not any(D.any() for D in gradients(f.exercise, f.m)[::3])


def why(mistake):
    return lambda f: f.idle and f.mistake == mistake and specific(f)


IDLE = Claims(
    Claim("Here every matrix that it turns is its own transpose.", why("transpose")),
    Claim("Here no error is multiplied by a slope other than 1.", why("prime")),
    Claim("Here a = z in every layer.", why("z for a")),
    Claim("With one sample, sum and mean are the same. Take a batch of 2 or more.", why("sum")),
    Claim("Without a hidden layer, no error passes back over weights.", why("updated weights")),
    Claim("Here every error is 0.", lambda f: f.idle and not specific(f) and silent(f)),
    Claim(
        "Here all that it changes comes to 0.",
        lambda f: f.idle and not specific(f) and not silent(f),
    ),
)


def exercises():
    """Networks of many kinds, some with everything equal, positive, dead or without an error."""
    kinds = ["sigmoid", "tanh", "relu", "leaky relu", "softplus", "identity", "softmax"]
    generator = np.random.RandomState(7)
    for n in range(120):
        sizes = tuple(generator.randint(1, 5, generator.randint(2, 5)))
        loss = generator.choice(list(LOSSES))
        output = LOSSES[loss].output or generator.choice(kinds)
        yield own(tuple(map(int, sizes)), generator.choice(kinds), output, str(loss), n)
    square = own((2, 2, 2, 2), "tanh", "sigmoid", "squared error", 1)
    yield edited(square, "W2:1,2=0.5;W2:2,1=0.5;W3:1,2=-1;W3:2,1=-1")
    dead = own((2, 2, 1), "relu", "identity", "squared error", 1)
    yield edited(dead, "b1:1=-50;b1:2=-50")
    yield edited(dead, "b1:1=50;b1:2=50")
    nothing = own((1, 1, 1), "tanh", "identity", "squared error", 1)
    yield edited(nothing, "W2:1,1=0;b2:1=0;" + ";".join(f"y:{s},1=0" for s in range(1, 9)))
    tiny = own((2, 1), "tanh", "identity", "squared error", 1)
    yield edited(tiny, "W1:1,1=0;W1:1,2=0;b1:1=1e-9;" + ";".join(f"y:{s},1=0" for s in range(1, 9)))


def test_a_mistake_that_changes_nothing_says_so_with_the_reason_that_holds():
    for exercise, m in product(exercises(), (1, 2)):
        found = without_effect(exercise, m, Notation(), TEXTS, 0.2)
        for mistake in TEXTS:
            facts = _Facts(exercise=exercise, m=m, mistake=mistake,
                           idle=idle(exercise, m, mistake))  # fmt: skip
            IDLE.hold(found.get(mistake, ""), facts)
    IDLE.all_heard()


@pytest.mark.parametrize(("samples", "layout"), list(product(SAMPLES, LAYOUTS)))
def test_what_changes_nothing_changes_nothing_in_any_notation(samples, layout):
    for exercise in list(exercises())[::4]:
        found = without_effect(exercise, 1, Notation(samples, layout), TEXTS, 0.2)
        assert found == without_effect(exercise, 1, Notation(), TEXTS, 0.2)


CURVES = Claims(
    Claim(
        "{steps} steps down the gradient of this batch, with η = {rate}.",
        lambda f: True,
        lambda f, steps, rate: int(steps) == len(f.right) - 1 and float(rate) == f.rate,
    ),
    Claim(
        "The broken run has no curve: the shapes do not fit, so it takes no step.",
        lambda f: f.broken is None,
    ),
    Claim("Both curves are the same here.", lambda f: f.broken is not None and f.same),
    Claim(
        "The broken run’s error falls all the same. A wrong gradient can still point downhill; "
        "only the proof tells it from the right one.",
        lambda f: f.broken is not None and not f.same and f.broken[-1] < f.broken[0],
    ),
    Claim(
        "The broken run’s error ends no lower than it begins.",
        lambda f: f.broken is not None and not f.same and not f.broken[-1] < f.broken[0],
    ),
)


def test_what_is_said_of_training_with_a_broken_gradient():
    for chosen, mistake, rate in product(EXAMPLES.values(), TEXTS, (0.1, 2.5)):
        for m in (1, 3):
            run = [
                training_error(chosen.exercise, m, chosen.notation, which, rate, 20)
                for which in ((), (mistake,))
            ]
            pairs = [] if run[1] is None else zip(*run, strict=True)
            same = all(abs(one - other) <= 1e-9 * abs(one) for one, other in pairs)
            facts = _Facts(right=run[0], broken=run[1], rate=rate, same=same)
            CURVES.hold(of_curves(*run, rate), facts)
    CURVES.all_heard()


CLAIMS = (STORY, IDLE, CURVES)
