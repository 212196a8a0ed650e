"""Loads a target, and tells what it is and where its code comes from.

Owns what is said of an import that failed. Its source is shipped to the interpreter of the target,
so it imports only the standard library and runs on Python 3.8.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import traceback
from typing import Any


def load(module: str, folder: str) -> Any:
    """Imports the target, with ``folder`` first on the path unless it is ""."""
    sys.path[:] = filter(None, [folder, *sys.path])  # "" would be where we are, whatever the folder
    return importlib.import_module(module)


def import_error(module: str, error: BaseException) -> dict[str, Any]:
    """What there is to say of an import that failed."""
    missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    absent = missing is not None and (module + ".").startswith(missing + ".")
    return {
        "absent": absent,
        "class": type(error).__name__,
        "text": _text(error),
        "traceback": traceback.format_exc(),
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException as second:
        return f"(no text: str() raises {type(second).__name__})"


def provenance(target: Any) -> dict[str, Any]:
    """Where the target's code really comes from, and what it runs on."""
    connection = getattr(target.Connection, "__module__", None)
    home = sys.modules.get(connection or "")
    file = getattr(home, "__file__", None)
    return {
        "version": str(getattr(target, "__version__", "unknown")),
        "file": file_of(target),
        "connection": connection,
        "connection_file": file,
        "compiled": bool(file) and not str(file).endswith((".py", ".pyc")),
        "python": platform.python_implementation() + " " + platform.python_version(),
        "distribution": _distribution(file_of(_adapted(target))),
    }


def _adapted(target: Any) -> Any:
    """What an adapter says that it adapts, which is what somebody has installed; or the target."""
    try:
        return getattr(target, "ADAPTS", target)
    except Exception:  # a module may answer for its names itself
        return target


def file_of(target: Any) -> str | None:
    """The file that the module came from; the folder, for one that is nothing but a folder."""
    file = getattr(target, "__file__", None)
    if file is None:
        file = next(iter(getattr(target, "__path__", ())), None)
    return None if file is None else str(file)


def _distribution(file: str | None) -> str | None:
    """The distribution that put this file where it is, with its version."""
    if file is None:
        return None
    try:
        from importlib import metadata

        folder = os.path.dirname(file)
        for place in (os.path.dirname(folder), folder):
            name = os.path.relpath(file, place).replace(os.sep, "/")
            for found in metadata.distributions(path=[place]):
                record = found.read_text("RECORD")
                # Most need not be taken apart: some list thousands of files.
                if record is not None and name not in record:
                    continue
                if any(entry.as_posix() == name for entry in found.files or ()):
                    return f"{found.metadata['Name']} {found.version}"
    except Exception:  # provenance is a courtesy: no broken metadata may end a run
        return None
    return None
