"""What a run found, as data, and the ways to show it."""
