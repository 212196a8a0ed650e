"""What is computed from one record, from two, or from many.

Owns totals, summaries, comparisons and matrices. It must not know any output format.
"""
