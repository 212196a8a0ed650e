"""Checking an implementation of the h11 API: what is checked, how, and what came of it."""
