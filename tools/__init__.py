"""Tools for maintainers: they generate precomputed files, pages and published results.

Owns what an installed copy does not need. The packages of the wheel must not import it.
"""
