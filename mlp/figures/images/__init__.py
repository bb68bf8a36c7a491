"""Figures of images: pixels, many images as one picture, and PNG files."""
