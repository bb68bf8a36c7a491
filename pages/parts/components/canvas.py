"""A board to draw on with mouse, finger or pen, and what is drawn on it as an image.

The browser keeps the strokes, for undo, and sends them as a small grey image. What comes from a
browser is checked before it is used: anything but such an image counts as an empty board.
"""

import base64
import binascii

import numpy as np

from pages.parts.components.assets import component

SIDE = 112  # pixels of the image that is sent, four to one of MNIST's

_component = component("canvas")


def canvas(key: str, sheet: int) -> np.ndarray | None:
    """The board; returns what is drawn on it, (112, 112) of uint8 with 0 for paper, or None.

    sheet: the number of the sheet of paper; with another number the board is empty again.
    """
    result = _component(
        key=key,
        data={"side": SIDE, "sheet": sheet},
        default={"drawing": None},
        on_drawing_change=lambda: None,
    )
    return drawn(result.drawing, sheet)


def drawn(sent: object, sheet: int) -> np.ndarray | None:
    """The image in what the browser sent for this sheet; None for anything else."""
    if not isinstance(sent, dict) or sent.get("sheet") != sheet:
        return None
    ink = sent.get("ink")
    if not isinstance(ink, str) or len(ink) != 4 * -(-(SIDE**2) // 3):
        return None
    try:
        values = base64.b64decode(ink, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(values) != SIDE**2:
        return None
    image = np.frombuffer(values, np.uint8).reshape(SIDE, SIDE)
    return image if image.any() else None
