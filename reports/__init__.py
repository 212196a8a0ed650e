"""Findings, run records and every view of them.

Owns the public names of all that, which are imported when they are used. It must not know how a
target is run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .diagrams.state_diagram import state_diagram as state_diagram
    from .findings.divergence import Comparison as Comparison
    from .findings.divergence import Divergence as Divergence
    from .findings.divergence import compare as compare
    from .record.record import Record as Record
    from .record.record import RecordError as RecordError
    from .record.record import read_record as read_record

# The public names, each with the module that defines it; type checkers read the imports above.
_HOMES = {
    "Comparison": ".findings.divergence",
    "Divergence": ".findings.divergence",
    "Record": ".record.record",
    "RecordError": ".record.record",
    "compare": ".findings.divergence",
    "read_record": ".record.record",
    "state_diagram": ".diagrams.state_diagram",
}
__all__ = list(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
