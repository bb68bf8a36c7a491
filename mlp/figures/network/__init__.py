"""Figures of a network: its drawing and its weights."""
