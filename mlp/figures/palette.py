"""The colours of every figure, and the limits that keep white at exactly zero."""

import numpy as np

# Signed values: blue below zero, white at zero, red above, as in the article's figure.
DIVERGING = [
    [0.0, "#2166ac"],
    [0.25, "#86b8d9"],
    [0.5, "#ffffff"],
    [0.75, "#f2a083"],
    [1.0, "#b2182b"],
]
NEGATIVE, POSITIVE = "#3079bd", "#cf4a3e"  # the same two hues for lines, which need contrast

# Magnitudes: cividis, dark for small and bright for large, which colour-blind people can read.
SEQUENTIAL = [
    [0.0, "#00224e"],
    [0.25, "#434e6c"],
    [0.5, "#7d7c78"],
    [0.75, "#bcae6c"],
    [1.0, "#fee838"],
]

# Kinds of things: Okabe and Ito's colours in mid tones, at least 3 : 1 on white and near-black.
CATEGORICAL = ("#1f80c2", "#d55e00", "#009070", "#c4679a", "#8c7a00", "#2b8fcb")
NEUTRAL = "#808080"  # lines and outlines that carry no value
DARK, LIGHT = "#16181d", "#ffffff"  # text on a filled shape


def blanked(values: np.ndarray) -> np.ndarray:
    """The values with NaN, which Plotly leaves blank, where they are not finite."""
    values = np.array(values, dtype=float)
    values[~np.isfinite(values)] = np.nan
    return values


def finite(values: np.ndarray) -> np.ndarray:
    """What a figure draws of the values: `blanked`, in float32 unless they are too large for it.

    That is light to send. A number that is printed in words is not taken from here: float32 keeps
    six digits or seven.
    """
    values = blanked(values)
    fits = np.nanmax(abs(values), initial=0) < np.finfo(np.float32).max
    return values.astype(np.float32) if fits else values


def symmetric_limit(*arrays: np.ndarray) -> float:
    """The largest finite magnitude in the arrays, for a scale from -limit to limit; 1 if none."""
    largest = max((float(np.nanmax(abs(v), initial=0)) for v in map(finite, arrays)), default=0.0)
    return largest or 1.0


def colour_at(scale: list, fraction: float) -> str:
    """The colour of a scale at a fraction from 0 to 1, as #rrggbb."""
    fraction = min(max(fraction, 0.0), 1.0)
    stops = [stop for stop, _ in scale]
    channels = [[int(colour[i : i + 2], 16) for _, colour in scale] for i in (1, 3, 5)]
    return "#" + "".join(f"{round(np.interp(fraction, stops, c)):02x}" for c in channels)


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, from 0 for black to 1 for white, as WCAG defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """How well two colours can be told apart: from 1 for the same to 21 for black and white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_on(colour: str) -> str:
    """Dark or light text, whichever reads better on a colour."""
    return max((DARK, LIGHT), key=lambda text: contrast(text, colour))
