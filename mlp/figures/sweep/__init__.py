"""Figures of a sweep: the map of a grid, and the lines of a random search."""
