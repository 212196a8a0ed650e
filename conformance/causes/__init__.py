"""What the findings of a run are about: which requirement each breaks, and where it was decided.

Owns the choice among requirements, and the ranking of places in the target's own source. It must
not know how findings are shown.
"""
