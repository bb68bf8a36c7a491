"""Parts of the page Backpropagation."""
