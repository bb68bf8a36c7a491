"""Figures: arrays in, a Plotly figure out, nothing shown and nothing trained.

Colours of the page (background, text, grid) are left to the browser, so that every figure works
in the light and in the dark theme. `figure.layout.meta["alt"]` says what a figure shows now.
"""

from mlp.figures.insight.importance import input_importance
from mlp.figures.network.graph import network_graph
from mlp.figures.network.weights import weight_heatmap
from mlp.figures.training.curves import accuracy_curve, error_curve

__all__ = [
    "accuracy_curve",
    "error_curve",
    "input_importance",
    "network_graph",
    "weight_heatmap",
]
