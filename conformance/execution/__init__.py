"""Execution: programs run on an implementation, in this process or in a sandboxed worker.

Owns processes, limits and what is shipped to the target's interpreter. It must not know what a
difference between two traces means.
"""
