"""Generators of the pages and pictures under docs/reference.

Owns the text of these pages. It must not hold facts that are data elsewhere.
"""
