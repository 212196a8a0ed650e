"""Sweeps: sources that enumerate a whole space of programs, the same ones every time.

Each module owns one space and says what it is the product of. None of them draws, and none knows
what its programs are compared with.
"""
