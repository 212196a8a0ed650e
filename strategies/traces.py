"""What a program showed on one implementation: an observation for each step.

Owns the typed view of observations, which the interpreter writes as JSON, and the test whether two
JSON values are identical. It must not know what a difference between two traces means.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from . import interpreter
from .program import Json, On, Program, Step


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
    """The outcome of one step, and the visible state of the connection after it.

    ``form`` is the JSON form that the interpreter wrote; everything else is read from it.
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
        """The events that the step returned, in order."""
        events: list[Json] = self.form.get("events", [])
        return events

    @property
    def returned(self) -> Any:
        """What a step that returns no events returned."""
        return self.form.get("returned")

    @property
    def states(self) -> tuple[str, str]:
        """The states of client and server after the step; empty if they could not be read."""
        return self.form.get("client", ""), self.form.get("server", "")


# What can be seen of a connection before its first step.
START = Observation({"client": "IDLE", "server": "IDLE", "trailing": ["", False], "version": None})


@dataclass(frozen=True)
class Trace:
    """The observations of a program's steps, in order; ``form`` has them in their JSON form.

    It may be shorter than the program: an implementation that crashed or could not express a step
    shows nothing of the later ones.
    """

    form: list[Json]

    def before(self, step: int) -> Observation:
        """Returns what was observed last before the step with this index."""
        return self[step - 1] if step else START

    def __len__(self) -> int:
        return len(self.form)

    def __getitem__(self, step: int) -> Observation:
        return Observation(self.form[step])

    def __iter__(self) -> Iterator[Observation]:
        return map(Observation, self.form)


def run(implementation: Any, program: Program) -> Trace:
    """Returns the trace of ``program`` on ``implementation``, a module that has the h11 API."""
    return Trace(interpreter.run(implementation, program.to_json()))


def observe(implementation: Any, program: Program) -> Iterator[Observation]:
    """Runs ``program`` as ``run`` does, but takes each step only when its observation is wanted."""
    return map(Observation, interpreter.observations(implementation, program.to_json()))


def walk(
    program: Program, observations: Iterable[Observation]
) -> Iterator[tuple[Step, Observation, Observation]]:
    """Yields each observed step with its own observation, and the one before it of its connection.

    Args:
        observations: a trace of the program, or an iterator that runs it; no observation is taken
            from it before it is needed.
    """
    before = [START] * (1 + len(program.others))
    for step, observation in zip(program.steps, observations, strict=False):
        on = step.connection if type(step) is On else 0
        yield step, before[on], observation
        before[on] = observation


def exact(form: Any) -> bytes:
    """Returns a key that two JSON values share only if they are identical.

    Python compares 1 and True as equal, and 1 and 1.0. The key is for comparisons within one
    process; do not store it.
    """
    # Version 2 of the format has no references: equal values have equal keys, whether or not their
    # parts are shared objects.
    return marshal.dumps(form, 2)
