"""A unit of verdict: what is required, by whom, and the programs that show whether it is kept.

Owns the value. The checks themselves are in the modules beside it, and ``catalogue`` has them all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from ...strategies.programs import Program
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import Examiner
from ..requirements.conditions import Conditions
from ..requirements.surface import Expression

Level = Literal["MUST", "SHOULD", "MAY", "CONTRACT", "BEHAVIOUR"]
LEVELS: tuple[Level, ...] = ("MUST", "SHOULD", "MAY", "CONTRACT", "BEHAVIOUR")


def agreement(lockstep: Lockstep) -> Examiner:
    """Examines by comparison with the expected side, which is what most checks do."""
    return lockstep


def begins(identity: str, prefix: str, ids: Collection[str]) -> bool:
    """Whether an id begins so; a whole id stands for itself alone, whatever else begins with it."""
    return identity == prefix if prefix in ids else identity.startswith(prefix)


@dataclass(frozen=True)
class Check:
    """One check.

    ``id`` never changes its meaning; what stands before the slash is its area. ``citations`` have
    the document and the section. ``requirement`` is one sentence. ``programs`` gives out the
    programs, the same ones every time; what is no conversation is asked by ``expressions``.
    ``examine`` says how programs are judged: against the expected side, or by a rule of its own.
    ``conforms`` judges the first program's trace by the RFC or the documentation alone, and
    ``promise`` says that the first expression is true where what is required is kept.
    ``documented`` is false where programs go beyond what the documentation allows; differences are
    shown then, and fail only a strict run. ``covers`` has the ids of requirements and promises that
    the check is for; ``h11`` says what h11 0.16.0 does, in a word, and ``note`` in more of them.
    """

    id: str
    level: Level
    role: str
    citations: tuple[str, ...]
    requirement: str
    programs: Callable[[], Iterable[Program]] = tuple
    expressions: tuple[Expression, ...] = ()
    examine: Callable[[Lockstep], Examiner] = agreement
    conforms: Conditions | None = None
    promise: bool = False
    documented: bool = True
    covers: tuple[str, ...] = field(default=())
    h11: str = ""
    note: str = ""

    @property
    def area(self) -> str:
        """What the check is about, in a word."""
        return self.id.partition("/")[0]
