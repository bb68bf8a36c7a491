"""Parts of the page Parity."""
