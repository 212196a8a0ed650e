"""What a program showed on one implementation: an observation for each step.

Owns how observations are read, and when two are the same to the last bit. They are made by the
interpreter, which notes them as JSON; here they get a face. Knows nothing of what a difference
between two of them means.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
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


class Trace:
    """The observations of a program's steps, in order.

    Those of a program that is still being run are made when somebody looks at them, in their order:
    a step is not taken before somebody looks at it, or at a later one. To compare, print or measure
    a trace is to look at all of it. One in which a step was interrupted is of no more use.

    Args:
        forms: the observations in their JSON form.
    """

    def __init__(self, forms: Iterable[Json]) -> None:
        self._made: list[Json] = forms if isinstance(forms, list) else []
        self._left: Iterator[Json] | None = None if self._made is forms else iter(forms)

    @property
    def form(self) -> list[Json]:
        """All of them, in their JSON form."""
        if self._left is not None:
            self._made.extend(self._left)
            self._left = None
        return self._made

    def forms(self) -> Iterator[Json]:
        """Gives them out one by one, in their JSON form, and looks at none before it is asked."""
        at = 0
        while at < len(self._made) or self._go_on():
            yield self._made[at]
            at += 1

    def _go_on(self) -> bool:
        """Makes one more, and returns whether there was one to make."""
        form = None if self._left is None else next(self._left, None)
        if form is None:
            self._left = None
            return False
        self._made.append(form)
        return True

    def __len__(self) -> int:
        return len(self.form)

    def __getitem__(self, step: int) -> Observation:
        if step < 0:
            return Observation(self.form[step])
        while step >= len(self._made) and self._go_on():
            pass
        return Observation(self._made[step])

    def __iter__(self) -> Iterator[Observation]:
        return map(Observation, self.forms())

    def __eq__(self, other: object) -> bool:
        """Whether the other is a trace with equal observations."""
        return self.form == other.form if isinstance(other, Trace) else NotImplemented

    def __repr__(self) -> str:
        """What makes an equal one."""
        return f"Trace({self.form!r})"


def run(implementation: Any, program: Program) -> Trace:
    """Returns the trace of ``program`` on ``implementation``, a module that has the h11 API."""
    return Trace(interpreter.run(implementation, program.to_json()))


def begin(implementation: Any, program: Program) -> Trace:
    """Returns the same, but no step is taken before somebody looks at what it shows."""
    return Trace(interpreter.observations(implementation, program.to_json()))


def exact(form: Any) -> bytes:
    """Returns what is the same for two values of JSON only if they are the same to the last bit.

    Python holds 1 and True for equal, and 1 and 1.0. What this gives is for comparing, and not for
    keeping.
    """
    # In this version of the format, equal values look the same whichever of their parts are one
    # object.
    return marshal.dumps(form, 2)
