"""A whole conversation with one connection, as plain data.

Owns the value objects and their JSON form. Knows nothing of Hypothesis, and nothing of what any
step does: that is the interpreter's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from .interpreter import EVENT_FIELDS, KINDS

Json = dict[str, Any]
Role = Literal["client", "server"]
PROGRAM_VERSION = 1
SENDABLE = tuple(name for name in EVENT_FIELDS if name not in ("NEED_DATA", "PAUSED"))


class ProgramError(ValueError):
    """What was given as a program is none; the message has the place and what is allowed there."""


@dataclass(frozen=True)
class Typed:
    """An argument of another type than bytes, a number or a list, as ``Typed("text", "GET")`` is.

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
class ReceiveEOF:
    """The peer closes its side: ``receive_data(b"")``."""


@dataclass(frozen=True)
class NextEvent:
    """One call of ``next_event()``."""


@dataclass(frozen=True)
class Drain:
    """``next_event()`` until it has nothing more to give, or raises."""


@dataclass(frozen=True)
class Send:
    """An event is constructed and sent, whole or with the data passed through."""

    event: EventSpec
    passthrough: bool = False

    def to_json(self) -> Json:
        """Returns the JSON form."""
        form: Json = {"do": "send", "event": self.event.to_json()}
        return {**form, "passthrough": True} if self.passthrough else form


@dataclass(frozen=True)
class SendFailed:
    """``send_failed()``."""


@dataclass(frozen=True)
class StartNextCycle:
    """``start_next_cycle()``."""


Step = Receive | ReceiveEOF | NextEvent | Drain | Send | SendFailed | StartNextCycle

_BARE: dict[str, Step] = {
    "eof": ReceiveEOF(),
    "next": NextEvent(),
    "drain": Drain(),
    "fail": SendFailed(),
    "cycle": StartNextCycle(),
}
_BARE_JSON: dict[type, Json] = {type(step): {"do": name} for name, step in _BARE.items()}
STEP_NAMES = ("receive", "send", *_BARE)


def step_to_json(step: Step) -> Json:
    """Returns the JSON form of a step; it is the same object each time, and nobody's to change."""
    if not isinstance(step, (Receive, Send)):
        return _BARE_JSON[type(step)]
    # Most programs are variations of others, and share their steps.
    form: Json | None = step.__dict__.get("_json")
    if form is None:
        form = step.__dict__["_json"] = step.to_json()
    return form


def _step_to_text(step: Step) -> str:
    """The JSON form of a step as text."""
    if isinstance(step, Receive):  # nearly each is another one, and text alone is soon written
        return f'{{"do": "receive", "data": {json.dumps(step.data.decode("latin-1"))}}}'
    text: str | None = step.__dict__.get("_text")
    if text is None:
        text = step.__dict__["_text"] = json.dumps(step_to_json(step))
    return text


@dataclass(frozen=True)
class Program:
    """A role, a buffer limit (None for the implementation's own), and the steps in their order."""

    role: Role
    steps: tuple[Step, ...]
    limit: int | None = None

    def __hash__(self) -> int:
        """The hash of its parts, of which a program of a hundred steps has many."""
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            known = self.__dict__["_hash"] = hash((self.role, self.steps, self.limit))
        return known

    def __getstate__(self) -> Json:
        """What is copied to another process, where hashes are others."""
        return {"role": self.role, "steps": self.steps, "limit": self.limit}

    def to_json(self) -> Json:
        """Returns the JSON form, which ``from_json`` reads and the interpreter runs.

        It is the same object each time, and nobody's to change.
        """
        # A run asks for it more than once, and makes a million programs.
        form: Json | None = self.__dict__.get("_json")
        if form is None:
            limit: Json = {} if self.limit is None else {"limit": self.limit}
            steps = [step_to_json(step) for step in self.steps]
            form = {"program": PROGRAM_VERSION, "role": self.role, **limit, "steps": steps}
            self.__dict__["_json"] = form
        return form

    def to_text(self) -> str:
        """Returns the JSON form as text, in one line; infinity is there as Python writes it."""
        limit = "" if self.limit is None else f'"limit": {self.limit}, '
        steps = ", ".join(map(_step_to_text, self.steps))
        return f'{{"program": {PROGRAM_VERSION}, "role": "{self.role}", {limit}"steps": [{steps}]}}'

    def with_steps(self, steps: tuple[Step, ...]) -> Program:
        """Returns the same with other steps; it is made a million times in a run."""
        return Program(self.role, steps, self.limit)

    @classmethod
    def from_json(cls, form: Any) -> Program:
        """Returns the program that ``form`` stands for; raises ProgramError if for none."""
        form = _mapping(form, "a program", {"program", "role", "limit", "steps"})
        if form.get("program") != PROGRAM_VERSION or form["program"] is True:
            raise ProgramError(
                f"program: version {form.get('program')!r} is not known; this suite reads "
                f"version {PROGRAM_VERSION}"
            )
        role = form.get("role")
        if role not in ("client", "server"):
            raise ProgramError(f'role: {role!r} is none; it is "client" or "server"')
        limit = form.get("limit")
        if limit is not None and (type(limit) is not int or limit < 0):
            raise ProgramError(
                f"limit: {limit!r} is no number of bytes; leave it out for the default"
            )
        steps = form.get("steps")
        if not is_list(steps):
            raise ProgramError(f"steps: {type(steps).__name__} is no list")
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
        raise ProgramError(f"{where}: there is no step {name!r}; steps are {', '.join(STEP_NAMES)}")
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
        raise ProgramError(f"{where}: there is no event {name!r}; events are {', '.join(SENDABLE)}")
    arguments = (
        (key, _from_json(value, f"{where}, {key}")) for key, value in form.items() if key != "type"
    )
    return EventSpec(name, tuple(arguments))


def _mapping(form: Any, where: str, allowed: set[str] | None) -> Mapping[str, Any]:
    if not is_object(form):
        raise ProgramError(f"{where}: {type(form).__name__} is no object")
    unknown = sorted(set(form) - allowed) if allowed else []
    if unknown:
        raise ProgramError(
            f"{where}: {unknown[0]!r} is not known; allowed are {', '.join(sorted(allowed or ()))}"
        )
    return form


def _bytes(value: Any, where: str) -> bytes:
    if not isinstance(value, str):
        raise ProgramError(f"{where}: {value!r} is no string; a string holds bytes as ISO 8859-1")
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        raise ProgramError(
            f"{where}: {value!r} has a character above U+00FF, which is no byte"
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
    """What a typed value holds: a length, a number, elements, text, or bytes."""
    if kind == "opaque":
        if type(content) is int and content >= 0:
            return content
        raise ProgramError(f"{where}: {content!r} is no length; an opaque value has one")
    if kind == "int_subclass":
        if type(content) is int:
            return content
        raise ProgramError(f"{where}: {content!r} is no whole number; int_subclass holds one")
    if kind in ("tuple", "iterator"):
        if is_list(content):
            return _from_json(content, where)
        raise ProgramError(f"{where}: {content!r} is no array; {kind} holds elements")
    if not isinstance(content, str):
        raise ProgramError(f"{where}: {content!r} is no string; {kind} holds text")
    if kind not in ("text", "text_subclass"):
        _bytes(content, where)
    return content


# One of each type, and nothing wrong with any of them.
PLAIN = (
    EventSpec("ConnectionClosed"),
    EventSpec("EndOfMessage"),
    EventSpec.of("Data", data=b"a"),
    EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]),
    EventSpec.of("Response", status_code=200, headers=[]),
    EventSpec.of("InformationalResponse", status_code=100, headers=[]),
)
