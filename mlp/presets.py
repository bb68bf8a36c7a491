"""Configs worth starting from, and what each is good for."""

from dataclasses import dataclass, replace

from mlp.config import Config
from mlp.datasets import Digits, Parity


@dataclass(frozen=True)
class Preset:
    """A config with its title and one or two sentences on it."""

    title: str
    help: str
    config: Config


ARTICLE = Config()
MODERN = Config(
    hidden_sizes=(8,),
    hidden="relu",
    output="softmax",
    loss="cross-entropy",
    initialisation="he",
    optimiser="adam",
    learning_rate=0.01,
    batch_size=16,
    batching="standard",
)
# Found by trying sizes, shares and rates: this one gets every test number right, where smaller
# networks learn their training numbers by heart.
HARD = replace(MODERN, data=Parity(rule="ones", train_share=0.8), hidden_sizes=(32, 32))

PARITY = (
    Preset("The article's run", "10-3-2, sigmoid, seed 0: the numbers of the article.", ARTICLE),
    Preset("Modern defaults", "ReLU, softmax with cross-entropy, He weights, Adam.", MODERN),
    Preset("Hard: parity of the ones", "Every bit matters. Two layers of 32 get there.", HARD),
)
PARITY_EXPERIMENTS = (
    Preset(
        "Learning rate 3",
        "Ten times as bold. Does it find the bit sooner?",
        replace(ARTICLE, learning_rate=3.0),
    ),
    Preset(
        "All weights zero",
        "Every hidden neuron gets the same gradient. Can they ever differ?",
        replace(ARTICLE, initialisation="zeros"),
    ),
    Preset(
        "The parity of the ones",
        "The same three neurons, but now every bit counts. Do three suffice?",
        replace(ARTICLE, data=Parity(rule="ones")),
    ),
)

DIGITS_MODERN = Config(
    data=Digits(),
    hidden_sizes=(32,),
    hidden="relu",
    output="softmax",
    loss="cross-entropy",
    initialisation="he",
    optimiser="adam",
    learning_rate=0.003,
    batch_size=64,
    batching="standard",
    precision="float32",
)
# Seed 000, section 7.2.
DIGITS_ARTICLE = Config(
    data=Digits(pixels="0 to 255"), hidden_sizes=(32,), batch_size=256, precision="float32"
)
DIGITS = (
    Preset("Modern", "Pixels from 0 to 1, ReLU, softmax with cross-entropy, Adam.", DIGITS_MODERN),
    Preset("The article's run", "Raw pixels, sigmoid, squared error, 300 epochs.", DIGITS_ARTICLE),
)

# By data set; the first of each is what its page opens with, and what its links leave out.
PRESETS = {Parity.name: PARITY, Digits.name: DIGITS}
