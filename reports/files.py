"""Files that are read, or written, whole or not at all.

Owns how what stood there before is kept until the new content is on the disk, and that nothing is
read that is larger than what it should be could ever be.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


class Unreadable(Exception):
    """A file cannot be read; the message has its name, and says why."""


def read_whole(path: Path, most: int) -> bytes:
    """Returns the content of a file of at most so many bytes; raises Unreadable otherwise."""
    try:
        size = path.stat().st_size
        if size <= most:
            return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
    raise Unreadable(f"{path}: {size:,} bytes are too many; at most {most:,} are read")


class NoFolder(Exception):
    """Files cannot be put into a folder; the message says which one, and why."""


def empty_folder(folder: Path) -> None:
    """Makes the folder if there is none.

    Raises NoFolder if there is something in it, or it cannot be made: who works for a long time
    before there is anything to write asks for this first.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise NoFolder(f"{folder} is not empty; name a folder that is, or is not there yet")
    except OSError as error:
        raise _unwritable(folder, error) from None


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files, by their names, into a folder, which is made if there is none.

    Raises NoFolder if there is something in the folder already, or it cannot be written.
    """
    empty_folder(folder)
    try:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError) -> NoFolder:
    return NoFolder(
        f"nothing can be written to {folder}: {error.strerror}; name a folder that can be made "
        "and written"
    )


def write_whole(path: Path, content: str) -> None:
    """Puts a text in the place of a file, in one step; raises OSError when that cannot be done."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_text(content, encoding="utf-8", newline="")  # a pipe, a device
        return
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
