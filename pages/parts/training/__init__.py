"""A run under way on a page: its session, the panel that plays it, and its curves."""
