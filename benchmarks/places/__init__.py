"""How often the place of a planted fault is among the first places that are named for it."""
