"""The upstream deviations: where h11 0.16.0 breaks its own documentation, and both outcomes are
right.

Owns the list, and how narrowly each of them is recognised. The reference does what is documented;
an implementation may do either. docs/explanation/upstream-deviations.md shows a program for each of
the four; copies of events and comparisons of headers are none of a program's steps, and cannot be
met here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...strategies.programs import Json, is_object
from .difference import Difference


class Deviation(NamedTuple):
    """A second allowed outcome: its name, and whether a difference is just that.

    The difference comes with what was observed before the step, on the expected side.
    """

    name: str
    allows: Callable[[Difference, Json], bool]


def _stumbles(before: Json) -> tuple[str, ...]:
    """How the protocol error begins where h11 stumbles: a response only if it accepts a switch."""
    accepted = before.get("client") not in ("IDLE", "DONE", "CLOSED")
    events = ["Request", *(["Response", "InformationalResponse"] if accepted else [])]
    return tuple(f"can't handle event type {event} when role=SERVER" for event in events)


def _attribute_error(found: Difference, before: Json) -> bool:
    """A request that meets a server machine which is not IDLE, or a second acceptance of a switch.

    h11's documentation: what breaks the protocol raises a ProtocolError. 0.16.0 stumbles over the
    words of its own message, after the states have moved as they should.
    """
    if found.aspect != "error" or found.field != "outcome":
        return False
    expected, actual = _raised(found.expected), _raised(found.actual)
    return (
        bool(expected["by"] == actual["by"])
        and expected["family"] != "other"
        and str(expected["text"]).startswith(_stumbles(before))
        and actual["class"] == "AttributeError"
    )


def _raised(outcome: Any) -> Json:
    nothing: Json = {"by": "", "family": "other", "class": "", "text": ""}
    return outcome["raised"] if is_object(outcome) and "raised" in outcome else nothing


def _no_chunk_start(found: Difference, before: Json) -> bool:
    """The first Data of a chunk whose size line was received on its own.

    h11's documentation: chunk_start is true on the first Data of a chunk. What was left unread
    before the step tells: it begins with the data, and not with the size line.
    """
    return (
        found.aspect == "event"
        and found.field == "chunk_start"
        and found.expected is True
        and found.actual is False
        and found.at == 0
        and _untagged(before.get("trailing", [""])[0]).startswith(_data(found.event))
    )


def _data(event: Json | None) -> str:
    return _untagged((event or {}).get("data"))


def _untagged(value: Any) -> str:
    """The bytes of a value, whatever their type."""
    return str(next(iter(value.values()))) if is_object(value) else str(value)


UPSTREAM_DEVIATIONS = (
    Deviation("AttributeError for a protocol error", _attribute_error),
    Deviation("no chunk_start after a size line of its own", _no_chunk_start),
)
