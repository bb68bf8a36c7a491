"""A multi-layer perceptron: activations, losses, first weights, both passes, and their check."""
