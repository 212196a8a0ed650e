"""The exit codes, which are the same for every command.

Owns their meaning and which of several applies.
"""

from __future__ import annotations

# Exit codes, everywhere. Several at once: the first of these that applies.
INTERRUPTED, BROKEN, USAGE, FAILED, CONFORMS = 130, 3, 2, 1, 0
