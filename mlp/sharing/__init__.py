"""A run as an address, as a file, and as a script."""
