"""A finding's program, step by step, with what both sides showed: side by side where they differ.

Owns what is shown of a step, and which part of it is marked. Knows nothing of elements but those of
values; the template arranges them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from ...strategies.programs import Json, is_list
from ..wording.steps import step_in_words
from ..wording.values import in_words
from .html_safe import text, wire

# A program that was made minimal has fewer steps; of a longer one the last are of interest.
MOST_STEPS = 30
_STATES = ("client", "server")
# What is looked at after each step, and what it is when there is nothing to say of it.
_USUAL = {
    "trailing": ["", False],
    "version": None,
    "client_waits": False,
    "they_wait": False,
    "blind": None,
}
_FIELDS = ("headers", "raw_headers")


@dataclass(frozen=True)
class Part:
    """One thing that a side showed, on a line of its own.

    ``head`` opens what belongs together, such as an event; ``marked`` is what the other side did
    not show.
    """

    label: str
    value: Markup
    head: bool = False
    marked: bool = False


@dataclass(frozen=True)
class Step:
    """A step: what was done, with its bytes, and what came of it.

    ``both`` is what the sides showed alike. Otherwise ``expected`` and ``actual`` differ, or there
    is only one of them.
    """

    number: int
    does: str
    bytes: Markup | None = None
    differs: bool = False
    both: list[Part] = field(default_factory=list[Part])
    expected: list[Part] = field(default_factory=list[Part])
    actual: list[Part] = field(default_factory=list[Part])


@dataclass(frozen=True)
class Conversation:
    """A program's last steps, and how many there are before them."""

    title: str
    role: str
    limit: int | None
    before: int
    steps: list[Step]


def conversations(finding: Json, most: int) -> list[Conversation]:
    """Returns the program of a finding as it went; and the other, if one said the same otherwise.

    Args:
        most: how many characters of a value are shown.
    """
    if "program" not in finding:
        return []
    expected: list[Json] = finding.get("expected_trace") or []
    actual: list[Json] = finding.get("actual_trace") or []
    if "other_program" in finding:
        return [
            _conversation("As it was said first", finding["other_program"], expected, [], -1, most),
            _conversation("And said otherwise", finding["program"], [], actual, -1, most),
        ]
    at = finding.get("step", -1)
    return [_conversation("", finding["program"], expected, actual, at, most)]


def _conversation(
    title: str, program: Json, expected: list[Json], actual: list[Json], differs: int, most: int
) -> Conversation:
    steps: list[Json] = program["steps"]
    first = max(0, len(steps) - MOST_STEPS)
    return Conversation(
        title,
        program["role"],
        program.get("limit"),
        first,
        [
            _step(at, steps[at], _at(expected, at), _at(actual, at), differs, most)
            for at in range(first, len(steps))
        ],
    )


def _at(trace: list[Json], at: int) -> Json | None:
    return trace[at] if at < len(trace) else None


def _step(
    at: int, step: Json, expected: Json | None, actual: Json | None, differs: int, most: int
) -> Step:
    receives = step["do"] == "receive"
    does = "receive" if receives else step_in_words(step)
    data = wire(step["data"], most) if receives else None
    if expected == actual and expected is not None:
        parts = [part for _, part in _parts(expected, most, brief=True)]
        return Step(at + 1, does, data, both=parts)
    left, right = _side(expected, actual, most), _side(actual, expected, most)
    return Step(
        at + 1,
        does,
        data,
        at == differs,
        expected=_marked(left, right),
        actual=_marked(right, left),
    )


def _side(seen: Json | None, other: Json | None, most: int) -> dict[str, Part]:
    return {} if seen is None else dict(_parts(seen, most, other=other))


def _marked(parts: dict[str, Part], other: dict[str, Part]) -> list[Part]:
    if not other:
        return list(parts.values())
    return [
        part if other.get(key) == part else Part(part.label, part.value, part.head, marked=True)
        for key, part in parts.items()
    ]


def _parts(
    seen: Json, most: int, *, other: Json | None = None, brief: bool = False
) -> Iterator[tuple[str, Part]]:
    """What there is to say of an observation, each with a key that is the same on the other side.

    Args:
        other: the observation of the other side, of which what is unusual is told here as well.
        brief: leave out what follows from the rest.
    """
    for at, event in enumerate(seen.get("events", ())):
        yield from _event(event, f"event {at}", most, brief)
    if "raised" in seen:
        raised = seen["raised"]
        yield "raised", Part("raises", text(str(raised["class"]), most), head=True)
        yield "says", Part("says", text(str(raised["text"]), most))
        if "hint" in raised:
            yield "hint", Part("status hint", text(str(raised["hint"]), most))
        yield "by", Part("raised by", text(str(raised["by"]), most))
    elif seen.get("returned") is not None:
        yield "returned", Part("returns", _bytes(seen["returned"], most), head=True)
    if "fault" in seen:
        yield "fault", Part("fault", text(in_words(seen["fault"]), most), head=True)
    for role in _STATES:
        if role in seen:
            yield role, Part(role, text(str(seen[role]), most))
    for name, usual in () if brief else _USUAL.items():
        values = [each.get(name, usual) for each in (seen, other) if each]
        if any(value != usual for value in values):
            label = name.replace("_", " ")
            yield name, Part(label, text(in_words(values[0]), most))


def _event(event: Json, key: str, most: int, brief: bool) -> Iterator[tuple[str, Part]]:
    yield key, Part("event", text(str(event.get("type", in_words(event))), most), head=True)
    fields, raw = (event.get(name) for name in _FIELDS)
    for name, value in event.items():
        if name == "type" or (brief and name == "raw_headers" and _folded(raw) == fields):
            continue
        shown = _headers(value, most) if name in _FIELDS else text(in_words(value), most)
        yield f"{key} {name}", Part(name.replace("_", " "), shown)


def _folded(raw: Any) -> Any:
    """Raw fields with their names as ``headers`` has them."""
    if not is_list(raw) or not all(is_list(each) and len(each) == 2 for each in raw):
        return None
    return [[str(name).lower(), value] for name, value in raw]


def _headers(value: Any, most: int) -> Markup:
    """Fields, a line for each; whatever else stands in their place, in words."""
    pairs = _folded(value)
    if not pairs or any("\n" in str(part) for pair in pairs for part in pair):
        return text(in_words(value), most)
    if not all(isinstance(part, str) for pair in value for part in pair):
        return text(in_words(value), most)
    return Markup("\n").join(wire(f"{name}: {content}", most) for name, content in value)


def _bytes(value: Any, most: int) -> Markup:
    # An empty line would look as if there was nothing to say.
    return wire(value, most) if value and isinstance(value, str) else text(in_words(value), most)
