"""Runs side by side: what differs, how long they take, and which one wins."""
