"""The layers of a network: their sizes, their names, and where each lies among all parameters."""

import numpy as np


def parameter_count(sizes: tuple[int, ...]) -> int:
    """How many weights and biases a network of these layer sizes has."""
    return sum(n_out * (n_in + 1) for n_in, n_out in zip(sizes, sizes[1:], strict=False))


def views(flat: np.ndarray, sizes: tuple[int, ...]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The weights and biases of every layer as views into flat (..., P): W then b, in turn."""
    weights, biases, lo = [], [], 0
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        hi = lo + n_out * n_in
        shape = (*flat.shape[:-1], n_out, n_in)
        weights.append(flat[..., lo:hi].reshape(shape, copy=False))
        biases.append(flat[..., hi : hi + n_out])
        lo = hi + n_out
    return weights, biases


def weight_mask(sizes: tuple[int, ...], dtype: type = float) -> np.ndarray:
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


def the_layer(name: str) -> str:
    """The name of a layer within a sentence: the output layer, hidden layer 2."""
    return name if name[-1].isdigit() else f"the {name}"


def layer_shapes(sizes: tuple[int, ...]) -> str:
    """The sizes of all layers as text: 10-3-2."""
    return "-".join(str(n) for n in sizes)
