"""The vectors shipped with the package.

Owns their file and its compression: an observation stores only what cannot be predicted from the
one before, and the fields of an event only once. It must not know how the vectors were chosen.

The first line has the fingerprint of the source code that produced the traces; the traces are stale
as soon as that code changes. Each further line is a vector.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec

from ...reports.findings.vector import Vector
from ...strategies.fingerprint import digest, source_fingerprint
from ...strategies.json_text import json_text
from ...strategies.program import Json, Program, Receive, ReceiveEOF, Step
from .reading import STATE_MEMBERS

FILE = Path(__file__).with_name("corpus.jsonl")
# What an observation would show before the first step.
_START: Json = {
    "client": "IDLE",
    "server": "IDLE",
    "trailing": ["", False],
    "version": None,
    "client_waits": False,
    "they_wait": False,
}


class StoredVector(msgspec.Struct, omit_defaults=True, dict=True):
    """A vector as it is stored; its program and trace are parsed on demand.

    ``digest`` is that of its trace as text. Most implementations show this trace, so that comparing
    digests is enough.
    """

    id: str
    check: str
    digest: str
    steps: list[Any]
    expected: msgspec.Raw
    role: str = ""
    limit: int | None = None
    connections: tuple[Any, ...] = ()
    look: str = "each"
    requirements: tuple[str, ...] = ()

    @cached_property
    def program(self) -> Program:
        """The program, parsed once."""
        steps = [{"do": step} if isinstance(step, str) else step for step in self.steps]
        if self.role:
            form = {"program": 1, "role": self.role, "limit": self.limit, "steps": steps}
        else:
            connections = list(self.connections)
            form = {"program": 2, "connections": connections, "look": self.look, "steps": steps}
        return Program.from_json(form)

    def trace(self) -> list[Json]:
        """Returns the expected trace."""
        return _uncompressed(self.program, json.loads(bytes(self.expected)))

    def vector(self) -> Vector:
        """Returns the whole vector."""
        return Vector(self.id, self.check, self.requirements, self.program, self.trace())


@cache
def stored() -> tuple[StoredVector, ...]:
    """Returns all vectors as they are stored, in the order of their checks."""
    _, _, lines = FILE.read_bytes().partition(b"\n")
    return tuple(msgspec.json.Decoder(StoredVector).decode_lines(lines))


def load() -> list[Vector]:
    """Returns all vectors, in the order of their checks."""
    return [each.vector() for each in stored()]


@cache
def current() -> bool:
    """Whether the traces were produced by the reference as it is now."""
    with FILE.open("rb") as file:
        recorded: str = json.loads(file.readline())["made_by"]
    return recorded == source_fingerprint().hex()


def digest_of(trace: Sequence[Json] | str) -> str:
    """Returns the digest of a trace, or of its text as a worker sends it."""
    text = trace if isinstance(trace, str) else json_text(trace)
    return digest(text.encode("ascii")).hex()


def content(vectors: Iterable[Vector]) -> bytes:
    """Returns the content of a file with these vectors."""
    forms = ({"made_by": source_fingerprint().hex()}, *map(_form, vectors))
    lines = (json.dumps(form, separators=(",", ":")) + "\n" for form in forms)
    return "".join(lines).encode("ascii")


def _form(vector: Vector) -> Json:
    program = vector.program.to_json()
    return {
        "id": vector.id,
        "check": vector.check,
        **({"requirements": list(vector.requirements)} if vector.requirements else {}),
        "digest": digest_of(vector.expected),
        **{name: part for name, part in program.items() if name not in ("program", "steps")},
        "steps": [step["do"] if len(step) == 1 else step for step in program["steps"]],
        "expected": list(_compressed(vector.program, vector.expected)),
    }


def _compressed(program: Program, trace: Sequence[Json]) -> Iterator[Json]:
    """Yields the members of each observation that differ from the prediction."""
    if program.version > 1:  # the connections take turns: nothing is predicted
        yield from trace
        return
    before = _START
    for step, observation in zip(program.steps, trace, strict=True):
        predicted = _predicted(step, before)
        changes = {
            name: part for name, part in observation.items() if not _same(part, predicted.get(name))
        }
        if "events" in observation:
            changes["events"] = [_without_headers(event) for event in observation["events"]]
        yield changes
        before = {name: observation[name] for name in STATE_MEMBERS}


def _uncompressed(program: Program, compressed: Sequence[Json]) -> list[Json]:
    """The trace, with its members in the order in which the interpreter writes them."""
    if program.version > 1:
        return list(compressed)
    state = _START
    trace: list[Json] = []
    for step, changes in zip(program.steps, compressed, strict=True):
        predicted = _predicted(step, state)
        state = {name: changes.get(name, predicted[name]) for name in STATE_MEMBERS}
        outcome = {name: part for name, part in changes.items() if name not in state}
        if "events" in changes:
            outcome["events"] = [_with_headers(event) for event in changes["events"]]
        trace.append({**(outcome or {"returned": None}), **state})
    return trace


def _predicted(step: Step, before: Json) -> Json:
    """The observation of a step that returns None and changes nothing but the unread bytes."""
    unread, ended = before["trailing"]
    if isinstance(step, Receive):
        unread += step.data.decode("latin-1")
    return {**before, "trailing": [unread, ended or isinstance(step, ReceiveEOF)], "returned": None}


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON; in Python, 1 and True are equal."""
    return json.dumps(one) == json.dumps(other)


def _without_headers(event: Json) -> Json:
    """The event without its headers, if they are the raw headers in lower case."""
    lower = [[name.lower(), value] for name, value in event.get("raw_headers", ())]
    return {
        name: part
        for name, part in event.items()
        if name != "headers" or "raw_headers" not in event or part != lower
    }


def _with_headers(event: Json) -> Json:
    """The event with its headers, before the raw headers."""
    complete: Json = {}
    for name, part in event.items():
        if name == "raw_headers" and "headers" not in event:
            complete["headers"] = [[field.lower(), value] for field, value in part]
        complete[name] = part
    return complete
