"""The multi-layer perceptron: its parameters, the forward pass and the backward pass.

Rows are samples, X (m, n_in). One row of W is one neuron, W (n_out, n_in), so a layer computes
z = a W^T + b and a = f(z). Leading axes broadcast: with W (runs, n_out, n_in) the same lines
compute a whole stack of networks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from math import prod, sqrt

import numpy as np

from mlp.activations import ACTIVATIONS
from mlp.losses import Loss

Array = np.ndarray


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

    z: list[Array]
    a: list[Array]
    delta: list[Array]
    slope: list[Array]
    alike: list[tuple[Callable[..., Array], Array, Array]]
    ones: Array


@dataclass(frozen=True)
class Gradients:
    """The gradient of the error, in one flat array with a view for each weights and biases.

    flat: (..., P). weights: a layer's (..., n_out, n_in). biases: (..., n_out).
    """

    flat: Array
    weights: list[Array]
    biases: list[Array]


def parameter_count(sizes: tuple[int, ...]) -> int:
    """How many weights and biases a network of these layer sizes has."""
    return sum(n_out * (n_in + 1) for n_in, n_out in zip(sizes, sizes[1:], strict=False))


def views(flat: Array, sizes: tuple[int, ...]) -> tuple[list[Array], list[Array]]:
    """The weights and biases of every layer as views into flat (..., P): W then b, in turn."""
    weights, biases, lo = [], [], 0
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        hi = lo + n_out * n_in
        shape = (*flat.shape[:-1], n_out, n_in)
        weights.append(flat[..., lo:hi].reshape(shape, copy=False))
        biases.append(flat[..., hi : hi + n_out])
        lo = hi + n_out
    return weights, biases


def _scale_normal(n_in: int, n_out: int) -> float:
    return 1.0


def _scale_xavier(n_in: int, n_out: int) -> float:
    return sqrt(2 / (n_in + n_out))


def _scale_he(n_in: int, n_out: int) -> float:
    return sqrt(2 / n_in)


def _scale_zeros(n_in: int, n_out: int) -> float:
    return 0.0


# Standard deviation of the weights from the layer's sizes. Only "normal", the article's way,
# draws the biases too; the others start them at 0.
INITIALISATIONS = {
    "normal": _scale_normal,
    "xavier": _scale_xavier,
    "he": _scale_he,
    "zeros": _scale_zeros,
}


def initialise(
    sizes: tuple[int, ...], scheme: str, generator: np.random.RandomState, scale: float = 1.0
) -> Array:
    """Draw the parameters of a new network, flat (P,), for each layer W then b.

    normal: every weight and bias from N(0, 1). xavier: weights from N(0, 2 / (n_in + n_out)).
    he: weights from N(0, 2 / n_in). zeros: everything 0, and nothing is drawn.
    scale: a factor on the weights so drawn.
    Source: seed 000 (normal); Glorot and Bengio (2010); He et al. (2015).
    """
    flat = np.zeros(parameter_count(sizes))
    if scheme == "zeros":
        return flat
    for W, b in zip(*views(flat, sizes), strict=True):
        deviation = INITIALISATIONS[scheme](W.shape[1], W.shape[0])
        W[:] = generator.randn(*W.shape) * (deviation * scale)
        if scheme == "normal":
            b[:] = generator.randn(*b.shape)
    return flat


def _side_by_side(shapes: list[tuple[int, ...]], dtype: type) -> tuple[Array, list[Array]]:
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

    def __init__(self, sizes: tuple[int, ...], hidden: str, output: str, parameters: Array):
        self.sizes = tuple(sizes)
        self.parameters = parameters
        self.weights, self.biases = views(parameters, self.sizes)
        self.activations = [ACTIVATIONS[hidden]] * (len(sizes) - 2) + [ACTIVATIONS[output]]
        # Views made once, because making them in every step would cost as much as the products.
        layers = zip(self.weights, self.biases, self.activations, strict=True)
        self._forward = [
            (l, W.mT, b[..., None, :], f.core or f.function) for l, (W, b, f) in enumerate(layers)
        ]
        # Softmax has no f' of its own for each output, so it pulls its gradient back itself.
        self._pulls = [None if f.prime else f.pull for f in self.activations]
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
            if f.prime:
                alike.append((f.prime, all_a, all_slope))
        return Trace(z, a, delta, slope, alike, np.ones(m, dtype))

    def gradients(self) -> Gradients:
        """Make the arrays that backward fills."""
        flat = np.empty_like(self.parameters)
        return Gradients(flat, *views(flat, self.sizes))

    def forward(self, X: Array, trace: Trace | None = None) -> Trace:
        """Feed samples through: a_0 = X, then z_l = a_{l-1} W_l^T + b_l and a_l = f_l(z_l).

        X: (m, n_in) or (runs, m, n_in). Source: seed 000, section 5; seed 002 for rows.
        """
        trace = trace or self.trace(X.shape[-2])
        with np.errstate(over="ignore"):
            return self.feed(np.asarray(X, self.parameters.dtype), trace)

    def feed(self, X: Array, trace: Trace) -> Trace:
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
        y: Array,
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

    def error(self, X: Array, y: Array, loss: Loss, l2: float = 0.0) -> Array:
        """The mean loss over the samples, plus l2 / 2 times the sum of all squared weights."""
        trace = self.forward(X)
        penalty = sum(np.einsum("...ji,...ji->...", W, W) for W in self.weights)
        return loss.value(y, trace.a[-1], trace.z[-1]).mean(axis=-1) + l2 / 2 * penalty


def weight_mask(sizes: tuple[int, ...], dtype: type = float) -> Array:
    """1 where a flat array of parameters holds a weight, 0 where it holds a bias: (P,)."""
    mask = np.zeros(parameter_count(sizes), dtype)
    for W in views(mask, sizes)[0]:
        W[:] = 1
    return mask


def layer_name(layer: int, layers: int) -> str:
    """The plain name of a layer, counted from 0 at the first after the input."""
    if layer == layers - 1:
        return "output layer"
    return "hidden layer" if layers == 2 else f"hidden layer {layer + 1}"


def layer_shapes(sizes: tuple[int, ...]) -> str:
    """The sizes as people write them: 10-3-2."""
    return "-".join(str(n) for n in sizes)
