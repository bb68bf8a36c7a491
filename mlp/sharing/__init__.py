"""A run as something to take along: an address, a file, a script."""
