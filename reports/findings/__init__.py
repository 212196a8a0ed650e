"""Findings: what differs between two traces, and how to reproduce it.

Owns comparison, identity and reproductions. It must not know how a finding is shown.
"""
