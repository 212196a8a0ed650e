"""The implementation under test: what TARGET names.

Owns the forms of TARGET, and the names that an implementation must have to be checked at all. It
must not know how the target is run.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from ...strategies.interpreter import EVENT_FIELDS
from ...strategies.program import Json

# The traceback, which is shown on demand, has the whole text of an exception.
_MAX_TEXT = 200
# No program can be run without these names. Checks find everything else that is missing.
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
    """The target cannot be loaded, or is not to be checked.

    The message, one line, says what is wrong and how to fix it; ``details`` is the output of the
    tool that failed.
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(" ".join(message.splitlines()))
        self.details = details


@dataclass(frozen=True)
class Target:
    """The implementation under test, as the user named it.

    At most one of ``folder``, ``python`` and ``requirement`` is given: a folder put first on the
    path, the Python that runs it, or a requirement that is installed into an environment of its
    own. ``module`` is its import name, or "" for the requirement's own package. ``loaded`` is the
    module itself if the caller has imported it.
    """

    name: str
    module: str
    folder: Path | None = None
    python: str | None = None
    requirement: str | None = None
    loaded: ModuleType | None = None

    @property
    def imports(self) -> list[str]:
        """The lines that a script needs to import it as ``h11``."""
        path = ["import sys", f"sys.path.insert(0, {str(self.folder)!r})"] if self.folder else []
        return [*path, "import h11" if self.module == "h11" else f"import {self.module} as h11"]


def parse(name: str) -> Target:
    """Returns the target called ``name``.

    ``MODULE`` can be imported by this Python, ``FOLDER::MODULE`` with that folder first on the
    path, ``PYTHON::MODULE`` by another Python, ``pip:REQUIREMENT`` and ``pip:REQUIREMENT::MODULE``
    after installing the requirement.

    Raises TargetError when it has none of these forms, or the folder or Python does not exist.
    """
    if name.startswith("pip:"):
        requirement, separator, module = name.removeprefix("pip:").partition("::")
        if not requirement.strip() or (separator and not _is_module(module)):
            raise _no_target(name)
        return Target(name, module, requirement=requirement.strip())
    where, separator, module = name.rpartition("::")
    if not _is_module(module) or (separator and not where):
        raise _no_target(name)
    if not separator:
        return Target(name, module)
    # A Path would drop the "./" that distinguishes a Python in this folder from one on the PATH.
    path = os.path.expanduser(where)
    if os.path.isdir(path):
        return Target(name, module, folder=Path(path).resolve())
    found = shutil.which(path)
    if found is None:
        raise TargetError(
            f"{where!r} is neither a folder nor a Python that can be run; give the folder that "
            f"contains {module!r}, or the Python that has it installed"
        )
    # Not resolved: a Python may find its environment by the link that it was started by.
    return Target(name, module, python=os.path.abspath(found))


def _is_module(module: str) -> bool:
    return all(part.isidentifier() for part in module.split("."))


def _no_target(name: str) -> TargetError:
    return TargetError(
        f"{name!r} names no target; give a module (h11), a folder or a Python with a module "
        "(some/folder::h11, venv/bin/python::h11), or what to install (pip:h11==0.14.0)"
    )


@dataclass(frozen=True)
class Provenance:
    """Where the code of a target really comes from.

    ``connection`` is the module that defines ``Connection``, and ``connection_file`` its file;
    ``distribution`` is the installed one, with its version; ``adapts`` is the module that it names
    in ADAPTS, if it is an adapter; ``added`` is what had to be installed with it because it is a
    requirement that it does not declare.
    """

    version: str
    file: str | None
    connection: str | None
    connection_file: str | None
    compiled: bool
    python: str
    distribution: str | None
    adapts: str | None = None
    added: str = ""

    def borrowed_from(self, module: str) -> str | None:
        """Returns the other package that defines the Connection of ``module``, or None.

        An adapter has the Connection of what it adapts for its own.
        """
        home = _package(self.connection or module)
        return None if home in (_package(module), _package(self.adapts or "")) else home


def _package(module: str) -> str:
    return module.partition(".")[0]


def reexported(target: Target, package: str, origin: Provenance) -> TargetError:
    """Returns the error for a module whose Connection is that of another package."""
    file = origin.connection_file or origin.connection
    return TargetError(
        f"{target.name} is not checked: its Connection is the one of {package} ({file}), not its "
        f"own; correct its imports, write ADAPTS = {package} if it is an adapter, or give "
        "--allow-reexport (in pytest --h11spec-allow-reexport, in Python allow_reexport=True) if "
        "it is meant"
    )


def missing_names(target: Target, missing: list[str]) -> TargetError:
    """Returns the error for a module that lacks these names of the API."""
    return TargetError(
        f"{target.name} is not an implementation of the h11 API: it lacks {', '.join(missing)}; "
        "write a module that presents these names, and check that"
    )


def not_importable(target: Target, error: Json) -> TargetError:
    """Returns the error for a module whose import failed as the worker says."""
    module = target.module
    if error["absent"]:
        place = f"in {target.folder}" if target.folder else f"for {target.python or 'this Python'}"
        here = not (target.folder or target.python)
        pip = f" (pip:{module.partition('.')[0]} does it for the run)" if here else ""
        return TargetError(
            f"there is no module {module!r} {place}; install it{pip}, or give the folder that "
            f"contains it as FOLDER::{module}",
            error["traceback"],
        )
    words = " ".join(error["text"].split())
    if len(words) > _MAX_TEXT:
        words = words[:_MAX_TEXT] + "..."
    raised = f"{error['class']}: {words}" if words else error["class"]
    return TargetError(f"importing {module!r} raises {raised}; fix that first", error["traceback"])


def found_elsewhere(target: Target, file: str | None = None) -> TargetError:
    """Returns the error for a module that is not in its folder, but perhaps in ``file``."""
    where = f": Python took it from {file}" if file else ""
    return TargetError(
        f"there is no module {target.module!r} in {target.folder}{where}; "
        "give the folder that contains it"
    )
