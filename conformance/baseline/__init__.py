"""The baseline: the reviewed file of accepted findings, and how it is edited.

Owns the file's format. Knows nothing of how a run is done.
"""
