"""Formulas of matrices: what they come to, how they are written, how an entry comes about."""
