"""The data sets: each is named by a small frozen settings object and loaded where it is used."""

from mlp.datasets.cache import kept
from mlp.datasets.dataset import Dataset, DataSettings, one_hot
from mlp.datasets.digits import Digits
from mlp.datasets.parity import Parity

# Every data set, by the name that stands in links and files: the only list of them.
DATASETS: dict[str, type[DataSettings]] = {kind.name: kind for kind in (Parity, Digits)}


@kept(4)
def load(settings: DataSettings, precision: str) -> Dataset:
    """The data that these settings name, in float64 or float32; kept for the next caller."""
    return settings.load(precision)


__all__ = ["DATASETS", "DataSettings", "Dataset", "Digits", "Parity", "load", "one_hot"]
