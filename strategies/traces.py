"""What a program showed on one implementation: an observation for each step.

Owns how observations are read. They are made by the interpreter, which notes them as JSON; here
they get a face. Knows nothing of comparing two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import interpreter
from .programs import Json, Program


@dataclass(frozen=True)
class Raised:
    """An exception that came out of a call.

    ``by`` is what raised it: connection, constructor, receive, next, send, fail or cycle.
    ``family`` is LocalProtocolError, RemoteProtocolError, ProtocolError or "other".
    """

    by: str
    family: str
    exception: str
    hint: Any
    text: str


@dataclass(frozen=True)
class Observation:
    """The outcome of one step, and what could be seen of the connection after it.

    The JSON form as the interpreter made it is ``form``; everything else is read from it.
    """

    form: Json

    @property
    def raised(self) -> Raised | None:
        """The exception, if there was one."""
        form = self.form.get("raised")
        if form is None:
            return None
        return Raised(form["by"], form["family"], form["class"], form.get("hint"), form["text"])

    @property
    def events(self) -> list[Json]:
        """The events that the step gave out, in order."""
        events: list[Json] = self.form.get("events", [])
        return events

    @property
    def returned(self) -> Any:
        """What a step that gives no events out returned."""
        return self.form.get("returned")

    @property
    def states(self) -> tuple[str, str]:
        """The states of client and server after the step; empty if they could not be read."""
        return self.form.get("client", ""), self.form.get("server", "")


@dataclass(frozen=True)
class Trace:
    """The observations of a program's steps, in order."""

    form: list[Json]

    def __len__(self) -> int:
        return len(self.form)

    def __getitem__(self, step: int) -> Observation:
        return Observation(self.form[step])

    def __iter__(self) -> Iterator[Observation]:
        return map(Observation, self.form)


def run(implementation: Any, program: Program) -> Trace:
    """Returns the trace of ``program`` on ``implementation``, a module that has the h11 API."""
    return Trace(interpreter.run(implementation, program.to_json()))
