"""Files that are written whole or not at all.

Owns how what stood there before is kept until the new content is on the disk.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: str) -> None:
    """Puts a text in the place of a file, in one step; raises OSError when that cannot be done."""
    path = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        partial.chmod(path.stat().st_mode & 0o777 if path.exists() else readable())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def readable() -> int:
    """Returns the mode of a new file, as the user wants it; mkstemp lets nobody else read."""
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
