"""The phases of a run that are more than running the programs of a check.

Owns search, cost, vectors and model coverage. It must not know what a verdict does to a run.
"""
