"""What a page shares of a run: its link, its files, and buttons that show it on other pages."""
