"""Evaluates expressions over the API of an implementation, and returns the answers as JSON.

Owns the names that an expression may use, and the form of answers. It must not know which
expressions are evaluated, nor which answers are right.
"""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# Answers come from an implementation whose types are under test.

from __future__ import annotations

import copy
import dataclasses
import functools
import inspect
import pickle
import re
import threading
from collections import abc
from typing import Any

# An exception of an expression is its answer; an interrupt is the user's.
_CAUGHT: Any = (Exception, SystemExit, GeneratorExit)
# The exception by which an adapter says that the implementation cannot express something.
_INAPPLICABLE = "Inapplicable"
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


_PLAIN = (bool, int, float, str, type(None))
CONSTANTS = (
    *("CLIENT", "SERVER", "IDLE", "SEND_RESPONSE", "SEND_BODY", "DONE", "MUST_CLOSE", "CLOSED"),
    *("ERROR", "MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL", "NEED_DATA", "PAUSED"),
)
MODULES = {
    "abc": abc,
    "copy": copy,
    "dataclasses": dataclasses,
    "functools": functools,
    "inspect": inspect,
    "pickle": pickle,
    "threading": threading,
}


def evaluate(h11: Any, expressions: list[str]) -> list[dict[str, Any]]:
    """Returns the answer to each expression: its value, or the class of what it raised, as JSON.

    An expression can use ``h11``, some modules of the standard library, and the methods of
    ``Helpers``.
    """
    return [_evaluate(h11, expression) for expression in expressions]


def _evaluate(h11: Any, expression: str) -> dict[str, Any]:
    names: dict[str, Any] = dict(MODULES)
    names["h11"] = h11
    helpers = Helpers(h11)
    names.update((name, getattr(helpers, name)) for name in dir(Helpers) if name[0] != "_")
    try:
        answer = {"value": _form(eval(expression, names))}
    except _CAUGHT as error:
        answer = {"raised": type(error).__name__}
    return {"raised": _INAPPLICABLE} if helpers.is_inapplicable else answer


class Helpers:
    """Short names for expressions, most of which make objects of the API.

    ``is_inapplicable`` says whether an adapter has said in one of the calls that the implementation
    cannot do this: then the expression has no answer.
    """

    def __init__(self, h11: Any) -> None:
        self._h11 = h11
        self.is_inapplicable = False

    def error(self, call: abc.Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What the call raises; None if nothing."""
        try:
            call(*arguments, **named)
        except _CAUGHT as error:
            return self._noted(error)
        return None

    def _noted(self, error: BaseException) -> BaseException:
        """The error, after a look whether it is an adapter's."""
        if type(error).__name__ == _INAPPLICABLE:
            self.is_inapplicable = True
        return error

    def refusal(self, call: abc.Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """The name of the class of what the call raises; None if nothing."""
        raised = self.error(call, *arguments, **named)
        return None if raised is None else type(raised).__name__

    def constants(self) -> dict[str, Any]:
        """All roles, states and sentinels, by name."""
        return {name: getattr(self._h11, name) for name in CONSTANTS}

    def request(self, **changes: Any) -> Any:
        """A request that every server accepts, with other arguments if any are given."""
        usual = {"method": "GET", "target": "/", "headers": [("Host", "a")]}
        return self._h11.Request(**{**usual, **changes})

    def response(self, **changes: Any) -> Any:
        """A response without fields, with other arguments if any are given."""
        return self._h11.Response(**{"status_code": 200, "headers": [], **changes})

    def headers(self, *pairs: Any) -> Any:
        """These fields, normalised."""
        return self.end(*pairs).headers

    def interim(self, **changes: Any) -> Any:
        """An informational response, with other arguments if any are given."""
        usual = {"status_code": 100, "headers": [("A", "b")]}
        return self._h11.InformationalResponse(**{**usual, **changes})

    def end(self, *pairs: Any) -> Any:
        """An end of message with these trailer fields."""
        return self._h11.EndOfMessage(headers=list(pairs))

    def events(self) -> Any:
        """One of each event."""
        data, closed = self._h11.Data(data=b"x"), self._h11.ConnectionClosed()
        return [self.request(), self.interim(), self.response(), data, self.end(("A", "b")), closed]

    def client(self, *sent: Any) -> Any:
        """A client that has sent these events."""
        return self.sending(self._h11.Connection(self._h11.CLIENT), *sent)

    def sending(self, connection: Any, *sent: Any) -> Any:
        """The connection after it has sent these events."""
        for event in sent:
            connection.send(event)
        return connection

    def server(self, *received: Any) -> Any:
        """A server that has received these bytes, and read no event yet."""
        return self.receiving(self._h11.Connection(self._h11.SERVER), *received)

    def receiving(self, connection: Any, *received: Any) -> Any:
        """The connection after it has received these bytes."""
        for data in received:
            connection.receive_data(data)
        return connection

    def sent(self, connection: Any, *events: Any) -> Any:
        """What the connection sends for each event; the class of what it raises instead."""
        shown: list[Any] = []
        for event in events:
            try:
                shown.append(connection.send(event))
            except _CAUGHT as error:
                shown.append(type(self._noted(error)).__name__)
        return shown

    def asked(self, headers: Any, method: str = "POST") -> Any:
        """What a client sends for a request with these headers, two bytes and the end."""
        rest = self._h11.Data(data=b"ab"), self.end()
        return self.sent(self.client(), self.request(method=method, headers=headers), *rest)

    def answered(self, headers: Any, start: str = "GET / HTTP/1.1", status: int = 200) -> Any:
        """What a server sends for a response with these headers, two bytes and the end."""
        server = self.after(self.server(start.encode() + b"\r\nHost: a\r\n\r\n"))
        rest = self._h11.Data(data=b"ab"), self.end()
        return self.sent(server, self.response(status_code=status, headers=headers), *rest)

    def elsewhere(self, call: abc.Callable[..., Any], *arguments: Any) -> Any:
        """What the call returns in another thread, or here where threads cannot be started."""
        returned: list[Any] = []
        raised: list[Any] = []

        def take() -> None:
            """Calls, and keeps what is returned or raised."""
            raised.append(self.error(lambda: returned.append(call(*arguments))))

        thread = threading.Thread(target=take)
        try:
            thread.start()
        except RuntimeError:
            take()
        else:
            thread.join()
        if raised[0] is not None:
            raise raised[0]
        return returned[0]

    def drained(self, connection: Any) -> Any:
        """All events that can be read, and the sentinel that ends them, if one does."""
        events = [connection.next_event()]
        last = ("NEED_DATA", "PAUSED", "ConnectionClosed")
        while len(events) < 100 and self._kind(events[-1]) not in last:
            events.append(connection.next_event())
        return events

    def kinds(self, connection: Any) -> Any:
        """The names of all events that can be read."""
        return [self._kind(event) for event in self.drained(connection)]

    def _kind(self, value: Any) -> str:
        """The name of a constant or of an event's type, however it prints."""
        for name, constant in self.constants().items():
            if value is constant:
                return name
        return str(type(value).__name__)

    def after(self, connection: Any) -> Any:
        """The connection after all events that can be read were read."""
        self.drained(connection)
        return connection

    def state(self, connection: Any) -> Any:
        """The names of both states, the client's first."""
        states = connection.states
        return " ".join(self._kind(states[role]) for role in (self._h11.CLIENT, self._h11.SERVER))


def _form(value: Any) -> Any:
    """The value as JSON; one that JSON cannot express by its repr, without addresses."""
    if type(value) in _PLAIN:
        return value
    if type(value) is bytes:
        return {"bytes": value.decode("latin-1")}
    if type(value) is list:
        return [_form(item) for item in value]
    if type(value) is tuple:
        return {"tuple": [_form(item) for item in value]}
    return {"repr": _ADDRESS.sub("", repr(value))}
