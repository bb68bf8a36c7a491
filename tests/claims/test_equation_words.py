"""What is said of the letters in the equations of a training page."""

from itertools import product

from mlp import Config
from mlp.datasets import Parity
from mlp.descent.optimisers import OPTIMISERS
from mlp.training.equations import words
from tests.claims.claim import Claim, Claims


def batches(f):
    """The sizes of the batches of an epoch, dealt out one sample at a time."""
    sizes, left = [], round(2**f.data.bits * f.data.train_share)
    while left:
        sizes.append(min(left, f.batch_size))
        left -= sizes[-1]
    if f.batching == "article" and len(sizes) > 1 and sizes[-1] < f.batch_size:
        rest = sizes.pop()
        sizes[-1] += rest
    return sizes


def odd(f):
    """Whether the article's batches end with one of another size than it divides by."""
    return f.batching == "article" and batches(f)[-1] != f.batch_size


def counted(text, n):
    return text == f"{n:,} sample{'' if n == 1 else 's'}"


WORDS = Claims(
    Claim("Forward, error, backward, step.", lambda f: True),
    Claim("η = {rate}.", lambda f: True, lambda f, rate: float(rate) == f.learning_rate),
    Claim("λ = {l2}.", lambda f: f.l2 > 0, lambda f, l2: float(l2) == f.l2),
    Claim(
        "L is the number of the output layer, f_L its activation.",
        lambda f: len(f.hidden_sizes) > 0 and f.hidden != f.output,
    ),
    Claim(
        "L is the number of the output layer.",
        lambda f: len(f.hidden_sizes) == 0 or f.hidden == f.output,
    ),
    Claim(
        "n is the number of outputs, {n}.",
        lambda f: f.loss == "mean squared error",
        lambda f, n: n == "2",
    ),
    Claim("p stands for every weight and every bias.", lambda f: True),
    Claim("B is the number of samples in the batch.", lambda f: not odd(f)),
    Claim(
        "B is {B}, for the last batch of {m} too.",
        lambda f: odd(f) and len(batches(f)) > 1,
        lambda f, B, m: f"{f.batch_size:,}" == B and counted(m, batches(f)[-1]),
    ),
    Claim(
        "B is {B}, for the one batch of {m} too.",
        lambda f: odd(f) and len(batches(f)) == 1,
        lambda f, B, m: f"{f.batch_size:,}" == B and counted(m, batches(f)[-1]),
    ),
    Claim("v is 0 before the first step with momentum.", lambda f: f.optimiser == "momentum"),
    Claim("s is 0 before the first step with RMSProp.", lambda f: f.optimiser == "rmsprop"),
    Claim(
        "t is 1 at the first step with Adam, and m and s are 0 before it.",
        lambda f: f.optimiser == "adam",
    ),
)


def test_what_is_said_of_the_letters_of_every_run():
    sizes = ((4, 0.75, 1), (4, 0.75, 4), (4, 0.75, 5), (4, 0.75, 12), (4, 0.75, 7), (4, 0.75, 30),
             (2, 0.25, 3), (10, 0.7, 8), (14, 0.5, 3000))  # fmt: skip
    for (bits, share, size), batching, optimiser in product(
        sizes, ("article", "standard"), OPTIMISERS
    ):
        for hidden, output, layers, loss, l2 in (
            ("tanh", "sigmoid", (2,), "squared error", 0.0),
            ("sigmoid", "sigmoid", (2,), "mean squared error", 0.125),
            ("relu", "softmax", (), "cross-entropy", 1e-4),
        ):
            config = Config(data=Parity(bits=bits, train_share=share), batch_size=size,
                            batching=batching, optimiser=optimiser, hidden=hidden, output=output,
                            hidden_sizes=layers, loss=loss, l2=l2)  # fmt: skip
            WORDS.hold(words(config).replace("; ", ". "), config)
    WORDS.all_heard()


CLAIMS = (WORDS,)
