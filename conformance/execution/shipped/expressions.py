"""Evaluates expressions over the API of an implementation, and gives each answer as JSON.

Owns the names that an expression may use, and the form of answers. This source is shipped to a
target's interpreter: it imports the standard library alone and runs on Python 3.8. What is asked,
and which answer is right, it does not know.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import inspect
import pickle
import re
from collections import abc
from typing import Any

# What comes out of an expression is its answer; interrupts are the user's.
_CAUGHT: Any = (Exception, SystemExit, GeneratorExit)


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
}


def evaluate(h11: Any, expressions: list[str]) -> list[dict[str, Any]]:
    """Returns the answer to each expression: its value, or the class of what it raised, as JSON.

    Each has names of its own: ``h11``; some modules of the standard library; and what
    ``Helpers`` has, all of which make things of the API in fewer words.
    """
    return [_evaluate(h11, expression) for expression in expressions]


def _evaluate(h11: Any, expression: str) -> dict[str, Any]:
    names: dict[str, Any] = dict(MODULES)
    names["h11"] = h11
    helpers = Helpers(h11)
    names.update((name, getattr(helpers, name)) for name in dir(helpers) if name[0] != "_")
    try:
        return {"value": _form(eval(expression, names))}
    except _CAUGHT as error:
        return {"raised": type(error).__name__}


class Helpers:
    """The short words of expressions."""

    def __init__(self, h11: Any) -> None:
        self._h11 = h11

    def error(self, call: abc.Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What the call raises; None if nothing."""
        try:
            call(*arguments, **named)
        except _CAUGHT as error:
            return error
        return None

    def refusal(self, call: abc.Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """The name of the class of what the call raises; None if nothing."""
        raised = self.error(call, *arguments, **named)
        return None if raised is None else type(raised).__name__

    def constants(self) -> dict[str, Any]:
        """All roles, states and answers of next_event that are no event, by name."""
        return {name: getattr(self._h11, name) for name in CONSTANTS}

    def request(self, **changes: Any) -> Any:
        """A request that every server takes, with other arguments if they are given."""
        usual = {"method": "GET", "target": "/", "headers": [("Host", "a")]}
        return self._h11.Request(**{**usual, **changes})

    def response(self, **changes: Any) -> Any:
        """A response that says nothing, with other arguments if they are given."""
        return self._h11.Response(**{"status_code": 200, "headers": [], **changes})

    def headers(self, *pairs: Any) -> Any:
        """These fields in normal form."""
        return self.end(*pairs).headers

    def interim(self, **changes: Any) -> Any:
        """An informational response, with other arguments if they are given."""
        usual = {"status_code": 100, "headers": [("A", "b")]}
        return self._h11.InformationalResponse(**{**usual, **changes})

    def end(self, *pairs: Any) -> Any:
        """The end of a message, with these trailer fields."""
        return self._h11.EndOfMessage(headers=list(pairs))

    def events(self) -> Any:
        """One of each event."""
        data, closed = self._h11.Data(data=b"x"), self._h11.ConnectionClosed()
        return [self.request(), self.interim(), self.response(), data, self.end(("A", "b")), closed]

    def client(self, *sent: Any) -> Any:
        """A client that has sent these."""
        return self.sending(self._h11.Connection(self._h11.CLIENT), *sent)

    def sending(self, connection: Any, *sent: Any) -> Any:
        """The connection when it has sent these."""
        for event in sent:
            connection.send(event)
        return connection

    def server(self, *received: Any) -> Any:
        """A server that has received these, and read nothing yet."""
        return self.receiving(self._h11.Connection(self._h11.SERVER), *received)

    def receiving(self, connection: Any, *received: Any) -> Any:
        """The connection when it has received these."""
        for data in received:
            connection.receive_data(data)
        return connection

    def drained(self, connection: Any) -> Any:
        """All events that there are to be had, with the sentinel that ends them if one does."""
        events = [connection.next_event()]
        last = ("NEED_DATA", "PAUSED", "ConnectionClosed")
        while len(events) < 100 and self._kind(events[-1]) not in last:
            events.append(connection.next_event())
        return events

    def kinds(self, connection: Any) -> Any:
        """What these are, by name."""
        return [self._kind(event) for event in self.drained(connection)]

    def _kind(self, value: Any) -> str:
        """What a constant or an event is called, however it prints."""
        for name, constant in self.constants().items():
            if value is constant:
                return name
        return str(type(value).__name__)

    def after(self, connection: Any) -> Any:
        """The connection when all events were read that there are to be had."""
        self.drained(connection)
        return connection

    def state(self, connection: Any) -> Any:
        """The names of both states, the client's first."""
        states = connection.states
        return " ".join(self._kind(states[role]) for role in (self._h11.CLIENT, self._h11.SERVER))


def _form(value: Any) -> Any:
    """The value as JSON; one that JSON has no word for by its repr, which is to say no address."""
    if type(value) in _PLAIN:
        return value
    if type(value) is bytes:
        return {"bytes": value.decode("latin-1")}
    if type(value) is list:
        return [_form(item) for item in value]
    if type(value) is tuple:
        return {"tuple": [_form(item) for item in value]}
    return {"repr": _ADDRESS.sub("", repr(value))}
