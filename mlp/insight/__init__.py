"""What a trained network does: its answers, the inputs that count, and flat neurons."""
