"""What pages are made of: folders that several pages share, and one folder for each page alone."""
