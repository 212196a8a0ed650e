"""Programs: whole conversations with one connection, as plain data.

Owns the value objects and their JSON form. Knows nothing of Hypothesis, nor of the effect of a
step, which belongs to the interpreter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, TypeGuard

from .interpreter import EVENT_FIELDS, KINDS

Json = dict[str, Any]
Role = Literal["client", "server"]
PROGRAM_VERSION = 1
SENDABLE = tuple(name for name in EVENT_FIELDS if name not in ("NEED_DATA", "PAUSED"))


class ProgramError(ValueError):
    """A form that is not a program; the message has the place and what is allowed there."""


@dataclass(frozen=True)
class Typed:
    """An argument of another type than bytes, a number or a list, such as ``Typed("text", "GET")``.

    ``kind`` is one of ``interpreter.KINDS``; ``content`` is a str of the text, or of the bytes as
    ISO 8859-1, an int for "opaque" and "int_subclass", a tuple for "tuple" and "iterator".
    """

    kind: str
    content: Any


@dataclass(frozen=True)
class EventSpec:
    """How an event is constructed: the class's name, and the arguments that are passed.

    Arguments are bytes, numbers, booleans, None, Typed, or a tuple of these, which stands for a
    list; a tuple in a tuple is a tuple, as the name and value of a field.
    """

    type: str
    arguments: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, type: str, /, **arguments: Any) -> EventSpec:
        """Returns the spec of ``type(**arguments)``; lists may be given as lists."""
        return cls(type, tuple((name, _frozen(value)) for name, value in arguments.items()))

    def to_json(self) -> Json:
        """Returns the JSON form."""
        return {"type": self.type, **{name: _to_json(value) for name, value in self.arguments}}


@dataclass(frozen=True)
class Receive:
    """Bytes arrive: ``receive_data(data)``."""

    data: bytes

    def to_json(self) -> Json:
        """Returns the JSON form."""
        return {"do": "receive", "data": self.data.decode("latin-1")}


@dataclass(frozen=True)
class Send:
    """An event is constructed and sent, whole or with the data passed through."""

    event: EventSpec
    passthrough: bool = False

    @cached_property
    def _json(self) -> Json:
        # Programs share these steps: the cache saves 7 % of ``to_text`` over the sweeps.
        form: Json = {"do": "send", "event": self.event.to_json()}
        return {**form, "passthrough": True} if self.passthrough else form

    def to_json(self) -> Json:
        """Returns the JSON form: the same object each time, which callers must not change."""
        return self._json


class _BareStep:
    """A step without members."""

    do: ClassVar[str]

    def to_json(self) -> Json:
        """Returns the JSON form."""
        return {"do": self.do}


@dataclass(frozen=True)
class ReceiveEOF(_BareStep):
    """The peer closes its side: ``receive_data(b"")``."""

    do = "eof"


@dataclass(frozen=True)
class NextEvent(_BareStep):
    """One call of ``next_event()``."""

    do = "next"


@dataclass(frozen=True)
class Drain(_BareStep):
    """``next_event()`` until it has nothing more to give, or raises."""

    do = "drain"


@dataclass(frozen=True)
class SendFailed(_BareStep):
    """``send_failed()``."""

    do = "fail"


@dataclass(frozen=True)
class StartNextCycle(_BareStep):
    """``start_next_cycle()``."""

    do = "cycle"


Step = Receive | Send | ReceiveEOF | NextEvent | Drain | SendFailed | StartNextCycle

_BARE: dict[str, Step] = {
    step.do: step for step in (ReceiveEOF(), NextEvent(), Drain(), SendFailed(), StartNextCycle())
}
STEP_NAMES = ("receive", "send", *_BARE)
# A run writes half a million programs. Without the check for cycles, of which there are none, that
# takes 15 % less time (``benchmarks/README.md``).
_ENCODER = json.JSONEncoder(check_circular=False)


@dataclass(frozen=True)
class Program:
    """A role, a buffer limit (None for the implementation's own), and the steps in their order."""

    role: Role
    steps: tuple[Step, ...]
    limit: int | None = None

    def to_json(self) -> Json:
        """Returns the JSON form, which ``from_json`` reads and the interpreter runs.

        Its steps may be shared with other programs; callers must not change them.
        """
        limit: Json = {} if self.limit is None else {"limit": self.limit}
        steps = [step.to_json() for step in self.steps]
        return {"program": PROGRAM_VERSION, "role": self.role, **limit, "steps": steps}

    def to_text(self) -> str:
        """Returns the JSON form as text, in one line, with infinity as Python writes it."""
        return _ENCODER.encode(self.to_json())

    def with_steps(self, steps: tuple[Step, ...]) -> Program:
        """Returns the program with other steps, faster than ``dataclasses.replace``."""
        return Program(self.role, steps, self.limit)

    @classmethod
    def from_json(cls, form: Any) -> Program:
        """Returns the program that ``form`` stands for; raises ProgramError if there is none."""
        form = _mapping(form, "a program", {"program", "role", "limit", "steps"})
        if form.get("program") != PROGRAM_VERSION or form["program"] is True:
            raise ProgramError(
                f"program: version {form.get('program')!r} is not known; this suite reads "
                f"version {PROGRAM_VERSION}"
            )
        role = form.get("role")
        if role not in ("client", "server"):
            raise ProgramError(f'role: {role!r} is not "client" or "server"')
        limit = form.get("limit")
        if limit is not None and (type(limit) is not int or limit < 0):
            raise ProgramError(
                f"limit: {limit!r} is not a number of bytes; leave it out for the default"
            )
        steps = form.get("steps")
        if not is_list(steps):
            raise ProgramError(f"steps: {type(steps).__name__} is not a list")
        try:
            read = [_read_step(step, f"step {number}") for number, step in enumerate(steps)]
        except RecursionError:
            raise ProgramError("steps: an argument is nested too deeply to be read") from None
        return cls(role, tuple(read), limit)


_MEMBERS = {"receive": ("data",), "send": ("event", "passthrough")}


def _read_step(form: Any, where: str) -> Step:
    form = _mapping(form, where, None)
    name = form.get("do")
    if name not in STEP_NAMES:
        raise ProgramError(f"{where}: unknown step {name!r}; steps are {', '.join(STEP_NAMES)}")
    _mapping(form, where, {"do", *_MEMBERS.get(name, ())})
    if name == "receive":
        return Receive(_bytes(form.get("data"), f"{where}, data"))
    if name == "send":
        passthrough = form.get("passthrough", False)
        if not isinstance(passthrough, bool):
            raise ProgramError(f"{where}, passthrough: {passthrough!r} is neither true nor false")
        return Send(_read_event(form.get("event"), f"{where}, event"), passthrough)
    return _BARE[name]


def _read_event(form: Any, where: str) -> EventSpec:
    form = _mapping(form, where, None)
    name = form.get("type")
    if name not in SENDABLE:
        raise ProgramError(f"{where}: unknown event {name!r}; events are {', '.join(SENDABLE)}")
    arguments = (
        (key, _from_json(value, f"{where}, {key}")) for key, value in form.items() if key != "type"
    )
    return EventSpec(name, tuple(arguments))


def _mapping(form: Any, where: str, allowed: set[str] | None) -> Mapping[str, Any]:
    if not is_object(form):
        raise ProgramError(f"{where}: {type(form).__name__} is not an object")
    unknown = sorted(set(form) - allowed) if allowed else []
    if unknown:
        raise ProgramError(
            f"{where}: {unknown[0]!r} is not known; allowed are {', '.join(sorted(allowed or ()))}"
        )
    return form


def _bytes(value: Any, where: str) -> bytes:
    if not isinstance(value, str):
        raise ProgramError(
            f"{where}: {value!r} is not a string; a string holds bytes as ISO 8859-1"
        )
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        raise ProgramError(
            f"{where}: {value!r} has a character above U+00FF, which is not a byte"
        ) from None


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value in JSON is an array."""
    return isinstance(value, list)


def is_object(value: Any) -> TypeGuard[Json]:
    """Whether a value in JSON is an object."""
    return isinstance(value, dict)


def is_tuple(value: Any) -> TypeGuard[tuple[Any, ...]]:
    """Whether an argument stands for a list, or for a tuple in one."""
    return isinstance(value, tuple)


def _frozen(value: Any) -> Any:
    if is_list(value) or is_tuple(value):
        return tuple(_frozen(item) for item in value)
    return value


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if is_tuple(value):
        return [_to_json(item) for item in value]
    if isinstance(value, Typed):
        return {value.kind: _to_json(value.content)}
    return value


def _from_json(value: Any, where: str) -> Any:
    if isinstance(value, str):
        return _bytes(value, where)
    if is_list(value):
        return tuple(_from_json(element, where) for element in value)
    if is_object(value):
        items = list(value.items())
        if len(items) != 1 or items[0][0] not in KINDS:
            raise ProgramError(f"{where}: a typed value has one member, of {', '.join(KINDS)}")
        [(kind, content)] = items
        return Typed(kind, _content(kind, content, where))
    return value


def _content(kind: str, content: Any, where: str) -> Any:
    """Returns the content of a typed value: a length, a number, elements, text, or bytes."""
    if kind == "opaque":
        if type(content) is int and content >= 0:
            return content
        raise ProgramError(f"{where}: {content!r} is not a length; an opaque value has one")
    if kind == "int_subclass":
        if type(content) is int:
            return content
        raise ProgramError(f"{where}: {content!r} is not an integer; int_subclass holds one")
    if kind in ("tuple", "iterator"):
        if is_list(content):
            return _from_json(content, where)
        raise ProgramError(f"{where}: {content!r} is not an array; {kind} holds elements")
    if not isinstance(content, str):
        raise ProgramError(f"{where}: {content!r} is not a string; {kind} holds text")
    if kind not in ("text", "text_subclass"):
        _bytes(content, where)
    return content


# One event of each type, with nothing wrong in it.
PLAIN = (
    EventSpec("ConnectionClosed"),
    EventSpec("EndOfMessage"),
    EventSpec.of("Data", data=b"a"),
    EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]),
    EventSpec.of("Response", status_code=200, headers=[]),
    EventSpec.of("InformationalResponse", status_code=100, headers=[]),
)
