"""The step interpreter: runs a program on one implementation and observes each step.

Owns the meaning of the JSON form of programs and observations. It must know only the public names
of the h11 API: its source is shipped to the interpreter of the implementation under test, so it
uses only the standard library of Python 3.8.

Values in JSON, both ways: a string stands for bytes (one character per byte, ISO 8859-1); numbers,
true, false and null stand for themselves; an array for a list, and an array in it for a tuple, as
fields are documented to be passed. Other types are written as an object with one member:
``{"text": "GET"}`` is a str, ``{"bytearray": "GET"}`` a bytearray, and so on; ``_DECODERS`` has all
of them. A step of kind ``call`` may also pass what belongs to the implementation:
``{"event": {"type": "Data", "data": "a"}}`` is an event, ``{"api": "PAUSED"}`` a public name.
"""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# Everything here is JSON or comes from an implementation whose types are under test.

from __future__ import annotations

import contextlib
from array import array
from typing import Any, Callable, Iterator

# A drain must end even if the implementation returns events without end.
MAX_DRAINED = 100000

# Exceptions of a call that become observations. KeyboardInterrupt is the user's in this process; a
# worker, in which only the implementation can raise it, adds it.
CAUGHT: Any = (Exception, SystemExit, GeneratorExit)

EVENT_FIELDS = {
    "Request": ("method", "target", "headers", "http_version"),
    "InformationalResponse": ("status_code", "headers", "http_version", "reason"),
    "Response": ("status_code", "headers", "http_version", "reason"),
    "Data": ("data", "chunk_start", "chunk_end"),
    "EndOfMessage": ("headers",),
    "ConnectionClosed": (),
    "NEED_DATA": (),
    "PAUSED": (),
}
STATES = (
    "IDLE",
    "SEND_RESPONSE",
    "SEND_BODY",
    "DONE",
    "MUST_CLOSE",
    "CLOSED",
    "MIGHT_SWITCH_PROTOCOL",
    "SWITCHED_PROTOCOL",
    "ERROR",
)
ROLES = ("CLIENT", "SERVER")
# The methods of a connection, each with what an exception from it is said to be raised by.
METHODS = {
    "receive_data": "receive",
    "next_event": "next",
    "send": "send",
    "send_with_data_passthrough": "send",
    "send_failed": "fail",
    "start_next_cycle": "cycle",
}
PROPERTIES = (
    "our_role",
    "their_role",
    "our_state",
    "their_state",
    "states",
    "trailing_data",
    "their_http_version",
    "client_is_waiting_for_100_continue",
    "they_are_waiting_for_100_continue",
)
_LAST_EVENTS = ("NEED_DATA", "PAUSED", "ConnectionClosed")
_PLAIN = (bool, int, float, type(None))
# Python refuses to convert larger integers to text; nothing in HTTP needs them.
_MAX_BITS = 1024


def run(h11: Any, program: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the trace of ``program``: one observation for each step.

    Args:
        h11: the implementation's namespace, such as the module h11 itself.
        program: the program in its JSON form.

    If a connection cannot be made, that is the last observation, and no further step is run.
    """
    return list(observations(h11, program))


def observations(h11: Any, program: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Runs ``program`` and yields each observation as soon as its step is taken.

    Ends early after a step that the implementation cannot express.
    """
    try:
        if program.get("program") == 2:
            session: Session = MultiSession(h11, program)
        else:
            session = Session(h11, program["role"], program.get("limit"))
        for step in program["steps"]:
            observation = session.step(step)
            yield observation
            if "inapplicable" in observation:
                return
    except NotOpened as error:
        yield _outcome_of(h11, CallRaised("connection", error.reason))


class Session:
    """One connection of one implementation, and the steps taken on it so far.

    Args:
        h11: the implementation's namespace.
        role: "client" or "server".
        limit: the buffer limit in bytes, or None for the implementation's own.
    """

    def __init__(self, h11: Any, role: str, limit: int | None = None) -> None:
        self._h11 = h11
        self._names = _names(h11)
        self.connection: Any = self._open(role, limit)

    def _open(self, role: str, limit: int | None) -> Any:
        arguments = () if limit is None else (limit,)
        try:
            our_role = {"client": self._h11.CLIENT, "server": self._h11.SERVER}[role]
            return self._h11.Connection(our_role, *arguments)
        except CAUGHT as error:
            raise NotOpened(error)  # noqa: B904 (as below)

    def step(self, step: dict[str, Any]) -> dict[str, Any]:
        """Takes one step, given in its JSON form, and returns the observation in its own."""
        observation: dict[str, Any] = {}
        try:
            self._TAKE[step["do"]](self, step, observation)
        except CallRaised as raised:
            observation.update(_outcome_of(self._h11, raised))
        self._look(observation)
        return observation

    def _call(self, by: str, method: str, *arguments: Any) -> Any:
        try:
            return getattr(self.connection, method)(*arguments)
        except CAUGHT as error:
            raise CallRaised(by, error)  # noqa: B904 (carried to ``step`` as data, never shown as a chain)

    def _receive(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        returned = self._call("receive", "receive_data", decode(step["data"]))
        observation["returned"] = None if returned is None else encode(returned)

    def _eof(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        observation["returned"] = encode(self._call("receive", "receive_data", b""))

    def _next(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        observation["events"] = [self._event(self._call("next", "next_event"))]

    def _drain(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        events: list[dict[str, Any]] = []
        observation["events"] = events
        while len(events) < MAX_DRAINED:
            event = self._event(self._call("next", "next_event"))
            events.append(event)
            if event["type"] in _LAST_EVENTS or event["type"] not in EVENT_FIELDS:
                break

    def _send(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        event = self.make(step["event"])
        if step.get("passthrough"):
            parts = self._call("send", "send_with_data_passthrough", event)
            data = _attribute(event, "data")
            if type(parts) is list:
                observation["returned"] = _passed_through(parts, data)
            else:
                observation["returned"] = encode(parts)
        else:
            observation["returned"] = encode(self._call("send", "send", event))

    def _fail(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        observation["returned"] = encode(self._call("fail", "send_failed"))

    def _cycle(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        observation["returned"] = encode(self._call("cycle", "start_next_cycle"))

    _TAKE: Any = {  # noqa: RUF012 (typing.ClassVar says nothing to a worker)
        "receive": _receive,
        "eof": _eof,
        "next": _next,
        "drain": _drain,
        "send": _send,
        "fail": _fail,
        "cycle": _cycle,
    }

    def make(self, spec: dict[str, Any]) -> Any:
        """Returns the event of the spec; raises CallRaised for what its constructor raises."""
        positional = [self._decode(value) for value in spec.get("*", ())]
        named = {
            name: self._decode(value) for name, value in spec.items() if name not in ("type", "*")
        }
        try:
            return getattr(self._h11, spec["type"])(*positional, **named)
        except CAUGHT as error:
            raise CallRaised("constructor", error)  # noqa: B904 (as above)

    def _decode(self, value: Any) -> Any:
        return decode(value)

    def _event(self, event: Any) -> dict[str, Any]:
        # Sentinels are their own type; any other class is treated like any other object.
        name = self._names.get(id(event))
        if name == "NEED_DATA" or name == "PAUSED":
            return {"type": name}
        name = self._names.get(id(type(event)))
        if name not in EVENT_FIELDS:
            return {"type": _foreign(event)}
        seen: dict[str, Any] = {"type": name}
        for field in EVENT_FIELDS[name]:
            value = _attribute(event, field)
            if field == "headers":
                _look_at_headers(value, seen)
            else:
                seen[field] = encode(value)
        return seen

    def _look(self, observation: dict[str, Any]) -> None:
        connection = self.connection
        h11 = self._h11
        try:
            states = connection.states
            names = self._names
            client, server = states[h11.CLIENT], states[h11.SERVER]
            observation["client"] = names.get(id(client)) or _foreign(client)
            observation["server"] = names.get(id(server)) or _foreign(server)
            trailing, ended = connection.trailing_data
            # Every step reads these; the usual values take a short cut.
            observation["trailing"] = [
                trailing.decode("latin-1") if type(trailing) is bytes else encode(trailing),
                ended if ended is False else encode(ended),
            ]
            version = connection.their_http_version
            observation["version"] = (
                version.decode("latin-1") if type(version) is bytes else encode(version)
            )
            waits = connection.client_is_waiting_for_100_continue
            observation["client_waits"] = waits if waits is False else encode(waits)
            waits = connection.they_are_waiting_for_100_continue
            observation["they_wait"] = waits if waits is False else encode(waits)
        except CAUGHT as error:
            observation["blind"] = _raised(h11, "look", error)


class MultiSession(Session):
    """The connections of a program, and what was handed out and handed in so far.

    Another connection than the first is made when the first step is taken on it.

    Args:
        h11: the implementation's namespace.
        program: the program in its JSON form, of any version.
    """

    def __init__(self, h11: Any, program: dict[str, Any]) -> None:
        opened: list[Any] = program.get("connections", [program])
        first, *others = opened
        Session.__init__(self, h11, first["role"], first.get("limit"))
        self._connections: list[Any] = [self.connection, *([None] * len(others))]
        self._specs = opened
        steps: list[dict[str, Any]] = program["steps"]
        kinds = [step["do"] for step in steps]
        self._number = -1
        self._first_look = len(steps) - 1 if program.get("look") == "last" else 0
        self._recording = "again" in kinds or "change" in kinds
        # What was handed out: the number of the step, the object, and how it looked then.
        self._results: list[tuple[int, Any, Any]] = []
        # What was handed in, if it can be changed; and of what an implementation must not change,
        # the number of the step and how it looked then.
        self._arguments: list[Any] = []
        self._given: list[tuple[int, Any, Any]] = []

    def step(self, step: dict[str, Any]) -> dict[str, Any]:
        """Takes one step on the connection that it names, and returns the observation."""
        self._number += 1
        self.connection = self.connection_of(step)
        return Session.step(self, step)

    def connection_of(self, step: dict[str, Any]) -> Any:
        """Returns the connection of a step, which it makes if need be."""
        on = step.get("on", 0)
        if self._connections[on] is None:
            each = self._specs[on]
            self._connections[on] = self._open(each["role"], each.get("limit"))
        return self._connections[on]

    def _call(self, by: str, method: str, *arguments: Any, **keywords: Any) -> Any:
        try:
            result = getattr(self.connection, method)(*arguments, **keywords)
        except CAUGHT as error:
            self._keep(error)
            raise CallRaised(by, error)  # noqa: B904 (as above)
        self._keep(result)
        return result

    def _named_call(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        method = step["method"]
        arguments = [self._argument(value) for value in step.get("arguments", ())]
        named = step.get("keywords", {}).items()
        keywords = {name: self._argument(value) for name, value in named}
        result = self._call(METHODS[method], method, *arguments, **keywords)
        if method == "next_event":
            observation["events"] = [self._event(result)]
        elif method == "send_with_data_passthrough" and type(result) is list:
            event = [*arguments, *keywords.values(), None][0]
            observation["returned"] = _passed_through(result, _attribute(event, "data"))
        else:
            observation["returned"] = encode(result)

    def _read(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        try:
            value = getattr(self.connection, step["name"])
        except CAUGHT as error:
            raise CallRaised("read", error)  # noqa: B904 (as above)
        self._keep(value)
        observation["returned"] = self._appearance(value)

    def _again(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        changed: list[Any] = []
        for kept, role in ((self._results, []), (self._given, ["argument"])):
            for number, value, before in kept:
                after = self._appearance(value)
                if after != before:
                    changed.append([number, before, after, *role])
        observation["returned"] = changed

    def _change(self, step: dict[str, Any], observation: dict[str, Any]) -> None:
        """Overwrites what was handed in, or what was handed out, as the caller is free to do."""
        changed: list[Any] = []
        if step["what"] == "arguments":
            changed = self._arguments
            self._given.clear()
        else:
            kept: list[tuple[int, Any, Any]] = []
            for result in self._results:
                value = result[1]
                headers = _attribute(value, "headers")
                if type(headers) in _NO_VALUE:
                    data = _attribute(value, "data")
                    changed.append(value if type(data) in _NO_VALUE else data)
                else:
                    changed.append(_raw_items(headers))
                    kept.append(result)
            self._results = kept
        for value in changed:
            _overwrite(value)
        observation["returned"] = None

    _TAKE: Any = {  # noqa: RUF012 (as above)
        **Session._TAKE,
        "call": _named_call,
        "read": _read,
        "again": _again,
        "change": _change,
    }

    def _argument(self, value: Any) -> Any:
        if isinstance(value, dict):
            typed: dict[str, Any] = value
            if "event" in typed:
                return self.make(typed["event"])
            if "api" in typed:
                return _attribute(self._h11, typed["api"])
        return self._decode(value)

    def _decode(self, value: Any) -> Any:
        decoded = decode(value)
        if self._recording:
            self._arguments.append(decoded)
            if type(decoded) in _CHANGEABLE:
                self._given.append((self._number, decoded, encode(decoded)))
        return decoded

    def make(self, spec: dict[str, Any]) -> Any:
        """Returns the event of the spec, as Session does, and remembers how it looks."""
        event = Session.make(self, spec)
        if self._recording:
            self._given.append((self._number, event, self._appearance(event)))
        return event

    def _keep(self, value: Any) -> None:
        if self._recording and not self._stays(value):
            self._results.append((self._number, value, self._appearance(value)))

    def _stays(self, value: Any) -> bool:
        """Whether nothing can change how the value looks: it need not be looked at again."""
        if type(value) is tuple:
            return all(map(self._stays, value))
        if type(value) is bytes:
            return not value  # compiled code can overwrite the others
        return value is None or type(value) is bool or self._names.get(id(value)) in _SENTINELS

    def _appearance(self, value: Any) -> Any:
        """The JSON form of anything that was handed out."""
        if isinstance(value, BaseException):
            return _raised(self._h11, "", value)
        if type(value) is dict:
            states: dict[Any, Any] = value
            named = [[self._named(key), self._named(each)] for key, each in states.items()]
            return sorted(named, key=str)
        name = self._names.get(id(value))
        if name is not None:
            return {"api": name}
        if self._names.get(id(type(value))) in EVENT_FIELDS:
            return self._event(value)
        return encode(value)

    def _named(self, value: Any) -> Any:
        name = self._names.get(id(value))
        return encode(value) if name is None else {"api": name}

    def _look(self, observation: dict[str, Any]) -> None:
        if self._number >= self._first_look:
            Session._look(self, observation)
            if self._recording:
                self._keep_what_is_seen(observation)

    def _keep_what_is_seen(self, observation: dict[str, Any]) -> None:
        states = _attribute(self.connection, "states")
        seen = [observation.get("client"), observation.get("server")]
        if type(states) is dict and len(states) == 2 and seen[0] in STATES and seen[1] in STATES:
            # The usual case takes a short cut: these have just been named.
            named = [[{"api": role}, {"api": state}] for role, state in zip(ROLES, seen)]
            self._results.append((self._number, states, named))
        else:
            self._keep(states)
        self._keep(_attribute(self.connection, "trailing_data"))


_SENTINELS = ("NEED_DATA", "PAUSED")
# Types of arguments that an implementation could change, but which belong to the caller.
_CHANGEABLE = (list, bytearray)


def _raw_items(headers: Any) -> Any:
    try:
        return headers.raw_items()
    except CAUGHT:
        return None


def _overwrite(value: Any) -> None:
    """Replaces the content of buffers, lists and dicts; nothing else can be changed in place."""
    # A memoryview that was released or cast cannot be changed by a caller either.
    with contextlib.suppress(CAUGHT):
        _replace_content(value)


def _replace_content(value: Any) -> None:
    if type(value) is bytearray:
        try:
            value[:] = b"#" * (2 * len(value))
        except BufferError:  # the implementation has a view of it
            value[:] = b"#" * len(value)
    elif type(value) is memoryview and not value.readonly:
        value[:] = b"#" * len(value)
    elif type(value) is array:
        value[:] = array("B", b"#" * len(value))
    elif type(value) is dict:
        value.clear()
    elif type(value) is list or type(value) is tuple:
        parts: list[Any] = list(value)
        for part in parts:
            _overwrite(part)
        if type(value) is list:
            value.clear()


class _Named:
    """The names of the implementation that was used last, as most programs come in batches.

    Objects are identified by identity, not by how a sentinel prints or what equals it. They are
    kept alive: otherwise another object might get the identity of one that was made on demand.
    """

    h11: Any = None
    objects: dict[str, Any] = {}  # noqa: RUF012 (as above)
    names: dict[int, str] = {}  # noqa: RUF012


def _names(h11: Any) -> dict[int, str]:
    """The names of events and states, by the identity of their objects."""
    if _Named.h11 is not h11:
        named = {name: _attribute(h11, name) for name in (*EVENT_FIELDS, *STATES, *ROLES)}
        _Named.objects = named
        _Named.names = {
            id(value): name for name, value in named.items() if type(value) not in _NO_VALUE
        }
        _Named.h11 = h11
    return _Named.names


class _Missing:
    """Stands for a missing attribute."""


class _Unreadable:
    """Stands for an attribute that raises when it is read."""


_MISSING = _Missing()
_UNREADABLE = _Unreadable()
_NO_VALUE = (_Missing, _Unreadable)


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, _MISSING)
    except CAUGHT:
        return _UNREADABLE


class NotOpened(Exception):
    """Carries the exception of a constructor of connections to where it becomes an observation."""

    def __init__(self, reason: BaseException) -> None:
        Exception.__init__(self)
        self.reason = reason


class CallRaised(Exception):
    """Carries an exception from a call to where it becomes an observation."""

    def __init__(self, by: str, error: BaseException) -> None:
        Exception.__init__(self)
        self.by = by
        self.error = error


def _outcome_of(h11: Any, raised: CallRaised) -> dict[str, Any]:
    """The observation of an exception, or of an adapter's Inapplicable."""
    if _is_a(raised.error, _attribute(h11, "Inapplicable")):
        return {"inapplicable": _text(raised.error)}
    return {"raised": _raised(h11, raised.by, raised.error)}


def _raised(h11: Any, by: str, error: BaseException) -> dict[str, Any]:
    """What is observed of an exception: the call, its family, class, status hint and text."""
    family = "other"
    for name in ("LocalProtocolError", "RemoteProtocolError", "ProtocolError"):
        if _is_a(error, _attribute(h11, name)):
            family = name
            break
    raised: dict[str, Any] = {
        "by": by,
        "family": family,
        "class": _class_name(error),
        "text": _text(error),
    }
    if family != "other":
        raised["hint"] = encode(_attribute(error, "error_status_hint"))
    return raised


def _is_a(error: BaseException, kind: Any) -> bool:
    """Whether ``except kind`` would catch the error, whatever its ``__class__`` claims."""
    for base in type(error).__mro__:  # noqa: SIM110 (any() takes twice as long, for every error)
        if base is kind:
            return True
    return False


def _text(error: BaseException) -> str:
    try:
        return _plain(str(error))
    except CAUGHT as second:
        return f"(no text: str() raises {_class_name(second)})"


def _plain(text: str) -> str:
    """The text as a plain str: ``str()`` may return an instance of a subclass."""
    return str.join("", [text])


def _class_name(value: Any) -> str:
    """The name of its class without the module, which differs between implementations."""
    try:
        return _plain(str(type(value).__name__))
    except CAUGHT:
        return "?"


def _foreign(value: Any) -> str:
    """What stands for an object that is not one of the API's own."""
    return "object " + _class_name(value)


def _look_at_headers(headers: Any, seen: dict[str, Any]) -> None:
    try:
        seen["headers"] = _encoded_fields(headers)
    except CAUGHT as error:
        seen["headers"] = {"unreadable": _class_name(error)}
        return
    try:
        raw = _encoded_fields(headers.raw_items())
        if raw != seen["headers"]:
            seen["raw_headers"] = raw
    except CAUGHT as error:
        seen["raw_headers"] = {"unreadable": _class_name(error)}


def _encoded_fields(fields: Any) -> list[list[Any]]:
    # Nearly all names and values are bytes, and a call of encode takes longer than the rest.
    return [
        [
            name.decode("latin-1") if type(name) is bytes else encode(name),
            value.decode("latin-1") if type(value) is bytes else encode(value),
        ]
        for name, value in fields
    ]


def _passed_through(parts: Any, data: Any) -> list[Any]:
    """The parts to be sent; the object that was passed in is marked."""
    return [{"passed": encode(part)} if part is data else encode(part) for part in parts]


def encode(value: Any) -> Any:
    """Returns the JSON form of a value that an implementation returned."""
    # Most values are one of these, and a step encodes ten.
    if type(value) is bytes:
        return value.decode("latin-1")
    if value is None or value is False or value is True:
        return value
    try:
        return _encode(value)
    except CAUGHT as error:
        return {"unreadable": _class_name(error)}


def _encode(value: Any) -> Any:
    kind: Any = type(value)
    if kind is bytes:
        return value.decode("latin-1")
    if kind is int and value.bit_length() > _MAX_BITS:
        return {"object": "int"}
    if kind is float and value - value != 0:  # JSON has neither infinity nor NaN
        return {"object": repr(value)}
    if kind in _PLAIN:
        return value
    if kind is bytearray:
        return {"bytearray": value.decode("latin-1")}
    if kind is str:
        return {"text": value}
    if kind is memoryview:
        return {"memoryview": bytes(value).decode("latin-1")}
    if kind is list or kind is tuple:
        return [_encode(item) for item in value]
    if kind is Opaque:
        return {"opaque": len(value)}
    return {"object": _class_name(value)}


def decode(value: Any) -> Any:
    """Returns a new Python value, to be passed to an implementation, for its JSON form."""
    if isinstance(value, str):
        return value.encode("latin-1")
    if isinstance(value, list):
        elements: list[Any] = value
        return [tuple(map(decode, e)) if type(e) is list else decode(e) for e in elements]
    if isinstance(value, dict):
        typed: dict[str, Any] = value
        [(kind, content)] = typed.items()
        return _DECODERS[kind](content)
    return value


class Opaque:
    """Data of which only the length is known, like a file for ``sendfile``."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length


class BytesSubclass(bytes):
    """An instance of bytes whose type is not bytes."""


class TextSubclass(str):
    """An instance of str whose type is not str."""


class IntSubclass(int):
    """An instance of int whose type is not int, as members of IntEnum are."""


class Convertible:
    """An object that only ``bytes()`` converts to bytes."""

    def __init__(self, content: str) -> None:
        self._content = content

    def __bytes__(self) -> bytes:
        return self._content.encode("latin-1")


def _array(content: Any) -> Any:
    return array("B", content.encode("latin-1"))


def _bytes_subclass(content: Any) -> BytesSubclass:
    return BytesSubclass(content, "latin-1")


def _bytearray(content: Any) -> bytearray:
    return bytearray(content, "latin-1")


def _memoryview(content: Any) -> memoryview:
    return memoryview(content.encode("latin-1"))


def _memoryview_of_bytearray(content: Any) -> memoryview:
    return memoryview(bytearray(content, "latin-1"))


def _items(content: Any) -> Any:
    return dict(decode(content)).items()


def _tuple(content: Any) -> Any:
    return tuple(decode(content))


def _iterator(content: Any) -> Any:
    return iter(decode(content))


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "text": str,
    "bytearray": _bytearray,
    "memoryview": _memoryview,
    "tuple": _tuple,
    "iterator": _iterator,
    "opaque": Opaque,
    "array": _array,
    "bytes_subclass": _bytes_subclass,
    "text_subclass": TextSubclass,
    "int_subclass": IntSubclass,
    "convertible": Convertible,
    "memoryview_of_bytearray": _memoryview_of_bytearray,
    "items": _items,
}
KINDS = tuple(_DECODERS)
