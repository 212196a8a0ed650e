"""The run record: JSON Lines with a versioned schema.

Owns reading, writing and validation. It must not know how a record is shown.
"""
