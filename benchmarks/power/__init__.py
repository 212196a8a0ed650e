"""Mutation testing of the suite: which of several hundred planted faults it finds."""
