"""The catalogue: what is required of an implementation, by whom, and how it is found out.

Owns the checks and the language in which a requirement says what keeps it. How they are run, and
what a verdict does to a run, is for the modules around it.
"""
