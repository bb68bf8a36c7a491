"""Parts of the page Digits."""
