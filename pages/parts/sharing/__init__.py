"""A run on its way to another page, to a file, or to another person."""
