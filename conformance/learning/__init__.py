"""Model learning: the Mealy machine of a target, learned by queries.

Owns the learner and the diagnosis of a learned model. It must not know how findings are reported.
"""
