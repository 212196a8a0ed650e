"""Tools for maintainers of h11spec: generators of files, pages and results.

They are not part of the wheel, and nothing that is imports them.
"""
