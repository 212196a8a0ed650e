"""Test oracles: what decides whether a trace is right.

Owns lockstep comparison, invariants, metamorphic relations and golden expectations. It must not
know where programs come from.
"""
