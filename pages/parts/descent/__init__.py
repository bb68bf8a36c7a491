"""Parts of the pages Parabola and Paraboloid."""
