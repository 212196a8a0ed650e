"""The catalogue of checks: requirement level, citations, programs and test oracle of each.

Owns the checks and how each is judged. It must not know how they are scheduled, nor what a verdict
does to a run.
"""
