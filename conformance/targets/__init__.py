"""Targets: what the argument TARGET names, and how a module is loaded.

Owns the syntax of targets and their provenance. It must not know what is run on a target.
"""
