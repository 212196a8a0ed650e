"""What the findings of a run are about: which requirement each of them breaks.

Owns the choice among requirements. It must not know how findings are shown.
"""
