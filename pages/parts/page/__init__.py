"""What every page begins with: the way in, widgets in the address, parts that tick."""
