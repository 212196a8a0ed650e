"""The vectors that come with the package.

Owns their file, and how it is kept small: of an observation, only what is new since the one before,
and no outcome where nothing was returned. Knows nothing of how they were chosen.

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

from ...strategies.programs import PROGRAM_VERSION, Json, Program
from ...strategies.provenance import digest, made_by
from .reading import STATE_MEMBERS
from .vector import Vector

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
        return _whole(json.loads(bytes(self.expected)))

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
        "expected": list(_news(vector.expected)),
    }


def _news(trace: Sequence[Json]) -> Iterator[Json]:
    """Of each observation the outcome, and what of the state is not as it was before."""
    before = _FIRST
    for observation in trace:
        state = {name: observation[name] for name in STATE_MEMBERS}
        same = {name for name, value in state.items() if _same(value, before[name])}
        if "returned" in observation and observation["returned"] is None:
            same.add("returned")
        yield {name: value for name, value in observation.items() if name not in same}
        before = state


def _same(one: Any, other: Any) -> bool:
    """Python holds 1 and True for equal."""
    return json.dumps(one) == json.dumps(other)


def _whole(news: Sequence[Json]) -> list[Json]:
    """The trace, its members in the order in which the interpreter notes them."""
    state = _FIRST
    trace: list[Json] = []
    for new in news:
        state = {name: new.get(name, value) for name, value in state.items()}
        outcome = {name: value for name, value in new.items() if name not in state}
        trace.append({**(outcome or {"returned": None}), **state})
    return trace
