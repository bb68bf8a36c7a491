"""The networks that the backpropagation page takes apart, and the mistakes to try on them."""
