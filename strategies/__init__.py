"""Programs for a connection, their execution, and the strategies and sweeps that make them.

Owns the public names of all that. It imports nothing before it is used: Hypothesis takes longer to
import than most programs to run. The strategies for parts of a conversation are in the modules
``arguments``, ``events``, ``fields`` and ``messages``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .conversation import conversations as conversations
    from .conversation import programs as programs
    from .exchange import exchanges as exchanges
    from .exchange import run_exchange as run_exchange
    from .mutation import mutations as mutations
    from .program import Drain as Drain
    from .program import EventSpec as EventSpec
    from .program import NextEvent as NextEvent
    from .program import Program as Program
    from .program import ProgramError as ProgramError
    from .program import Receive as Receive
    from .program import ReceiveEOF as ReceiveEOF
    from .program import Send as Send
    from .program import SendFailed as SendFailed
    from .program import StartNextCycle as StartNextCycle
    from .program import Typed as Typed
    from .reduction import reduce as reduce
    from .segmentation import segmentations as segmentations
    from .traces import Observation as Observation
    from .traces import Raised as Raised
    from .traces import Trace as Trace
    from .traces import run as run
    from .variant import variants as variants

# The public names, each with the module that defines it; type checkers read the imports above.
_HOMES = {
    "Drain": ".program",
    "EventSpec": ".program",
    "NextEvent": ".program",
    "Observation": ".traces",
    "Program": ".program",
    "ProgramError": ".program",
    "Raised": ".traces",
    "Receive": ".program",
    "ReceiveEOF": ".program",
    "Send": ".program",
    "SendFailed": ".program",
    "StartNextCycle": ".program",
    "Trace": ".traces",
    "Typed": ".program",
    "conversations": ".conversation",
    "exchanges": ".exchange",
    "mutations": ".mutation",
    "programs": ".conversation",
    "reduce": ".reduction",
    "run": ".traces",
    "run_exchange": ".exchange",
    "segmentations": ".segmentation",
    "variants": ".variant",
}
__all__ = list(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
