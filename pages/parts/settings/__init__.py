"""The settings of a run as widgets."""
