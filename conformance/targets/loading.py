"""Loads a target, and finds out its version and where its code comes from.

Owns the description of a failed import. It must not know how programs are run: its source is
shipped to the target's interpreter, so it uses only the standard library of Python 3.8.
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
    sys.path[:] = filter(None, [folder, *sys.path])  # "" would be the current folder
    return importlib.import_module(module)


def import_error(module: str, error: BaseException) -> dict[str, Any]:
    """Returns the description of a failed import."""
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
    """Returns where the target's code really comes from, and what it runs on."""
    adapts = adapted(target)
    connection = _home(target.Connection)
    file = getattr(sys.modules.get(connection or ""), "__file__", None)
    return {
        "version": str(getattr(target, "__version__", "unknown")),
        "file": file_of(target),
        "connection": connection,
        "connection_file": file,
        "compiled": bool(file) and not str(file).endswith((".py", ".pyc")),
        "python": platform.python_implementation() + " " + platform.python_version(),
        "distribution": _distribution(file_of(adapts)),
        "adapts": None if adapts is target else str(getattr(adapts, "__name__", "")),
    }


def _home(connection: Any) -> str | None:
    """The module that defines ``Connection``, or None if that is not known.

    A class of a compiled module may say that it is a built-in, so the module must have it.
    """
    name = getattr(connection, "__module__", None)
    found = getattr(sys.modules.get(str(name)), "__dict__", {})
    return str(name) if any(each is connection for each in list(found.values())) else None


def adapted(target: Any) -> Any:
    """Returns what an adapter adapts, which is the installed module; or the target itself."""
    try:
        return getattr(target, "ADAPTS", target)
    except Exception:  # a module may have a __getattr__ of its own
        return target


def file_of(target: Any) -> str | None:
    """Returns the file of the module, or its folder if it is a namespace package."""
    file = getattr(target, "__file__", None)
    if file is None:
        file = next(iter(getattr(target, "__path__", ())), None)
    return None if file is None else str(file)


def _distribution(file: str | None) -> str | None:
    """The distribution that installed the file, with its version."""
    if file is None:
        return None
    try:
        from importlib import metadata

        folder = os.path.dirname(file)
        for place in (os.path.dirname(folder), folder):
            name = os.path.relpath(file, place).replace(os.sep, "/")
            for found in metadata.distributions(path=[place]):
                record = found.read_text("RECORD")
                # Most records need not be parsed: some list thousands of files.
                if record is not None and name not in record:
                    continue
                if any(entry.as_posix() == name for entry in found.files or ()):
                    return f"{found.metadata['Name']} {found.version}"
    except Exception:  # broken metadata must not end a run
        return None
    return None
