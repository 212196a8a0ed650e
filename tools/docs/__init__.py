"""Generators of the pages under docs/reference that follow from data.

Owns what these pages say. It must not hold facts that are data elsewhere.
"""
