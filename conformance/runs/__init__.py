"""A run: its settings, its order, its results and its verdict.

Owns everything between a target and an exit code. It must not know how a run is asked for or shown.
"""
