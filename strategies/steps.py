"""The steps of a program, and the arguments and events in them, as plain data.

Owns the value objects and their JSON form. Knows nothing of Hypothesis, nor of the effect of a
step, which belongs to the interpreter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, TypeGuard

from .interpreter import EVENT_FIELDS, STATES
from .json_text import json_text, json_text_of_any

Json = dict[str, Any]
Role = Literal["client", "server"]
SENDABLE = tuple(name for name in EVENT_FIELDS if name not in ("NEED_DATA", "PAUSED"))


class ProgramError(ValueError):
    """A form that is not a program; the message has the place and what is allowed there."""


@dataclass(frozen=True)
class Typed:
    """An argument of another type than bytes, a number or a list, such as ``Typed("text", "GET")``.

    ``kind`` is one of ``interpreter.KINDS``; ``content`` is a str of the text, or of the bytes as
    ISO 8859-1, an int for "opaque" and "int_subclass", a tuple for "tuple", "iterator" and "items".

    In an argument of a Call, ``Typed("event", EventSpec(…))`` is an event of the implementation,
    and ``Typed("api", "PAUSED")`` one of its public names.
    """

    kind: str
    content: Any


@dataclass(frozen=True)
class EventSpec:
    """How an event is constructed: the class's name, and the arguments that are passed.

    Arguments are bytes, numbers, booleans, None, Typed, or a tuple of these, which stands for a
    list; a tuple in a tuple is a tuple, as the name and value of a field. In a Call, the argument
    named ``*`` has those that are passed by position.
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

    def to_text(self) -> str:
        """Returns the JSON form as text."""
        return json_text(self.to_json())


@dataclass(frozen=True)
class Send:
    """An event is constructed and sent, whole or with the data passed through."""

    event: EventSpec
    passthrough: bool = False

    @cached_property
    def _json(self) -> Json:
        # Programs share these steps.
        form: Json = {"do": "send", "event": self.event.to_json()}
        return {**form, "passthrough": True} if self.passthrough else form

    def to_json(self) -> Json:
        """Returns the JSON form: the same object each time, which callers must not change."""
        return self._json

    @cached_property
    def _text(self) -> str:
        return json_text_of_any(self._json)

    def to_text(self) -> str:
        """Returns the JSON form as text."""
        return self._text


class _BareStep:
    """A step without members."""

    do: ClassVar[str]

    def to_json(self) -> Json:
        """Returns the JSON form."""
        return {"do": self.do}

    def to_text(self) -> str:
        """Returns the JSON form as text."""
        return f'{{"do":"{self.do}"}}'


class _OtherStep(ABC):
    """A step that is written as any JSON value."""

    @abstractmethod
    def to_json(self) -> Json:
        """Returns the JSON form."""

    def to_text(self) -> str:
        """Returns the JSON form as text."""
        return json_text_of_any(self.to_json())


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


@dataclass(frozen=True)
class Call(_OtherStep):
    """One call of a method, with any arguments, by position and by name.

    Arguments are as those of an EventSpec, an event (``Typed("event", EventSpec(…))``), or a public
    name of the implementation (``Typed("api", "NEED_DATA")``).
    """

    method: str
    arguments: tuple[Any, ...] = ()
    keywords: tuple[tuple[str, Any], ...] = ()

    def to_json(self) -> Json:
        """Returns the JSON form."""
        form: Json = {"do": "call", "method": self.method}
        if self.arguments:
            form["arguments"] = [_to_json(value) for value in self.arguments]
        if self.keywords:
            form["keywords"] = {name: _to_json(value) for name, value in self.keywords}
        return form


@dataclass(frozen=True)
class Read(_OtherStep):
    """One property of the connection is read."""

    name: str

    def to_json(self) -> Json:
        """Returns the JSON form."""
        return {"do": "read", "name": self.name}


@dataclass(frozen=True)
class Again(_BareStep):
    """The caller looks again at everything that was handed out, on every connection.

    Nothing of it may have changed.
    """

    do = "again"


@dataclass(frozen=True)
class Change(_OtherStep):
    """The caller changes what can be changed in place, on every connection.

    ``what`` is "arguments", what was handed in so far: buffers, which belong to the caller, and
    lists; or "results", what was handed out: buffers, lists and dictionaries.
    """

    what: Literal["arguments", "results"]

    def to_json(self) -> Json:
        """Returns the JSON form."""
        return {"do": "change", "what": self.what}


SingleStep = (
    Receive
    | Send
    | ReceiveEOF
    | NextEvent
    | Drain
    | SendFailed
    | StartNextCycle
    | Call
    | Read
    | Again
    | Change
)


@dataclass(frozen=True)
class On(_OtherStep):
    """A step on another connection than the first; ``connection`` is its index, from 1."""

    connection: int
    step: SingleStep

    def to_json(self) -> Json:
        """Returns the JSON form."""
        return {**self.step.to_json(), "on": self.connection}


Step = SingleStep | On

BARE_STEPS: dict[str, SingleStep] = {
    step.do: step for step in (ReceiveEOF(), NextEvent(), Drain(), SendFailed(), StartNextCycle())
}
STEP_NAMES = ("receive", "send", *BARE_STEPS)
# Those that only version 2 has.
NEW_STEP_NAMES = ("call", "read", "again", "change")
OLD_STEPS = frozenset((Receive, Send, *map(type, BARE_STEPS.values())))
NEW_KINDS = ("memoryview_of_bytearray", "items")
API_NAMES = (*EVENT_FIELDS, *STATES, "CLIENT", "SERVER")


def step_on(step: Step) -> tuple[int, SingleStep]:
    """Returns the index of the connection that a step is taken on, and the step itself."""
    return (step.connection, step.step) if isinstance(step, On) else (0, step)


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
        if isinstance(value.content, EventSpec):
            return {value.kind: value.content.to_json()}
        return {value.kind: _to_json(value.content)}
    return value


# One event of each type, with nothing wrong in it.
PLAIN = (
    EventSpec("ConnectionClosed"),
    EventSpec("EndOfMessage"),
    EventSpec.of("Data", data=b"a"),
    EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]),
    EventSpec.of("Response", status_code=200, headers=[]),
    EventSpec.of("InformationalResponse", status_code=100, headers=[]),
)
