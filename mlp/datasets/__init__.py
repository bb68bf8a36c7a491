"""The data sets: each is named by a small frozen settings object and loaded where it is used."""

from mlp.datasets.cache import kept
from mlp.datasets.dataset import Dataset, one_hot
from mlp.datasets.digits import Digits
from mlp.datasets.parity import Parity

# Every kind of settings object, by the name that stands in links and files.
DATASETS = {kind.name: kind for kind in (Parity, Digits)}


@kept(4)
def load(settings, precision: str) -> Dataset:
    """The data that these settings name, in float64 or float32; kept for the next caller."""
    return settings.load(precision)


__all__ = ["DATASETS", "Dataset", "Digits", "Parity", "load", "one_hot"]
