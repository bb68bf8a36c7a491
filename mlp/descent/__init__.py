"""Gradient descent: optimisers, surfaces, the walks over them, and what a learning rate does."""
