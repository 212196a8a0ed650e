"""Realistic mistakes in copies of h11 and of the reference, and which phase finds each of them."""
