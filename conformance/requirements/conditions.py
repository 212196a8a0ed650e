"""What a requirement asks of the trace of its program, in a line of text.

Owns that small language, and the reading of a trace by it. It looks at one implementation's trace
alone: what the reference does has no say in whether the RFC is kept.

A condition is one or more alternatives, joined by `` or ``; each is one of these, or ``not`` and
one of these. Strings are written as in JSON, and stand for bytes.

    accepts                       nothing is raised
    rejects [HINT]                reading raises a RemoteProtocolError, with this status hint
    refuses [HINT]                a LocalProtocolError is raised, with this status hint
    hears EVENT ... [*]           these events come, in this order and no others; with *, at least
                                  these first; pieces of a body count as one Data
    EVENT.FIELD VALUE             an event of this type comes with this value, its data in one piece
    EVENT has NAME [VALUE]        an event of this type comes with this field
    sends VALUE                   what is sent has these bytes in it
    sends only VALUE              what is sent is exactly these bytes
    sends field NAME [VALUE]      what is sent has this field, in whatever case it is written
    ends CLIENT SERVER            the states after the last step; A|B for either, * for any
    trailing VALUE                the bytes that are left unread after the last step
    waits                         after the last step, the client waits for 100-continue
    anything                      whatever is done is allowed, if it is done without other errors

The case of a field's NAME has no meaning. Its VALUE is that of one of its lines, an element of its
list, or the whole list: lines of one name are joined by ", ".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...strategies.interpreter import EVENT_FIELDS, STATES
from ...strategies.programs import Json, Program, Send, is_list, is_object
from ...strategies.traces import Trace

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"]+')
_FIELD_LINE = re.compile(r"^([!-9;-~]+):[ \t]*(.*?)[ \t]*\r?\n", re.MULTILINE)
_NOTHING_NEW = ("NEED_DATA", "PAUSED")


class ConditionError(ValueError):
    """What was given as a condition is none; the message says what is."""


@dataclass(frozen=True)
class Conversation:
    """What a program and its trace come to, taken together."""

    program: Program
    trace: Trace

    @cached_property
    def heard(self) -> list[Json]:
        """The events that came, in order; Data that follow each other are one."""
        heard: list[Json] = []
        for observation in self.trace:
            for event in observation.events:
                if event["type"] in _NOTHING_NEW:
                    continue
                if event["type"] == "Data":
                    event = {"type": "Data", "data": _bytes(event.get("data"))}
                    if heard and heard[-1]["type"] == "Data":
                        heard[-1] = {"type": "Data", "data": heard[-1]["data"] + event["data"]}
                        continue
                heard.append(event)
        return heard

    @cached_property
    def sent(self) -> str:
        """What was sent, as ISO 8859-1."""
        steps = zip(self.program.steps, self.trace, strict=False)
        return "".join(_bytes(seen.returned) for step, seen in steps if isinstance(step, Send))

    def raised(self, family: str, hint: int | None) -> bool:
        """Whether an exception of this family was raised, with this hint if one is given."""
        return any(
            error is not None and error.family == family and hint in (None, error.hint)
            for error in (observation.raised for observation in self.trace)
        )

    @property
    def clean(self) -> bool:
        """Whether nothing came out of any call but protocol errors."""
        return len(self.trace) == len(self.program.steps) and not any(
            "fault" in seen.form or (seen.raised is not None and seen.raised.family == "other")
            for seen in self.trace
        )

    @property
    def last(self) -> Json:
        """The last observation; empty if there is none."""
        return self.trace.form[-1] if self.trace.form else {}


_Test = Callable[[Conversation], bool]


@dataclass(frozen=True)
class Conditions:
    """Conditions that must all hold; raises ConditionError for what is none."""

    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.texts:
            raise ConditionError("there is no condition; 'anything' is one that allows everything")
        self._tests  # noqa: B018 (whoever writes a wrong one learns of it at once)

    @cached_property
    def _tests(self) -> tuple[_Test, ...]:
        return tuple(_read(text) for text in self.texts)

    def hold(self, program: Program, trace: Trace) -> bool:
        """Whether the trace of the program meets them."""
        if len(trace) < len(program.steps) or any("fault" in form for form in trace.form):
            return False  # whatever was seen before, nobody keeps anything by dying
        conversation = Conversation(program, trace)
        return all(test(conversation) for test in self._tests)


def _read(text: str) -> _Test:
    words = _WORD.findall(text)
    if _WORD.sub("", text).strip():
        raise ConditionError(f"{text!r} has a string that does not end")
    alternatives: list[list[str]] = [[]]
    for word in words:
        if word == "or":
            alternatives.append([])
        else:
            alternatives[-1].append(word)
    tests = [_read_one(alternative, text) for alternative in alternatives]
    return lambda conversation: any(test(conversation) for test in tests)


def _read_one(words: Sequence[str], text: str) -> _Test:
    if words[:1] == ["not"]:
        inner = _read_one(words[1:], text)
        return lambda conversation: not inner(conversation)
    try:
        return _made(*words)
    except (TypeError, ValueError, IndexError, KeyError):
        raise ConditionError(
            f"{text!r} is no condition; conditions.py says what can be asked"
        ) from None


def _made(verb: str, *words: str) -> _Test:
    event, _, field = verb.partition(".")
    if field:
        return _with_value(event, field, *words)
    if verb in EVENT_FIELDS:
        return _with_field(verb, *words)
    return _VERBS[verb](*words)


def _accepts() -> _Test:
    return lambda seen: (
        len(seen.trace) == len(seen.program.steps)
        and not any("raised" in form or "fault" in form for form in seen.trace.form)
    )


def _rejects(hint: str | None = None) -> _Test:
    code = None if hint is None else int(hint)
    return lambda seen: seen.raised("RemoteProtocolError", code)


def _refuses(hint: str | None = None) -> _Test:
    code = None if hint is None else int(hint)
    return lambda seen: seen.raised("LocalProtocolError", code)


def _hears(*names: str) -> _Test:
    begins = names[-1:] == ("*",)
    wanted = list(names[:-1] if begins else names)
    if not set(wanted) <= set(EVENT_FIELDS) - set(_NOTHING_NEW) or (begins and not wanted):
        raise ValueError(names)
    end = len(wanted) if begins else None
    return lambda seen: [event["type"] for event in seen.heard][:end] == wanted


def _with_value(event: str, field: str, value: str) -> _Test:
    if field not in EVENT_FIELDS[event]:
        raise ValueError(field)
    wanted = json.loads(value)
    return lambda seen: any(
        each["type"] == event and _plain(each.get(field)) == wanted for each in seen.heard
    )


def _with_field(event: str, has: str, name: str, value: str | None = None) -> _Test:
    if has != "has" or "headers" not in EVENT_FIELDS[event]:
        raise ValueError(has)
    has_field = _has_field(str, name, value)
    return lambda seen: any(has_field(_pairs(each)) for each in seen.heard if each["type"] == event)


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


def _sends(*words: str) -> _Test:
    if words[0] == "field":
        has_field = _has_field(str.lower, *words[1:])
        return lambda seen: has_field(_FIELD_LINE.findall(seen.sent))
    if words[0] == "only":
        [_, whole] = words
        exactly = _string(whole)
        return lambda seen: seen.sent == exactly
    [part] = words
    wanted = _string(part)
    return lambda seen: wanted in seen.sent


def _ends(client: str, server: str) -> _Test:
    allowed = _states(client), _states(server)
    return lambda seen: (
        seen.last.get("client") in allowed[0] and seen.last.get("server") in allowed[1]
    )


def _states(words: str) -> Sequence[str]:
    names = STATES if words == "*" else words.split("|")
    if not set(names) <= set(STATES):
        raise ValueError(words)
    return names


def _trailing(value: str) -> _Test:
    wanted = _string(value)
    return lambda seen: _bytes(seen.last.get("trailing", [None])[0]) == wanted


def _waits() -> _Test:
    return lambda seen: seen.last.get("client_waits") is True


def _anything() -> _Test:
    return lambda seen: seen.clean


_VERBS: dict[str, Callable[..., _Test]] = {
    "accepts": _accepts,
    "rejects": _rejects,
    "refuses": _refuses,
    "hears": _hears,
    "sends": _sends,
    "ends": _ends,
    "trailing": _trailing,
    "waits": _waits,
    "anything": _anything,
}


def _string(word: str) -> str:
    """The bytes that a word stands for, as ISO 8859-1; raises TypeError if it is no string."""
    value = json.loads(word)
    if not isinstance(value, str):
        raise TypeError(word)
    value.encode("latin-1")
    return value


def _plain(value: Any) -> Any:
    """A value of an observation without the type that its bytes had."""
    if is_object(value):
        return _plain(next(iter(value.values()), None))
    return [_plain(item) for item in value] if is_list(value) else value


def _bytes(value: Any) -> str:
    """The bytes in a value, those of a list in their order; "" for what is none."""
    plain = _plain(value)
    if is_list(plain):
        return "".join(map(_bytes, plain))
    return plain if isinstance(plain, str) else ""


def _pairs(event: Json) -> Iterator[tuple[str, str]]:
    headers = event.get("headers")
    for name, value in headers if is_list(headers) else ():
        yield _bytes(name), _bytes(value)
