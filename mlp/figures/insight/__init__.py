"""Figures of what a network does: inputs that count, answers, and mix-ups."""
