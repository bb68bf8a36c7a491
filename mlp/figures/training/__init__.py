"""Figures of a training run: its curves."""
