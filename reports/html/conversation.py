"""A finding's program, step by step, with both traces: side by side where they differ.

Owns what is shown of a step, and what is highlighted in it. It must not know any markup but that of
values; the template arranges them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from ...strategies.program import Json, is_list
from ..wording.steps import format_step
from ..wording.values import format_changes, format_value
from .html_safe import text, wire

# A minimised program has fewer steps; of a longer one, the last are shown.
MAX_STEPS = 30
_ROLES = ("client", "server")
# The attributes observed after each step, with the values that are not worth showing.
_USUAL = {
    "trailing": ["", False],
    "version": None,
    "client_waits": False,
    "they_wait": False,
    "blind": None,
}
_FIELDS = ("headers", "raw_headers")


@dataclass(frozen=True)
class Detail:
    """A line of an observation.

    ``head`` is true for the first line of an event or outcome, and ``differs`` for a line that the
    other side does not have.
    """

    label: str
    value: Markup
    head: bool = False
    differs: bool = False


@dataclass(frozen=True)
class Step:
    """A step: the action, the bytes that it receives, and what was observed.

    ``both`` has the details if both sides have the same; otherwise they are in ``expected`` and
    ``actual``, one of which is empty if there is no other trace.
    """

    number: int
    action: str
    bytes: Markup | None = None
    differs: bool = False
    both: list[Detail] = field(default_factory=list[Detail])
    expected: list[Detail] = field(default_factory=list[Detail])
    actual: list[Detail] = field(default_factory=list[Detail])


@dataclass(frozen=True)
class Conversation:
    """The last steps of a program, ``omitted`` of which come before those shown."""

    title: str
    role: str
    limit: int | None
    omitted: int
    steps: list[Step]


def conversations(finding: Json, max_length: int) -> list[Conversation]:
    """Returns the program of a finding with its traces.

    There are two if the finding compares two programs of the same bytes, and none if it has no
    program.

    Args:
        max_length: how many characters of a value are shown.
    """
    if "program" not in finding:
        return []
    expected: list[Json] = finding.get("expected_trace") or []
    actual: list[Json] = finding.get("actual_trace") or []
    if "other_program" in finding:
        original, variant = finding["other_program"], finding["program"]
        return [
            _conversation("Original program", original, expected, [], -1, max_length),
            _conversation("Variant", variant, [], actual, -1, max_length),
        ]
    differing = finding.get("step", -1)
    program = finding["program"]
    return [_conversation("Conversation", program, expected, actual, differing, max_length)]


def _conversation(
    title: str,
    program: Json,
    expected: list[Json],
    actual: list[Json],
    differing: int,
    max_length: int,
) -> Conversation:
    steps: list[Json] = program["steps"]
    omitted = max(0, len(steps) - MAX_STEPS)
    connections: list[Json] = program.get("connections") or [program]
    return Conversation(
        title,
        " and ".join(each["role"] for each in connections),
        connections[0].get("limit"),
        omitted,
        [
            _step(
                index,
                steps[index],
                _observation(expected, index),
                _observation(actual, index),
                index == differing,
                max_length,
            )
            for index in range(omitted, len(steps))
        ],
    )


def _observation(trace: list[Json], index: int) -> Json | None:
    return trace[index] if index < len(trace) else None


def _step(
    index: int,
    step: Json,
    expected: Json | None,
    actual: Json | None,
    differs: bool,
    max_length: int,
) -> Step:
    receives = step["do"] == "receive"
    where = f" on connection {step['on']}" if "on" in step else ""
    action = f"receive{where}" if receives else format_step(step)
    data = wire(step["data"], max_length) if receives else None
    if step["do"] == "again":
        expected, actual = _with_changes(expected), _with_changes(actual)
    if expected == actual and expected is not None:
        both = [detail for _, detail in _details(expected, max_length, brief=True)]
        return Step(index + 1, action, data, both=both)
    left = _details_of_side(expected, actual, max_length)
    right = _details_of_side(actual, expected, max_length)
    return Step(
        index + 1,
        action,
        data,
        differs,
        expected=_highlighted(left, right),
        actual=_highlighted(right, left),
    )


def _with_changes(observation: Json | None) -> Json | None:
    """The observation of a look at what was handed out, with what it returned as changes."""
    if observation is None or "returned" not in observation:
        return observation
    return {**observation, "returned": None, "changes": observation["returned"]}


def _details_of_side(
    observation: Json | None, other: Json | None, max_length: int
) -> dict[str, Detail]:
    return {} if observation is None else dict(_details(observation, max_length, other=other))


def _highlighted(details: dict[str, Detail], other: dict[str, Detail]) -> list[Detail]:
    if not other:
        return list(details.values())
    return [
        detail if other.get(key) == detail else replace(detail, differs=True)
        for key, detail in details.items()
    ]


def _details(
    observation: Json, max_length: int, *, other: Json | None = None, brief: bool = False
) -> Iterator[tuple[str, Detail]]:
    """Yields the details of an observation, each with a key that both sides share.

    Args:
        other: the observation of the other side; what is unusual there is shown here as well.
        brief: leave out what follows from the rest.
    """

    def detail(label: str, value: str, *, head: bool = False) -> Detail:
        return Detail(label, text(value, max_length), head)

    for index, event in enumerate(observation.get("events", ())):
        yield from _event(event, f"event {index}", max_length, brief)
    if "raised" in observation:
        raised = observation["raised"]
        yield "raised", detail("raises", str(raised["class"]), head=True)
        yield "text", detail("message", str(raised["text"]))
        if "hint" in raised:
            yield "hint", detail("status hint", str(raised["hint"]))
        yield "by", detail("raised by", str(raised["by"]))
    elif "changes" in observation:
        yield "changes", detail("changed", format_changes(observation["changes"]), head=True)
    elif observation.get("returned") is not None:
        returned = _bytes(observation["returned"], max_length)
        yield "returned", Detail("returns", returned, head=True)
    if "fault" in observation:
        yield "fault", detail("fault", format_value(observation["fault"]), head=True)
    for role in _ROLES:
        if role in observation:
            yield role, detail(role, str(observation[role]))
    for name, usual in () if brief else _USUAL.items():
        values = [each.get(name, usual) for each in (observation, other) if each]
        if any(value != usual for value in values):
            yield name, detail(name.replace("_", " "), format_value(values[0]))


def _event(event: Json, key: str, max_length: int, brief: bool) -> Iterator[tuple[str, Detail]]:
    name = str(event.get("type", format_value(event)))
    yield key, Detail("event", text(name, max_length), head=True)
    fields, raw = (event.get(name) for name in _FIELDS)
    for name, value in event.items():
        if name == "type" or (brief and name == "raw_headers" and _lowercase(raw) == fields):
            continue
        is_fields = name in _FIELDS
        shown = _headers(value, max_length) if is_fields else text(format_value(value), max_length)
        yield f"{key} {name}", Detail(name.replace("_", " "), shown)


def _lowercase(raw: Any) -> Any:
    """Raw fields with lower-case names, as in ``headers``; None for anything but fields."""
    if not is_list(raw) or not all(is_list(each) and len(each) == 2 for each in raw):
        return None
    return [[str(name).lower(), value] for name, value in raw]


def _headers(value: Any, max_length: int) -> Markup:
    """Fields, one on each line; other values as they are."""
    pairs = _lowercase(value)
    if not pairs or any("\n" in str(part) for pair in pairs for part in pair):
        return text(format_value(value), max_length)
    if not all(isinstance(part, str) for pair in value for part in pair):
        return text(format_value(value), max_length)
    return Markup("\n").join(wire(f"{name}: {content}", max_length) for name, content in value)


def _bytes(value: Any, max_length: int) -> Markup:
    # Empty bytes would be invisible.
    is_bytes = value and isinstance(value, str)
    return wire(value, max_length) if is_bytes else text(format_value(value), max_length)
