"""The features of a trace, without its bytes and values.

Owns when two steps, or two traces, count as alike. Knows nothing of where programs come from.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence

from h11spec.reports.findings.divergence import step_kind
from h11spec.strategies.program import Json, Program, Send, Typed, is_list, is_tuple

# The parts of an error's text that quote the input; after a colon, the quotation is long.
_QUOTED = re.compile(r"""b'(?:\\.|[^'\\])*'|b"(?:\\.|[^"\\])*"|\d+""")
_VERSIONS = ("1.1", "1.0", None)
_FIRST = ("IDLE", "IDLE", False, False, None, False, False)
# The flags of an event, and other members with few different values.
_FLAGS = ("chunk_start", "chunk_end")

Step = tuple[Hashable, ...]


def steps(program: Program, trace: Sequence[Json]) -> list[Step]:
    """Returns for each step its kind, the state before it, its result and the state after it."""
    found: list[Step] = []
    before: Hashable = _FIRST
    for step, observation in zip(program.steps, trace, strict=True):
        after = _state(observation)
        through = isinstance(step, Send) and step.passthrough
        found.append((step_kind(step), through, before, _outcome(observation), after))
        before = after
    return found


def outline(trace: Sequence[Json]) -> tuple[tuple[Hashable, ...], ...]:
    """Returns the events and errors that each step resulted in, without their content."""
    return tuple(
        (
            *(event["type"] for event in each.get("events", ())),
            *([(each["raised"]["by"], each["raised"].get("hint"))] if "raised" in each else ()),
        )
        for each in trace
    )


def arguments(program: Program, trace: Sequence[Json]) -> Iterator[Hashable]:
    """Yields, for each argument of an event that was sent, its types and the outcome."""
    for step, observation in zip(program.steps, trace, strict=True):
        if isinstance(step, Send):
            raised = observation.get("raised", {"by": None, "class": None})
            outcome = raised["by"], raised["class"]
            for name, value in step.event.arguments:
                yield step.event.type, name, _types(value), outcome


def _types(value: object) -> Hashable:
    if isinstance(value, Typed):
        return value.kind, _types(value.content)
    if is_tuple(value):
        return tuple(sorted({str(_types(item)) for item in value}))
    return type(value).__name__


def _state(observation: Json) -> Hashable:
    trailing, ended = observation["trailing"]
    return (
        observation["client"],
        observation["server"],
        bool(trailing),
        ended,
        _version(observation["version"]),
        observation["client_waits"],
        observation["they_wait"],
    )


def _outcome(observation: Json) -> Hashable:
    raised = observation.get("raised")
    error = None
    if raised is not None:
        words = _QUOTED.sub("…", raised["text"].partition(":")[0])
        error = raised["by"], raised["family"], raised["class"], str(raised.get("hint")), words
    returned = observation.get("returned")
    # What a passthrough returns is a list, whose length depends on the framing.
    kind = len(returned) if is_list(returned) else returned in (None, "")
    return tuple(map(_event, observation.get("events", ()))), error, kind


def _event(event: Json) -> Hashable:
    data = event.get("data")
    headers = event.get("headers")
    # A JSON object represents a value of a type other than bytes.
    return (
        event["type"],
        *(str(event.get(name)) for name in _FLAGS),
        _version(event.get("http_version")),
        min(len(data), 2) if isinstance(data, str) else str(data),
        min(len(headers), 3) if is_list(headers) else None,
    )


def _version(version: object) -> object:
    return version if version in _VERSIONS else "another"
