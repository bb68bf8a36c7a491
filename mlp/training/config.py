"""Config, the one object that says everything about a run, and Stop, when it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from mlp import checks
from mlp.datasets import DATASETS, DataSettings, Parity
from mlp.datasets.dataset import samples_asked
from mlp.descent.optimisers import OPTIMISERS
from mlp.network.activations import ACTIVATIONS
from mlp.network.initialisation import INITIALISATIONS
from mlp.network.losses import LOSSES
from mlp.network.shape import parameter_count
from mlp.training.batches import Batches
from mlp.training.epoch import (
    COLUMNS,
    ERROR,
    TEST_ACCURACY,
    TRAINING_ACCURACY,
    WATCHED,
    Column,
)
from mlp.words import number_text, plural

MAX_HIDDEN_LAYERS = 8
MAX_NEURONS = 1024
MAX_PARAMETERS = 2_000_000
MAX_EPOCHS = 100_000
BATCHINGS = ("article", "standard")
PRECISIONS = ("float64", "float32")

# What may change while a run is under way; everything else makes a new network.
IN_FLIGHT = ("learning_rate", "optimiser", "l2")


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that decides a run. The same config gives the same run, bit for bit.

    The defaults are the article's parity run (seed 000, section 7.1).

    data: the settings of a data set, one of those in DATASETS.
    hidden_sizes: neurons of each hidden layer, at most 8 layers of 1 to 1,024.
    hidden, output: names in ACTIVATIONS. A cross-entropy needs its own output activation.
    loss, initialisation, optimiser: names in LOSSES, INITIALISATIONS, OPTIMISERS.
    scale: a factor on the first weights as they are drawn, above 0 to 10^6; biases stay.
    learning_rate: above 0. l2: at least 0; each step follows the gradient of
        error + l2 / 2 * (sum of squared weights).
    batch_size: samples a step, 1 to 65,536.
    batching: "standard" gives the last batch what is left and divides each batch by its own
        size; "article" adds the remainder to the last full batch and divides every batch by
        batch_size, the last one too.
    precision: "float64" or "float32". seed: 0 to 2^32 - 1.
    Raises ValueError that names the parameter, the rule and the value.
    """

    data: DataSettings = field(default_factory=Parity)
    hidden_sizes: tuple[int, ...] = (3,)
    hidden: str = "sigmoid"
    output: str = "sigmoid"
    loss: str = "squared error"
    initialisation: str = "normal"
    scale: float = 1.0
    optimiser: str = "sgd"
    learning_rate: float = 0.3
    l2: float = 0.0
    batch_size: int = 8
    batching: str = "article"
    precision: str = "float64"
    seed: int = 0

    def __post_init__(self):
        if not isinstance(self.data, tuple(DATASETS.values())):
            raise ValueError(f"data must be one of {', '.join(DATASETS)}, got {self.data!r}")
        self._check_sizes()
        checks.one_of("hidden", self.hidden, ACTIVATIONS)
        checks.one_of("output", self.output, ACTIVATIONS)
        checks.one_of("loss", self.loss, LOSSES)
        needed = LOSSES[self.loss].output
        if needed not in (None, self.output):
            raise ValueError(f"output must be {needed} for {self.loss}, got {self.output!r}")
        checks.one_of("initialisation", self.initialisation, INITIALISATIONS)
        checks.real("scale", self.scale, above=0, at_most=1e6)
        checks.one_of("optimiser", self.optimiser, OPTIMISERS)
        checks.real("learning_rate", self.learning_rate, above=0)
        checks.real("l2", self.l2, at_least=0)
        checks.whole("batch_size", self.batch_size, 1, 65_536)
        checks.one_of("batching", self.batching, BATCHINGS)
        checks.one_of("precision", self.precision, PRECISIONS)
        checks.whole("seed", self.seed, 0, 2**32 - 1)

    def _check_sizes(self):
        if not isinstance(self.hidden_sizes, tuple) or len(self.hidden_sizes) > MAX_HIDDEN_LAYERS:
            raise ValueError(
                f"hidden_sizes must be a tuple of at most {MAX_HIDDEN_LAYERS} sizes, "
                f"got {self.hidden_sizes!r}"
            )
        for size in self.hidden_sizes:
            checks.whole("hidden_sizes", size, 1, MAX_NEURONS)
        if parameter_count(self.sizes) > MAX_PARAMETERS:
            raise ValueError(
                f"hidden_sizes must make at most {MAX_PARAMETERS:,} parameters, "
                f"got {self.hidden_sizes!r} with {parameter_count(self.sizes):,}"
            )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons of every layer, input and output included."""
        return (self.data.n_in, *self.hidden_sizes, self.data.n_out)

    @property
    def batches(self) -> Batches:
        """How an epoch is cut into batches."""
        return Batches.of(self.data.train_count, self.batch_size, self.batching)

    @property
    def columns(self) -> dict[str, Column]:
        """The numbers that each epoch of its runs has, by name: those of COLUMNS but for NaN."""
        has_tests = self.data.has_tests
        return {name: each for name, each in COLUMNS.items() if each.measured(has_tests)}

    @property
    def accuracy(self) -> Column:
        """The accuracy that its runs have: of the test samples, or of the training samples."""
        which = samples_asked(self.data.has_tests)
        return {each.samples: each for each in (TEST_ACCURACY, TRAINING_ACCURACY)}[which]

    def differs_in_flight_only(self, other: "Config") -> bool:
        """Whether a run of this config can go on as the other without a new network."""
        return replace(self, **{name: getattr(other, name) for name in IN_FLIGHT}) == other


@dataclass(frozen=True, kw_only=True)
class Stop:
    """When a run ends: whichever comes first.

    epochs: 1 to 100,000. target_error: stop at this training error or below; 0 for never.
    patience: stop after this number of epochs without a lower error; 0 for never. watch: which
    error, a name in WATCHED; where there are no test samples, the training error.
    """

    epochs: int = 1000
    target_error: float = 0.0
    patience: int = 0
    watch: str = ERROR.title

    def __post_init__(self):
        checks.whole("epochs", self.epochs, 1, MAX_EPOCHS)
        checks.real("target_error", self.target_error, at_least=0)
        checks.whole("patience", self.patience, 0, MAX_EPOCHS)
        checks.one_of("watch", self.watch, WATCHED)

    def watched(self, has_tests: bool) -> Column:
        """The error that patience watches. has_tests: whether there are samples to test on."""
        return WATCHED[self.watch] if WATCHED[self.watch].measured(has_tests) else ERROR

    def why_ended(
        self, epoch: int, error: float, best_epoch: int, has_tests: bool = True
    ) -> str | None:
        """Why a run has ended at the end of an epoch, in words; None where it goes on.

        epoch: how many epochs are finished. error: the training error of the last one.
        best_epoch: the one with the lowest of the watched errors, 0 while there is none.
        has_tests: whether there are samples to test on.
        """
        if self.target_error > 0 and error <= self.target_error:
            return f"the error is down to {number_text(error)}, at or below the target"
        if 0 < self.patience <= epoch - best_epoch:
            watched = self.watched(has_tests).title
            return f"no lower {watched} for {plural(self.patience, 'epoch')}"
        if epoch > self.epochs:
            return f"past the stop after {plural(self.epochs, 'epoch')}"
        if epoch == self.epochs:
            return "its one epoch is done" if epoch == 1 else f"all {epoch:,} epochs are done"
        return None


def flat_settings(config: Config) -> dict:
    """Every setting of a config by its name: the data set, its settings, then the config's own.

    {"data": "parity", "bits": 10, ..., "hidden_sizes": (3,), ..., "seed": 0}. No setting of a data
    set has the name of one of the config.
    """
    own = {f.name: getattr(config, f.name) for f in fields(config)}
    data = own.pop("data")
    return {"data": data.name} | {f.name: getattr(data, f.name) for f in fields(data)} | own


def config_from_settings(settings: Mapping) -> Config:
    """The config with these settings, named as in `flat_settings`; the others have their defaults.

    Raises ValueError for a setting that does not exist, and for a value that it cannot have.
    """
    kind = DATASETS[checks.one_of("data", settings.get("data"), DATASETS)]
    of_data = {f.name for f in fields(kind)}
    own = {name: v for name, v in settings.items() if name != "data" and name not in of_data}
    if unknown := own.keys() - {f.name for f in fields(Config)}:
        raise ValueError(f"settings must be those of a run of {kind.name}, got {min(unknown)!r}")
    data = kind(**{name: v for name, v in settings.items() if name in of_data})
    return Config(data=data, **own)


def sizes_text(sizes: tuple[int, ...]) -> str:
    """Hidden layer sizes as people type them."""
    return ", ".join(str(n) for n in sizes)


def sizes_from_text(text: str) -> tuple[int, ...]:
    """Hidden layer sizes as people type them: "3", "16, 8", or nothing for no hidden layer."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    for part in parts:
        if not (part.isascii() and part.isdecimal() and len(part) <= 9):
            raise ValueError(f"hidden_sizes must be whole numbers with commas, got {text!r}")
    return tuple(int(part) for part in parts)
