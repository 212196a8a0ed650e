"""Fingerprints of source code, by which precomputed files are recognised as out of date.

Owns the digest that such a file carries. Does not know what is in the files.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from .. import reference
from . import interpreter

# In bytes; two different contents share a digest once in 2**64 times.
SIZE = 8


def digest(*parts: bytes) -> bytes:
    """Returns a digest of SIZE bytes."""
    return sha256(b"".join(parts)).digest()[:SIZE]


def source_fingerprint(*others: Path) -> bytes:
    """Returns the digest of all source files that traces of the reference depend on.

    Args:
        others: further files that the precomputed content depends on.
    """
    sources = sorted(Path(reference.__file__).parent.glob("*.py"))
    return digest(*(path.read_bytes() for path in (*sources, Path(interpreter.__file__), *others)))
