"""Programs of records that are run again: on any target, or on two releases side by side.

Owns which of them are run, and the answers. It must not know how a record is made, nor a layout.
"""
