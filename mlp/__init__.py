"""Multi-layer perceptrons in NumPy, written to read like the equations.

Conventions. Rows are samples, X (m, n_in); one row of a weight matrix is one neuron,
W (n_out, n_in), so a layer computes z = a W^T + b and a = f(z). Leading axes broadcast: a stack
of networks is the same code with arrays (runs, ...). All parameters of a network lie in one flat
array, of which its weights and biases are views. Randomness is NumPy's RandomState with a seed,
whose stream never changes: for each layer W then b, then one shuffle an epoch.

A run goes Config -> Run -> History: `begin(config)`, then `advance(run, ...)` as often as liked.
"""

from mlp.datasets import Digits, Parity
from mlp.network.network import Network
from mlp.sharing.file import load, save
from mlp.training.config import Config, Stop
from mlp.training.run import Run, advance, begin, branch, changed, finished, state_at

__all__ = [
    "Config",
    "Digits",
    "Network",
    "Parity",
    "Run",
    "Stop",
    "advance",
    "begin",
    "branch",
    "changed",
    "finished",
    "load",
    "save",
    "state_at",
]
