"""The implementation under test: what TARGET names, and where the code really comes from.

Owns the forms of TARGET and the loading of what they name into this process. Knows nothing of
checks.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ..strategies.interpreter import EVENT_FIELDS
from ..strategies.programs import Json

# What no program can be run without. Everything else that is missing is for the checks to find.
NEEDED = (
    "Connection",
    "CLIENT",
    "SERVER",
    *EVENT_FIELDS,
    "ProtocolError",
    "LocalProtocolError",
    "RemoteProtocolError",
)


class TargetError(Exception):
    """The target cannot be loaded; the message says what is wrong with it and what would do."""


@dataclass(frozen=True)
class Target:
    """What is checked.

    ``name`` is what the user called it, ``module`` the name that it is imported by, ``folder`` the
    one put first on the path for it, and ``implementation`` the module itself.
    """

    name: str
    module: str
    folder: Path | None
    implementation: Any

    @property
    def version(self) -> str:
        """The version that the implementation says it has."""
        return str(getattr(self.implementation, "__version__", "unknown"))

    @property
    def imports(self) -> list[str]:
        """The lines that a script needs to import it as ``h11``."""
        lines: list[str] = []
        if self.folder is not None:
            lines = ["import sys", f"sys.path.insert(0, {str(self.folder)!r})"]
        return [*lines, "import h11" if self.module == "h11" else f"import {self.module} as h11"]

    def to_json(self) -> Json:
        """Returns what the run record keeps of it."""
        return {
            "name": self.name,
            "module": self.module,
            "version": self.version,
            "file": getattr(self.implementation, "__file__", None),
            "connection": getattr(self.implementation.Connection, "__module__", None),
        }


def load(name: str) -> Target:
    """Returns the target called ``name``: ``MODULE``, or ``FOLDER::MODULE``.

    Raises TargetError when there is none, when importing it fails, or when it lacks names of the
    h11 API that no program can be run without.
    """
    where, separator, module = name.rpartition("::")
    if not module or not all(part.isidentifier() for part in module.split(".")):
        raise TargetError(
            f"{name!r} names no target; give a module that can be imported here (h11), or a folder "
            "and a module in it (some/folder::h11)"
        )
    folder = _folder(where) if separator else None
    implementation = _import(module, folder)
    missing = [needed for needed in NEEDED if not hasattr(implementation, needed)]
    if missing:
        raise TargetError(
            f"{name} is no implementation of the h11 API: it lacks {', '.join(missing)}; write a "
            "module that presents these names, and check that"
        )
    return Target(name, module, folder, implementation)


def _folder(where: str) -> Path:
    folder = Path(where).expanduser().resolve()
    if not folder.is_dir():
        raise TargetError(
            f"{where!r} is no folder; what stands before '::' is put on Python's path"
        )
    return folder


def _import(module: str, folder: Path | None) -> ModuleType:
    if folder is not None:
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            place = f"in {folder}" if folder else "in this environment"
            raise TargetError(
                f"there is no module {module!r} {place}; install it, or give the folder it lies in "
                f"as FOLDER::{module}"
            ) from None
        raise _import_failed(module, error) from error
    except (Exception, SystemExit) as error:
        raise _import_failed(module, error) from error
    file = getattr(found, "__file__", None)
    if folder is not None and (file is None or folder not in Path(file).resolve().parents):
        raise TargetError(
            f"there is no module {module!r} in {folder}: Python took it from {file or 'no file'}; "
            "give the folder that it lies in"
        )
    return found


def _import_failed(module: str, error: BaseException) -> TargetError:
    return TargetError(
        f"importing {module!r} raises {type(error).__name__}: {error}; mend that first "
        f"(python -c 'import {module}' shows where)"
    )
