"""Backpropagation written out step by step, in the notation of a text."""
