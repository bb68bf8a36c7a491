"""The multi-layer perceptron: its parameters, the forward pass and the backward pass.

Rows are samples, X (m, n_in). One row of W is one neuron, W (n_out, n_in), so a layer computes
z = a W^T + b and a = f(z). Leading axes broadcast: with W (runs, n_out, n_in) the same lines
compute a whole stack of networks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from math import prod

import numpy as np

from mlp.network.activations import ACTIVATIONS
from mlp.network.loss import Loss
from mlp.network.shape import views


@dataclass(frozen=True)
class Trace:
    """What one forward pass computed, layer by layer, in arrays that can be used again.

    z: one array a layer, (..., m, n_out). a: the input first, then one array a layer.
    delta: filled by the backward pass, dE/dz of each layer over the batch's divisor, shaped as z.
    slope: filled by the backward pass, f'(z), shaped as z; before that, scratch space.
    alike: layers with the same f have their a side by side, and their slope: (f', a, slope) of
        all of them, flat, so that one call fills every slope.
    ones: a row of m ones that sums over the samples.
    """

    z: list[np.ndarray]
    a: list[np.ndarray]
    delta: list[np.ndarray]
    slope: list[np.ndarray]
    alike: list[tuple[Callable[..., np.ndarray], np.ndarray, np.ndarray]]
    ones: np.ndarray


@dataclass(frozen=True)
class Gradients:
    """The gradient of the error, in one flat array with a view for each weights and biases.

    flat: (..., P). weights: a layer's (..., n_out, n_in). biases: (..., n_out).
    """

    flat: np.ndarray
    weights: list[np.ndarray]
    biases: list[np.ndarray]


def _side_by_side(
    shapes: list[tuple[int, ...]], dtype: type
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Make one flat array, and arrays of these shapes that are its parts."""
    ends = np.cumsum([prod(shape) for shape in shapes])
    flat = np.empty(ends[-1], dtype)
    parts = zip(np.split(flat, ends[:-1]), shapes, strict=True)
    return flat, [part.reshape(shape) for part, shape in parts]


class Network:
    """A multi-layer perceptron, or a stack of them, over one flat array of parameters.

    sizes: neurons a layer, the input first. hidden, output: names in ACTIVATIONS.
    parameters: flat (P,), or (runs, P) for a stack; weights and biases are views into it, so
    a change of one is a change of the other.
    """

    def __init__(self, sizes: tuple[int, ...], hidden: str, output: str, parameters: np.ndarray):
        self.sizes = tuple(sizes)
        self.parameters = parameters
        self.weights, self.biases = views(parameters, self.sizes)
        self.activations = [ACTIVATIONS[hidden]] * (len(sizes) - 2) + [ACTIVATIONS[output]]
        # Views made once, because making them in every step would cost as much as the products.
        layers = zip(self.weights, self.biases, self.activations, strict=True)
        self._forward = [
            (l, W.mT, b[..., None, :], f.core or f.function) for l, (W, b, f) in enumerate(layers)
        ]
        # Where outputs depend on every z, the gradient is pulled back through the Jacobian.
        self._pulls = [None if f.entrywise else f.pull for f in self.activations]
        # For small matrices dot costs half of matmul, but knows no stacks.
        dot, stacked = np.ndarray.dot, parameters.ndim > 1
        self._product, self._total = (np.matmul, np.vecmat) if stacked else (dot, dot)

    def trace(self, m: int) -> Trace:
        """Make the arrays that a pass over m samples fills, to be used again and again."""
        leading, dtype = self.parameters.shape[:-1], self.parameters.dtype
        shapes = [(*leading, m, n) for n in self.sizes[1:]]
        z, delta = ([np.empty(shape, dtype) for shape in shapes] for _ in range(2))
        a, slope, alike = [np.empty(0, dtype)], [], []
        for f, layers in groupby(range(len(shapes)), key=self.activations.__getitem__):
            those = [shapes[l] for l in layers]
            all_a, its_a = _side_by_side(those, dtype)
            all_slope, its_slope = _side_by_side(those, dtype)
            a += its_a
            slope += its_slope
            if f.entrywise:
                alike.append((f.prime, all_a, all_slope))
        return Trace(z, a, delta, slope, alike, np.ones(m, dtype))

    def gradients(self) -> Gradients:
        """Make the arrays that backward fills."""
        flat = np.empty_like(self.parameters)
        return Gradients(flat, *views(flat, self.sizes))

    def forward(self, X: np.ndarray, trace: Trace | None = None) -> Trace:
        """Feed samples through: a_0 = X, then z_l = a_{l-1} W_l^T + b_l and a_l = f_l(z_l).

        X: (m, n_in) or (runs, m, n_in). Source: seed 000, section 5; seed 002 for rows.
        """
        trace = trace or self.trace(X.shape[-2])
        with np.errstate(over="ignore"):
            return self.feed(np.asarray(X, self.parameters.dtype), trace)

    def feed(self, X: np.ndarray, trace: Trace) -> Trace:
        """The forward pass itself, for loops that hold np.errstate and have X in its precision."""
        product, zs, activations, work = self._product, trace.z, trace.a, trace.slope
        a = activations[0] = X  # (..., m, n_in)
        for l, W_T, b, f in self._forward:
            z = product(a, W_T, zs[l])  # (..., m, n_out)
            # Copied to every row first: adding arrays of one shape is NumPy's quickest way.
            work[l][...] = b
            z += work[l]
            a = f(z, activations[l + 1])
        return trace

    def backward(
        self,
        trace: Trace,
        y: np.ndarray,
        loss: Loss,
        divisor: float | None = None,
        gradients: Gradients | None = None,
    ) -> Gradients:
        """Pass the error back: the gradient of sum over samples of the loss, over `divisor`.

        delta_L = dE/da_L * f'(z_L);  delta_l = (delta_{l+1} W_{l+1}) * f'(z_l);
        dE/dW_l = delta_l^T a_{l-1};  dE/db_l = the sum of delta_l over samples.
        y: (..., m, n_out). divisor: m unless given (the article divides a batch of 12 by 8).
        Source: seed 000, equations 1 to 6, with samples as rows as in seed 002.
        """
        gradients = gradients or self.gradients()
        weights, pulls, product, total = self.weights, self._pulls, self._product, self._total
        a, deltas, slope, last = trace.a, trace.delta, trace.slope, len(weights) - 1
        dE_dW, dE_db = gradients.weights, gradients.biases
        for prime, all_a, all_slope in trace.alike:
            prime(all_a, all_slope)
        delta = loss.gradient(y, a[-1], deltas[-1])  # (..., m, n_out)
        delta /= y.shape[-2] if divisor is None else divisor
        for l in range(last, -1, -1):
            if l < last:
                delta = product(delta, weights[l + 1], deltas[l])
            if l < last or loss.output is None:
                if pulls[l]:
                    delta = pulls[l](delta, a[l + 1], slope[l])
                else:
                    delta *= slope[l]
            product(delta.mT, a[l], dE_dW[l])  # (..., n_out, n_in)
            total(trace.ones, delta, dE_db[l])  # (..., n_out)
        return gradients

    def error(self, X: np.ndarray, y: np.ndarray, loss: Loss, l2: float = 0.0) -> np.ndarray:
        """The mean loss over the samples, plus l2 / 2 times the sum of all squared weights."""
        trace = self.forward(X)
        penalty = sum(np.einsum("...ji,...ji->...", W, W) for W in self.weights)
        return loss.value(y, trace.a[-1], trace.z[-1]).mean(axis=-1) + l2 / 2 * penalty
