"""A run, or many beside each other, as one file that a browser opens, from records alone.

Owns the layout, and what becomes of hostile values in it. The page loads nothing, from nowhere, and
nothing in it runs but its own script, which it can do without.
"""

from __future__ import annotations

from .matrix_page import matrix_page as matrix_page
from .run_page import page as page
