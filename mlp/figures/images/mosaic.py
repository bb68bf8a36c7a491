"""Many small images in one figure: the weights of neurons, or samples with a line under each."""

from collections.abc import Sequence
from math import ceil, sqrt

import numpy as np
import plotly.graph_objects as go

from mlp.figures.frame import colorbar, escaped, figure, note
from mlp.figures.images.png import png
from mlp.figures.palette import CATEGORICAL, DIVERGING, finite, symmetric_limit
from mlp.words import number, plural

MOST_NEURONS = 64
COLUMNS = 6  # images side by side in a gallery: large enough to read on a phone
GAP, CAPTION = 1, 9  # cells between images, and under each where there is a caption


def weight_mosaic(
    weights: np.ndarray,
    side: int,
    *,
    word: str = "neuron",
    first: int = 1,
    chosen: int | None = None,
    title: str = "Weights",
    quantity: str = "weight",
) -> go.Figure:
    """Draw each neuron's weights as an image, all in one scale, blue below zero, red above.

    weights: (n, side * side), row by row from the top left. word, first: what the neurons are
    called, and the number of the first. chosen: a neuron, from 0, to put a frame around.
    Of more than 64 neurons the first are shown, and the title says so.
    """
    n = len(weights)
    shown = finite(np.asarray(weights)[:MOST_NEURONS]).reshape(-1, side, side)
    columns = ceil(sqrt(len(shown)))
    limit = symmetric_limit(shown)
    z = tiled(shown, columns)
    numbers = np.arange(first, first + len(shown), dtype=np.uint8)
    places = np.broadcast_to(numbers[:, None, None], shown.shape).astype(np.float32)
    cells = go.Heatmap(
        z=z,
        customdata=np.nan_to_num(tiled(places, columns)).astype(np.uint8),
        zmin=-limit,
        zmax=limit,
        colorscale=DIVERGING,
        colorbar=colorbar(limit, quantity),
        hoverongaps=False,
        hovertemplate=f"{word} %{{customdata}}, row %{{y}}, column %{{x}}: %{{z:+.4~g}}"
        "<extra></extra>",
    )
    if n > len(shown):
        title += f", the first {len(shown)} of {n:,}"
    frames = [] if chosen is None else [_frame(chosen, side, columns)]
    frames += _ground(len(shown), side, columns)
    return figure(
        [cells],
        title=escaped(title),
        alt=_alt(title, shown, word, first, side, quantity),
        height=424,
        shapes=frames,
        margin={"l": 12, "r": 14, "t": 70, "b": 4},
        dragmode=False,
        **_axes(z.shape, side),
    )


def gallery(
    images: np.ndarray, captions: Sequence[str], title: str, alt: str, rows: int
) -> go.Figure:
    """Draw images of handwriting, six in a row, with a caption under each.

    images: (k, side, side) of uint8. captions: k. alt: what they are, in words. rows: how many
    rows there is room for, so that the figure keeps its height.
    """
    k, side = images.shape[:2]
    shape = rows * (side + CAPTION), COLUMNS * (side + GAP) - GAP
    traces = [_photographs(images), _captions(captions, side)] if k else []
    return figure(
        traces,
        title=escaped(title),
        alt=alt,
        height=46 + 84 * rows,
        margin={"l": 4, "r": 4, "t": 40, "b": 6},
        annotations=[] if k else [note("There are none.")],
        dragmode=False,
        **_axes(shape, side),
    )


def _photographs(images: np.ndarray) -> go.Image:
    """The images as one picture, with nothing drawn between them."""
    grey = tiled(images.astype(np.float32), COLUMNS, CAPTION)
    alpha = np.where(np.isnan(grey), 0, 255).astype(np.uint8)
    source = png(np.nan_to_num(grey).astype(np.uint8), alpha)
    return go.Image(source=source, hoverinfo="none")


def _captions(captions: Sequence[str], side: int) -> go.Scatter:
    row, column = np.divmod(np.arange(len(captions)), COLUMNS)
    return go.Scatter(
        x=(column * (side + GAP) + (side - 1) / 2).astype(np.float32),
        y=(row * (side + CAPTION) + side + CAPTION / 2 - 1).astype(np.float32),
        text=[escaped(caption) for caption in captions],
        mode="text",
        textfont={"size": 11},
        cliponaxis=False,
        hoverinfo="skip",
    )


def tiled(images: np.ndarray, columns: int, below: int = GAP) -> np.ndarray:
    """The images (k, side, side) side by side in one array, row by row, with NaN between them.

    columns: images in a row. below: cells left free between two rows.
    """
    k, side, _ = images.shape
    columns = min(columns, k)
    rows = ceil(k / columns)
    sheet = np.full((rows * columns, side + below, side + GAP), np.nan, np.float32)
    sheet[:k, :side, :side] = images
    sheet = sheet.reshape(rows, columns, side + below, side + GAP).swapaxes(1, 2)
    return sheet.reshape(rows * (side + below), -1)[:, :-GAP]


def tile_at(x: float, y: float, k: int, side: int, columns: int, below: int = GAP) -> int | None:
    """The number of the image at a place in `tiled`, from 0; None where there is none."""
    column, row = int((x + 0.5) // (side + GAP)), int((y + 0.5) // (side + below))
    i = row * columns + column
    return i if 0 <= column < columns and 0 <= i < k else None


def neuron_at(x: float, y: float, n: int, side: int) -> int | None:
    """The neuron at a place in the mosaic of n neurons, from 0; None where there is none."""
    shown = min(n, MOST_NEURONS)
    return tile_at(x, y, shown, side, ceil(sqrt(shown)))


def image_at(x: float, y: float, k: int, side: int) -> int | None:
    """The image at a place in the gallery of k, from 0; None where there is none."""
    return tile_at(x, y, k, side, COLUMNS, CAPTION)


def _axes(shape: tuple[int, int], side: int) -> dict:
    """Axes that nobody sees, with square cells; hovering names the pixel, counted from 1."""
    rows, columns = shape
    hidden = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    hidden |= {"showline": False, "fixedrange": True, "constrain": "domain"}
    pixel = {str(i): str(i % (side + GAP) + 1) for i in range(max(shape))}
    x = hidden | {"range": [-1, columns - 0.5], "labelalias": pixel, "constraintoward": "left"}
    y = hidden | {"range": [rows - 0.5, -1], "labelalias": pixel, "constraintoward": "top"}
    return {"xaxis": x, "yaxis": y | {"scaleanchor": "x"}}


def _ground(k: int, side: int, columns: int) -> list[dict]:
    """A grey that shows between the images: near zero they are as white as a light page."""
    full, rest = divmod(k, columns)
    step, grey = side + GAP, {"fillcolor": "rgba(128, 128, 128, 0.4)", "line": {"width": 0}}
    places = [(columns, 0, full), (rest, full, full + 1)]
    return [
        {"x0": -1, "x1": n * step - 0.5, "y0": top * step - 1, "y1": bottom * step - 0.5}
        | {"layer": "below", **grey}
        for n, top, bottom in places
        if n and bottom > top
    ]


def _frame(i: int, side: int, columns: int) -> dict:
    left, top = (i % columns) * (side + GAP), (i // columns) * (side + GAP)
    edges = {"x0": left - 1, "x1": left + side, "y0": top - 1, "y1": top + side}
    return edges | {"line": {"color": CATEGORICAL[1], "width": 2.5}}


def _alt(title: str, shown: np.ndarray, word: str, first: int, side: int, quantity: str) -> str:
    """The largest magnitude, and in whose image and where it stands."""
    if not np.isfinite(shown).any():
        return f"{title}: no {quantity} is finite."
    i, at = np.divmod(int(np.nanargmax(abs(shown))), side * side)
    largest = number(float(np.nanmax(abs(shown))))
    return (
        f"{title} as {plural(len(shown), 'image')} of {side} by {side} pixels: the largest "
        f"{quantity} is {largest} in size, of {word} {first + i}, at row {at // side + 1}, "
        f"column {at % side + 1}."
    )
