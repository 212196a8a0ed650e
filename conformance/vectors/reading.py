"""What somebody else wrote as a vector, and the one sentence that says why it is none.

Owns the checks of the form. What a program may be, ``strategies.programs`` says. Knows nothing of
whether what is expected is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from ...reports.findings.vector import VECTOR_VERSION, Vector, identity
from ...strategies.programs import Json, Program, ProgramError, is_list, is_object

# The longest one there is has a twentieth of it.
MOST_BYTES = 2**20
MEMBERS = ("vector", "id", "check", "requirements", "program", "expected")
STATE_MEMBERS = ("client", "server", "trailing", "version", "client_waits", "they_wait")
OUTCOMES = ("returned", "events", "raised")
_RAISED = ("by", "family", "class", "text", "hint")


class VectorError(ValueError):
    """What was read as a vector is none; the message has the place and what is allowed there."""


def read(content: bytes, where: str) -> Vector:
    """Returns the vector in a text; raises VectorError if there is none.

    Args:
        content: the text, in UTF-8.
        where: what to call it when it is refused, such as the name of its file.
    """
    try:
        return _read(_parsed(content))
    except (VectorError, ProgramError) as error:
        raise VectorError(f"{where}: {error}") from None


def _parsed(content: bytes) -> Any:
    if len(content) > MOST_BYTES:
        raise VectorError(f"{len(content):,} bytes are too many; a vector has up to {MOST_BYTES:,}")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise VectorError(f"byte {error.start} is not UTF-8, which JSON is written in") from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        end = "it ends too early" if error.pos >= len(text.rstrip()) else "it is no JSON"
        place = f"line {error.lineno}, column {error.colno}"
        raise VectorError(f"{end}: {error.msg} at {place}") from None
    except RecursionError:
        raise VectorError("it is nested too deeply to be read") from None
    except VectorError:
        raise
    except ValueError:  # of the digits of a number, and nothing else
        raise VectorError("it has a number of too many digits to be read") from None


def _object(pairs: list[tuple[str, Any]]) -> Json:
    form = dict(pairs)
    if len(form) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise VectorError(f"{twice!r} stands twice in one object")
    return form


def _no_number(name: str) -> NoReturn:
    raise VectorError(f"{name} is no number in JSON")


def _read(form: Any) -> Vector:
    form = _members(form, "a vector", {"vector"}, None)
    version = form["vector"]
    if type(version) is not int or version != VECTOR_VERSION:
        raise VectorError(
            f"vector: version {version!r} is not known; this suite reads version {VECTOR_VERSION}"
        )
    _members(form, "a vector", MEMBERS, MEMBERS)
    program = Program.from_json(form["program"])
    expected = _trace(form["expected"], len(program.steps))
    requirements = form["requirements"]
    if not is_list(requirements) or not all(isinstance(each, str) for each in requirements):
        raise VectorError(f"requirements: {requirements!r:.60} is no array of ids")
    known = identity(program)
    if form["id"] != known:
        raise VectorError(f"id: {form['id']!r:.60} is not that of the program, which is {known!r}")
    if not isinstance(form["check"], str) or "/" not in form["check"]:
        raise VectorError(f"check: {form['check']!r:.60} is no id of a check, as 'framing/x' is")
    return Vector(known, form["check"], tuple(requirements), program, expected)


def _trace(form: Any, steps: int) -> list[Json]:
    if not is_list(form):
        raise VectorError(f"expected: {type(form).__name__} is no array")
    if len(form) != steps:
        raise VectorError(f"expected: {len(form)} observations of {steps} steps")
    return [_observation(each, f"expected, step {at}") for at, each in enumerate(form)]


def _observation(form: Any, where: str) -> Json:
    observation = _members(form, where, STATE_MEMBERS, (*OUTCOMES, *STATE_MEMBERS))
    if not any(name in observation for name in OUTCOMES):
        raise VectorError(f"{where}: no outcome; there is one of {', '.join(OUTCOMES)}")
    if "raised" in observation:
        _members(observation["raised"], f"{where}, raised", _RAISED[:4], _RAISED)
    events = observation.get("events", [])
    if not is_list(events):
        raise VectorError(f"{where}, events: {type(events).__name__} is no array")
    for event in events:
        _members(event, f"{where}, events", ("type",), None)
    return observation


def _members(form: Any, where: str, needed: Iterable[str], allowed: Iterable[str] | None) -> Json:
    if not is_object(form):
        raise VectorError(f"{where}: {type(form).__name__} is no object")
    members: Json = form
    known = form.keys() if allowed is None else {*allowed}
    for name in sorted(form.keys() - known):
        raise VectorError(f"{where}: {name!r} is not known; known are {', '.join(sorted(known))}")
    for name in needed:
        if name not in form:
            raise VectorError(f"{where}: {name!r} is missing")
    return members
