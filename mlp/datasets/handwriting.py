"""From a drawing of any size to an image as MNIST has them, and from images to inputs."""

import numpy as np

from mlp.datasets.digits import PIXELS, SIDE

BOX = 20  # pixels, the longer side of a digit of MNIST


def as_mnist(drawing: np.ndarray) -> np.ndarray | None:
    """Cut out, scale and centre a drawing as MNIST's images are; None where there is no ink.

    The ink's bounding box is scaled to fit 20 x 20 pixels, its proportions kept and each new
    pixel the mean of what it covers; then it is moved, by whole pixels, so that its centre of mass
    stands in the middle of 28 x 28. The darkest ink becomes 255.
    drawing: (h, w), 0 for paper, more for ink. Returns (28, 28) of uint8.
    Source: LeCun, Cortes and Burges, the MNIST database, on how its images were made.
    """
    rows, columns = (np.flatnonzero(drawing.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    ink = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(float)
    scale = BOX / max(ink.shape)
    down, across = (
        _cover(n, scale, _offset(ink.sum(axis=axis), scale))
        for n, axis in zip(ink.shape, (1, 0), strict=True)
    )
    image = down @ ink @ across.T  # (28, 28)
    return np.rint(255 * image / image.max()).astype(np.uint8)


def _offset(profile: np.ndarray, scale: float) -> int:
    """Where the box begins so that the centre of mass of its profile (n,) lies within 14 to 15.

    That is where it lies in every image of MNIST, counted from the first pixel's outer edge.
    """
    n = len(profile)
    centre = scale * float(profile @ (np.arange(n) + 0.5)) / float(profile.sum())
    return int(np.clip(np.ceil(SIDE / 2 - centre), 0, SIDE - np.ceil(scale * n)))


def _cover(n: int, scale: float, offset: int) -> np.ndarray:
    """How much of each of n old pixels goes into each of 28 new ones, (28, n).

    Old pixel k covers the new axis from offset + k scale to offset + (k + 1) scale.
    """
    edges = offset + scale * np.arange(n + 1)  # (n + 1,)
    new = np.arange(SIDE)[:, None]  # (28, 1)
    return np.clip(np.minimum(edges[1:], new + 1) - np.maximum(edges[:-1], new), 0, None)


def as_images(X: np.ndarray, pixels: str) -> np.ndarray:
    """The images that these inputs (m, 784) are, (m, 28, 28) of 0 to 255, as uint8."""
    return np.rint(X * PIXELS[pixels]).clip(0, 255).astype(np.uint8).reshape(-1, SIDE, SIDE)
