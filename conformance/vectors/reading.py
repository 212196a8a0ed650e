"""The parsing of a vector that others wrote, with an error message of one sentence.

Owns the validation of a vector; ``strategies.program`` validates its program. It must not know
whether the expected trace is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from ...reports.findings.vector import VECTOR_VERSION, Vector, vector_id
from ...strategies.program import Json, Program, ProgramError, is_list, is_object

# Twenty times the longest vector.
MAX_BYTES = 2**20
MEMBERS = ("vector", "id", "check", "requirements", "program", "expected")
STATE_MEMBERS = ("client", "server", "trailing", "version", "client_waits", "they_wait")
OUTCOMES = ("returned", "events", "raised")
_RAISED = ("by", "family", "class", "text", "hint")


class VectorError(ValueError):
    """A vector is malformed; the message has the place and what is allowed there."""


def read(content: bytes, where: str) -> Vector:
    """Returns the vector in a text.

    Args:
        content: the text, in UTF-8.
        where: its name in an error message, such as the name of its file.

    Raises:
        VectorError: the text is not a vector.
    """
    try:
        return _read(_parsed(content))
    except (VectorError, ProgramError) as error:
        raise VectorError(f"{where}: {error}") from None


def _parsed(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        raise VectorError(f"{len(content):,} bytes are too many; a vector has up to {MAX_BYTES:,}")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise VectorError(f"byte {error.start} is not UTF-8, which JSON is written in") from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        end = "it ends too early" if error.pos >= len(text.rstrip()) else "it is not JSON"
        place = f"line {error.lineno}, column {error.colno}"
        raise VectorError(f"{end}: {error.msg} at {place}") from None
    except RecursionError:
        raise VectorError("it is nested too deeply") from None
    except VectorError:
        raise
    except ValueError:  # only raised for the digits of a number
        raise VectorError("it has a number with too many digits") from None


def _object(pairs: list[tuple[str, Any]]) -> Json:
    form = dict(pairs)
    if len(form) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise VectorError(f"{twice!r} occurs twice in one object")
    return form


def _no_number(name: str) -> NoReturn:
    raise VectorError(f"{name} is not a number in JSON")


def _read(form: Any) -> Vector:
    form = _members(form, "a vector", {"vector"}, None)
    version = form["vector"]
    if type(version) is not int or version != VECTOR_VERSION:
        raise VectorError(
            f"vector: version {version!r} is not known; this suite reads version {VECTOR_VERSION}"
        )
    _members(form, "a vector", MEMBERS, MEMBERS)
    program = Program.from_json(form["program"])
    expected = _trace(form["expected"], program)
    requirements = form["requirements"]
    if not is_list(requirements) or not all(isinstance(each, str) for each in requirements):
        raise VectorError(f"requirements: {requirements!r:.60} is not an array of ids")
    known = vector_id(program)
    if form["id"] != known:
        raise VectorError(
            f"id: {form['id']!r:.60} is not the id of the program, which is {known!r}"
        )
    if not isinstance(form["check"], str) or "/" not in form["check"]:
        raise VectorError(
            f"check: {form['check']!r:.60} is not the id of a check, such as 'framing/x'"
        )
    return Vector(known, form["check"], tuple(requirements), program, expected)


def _trace(form: Any, program: Program) -> list[Json]:
    steps = len(program.steps)
    if not is_list(form):
        raise VectorError(f"expected: {type(form).__name__} is not an array")
    if len(form) != steps:
        raise VectorError(f"expected: {len(form)} observations for {steps} steps")
    first_look = steps - 1 if program.look == "last" else 0
    return [
        _observation(each, f"expected, step {at}", STATE_MEMBERS if at >= first_look else ())
        for at, each in enumerate(form)
    ]


def _observation(form: Any, where: str, needed: Iterable[str]) -> Json:
    observation = _members(form, where, needed, (*OUTCOMES, *STATE_MEMBERS))
    if not any(name in observation for name in OUTCOMES):
        raise VectorError(f"{where}: no outcome; there must be one of {', '.join(OUTCOMES)}")
    if "raised" in observation:
        _members(observation["raised"], f"{where}, raised", _RAISED[:4], _RAISED)
    events = observation.get("events", [])
    if not is_list(events):
        raise VectorError(f"{where}, events: {type(events).__name__} is not an array")
    for event in events:
        _members(event, f"{where}, events", ("type",), None)
    return observation


def _members(form: Any, where: str, needed: Iterable[str], allowed: Iterable[str] | None) -> Json:
    if not is_object(form):
        raise VectorError(f"{where}: {type(form).__name__} is not an object")
    members: Json = form
    known = form.keys() if allowed is None else {*allowed}
    for name in sorted(form.keys() - known):
        raise VectorError(f"{where}: {name!r} is not known; known are {', '.join(sorted(known))}")
    for name in needed:
        if name not in form:
            raise VectorError(f"{where}: {name!r} is missing")
    return members
