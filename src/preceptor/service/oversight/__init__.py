"""What each tool is, and what it is trusted with."""
