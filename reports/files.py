"""Files that are read and written completely or not at all.

Owns the limit on what is read, and that an old file stays until the new content is on the disk. It
must not know what a file contains.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


class UnreadableFile(Exception):
    """A file cannot be read; the message has its name and the reason."""


def read_file(path: Path, max_bytes: int) -> bytes:
    """Returns the content of a file; raises UnreadableFile if it is too large or cannot be read."""
    try:
        size = path.stat().st_size
        if size <= max_bytes:
            return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}") from None
    raise UnreadableFile(f"{path}: {size:,} bytes are too many; at most {max_bytes:,} are read")


class UnwritableFolder(Exception):
    """Files cannot be written into a folder; the message has its name and the reason."""


def make_empty_folder(folder: Path) -> None:
    """Creates the folder if it does not exist.

    Raises UnwritableFolder if it is not empty or cannot be created. Call it before a long
    computation whose results go there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UnwritableFolder(f"{folder} is not empty; name an empty folder or a new one")
    except OSError as error:
        raise _unwritable(folder, error) from None


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files, by their names, into a folder, which is created if it does not exist.

    Raises UnwritableFolder if the folder is not empty or cannot be written.
    """
    make_empty_folder(folder)
    try:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError) -> UnwritableFolder:
    return UnwritableFolder(
        f"nothing can be written to {folder}: {error.strerror}; name a folder that can be created "
        "and written"
    )


def write_atomically(path: Path, content: str) -> None:
    """Replaces a file by a text in one step; raises OSError if that is impossible."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_text(content, encoding="utf-8", newline="")  # a pipe, a device
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        partial.chmod(path.stat().st_mode & 0o777 if path.exists() else new_file_mode())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def new_file_mode() -> int:
    """Returns the mode that the user's umask gives to new files; mkstemp makes private ones."""
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
