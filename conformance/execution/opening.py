"""Opens a target: in this process, or in as many processes of its own as were asked for.

Owns what has to be true of a target before anything is run on it. What is run is not its business.
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
)
from . import smoke
from .executor import Executor, InProcessExecutor
from .limits import Limits
from .pool import open_pool

_USUAL = Limits()


@contextmanager
def opened(
    target: Target, *, in_process: bool = False, limits: Limits = _USUAL, jobs: int = 1
) -> Generator[tuple[Target, Executor, Provenance]]:
    """Loads a target for the block; gives the target as it was found, its side, and its origin.

    Raises TargetError when it cannot be loaded, or does not get through one exchange each way.
    """
    if in_process:
        with _kept_modules(target):
            side, origin = _import(target)
            smoke.check(target, side)
            yield target, side, origin
    else:
        with open_pool(target, limits, jobs) as (worker, side):
            smoke.check(worker.target, side)
            yield worker.target, side, worker.provenance


@contextmanager
def _kept_modules(target: Target) -> Generator[None]:
    """Puts back what a target in a folder took the place of, when the block ends."""
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
    """The names of the modules here that have the target's name, or are in its package."""
    top = target.module.partition(".")[0]
    return [name for name in sys.modules if name.partition(".")[0] == top]


def _import(target: Target) -> tuple[Executor, Provenance]:
    path = list(sys.path)
    try:
        if target.folder is not None:
            _make_way(target, target.folder)
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


def _make_way(target: Target, folder: Path) -> None:
    """Sees to it that the module is taken from its folder, and from nowhere else.

    Otherwise one of the same name that is installed, or was loaded before, would be checked.
    """
    top = target.module.partition(".")[0]
    importlib.invalidate_caches()
    if PathFinder.find_spec(top, [str(folder)]) is None:
        raise found_elsewhere(target)
    for name in _modules(target):
        del sys.modules[name]
