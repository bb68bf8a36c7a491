"""What Python and the browser share: figures, drawings, matrices, and a canvas."""
