"""What controller and worker share apart from the messages: golden groups and their digests.

Both compute the same digest of a group of programs and its traces. It must not know how either of
them obtains the traces.
"""

from __future__ import annotations

import hashlib

# Golden digests cover groups of this many programs. A group with a golden digest is answered with
# one GOLDEN line per program in place of its traces.
GROUP = 25
GOLDEN = "golden"
# The line for a program that was not run.
NOT_RUN = "null"
DIGEST_SIZE = 8


def digest(programs: list[str], traces: bytes) -> bytes:
    """Returns the digest of a group.

    Args:
        programs: the programs as text, one line each.
        traces: the lines that hold the traces.
    """
    lines = "\n".join([*programs, ""]).encode("ascii") + traces
    return hashlib.sha256(lines).digest()[:DIGEST_SIZE]
