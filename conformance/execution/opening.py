"""Opens a target: in this process, or in processes of its own.

Owns what must hold of a target before programs are run on it. It must not know which programs.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.machinery import PathFinder
from pathlib import Path

from ..targets.loading import import_error, load, provenance
from ..targets.target import (
    NEEDED,
    Provenance,
    Target,
    TargetError,
    found_elsewhere,
    missing_names,
    not_importable,
    reexported,
)
from . import smoke
from .executor import Executor, InProcessExecutor
from .limits import Limits
from .pool import open_pool

_DEFAULT_LIMITS = Limits()


@contextmanager
def opened(
    target: Target,
    *,
    in_process: bool = False,
    limits: Limits = _DEFAULT_LIMITS,
    jobs: int = 1,
    allow_reexport: bool = False,
) -> Generator[tuple[Target, Executor, Provenance]]:
    """Loads a target for the block; yields it with its module, its executor and its provenance.

    Args:
        allow_reexport: accept a target whose Connection is that of another package.

    Raises TargetError when it cannot be loaded, has no Connection of its own, or fails the smoke
    test.
    """
    if in_process:
        with _restored_modules(target):
            executor, origin = _import(target)
            _require_usable(target, executor, origin, allow_reexport=allow_reexport)
            yield target, executor, origin
    else:
        with open_pool(target, limits, jobs) as (worker, executor):
            origin = worker.provenance
            _require_usable(worker.target, executor, origin, allow_reexport=allow_reexport)
            yield worker.target, executor, origin


def _require_usable(
    target: Target, executor: Executor, origin: Provenance, *, allow_reexport: bool
) -> None:
    """Raises TargetError for a loaded target that is not to be checked."""
    package = origin.borrowed_from(target.module)
    # A verdict about another package's code would be taken for one about the target.
    if package is not None and not allow_reexport:
        raise reexported(target, package, origin)
    smoke.check(target, executor)


@contextmanager
def _restored_modules(target: Target) -> Generator[None]:
    """Restores the modules that a target in a folder has replaced, when the block ends."""
    if target.folder is None:
        yield
        return
    before = {name: sys.modules[name] for name in _modules(target)}
    try:
        yield
    finally:
        for name in _modules(target):
            del sys.modules[name]
        sys.modules.update(before)


def _modules(target: Target) -> list[str]:
    """The names of imported modules that have the target's name, or are in its package."""
    top = target.module.partition(".")[0]
    return [name for name in sys.modules if name.partition(".")[0] == top]


def _import(target: Target) -> tuple[Executor, Provenance]:
    path = list(sys.path)
    try:
        if target.folder is not None:
            _forget_modules(target, target.folder)
        folder = str(target.folder or Path.cwd())
        module = load(target.module, folder) if target.loaded is None else target.loaded
        missing = [name for name in NEEDED if not hasattr(module, name)]
    except (Exception, SystemExit) as error:
        if isinstance(error, TargetError):
            raise
        raise not_importable(target, import_error(target.module, error)) from None
    finally:
        sys.path[:] = path
        importlib.invalidate_caches()
    if missing:
        raise missing_names(target, missing)
    return InProcessExecutor(module), Provenance(**provenance(module))


def _forget_modules(target: Target, folder: Path) -> None:
    """Makes Python import the module from its folder, and from nowhere else.

    Otherwise an installed or imported module of the same name would be checked.
    """
    top = target.module.partition(".")[0]
    importlib.invalidate_caches()
    if PathFinder.find_spec(top, [str(folder)]) is None:
        raise found_elsewhere(target)
    for name in _modules(target):
        del sys.modules[name]
