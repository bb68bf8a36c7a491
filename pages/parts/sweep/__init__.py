"""Parts of the page Sweep, and the many runs that Compare uses too."""
