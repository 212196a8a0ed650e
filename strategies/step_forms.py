"""Reads steps from their JSON form.

Owns what is refused, and the message with the place and what is allowed there. It must not know how
a program is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from .interpreter import KINDS, METHODS, PROPERTIES
from .steps import (
    API_NAMES,
    BARE_STEPS,
    NEW_KINDS,
    NEW_STEP_NAMES,
    SENDABLE,
    Again,
    Call,
    Change,
    EventSpec,
    On,
    ProgramError,
    Read,
    Receive,
    Send,
    SingleStep,
    Step,
    Typed,
    is_list,
    is_object,
    is_tuple,
)

_MEMBERS: dict[str, tuple[str, ...]] = {
    "receive": ("data",),
    "send": ("event", "passthrough"),
    "call": ("method", "arguments", "keywords"),
    "read": ("name",),
    "change": ("what",),
}


def read_step(form: Any, where: str, known: tuple[str, ...], connections: int) -> Step:
    """Returns the step that ``form`` stands for; raises ProgramError if there is none.

    Args:
        where: the place of the step, for messages.
        known: the names of steps of the version that is read.
        connections: how many the program has.
    """
    name = _one_of(known, mapping(form, where).get("do"), where, "step")
    on = {"on"} if NEW_STEP_NAMES[0] in known else set[str]()
    mapping(form, where, {"do", *_MEMBERS.get(name, ()), *on})
    connection = form.get("on", 0)
    if type(connection) is not int or not 0 <= connection < connections:
        raise ProgramError(
            f"{where}, on: {connection!r} is no index of a connection; there are {connections}"
        )
    step = _read_single_step(form, name, where)
    return On(connection, step) if connection else step


def _read_single_step(form: Mapping[str, Any], name: str, where: str) -> SingleStep:
    if name == "receive":
        return Receive(_bytes(form.get("data"), f"{where}, data"))
    if name == "send":
        passthrough = form.get("passthrough", False)
        if not isinstance(passthrough, bool):
            raise ProgramError(f"{where}, passthrough: {passthrough!r} is neither true nor false")
        return Send(_read_event(form.get("event"), f"{where}, event"), passthrough)
    if name == "call":
        return _read_call(form, where)
    if name == "read":
        return Read(_one_of(PROPERTIES, form.get("name"), where, "property"))
    if name == "change":
        what = form.get("what")
        if what not in ("arguments", "results"):
            raise ProgramError(f'{where}, what: {what!r} is not "arguments" or "results"')
        return Change(what)
    return Again() if name == "again" else BARE_STEPS[name]


def _read_call(form: Mapping[str, Any], where: str) -> Call:
    method = _one_of(tuple(METHODS), form.get("method"), where, "method")
    arguments, keywords = form.get("arguments", []), form.get("keywords", {})
    if not is_list(arguments):
        raise ProgramError(f"{where}, arguments: {type(arguments).__name__} is not a list")
    named = mapping(keywords, f"{where}, keywords")
    return Call(
        method,
        tuple(_read_argument(value, f"{where}, arguments") for value in arguments),
        tuple((key, _read_argument(value, f"{where}, {key}")) for key, value in named.items()),
    )


def _read_argument(value: Any, where: str) -> Any:
    if is_object(value) and len(value) == 1:
        [(kind, content)] = value.items()
        if kind == "event":
            return Typed("event", _read_event(content, f"{where}, event", new=True))
        if kind == "api":
            return Typed("api", _one_of(API_NAMES, content, where, "name of the API"))
    return _from_json(value, where)


def _read_event(form: Any, where: str, *, new: bool = False) -> EventSpec:
    name = _one_of(SENDABLE, mapping(form, where).get("type"), where, "event")
    if new and not is_list(form.get("*", [])):
        raise ProgramError(f"{where}, *: {form['*']!r} is not an array of arguments by position")
    arguments = tuple(
        (key, _from_json(value, f"{where}, {key}")) for key, value in form.items() if key != "type"
    )
    for key, value in () if new else arguments:
        kinds = ["*"] if key == "*" else [kind for kind in _kinds_in(value) if kind in NEW_KINDS]
        if kinds:
            raise ProgramError(f"{where}, {key}: only a call step can pass {kinds[0]!r}")
    return EventSpec(name, arguments)


def _kinds_in(value: Any) -> Iterator[str]:
    if isinstance(value, Typed):
        yield value.kind
        yield from _kinds_in(value.content)
    for element in value if is_tuple(value) else ():
        yield from _kinds_in(element)


def _one_of(known: tuple[str, ...], name: Any, where: str, kind: str) -> str:
    """Returns the name if it is known; raises ProgramError with the nearest known one."""
    if name in known:
        return str(name)
    suggested = _nearest(name, known)
    plural = "properties" if kind == "property" else f"{kind.partition(' ')[0]}s"
    raise ProgramError(
        f"{where}: unknown {kind} {name!r}{suggested}; {plural} are {', '.join(known)}"
    )


def _nearest(name: Any, known: Iterable[str]) -> str:
    close = get_close_matches(name, sorted(known), 1) if isinstance(name, str) else []
    return f" (did you mean {close[0]!r}?)" if close else ""


def mapping(form: Any, where: str, allowed: set[str] | None = None) -> Mapping[str, Any]:
    """Returns ``form`` if it is an object with allowed members only, or raises ProgramError."""
    if not is_object(form):
        raise ProgramError(f"{where}: {type(form).__name__} is not an object")
    unknown = sorted(set(form) - allowed) if allowed else []
    if unknown:
        raise ProgramError(
            f"{where}: {unknown[0]!r} is not known{_nearest(unknown[0], allowed or ())}; "
            f"allowed are {', '.join(sorted(allowed or ()))}"
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


def _is_item(element: Any) -> bool:
    """Whether an array stands for an item of a dict; a name of another type has no hash."""
    if not is_list(element) or len(element) != 2:
        return False
    name = element[0]
    return isinstance(name, str) or (is_object(name) and list(name) == ["text"])


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
    if kind == "items":
        if is_list(content) and all(map(_is_item, content)):
            return _from_json(content, where)
        raise ProgramError(
            f"{where}: {content!r} is not an array of pairs; items holds the names of a dict, as "
            "bytes or text, with their values"
        )
    if not isinstance(content, str):
        raise ProgramError(f"{where}: {content!r} is not a string; {kind} holds text")
    if kind not in ("text", "text_subclass"):
        _bytes(content, where)
    return content
