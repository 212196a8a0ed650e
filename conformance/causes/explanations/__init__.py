"""Explanations: the reference with one named rule changed, as data.

Owns their format, their files and the copies of the reference that show them. It must not know
which explanation a finding gets.
"""

from .changed_reference import ChangeError, changed_reference
from .entry import Change, Explanation, ExplanationError, load, parse

__all__ = [
    "Change",
    "ChangeError",
    "Explanation",
    "ExplanationError",
    "changed_reference",
    "load",
    "parse",
]
