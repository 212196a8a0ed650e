"""A run: its settings, its phases, its results and its verdict.

Owns everything between a target and an exit code. It must not know who requests a run, nor how its
results are presented.
"""
