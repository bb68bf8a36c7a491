"""Figures for the derivation: the network at a step, and what mistakes do."""
