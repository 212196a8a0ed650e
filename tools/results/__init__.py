"""Generators of docs/results: implementations run, compared and published.

Owns the choice of implementations and the pages. It must not decide a verdict.
"""
