"""The vectors: a small set of programs that finds most faults, each with its expected trace.

Owns the file of vectors, its schema and its export. It must not know how a target is run.
"""
