"""Training: the settings of a run, the loop that moves it on, and its history."""
