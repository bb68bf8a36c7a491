"""Parts of the page Sweep, and the jobs, which Compare has too."""
