"""The text of a script, and how each choice of a config is written in it.

The operations stand in the order of the training loop, so that every number is the same to the
last bit; sums too are taken as it takes them.
"""

# A step of parameters p against their gradient g, with arrays m and s that it remembers.
OPTIMISERS = {
    "sgd": ("p -= g * ETA",),
    "momentum": ("m[:] = 0.9 * m + g", "p -= m * ETA"),
    "rmsprop": ("s[:] = 0.9 * s + (1 - 0.9) * g**2", "p -= g / (np.sqrt(s) + 1e-8) * ETA"),
    "adam": (
        "m[:] = 0.9 * m + (1 - 0.9) * g",
        "s[:] = 0.999 * s + (1 - 0.999) * g**2",
        "size = np.sqrt(s / (1 - 0.999**self.t)) + 1e-8",
        "p -= m / size * (ETA / (1 - 0.9**self.t))",
    ),
}

SCRIPT = '''\
"""{title}

Made by the Backpropagation lab. It needs NumPy alone, and prints the error of every epoch.
"""

import sys
from math import floor

import numpy as np

np.seterr(all="ignore")  # exp may overflow to infinity, which is right; the rest is looked at
SIZES, EPOCHS, BATCH_SIZE, ETA = {sizes}, {epochs}, {batch_size}, {eta}

{data}


{functions}


class Network:
    def __init__(self):
        self.random = np.random.RandomState({seed})
        self.weights, self.biases, self.t = [], [], 0
        for n_in, n_out in zip(SIZES, SIZES[1:]):
            W, b = {weights}, {biases}
            self.weights.append(W{cast})
            self.biases.append(b{cast})
{memory}
    def forward(self, X):
        """Feed samples through, one a row: z = a W^T + b and a = f(z), layer by layer."""
        zs, a = [], [X]
        for W, b in zip(self.weights, self.biases):
            zs.append(a[-1] @ W.T + b)
            a.append({activate})
        return zs, a

    def SGD(self, X, y):
        """One step against the gradient of a batch; returns the batch's error before it."""
        zs, a = self.forward(X)
        delta = {gradient} / {divisor}{output_back}
        gradients = []  # of W and b, layer by layer
        for l in reversed(range(len(self.weights))):
            gradients[:0] = [delta.T @ a[l]{decay}, {ones} @ delta]
            if l:
                delta = {hidden_back}
        self.t += 1
{update}
        return loss(y, {outputs}).sum() / {divisor}

    def tango(self):
        """Train; yields the error of each epoch."""
        for epoch in range(EPOCHS):
            order = np.arange(len(X))
            self.random.shuffle(order)
{whole}            batches = np.split(order, range(BATCH_SIZE, {end}, BATCH_SIZE))
            errors = np.array([self.SGD(X[batch], y[batch]) for batch in batches])
            if not all(np.isfinite(p).all() for p in (errors, *self.weights, *self.biases)):
                sys.exit(f"The numbers overflowed in epoch {{epoch}}.")
            yield {epoch_error}


def shown(error):
    """Five digits, cut at eight decimals, as the article prints its errors."""
    if error < 1e-7 or error >= 1e16:
        return f"{{error:.5}}"
    cut = floor(float(f"{{error:.5}}") * 1e8 + 1e-3) / 1e8
    return f"{{cut:.8f}}".rstrip("0").rstrip(".") or "0"


if __name__ == "__main__":
    net{best} = Network(){best_start}
    for epoch, error in enumerate(net.tango()):
        print(f"* Epoch: {{epoch:>4}}, Error: {{shown(error)}}")
{stop}    {accuracy}
'''

WHOLE = """\
            whole = BATCH_SIZE * max(1, len(X) // BATCH_SIZE)  # the last takes the remainder too
"""
# Data that no lines make come in a file beside the script: see `data_file`.
FILE = """\
with np.load("{name}.npz") as file:  # lies beside this script
    X, y, X_test, y_test = (file[name] for name in ("X", "y", "X_test", "y_test"))"""
