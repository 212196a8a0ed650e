"""The language of conditions: what a requirement expects of the trace of its program.

Owns the grammar, and the evaluation of a condition on a trace. It must not know the reference: the
trace of one implementation is judged by the RFC or the documentation alone.

A condition is one or more alternatives, joined by ``or``; each is one of these, or ``not`` and
one of these. Strings are written as in JSON, and stand for bytes.

    accepts                       nothing is raised
    rejects [HINT]                reading raises a RemoteProtocolError, with this status hint
    refuses [HINT]                a LocalProtocolError is raised, with this status hint
    hears EVENT ... [*]           exactly these events are received, in this order; with *, these
                                  come first; consecutive Data events count as one
    EVENT.FIELD VALUE             an event of this type is received with this value; the data of
                                  consecutive Data events is joined
    EVENT has NAME [VALUE]        an event of this type is received with this field
    sends VALUE                   the bytes sent contain these
    sends only VALUE              the bytes sent are exactly these
    sends field NAME [VALUE]      the bytes sent contain this field; its value in any case
    ends CLIENT SERVER            the states after the last step; A|B for either, * for any
    trailing VALUE                the bytes left unread after the last step
    waits                         after the last step, the client waits for 100-continue
    anything                      every call returns, or raises a protocol error

Conditions of the RFCs are judged by effect: a refusal is any exception of the calls that read, or
of those that send, but for mistakes such as AttributeError, or the state ERROR of the role that
caused it; and a state, an attribute or a status hint that an implementation does not have breaks
nothing. The documentation of h11 promises the classes of exceptions and the attributes, so its
promises are judged to the letter.

The case of a field's NAME is ignored. Its VALUE is that of one of its lines, an element of its
list, or the whole list: lines of one name are joined by ", ".
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, NamedTuple

from ...strategies.interpreter import EVENT_FIELDS, STATES
from ...strategies.program import Drain, Json, NextEvent, Program, Send
from ...strategies.traces import Raised, Trace, walk
from .values import fields, octets, plain

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"]+')
_FIELD_LINE = re.compile(r"^([!-9;-~]+):[ \t]*(.*?)[ \t]*\r?\n", re.MULTILINE)
_NO_EVENTS = ("NEED_DATA", "PAUSED")
_UNSEEN = object()
_READING = (NextEvent, Drain)
# Exceptions that refuse nothing, as they are mistakes in the implementation itself.
_MISTAKES = ("AttributeError", "NameError", "UnboundLocalError", "NotImplementedError")
# The calls that read, and those that send.
_CALLS = {
    "RemoteProtocolError": ("receive", "next"),
    "LocalProtocolError": ("constructor", "send", "fail", "cycle"),
}
_EVENTS = tuple(name for name in EVENT_FIELDS if name not in _NO_EVENTS)


class ConditionError(ValueError):
    """A condition is malformed; the message has the condition, and what is wrong with it."""


@dataclass(frozen=True)
class Conversation:
    """A program and its trace: what was received, sent and raised altogether.

    With ``by_effect``, it is judged by what happened, and not by classes and attributes.
    """

    program: Program
    trace: Trace
    by_effect: bool = False

    @cached_property
    def heard(self) -> list[Json]:
        """The events received, in order; consecutive Data events are joined."""
        heard: list[Json] = []
        for observation in self.trace:
            for event in observation.events:
                if event["type"] in _NO_EVENTS:
                    continue
                if event["type"] == "Data":
                    event = {"type": "Data", "data": octets(event.get("data"))}
                    if heard and heard[-1]["type"] == "Data":
                        heard[-1] = {"type": "Data", "data": heard[-1]["data"] + event["data"]}
                        continue
                heard.append(event)
        return heard

    @cached_property
    def sent(self) -> str:
        """The bytes sent, decoded as ISO 8859-1."""
        steps = zip(self.program.steps, self.trace, strict=False)
        return "".join(octets(seen.returned) for step, seen in steps if isinstance(step, Send))

    def refused(self, family: str, hint: int | None) -> bool:
        """Whether something was refused, with this status hint if one is given.

        Args:
            family: RemoteProtocolError for what was read, LocalProtocolError for what was sent.
        """
        errors = [error for error in (seen.raised for seen in self.trace) if error is not None]
        if not self.by_effect:
            return any(error.family == family and hint in (None, error.hint) for error in errors)
        hints = [
            error.hint
            for error in errors
            if error.by in _CALLS[family] and error.exception not in _MISTAKES
        ]
        if not hints:
            return self._entered_error(family)
        return hint is None or any(each in (None, hint) for each in hints)

    def _entered_error(self, family: str) -> bool:
        """Whether reading or sending led to the state ERROR of the role that caused it."""
        ours, peer = ("client", "server") if self.program.role == "client" else ("server", "client")
        role, kinds = (ours, Send) if family == "LocalProtocolError" else (peer, _READING)
        steps = walk(self.program, self.trace)
        return any(
            isinstance(step, kinds)
            and seen.form.get(role) == "ERROR"
            and before.form.get(role) != "ERROR"
            and (seen.raised is None or not self._is_mistake(seen.raised))
            for step, before, seen in steps
        )

    @property
    def clean(self) -> bool:
        """Whether every call returned, or raised a protocol error."""
        return len(self.trace) == len(self.program.steps) and not any(
            "fault" in seen.form or (seen.raised is not None and self._is_mistake(seen.raised))
            for seen in self.trace
        )

    def _is_mistake(self, error: Raised) -> bool:
        return error.exception in _MISTAKES if self.by_effect else error.family == "other"

    def seen_last(self, name: str) -> Any:
        """Returns what the last observation has by this name, or _UNSEEN where nothing says it."""
        if name in self.last or not self.by_effect:
            return self.last.get(name)
        return _UNSEEN

    @property
    def last(self) -> Json:
        """The last observation; empty if there is none."""
        return self.trace.form[-1] if self.trace.form else {}


# None stands for what cannot be seen.
_Test = Callable[[Conversation], bool | None]


@dataclass(frozen=True)
class Conditions:
    """Conditions that must all hold; raises ConditionError if one is malformed.

    With ``by_effect``, classes of exceptions and attributes that are missing break none.
    """

    texts: tuple[str, ...]
    by_effect: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        if not self.texts:
            raise ConditionError("there is no condition; 'anything' is one that allows everything")
        self._tests  # noqa: B018 (parses the conditions, so that a malformed one raises here)

    @cached_property
    def _tests(self) -> tuple[_Test, ...]:
        return tuple(_parse(text) for text in self.texts)

    def hold(self, program: Program, trace: Trace) -> bool:
        """Whether the trace of the program satisfies them all; a trace with a fault does not."""
        if len(trace) < len(program.steps) or any("fault" in form for form in trace.form):
            return False
        conversation = Conversation(program, trace, self.by_effect)
        return all(test(conversation) is not False for test in self._tests)


def _parse(text: str) -> _Test:
    words = _WORD.findall(text)
    if _WORD.sub("", text).strip():
        raise ConditionError(f"{text!r} has a string that does not end")
    alternatives: list[list[str]] = [[]]
    for word in words:
        if word == "or":
            alternatives.append([])
        else:
            alternatives[-1].append(word)
    try:
        tests = [_parse_alternative(alternative) for alternative in alternatives]
    except ConditionError as error:
        raise ConditionError(f"{text!r} is not a condition: {error}") from None
    return lambda conversation: _any(test(conversation) for test in tests)


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Whether any answer is true; None if none is, and one is unknown."""
    found = list(answers)
    if True in found:
        return True
    return None if None in found else False


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _parse_alternative(words: Sequence[str]) -> _Test:
    if words[:1] == ["not"]:
        inner = _parse_alternative(words[1:])
        return lambda conversation: _not(inner(conversation))
    name, verb, arguments = _verb(words)
    if not verb.min_words <= len(arguments) <= verb.max_words:
        few = "few" if len(arguments) < verb.min_words else "many"
        raise ConditionError(f"{name!r} has too {few} words after it")
    return verb.test(*arguments)


class _Verb(NamedTuple):
    """A verb: what makes its test of the words after it, and how many words it takes.

    ``test`` raises ConditionError for a word that it does not know.
    """

    test: Callable[..., _Test]
    min_words: int = 0
    max_words: int = 0


def _verb(words: Sequence[str]) -> tuple[str, _Verb, Sequence[str]]:
    """The name of the verb that the words begin with, the verb, and the words after it."""
    if not words:
        raise ConditionError("there is no verb")
    first, pair = words[0], " ".join(words[:2])
    event, _, field = first.partition(".")
    if pair in _VERBS:
        return pair, _VERBS[pair], words[2:]
    if first in _VERBS:
        return first, _VERBS[first], words[1:]
    if pair in (f"{name} has" for name in _EVENTS if "headers" in EVENT_FIELDS[name]):
        return pair, _Verb(partial(_event_has, first), 1, 2), words[2:]
    if field in EVENT_FIELDS.get(event, ()):
        return first, _Verb(partial(_event_value, event, field), 1, 1), words[1:]
    raise ConditionError(f"{pair!r} is not a verb of conditions.py")


def _accepts() -> _Test:
    return lambda seen: (
        len(seen.trace) == len(seen.program.steps)
        and not any("raised" in form or "fault" in form for form in seen.trace.form)
    )


def _raises(family: str, hint: str | None = None) -> _Test:
    if hint is not None and not hint.isdecimal():
        raise ConditionError(f"{hint!r} is not a status code")
    code = None if hint is None else int(hint)
    return lambda seen: seen.refused(family, code)


def _hears(*names: str) -> _Test:
    prefix = names[-1:] == ("*",)
    wanted = list(names[:-1] if prefix else names)
    for name in wanted:
        if name not in _EVENTS:
            raise ConditionError(f"{name!r} is not an event")
    if prefix and not wanted:
        raise ConditionError("'*' has no event before it")
    end = len(wanted) if prefix else None
    return lambda seen: [event["type"] for event in seen.heard][:end] == wanted


def _event_value(event: str, field: str, value: str) -> _Test:
    wanted = _value(value)
    return lambda seen: any(
        each["type"] == event and plain(each.get(field)) == wanted for each in seen.heard
    )


def _event_has(event: str, name: str, value: str | None = None) -> _Test:
    has_field = _has_field(str, name, value)
    return lambda seen: any(has_field(fields(each)) for each in seen.heard if each["type"] == event)


def _has_field(
    fold: Callable[[str], str], name: str, value: str | None = None
) -> Callable[[Iterable[tuple[str, str]]], bool]:
    wanted_name = _string(name).lower()
    wanted = None if value is None else fold(_string(value))

    def test(pairs: Iterable[tuple[str, str]]) -> bool:
        values = [fold(value) for each, value in pairs if each.lower() == wanted_name]
        whole = ", ".join(values)
        elements = map(str.strip, whole.split(","))
        return bool(values) and (wanted is None or wanted in (whole, *values, *elements))

    return test


def _sends(value: str) -> _Test:
    wanted = _string(value)
    return lambda seen: wanted in seen.sent


def _sends_only(value: str) -> _Test:
    wanted = _string(value)
    return lambda seen: seen.sent == wanted


def _sends_field(name: str, value: str | None = None) -> _Test:
    has_field = _has_field(str.lower, name, value)
    return lambda seen: has_field(_FIELD_LINE.findall(seen.sent))


def _ends(client: str, server: str) -> _Test:
    wanted = {"client": _states(client), "server": _states(server)}

    def test(seen: Conversation) -> bool | None:
        found = {role: seen.seen_last(role) for role in wanted}
        if any(found[role] not in (_UNSEEN, *wanted[role]) for role in wanted):
            return False
        return None if _UNSEEN in found.values() else True

    return test


def _trailing(value: str) -> _Test:
    wanted = _string(value)

    def test(seen: Conversation) -> bool | None:
        trailing = seen.seen_last("trailing")
        if trailing is _UNSEEN:
            return None
        return octets((trailing or [None])[0]) == wanted

    return test


def _waits() -> _Test:
    def test(seen: Conversation) -> bool | None:
        waits = seen.seen_last("client_waits")
        return None if waits is _UNSEEN else waits is True

    return test


def _anything() -> _Test:
    return lambda seen: seen.clean


_VERBS = {
    "accepts": _Verb(_accepts),
    "rejects": _Verb(partial(_raises, "RemoteProtocolError"), 0, 1),
    "refuses": _Verb(partial(_raises, "LocalProtocolError"), 0, 1),
    "hears": _Verb(_hears, 0, sys.maxsize),
    "sends": _Verb(_sends, 1, 1),
    "sends only": _Verb(_sends_only, 1, 1),
    "sends field": _Verb(_sends_field, 1, 2),
    "ends": _Verb(_ends, 2, 2),
    "trailing": _Verb(_trailing, 1, 1),
    "waits": _Verb(_waits),
    "anything": _Verb(_anything),
}


def _states(word: str) -> Sequence[str]:
    names = STATES if word == "*" else word.split("|")
    for name in names:
        if name not in STATES:
            raise ConditionError(f"{name!r} is not a state")
    return names


def _value(word: str) -> Any:
    try:
        return json.loads(word)
    except json.JSONDecodeError:
        raise ConditionError(f"{word!r} is not a value in JSON") from None


def _string(word: str) -> str:
    """The bytes that a word stands for, as ISO 8859-1."""
    value = _value(word)
    if not isinstance(value, str) or any(character > "\xff" for character in value):
        raise ConditionError(f"{word!r} is not a string of bytes")
    return value
