"""The baseline: the reviewed file of accepted causes.

Owns the format of the file, and how it is edited. It must not know how a run is done.
"""
