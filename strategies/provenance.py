"""What source code something was made by, so that it is known when it is out of date.

Owns the digest that stands in files which are made beforehand.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from .. import reference
from . import interpreter

# Two different contents have the same digest once in 2**64.
SIZE = 8


def digest(*parts: bytes) -> bytes:
    """Returns a digest of SIZE bytes."""
    return sha256(b"".join(parts)).digest()[:SIZE]


def made_by(*others: Path) -> bytes:
    """Returns the digest of the source code that traces of the reference depend on, and of more."""
    sources = sorted(Path(reference.__file__).parent.glob("*.py"))
    return digest(*(path.read_bytes() for path in (*sources, Path(interpreter.__file__), *others)))
