"""Programs: whole conversations with a connection, or several, as plain data.

Owns programs and their JSON form, in both versions. Knows nothing of Hypothesis, nor of the effect
of a step, which belongs to the interpreter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from .json_text import json_text
from .step_forms import mapping, read_step
from .steps import (
    API_NAMES,
    NEW_STEP_NAMES,
    OLD_STEPS,
    PLAIN,
    SENDABLE,
    STEP_NAMES,
    Again,
    Call,
    Change,
    Drain,
    EventSpec,
    Json,
    NextEvent,
    On,
    ProgramError,
    Read,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SendFailed,
    SingleStep,
    StartNextCycle,
    Step,
    Typed,
    is_list,
    is_object,
    is_tuple,
    step_on,
)

__all__ = [
    "API_NAMES",
    "NEW_STEP_NAMES",
    "PLAIN",
    "PROGRAM_VERSION",
    "SENDABLE",
    "STEP_NAMES",
    "Again",
    "Call",
    "Change",
    "Connection",
    "Drain",
    "EventSpec",
    "Json",
    "NextEvent",
    "On",
    "Program",
    "ProgramError",
    "Read",
    "Receive",
    "ReceiveEOF",
    "Role",
    "Send",
    "SendFailed",
    "SingleStep",
    "StartNextCycle",
    "Step",
    "Typed",
    "is_list",
    "is_object",
    "is_tuple",
    "step_on",
]

# The newest version; a program that version 1 can express is written in version 1.
PROGRAM_VERSION = 2
# How the texts of nearly all programs begin, up to the steps.
_USUAL_BEGINNINGS = {
    role: json_text({"program": 1, "role": role})[:-1] for role in ("client", "server")
}


# What a program remembers of itself, beside its fields.
_REMEMBERED = ("version", "_text")


@dataclass(frozen=True)
class Connection:
    """A connection of a program: its role, and its buffer limit as that of a Program."""

    role: Role
    limit: int | None = None

    def to_json(self) -> Json:
        """Returns the JSON form."""
        return {"role": self.role, **({} if self.limit is None else {"limit": self.limit})}


@dataclass(frozen=True)
class Program:
    """A role, a buffer limit (None for the implementation's own), and the steps in their order.

    ``others`` are further connections, which steps of class On use. ``look`` is "each" if the state
    of the connection is read after each step, or "last" if it is read after the last one only.
    """

    role: Role
    steps: tuple[Step, ...]
    limit: int | None = None
    others: tuple[Connection, ...] = ()
    look: Literal["each", "last"] = "each"

    @cached_property
    def version(self) -> int:
        """The lowest version of the JSON form that can express the program."""
        old = (
            not self.others and self.look == "each" and OLD_STEPS.issuperset(map(type, self.steps))
        )
        return 1 if old else 2

    @property
    def connections(self) -> tuple[Connection, ...]:
        """All connections; the first one has the role and the limit of the program."""
        return Connection(self.role, self.limit), *self.others

    def to_json(self) -> Json:
        """Returns the JSON form, which ``from_json`` reads and the interpreter runs.

        Its steps may be shared with other programs; callers must not change them.
        """
        return {**self._without_steps(), "steps": [step.to_json() for step in self.steps]}

    def _without_steps(self) -> Json:
        if self.version == 1:
            limit: Json = {} if self.limit is None else {"limit": self.limit}
            return {"program": 1, "role": self.role, **limit}
        connections = [each.to_json() for each in self.connections]
        look: Json = {} if self.look == "each" else {"look": self.look}
        return {"program": 2, "connections": connections, **look}

    def to_text(self) -> str:
        """Returns the JSON form as text, in one line, with infinity as Python writes it."""
        return self._text

    def __getstate__(self) -> Json:
        """Returns the fields: a copy does not need what is remembered beside them."""
        return {name: value for name, value in vars(self).items() if name not in _REMEMBERED}

    @cached_property
    def _text(self) -> str:
        # Programs share most of their steps, which keep their texts.
        steps = ",".join([step.to_text() for step in self.steps])
        usual = self.limit is None and self.version == 1
        beginning = _USUAL_BEGINNINGS[self.role] if usual else json_text(self._without_steps())[:-1]
        return f'{beginning},"steps":[{steps}]}}'

    def with_steps(self, steps: tuple[Step, ...]) -> Program:
        """Returns the program with other steps, faster than ``dataclasses.replace``."""
        return Program(self.role, steps, self.limit, self.others, self.look)

    @classmethod
    def from_json(cls, form: Any) -> Program:
        """Returns the program that ``form`` stands for; raises ProgramError if there is none."""
        version = mapping(form, "a program").get("program")
        if type(version) is not int or not 1 <= version <= PROGRAM_VERSION:
            raise ProgramError(
                f"program: version {version!r} is not known; this suite reads versions 1 and "
                f"{PROGRAM_VERSION}"
            )
        if version == 1:
            mapping(form, "a program", {"program", "role", "limit", "steps"})
            connections = [_read_connection(form)]
            look: Any = "each"
        else:
            mapping(form, "a program", {"program", "connections", "look", "steps"})
            connections = _read_connections(form.get("connections"))
            look = form.get("look", "each")
        if look not in ("each", "last"):
            raise ProgramError(f'look: {look!r} is not "each" or "last"')
        steps = form.get("steps")
        if not is_list(steps):
            raise ProgramError(f"steps: {type(steps).__name__} is not a list")
        known = STEP_NAMES if version == 1 else (*STEP_NAMES, *NEW_STEP_NAMES)
        try:
            read = tuple(
                read_step(step, f"step {number}", known, len(connections))
                for number, step in enumerate(steps)
            )
        except RecursionError:
            raise ProgramError("steps: an argument is nested too deeply to be read") from None
        first, *others = connections
        return cls(first.role, read, first.limit, tuple(others), look)


def _read_connections(form: Any) -> list[Connection]:
    if not is_list(form) or not form:
        raise ProgramError("connections: there must be a list of at least one connection")
    read: list[Connection] = []
    for number, each in enumerate(form):
        where = f"connection {number}"
        read.append(_read_connection(mapping(each, where, {"role", "limit"}), f"{where}, "))
    return read


def _read_connection(form: Mapping[str, Any], where: str = "") -> Connection:
    role = form.get("role")
    if role not in ("client", "server"):
        raise ProgramError(f'{where}role: {role!r} is not "client" or "server"')
    limit = form.get("limit")
    if limit is not None and (type(limit) is not int or limit < 0):
        raise ProgramError(
            f"{where}limit: {limit!r} is not a number of bytes; leave it out for the default"
        )
    return Connection(role, limit)
