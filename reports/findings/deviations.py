"""The upstream deviations, in which h11 0.16.0 breaks its own documentation.

Owns the list, and the exact difference that is allowed for each. The reference does what is
documented; an implementation may do either. docs/explanation/upstream-deviations.md shows a program
for each of the four; two of them, copies of events and comparisons of headers, cannot occur in the
steps of a program. It must not know how traces are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...strategies.program import Json, is_object
from .difference import Difference


class Deviation(NamedTuple):
    """A second allowed outcome: its name, and a function that recognises it.

    The function takes a difference, and the observation before the step on the expected side.
    """

    name: str
    allows: Callable[[Difference, Json], bool]


def _texts_of_upstream_bug(before: Json) -> tuple[str, ...]:
    """The beginnings of the protocol errors that h11 fails to raise.

    Of a response, it is only the one that accepts a switch.
    """
    accepted = before.get("client") not in ("IDLE", "DONE", "CLOSED")
    events = ["Request", *(["Response", "InformationalResponse"] if accepted else [])]
    return tuple(f"can't handle event type {event} when role=SERVER" for event in events)


def _attribute_error(found: Difference, before: Json) -> bool:
    """A request while the server is not IDLE, or a switch that is accepted twice.

    h11's documentation: a protocol violation raises a ProtocolError. 0.16.0 raises AttributeError
    when it formats the message of that error, after it has changed the states correctly.
    """
    if found.aspect != "error" or found.field != "outcome":
        return False
    expected, actual = _raised(found.expected), _raised(found.actual)
    return (
        bool(expected["by"] == actual["by"])
        and expected["family"] != "other"
        and str(expected["text"]).startswith(_texts_of_upstream_bug(before))
        and actual["class"] == "AttributeError"
    )


def _raised(outcome: Any) -> Json:
    nothing: Json = {"by": "", "family": "other", "class": "", "text": ""}
    return outcome["raised"] if is_object(outcome) and "raised" in outcome else nothing


def _no_chunk_start(found: Difference, before: Json) -> bool:
    """The first Data of a chunk whose size line was received separately.

    h11's documentation: chunk_start is true on the first Data of a chunk. The unread bytes before
    the step then begin with the data and not with the size line. It is allowed where they were not
    looked at.
    """
    unread = before.get("trailing", [_data(found.event)])[0]
    return (
        found.aspect == "event"
        and found.field == "chunk_start"
        and found.expected is True
        and found.actual is False
        and found.at == 0
        and _untagged(unread).startswith(_data(found.event))
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
