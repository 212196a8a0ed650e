"""Counts the causes that a run reports for one planted fault, and for two."""
