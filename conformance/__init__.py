"""The conformance suite for implementations of the h11 API.

Owns the public Python API. It imports nothing before it is used: the pytest plugin, or a program
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

# The public names, each with the module that defines it; type checkers read the imports above.
_HOMES = {
    "BaselineError": ".baseline.file",
    "Report": ".api",
    "TargetError": ".targets.target",
    "check": ".api",
}
__all__ = list(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
