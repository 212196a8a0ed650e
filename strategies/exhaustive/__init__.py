"""Exhaustive sources: what is small enough is enumerated, and the same programs come every time.

Each module owns one space and says what it is the product of. None of them draws, and none knows
what its programs are compared with.
"""
