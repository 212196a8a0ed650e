"""The vectors that come with the package.

Owns their file, and how it is kept small: of an observation, only what is not to be expected after
the one before, and the names of fields once. Knows nothing of how they were chosen.

Each line is a vector, and the first says by which source code the traces were made: as soon as that
changes, they are no longer to be believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec

from ...reports.findings.vector import Vector
from ...strategies.programs import PROGRAM_VERSION, Json, Program, Receive, ReceiveEOF, Step
from ...strategies.provenance import digest, made_by
from .reading import STATE_MEMBERS

FILE = Path(__file__).with_name("corpus.jsonl")
# What can be seen of a connection before the first step.
_FIRST: Json = {
    "client": "IDLE",
    "server": "IDLE",
    "trailing": ["", False],
    "version": None,
    "client_waits": False,
    "they_wait": False,
}


class Kept(msgspec.Struct, omit_defaults=True, dict=True):
    """A vector as it is kept, and not looked into further than somebody needs to.

    ``digest`` is that of the text of its trace, which most implementations show.
    """

    id: str
    check: str
    digest: str
    role: str
    steps: list[Any]
    expected: msgspec.Raw
    limit: int | None = None
    requirements: tuple[str, ...] = ()

    @cached_property
    def program(self) -> Program:
        """The program."""
        steps = [{"do": step} if isinstance(step, str) else step for step in self.steps]
        form = {"program": PROGRAM_VERSION, "role": self.role, "limit": self.limit, "steps": steps}
        return Program.from_json(form)

    def trace(self) -> list[Json]:
        """Returns the expected trace."""
        return _whole(self.program, json.loads(bytes(self.expected)))

    def vector(self) -> Vector:
        """Returns all of it."""
        return Vector(self.id, self.check, self.requirements, self.program, self.trace())


@cache
def kept() -> tuple[Kept, ...]:
    """Returns all vectors as they are kept, in the order of their checks."""
    _, _, lines = FILE.read_bytes().partition(b"\n")
    return tuple(msgspec.json.Decoder(Kept).decode_lines(lines))


def load() -> list[Vector]:
    """Returns all vectors, in the order of their checks."""
    return [each.vector() for each in kept()]


@cache
def current() -> bool:
    """Whether the reference still is what the traces were made by."""
    with FILE.open("rb") as file:
        known: str = json.loads(file.readline())["made_by"]
    return known == made_by().hex()


def digest_of(trace: Sequence[Json] | str) -> str:
    """Returns the digest of a trace, or of the text that a worker sends of one."""
    text = trace if isinstance(trace, str) else json.dumps(trace)
    return digest(text.encode("ascii")).hex()


def content(vectors: Iterable[Vector]) -> bytes:
    """Returns what the file should hold."""
    forms = ({"made_by": made_by().hex()}, *map(_form, vectors))
    lines = (json.dumps(form, separators=(",", ":")) + "\n" for form in forms)
    return "".join(lines).encode("ascii")


def _form(vector: Vector) -> Json:
    program = vector.program.to_json()
    return {
        "id": vector.id,
        "check": vector.check,
        **({"requirements": list(vector.requirements)} if vector.requirements else {}),
        "digest": digest_of(vector.expected),
        **{name: part for name, part in program.items() if name in ("role", "limit")},
        "steps": [step["do"] if len(step) == 1 else step for step in program["steps"]],
        "expected": list(_news(vector.program, vector.expected)),
    }


def _news(program: Program, trace: Sequence[Json]) -> Iterator[Json]:
    """Of each observation what is not as it was to be expected."""
    before = _FIRST
    for step, observation in zip(program.steps, trace, strict=True):
        state = _after(step, before)
        news = {
            name: part for name, part in observation.items() if not _same(part, state.get(name))
        }
        if "events" in observation:
            news["events"] = [_short(event) for event in observation["events"]]
        yield news
        before = {name: observation[name] for name in STATE_MEMBERS}


def _whole(program: Program, news: Sequence[Json]) -> list[Json]:
    """The trace, its members in the order in which the interpreter notes them."""
    state = _FIRST
    trace: list[Json] = []
    for step, new in zip(program.steps, news, strict=True):
        after = _after(step, state)
        state = {name: new.get(name, after[name]) for name in STATE_MEMBERS}
        outcome = {name: part for name, part in new.items() if name not in state}
        if "events" in new:
            outcome["events"] = [_long(event) for event in new["events"]]
        trace.append({**(outcome or {"returned": None}), **state})
    return trace


def _after(step: Step, before: Json) -> Json:
    """What is to be expected after a step: nothing is returned, and only what comes is new."""
    unread, ended = before["trailing"]
    if isinstance(step, Receive):
        unread += step.data.decode("latin-1")
    return {**before, "trailing": [unread, ended or isinstance(step, ReceiveEOF)], "returned": None}


def _same(one: Any, other: Any) -> bool:
    """Python holds 1 and True for equal."""
    return json.dumps(one) == json.dumps(other)


def _short(event: Json) -> Json:
    """An event without its headers where they are but the raw ones in lower case."""
    lower = [[name.lower(), value] for name, value in event.get("raw_headers", ())]
    return {
        name: part
        for name, part in event.items()
        if name != "headers" or "raw_headers" not in event or part != lower
    }


def _long(event: Json) -> Json:
    """The event with them, in front of the raw ones."""
    whole: Json = {}
    for name, part in event.items():
        if name == "raw_headers" and "headers" not in event:
            whole["headers"] = [[field.lower(), value] for field, value in part]
        whole[name] = part
    return whole
