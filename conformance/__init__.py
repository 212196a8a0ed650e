"""Checking an implementation of the h11 API: what is checked, how, and what came of it.

Owns what a program of one's own may use. That is imported when it is used: a plugin, or a program
that may never check anything, pays nothing for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import Report as Report
    from .api import check as check
    from .baseline.file import BaselineError as BaselineError
    from .targets.target import TargetError as TargetError

_HOMES = {
    "BaselineError": ".baseline.file",
    "Report": ".api",
    "TargetError": ".targets.target",
    "check": ".api",
}

# They are imported when somebody asks for one.
__all__ = ["BaselineError", "Report", "TargetError", "check"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
