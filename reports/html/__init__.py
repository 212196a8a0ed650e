"""Runs and matrices as HTML: one file that a browser opens, from records alone.

Owns the layout of the pages and the escaping of hostile values. It must not compute anything that
records or their analysis have. A page loads nothing, and runs nothing but its own script, without
which it can still be read.
"""
