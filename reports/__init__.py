"""Findings, run records and every view of them.

Owns what is computed from traces and records. It must not know how a target is run.
"""

from .findings.divergence import Comparison, compare

__all__ = ["Comparison", "compare"]
