"""Figures of a walk: the curve or the surface, the errors, and the frames of its steps."""
