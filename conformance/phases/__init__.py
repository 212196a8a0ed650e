"""The phases of a run that do more than run the programs of a check.

Owns search, cost and vectors, and the measurement of model coverage. It must not know what fails a
run.
"""
