"""Checking an implementation of the h11 API: what is checked, how, and what came of it.

Owns what a program of one's own may use. That is imported when it is used: a plugin, or a program
that may never check anything, pays nothing for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .baseline import BaselineError as BaselineError
    from .library import Report as Report
    from .library import check as check
    from .targets import TargetError as TargetError

_HOMES = {
    "BaselineError": ".baseline",
    "Report": ".library",
    "TargetError": ".targets",
    "check": ".library",
}

# They are imported when somebody asks for one.
__all__ = ["BaselineError", "Report", "TargetError", "check"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
