"""The exit codes, which are the same for every command.

Owns their values and their precedence. It must not know what leads to which.
"""

from __future__ import annotations

# If several apply, the first of these.
INTERRUPTED, BROKEN, USAGE, FAILED, CONFORMS = 130, 3, 2, 1, 0
