"""Whether a target's state machine is the reference's, and if not, which one it is.

Owns what follows when the complete suite shows a difference: the target's own machine is learnt,
and every letter at which it leaves the reference's becomes a program. Findings are made of these as
of all others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...reports.diagrams.machine_diagram import Named
from ...reports.findings.divergence import SOFT_ASPECTS
from ...strategies.machine import stored
from ...strategies.machine.alphabet import ROLES, Output, Word, alphabet, spelt, status
from ...strategies.machine.exploration import Arrow
from ...strategies.machine.mealy import Difference, differences
from ...strategies.programs import Json, Program, Role
from ..execution.executor import Executor
from ..oracles.statistics import Progress, Statistics
from .learner import Learnt, OutOfTime, Undetermined, learn


@dataclass
class Machines:
    """The machines of one target, as far as it has any and there was time.

    ``differs`` has the roles in which the suite showed a difference; of these, ``learnt`` has the
    machine. ``undetermined`` says where there is none. ``max_time`` is in seconds, for all; where
    it was not enough, ``states`` is how many were known until then.
    """

    max_time: float | None = None
    differs: list[Role] = field(default_factory=list[Role])
    learnt: dict[Role, Learnt] = field(default_factory=dict[Role, Learnt])
    undetermined: list[Undetermined] = field(default_factory=list[Undetermined])
    states: int = 0
    seconds: float = 0.0

    def follow_up(
        self, side: Executor, statistics: Statistics, progress: Progress
    ) -> Iterator[Program]:
        """Learns the target's machine where its suite failed, and gives out how it differs."""
        hard = [
            each
            for each in statistics.divergences.values()
            if each.difference.aspect not in SOFT_ASPECTS
        ]
        if not hard:
            return
        role: Role = next(role for role in ROLES if statistics.check.endswith(role))
        self.differs.append(role)
        started = time.monotonic()

        def note(states: int, questions: int) -> None:
            self.states = states
            statistics.doing = f"learning: {states:,} states by {questions:,} questions"
            progress(statistics)

        try:
            left = None if self.max_time is None else self.max_time - self.seconds
            found = learn(side, role, max_time=left, progress=note)
        except OutOfTime:
            return
        except Undetermined as error:
            self.undetermined.append(error)
            return
        finally:
            self.seconds += time.monotonic() - started
            statistics.doing = ""
        self.learnt[role] = found
        for difference in unlike(found):
            yield spelt(role, difference.word)

    def named(self, role: Role) -> Named | None:
        """Returns the target's machine in a role: its own, or the reference's where it is that."""
        if role in self.learnt:
            found = self.learnt[role]
            differing = frozenset((each.states[1], each.word[-1]) for each in unlike(found))
            return Named(role, found.machine, found.outputs, differing)
        return None if role in self.differs else _reference(role)


def unlike(found: Learnt) -> list[Difference]:
    """Returns each letter to which a machine shows something else than the reference's.

    Where both can be seen in the same states behind it, what comes there is compared as well.
    """

    def alike(expected: int, actual: int) -> bool:
        return _seen(found.outputs, expected) == _seen(found.outputs, actual)

    machine = stored.machine(found.role).machine
    return list(differences(machine, found.machine, follow=alike))


def _seen(outputs: tuple[Output, ...], number: int) -> Json | None:
    return status(outputs[number]) if number >= 0 else None


def _reference(role: Role) -> Named:
    reference = stored.machine(role)
    return Named(role, reference.machine, reference.outputs)


def elsewhere(found: Learnt) -> list[Difference]:
    """Returns the differences behind which the states are others than the reference's."""
    expected = _reference(found.role)
    actual = Named(found.role, found.machine, found.outputs)
    return [
        each
        for each in unlike(found)
        if expected.behind(each.states[0], each.word[-1])
        != actual.behind(each.states[1], each.word[-1])
    ]


def arrows_left(found: Learnt) -> set[Arrow]:
    """Returns the arrows that the reference goes where a machine gets to other states."""
    reference = stored.machine(found.role)
    moves = [reference.moves[each.states[0]][each.word[-1]] for each in elsewhere(found)]
    return {reference.arrows[at] for went in moves for at in went}


def spoken(role: Role, word: Word) -> str:
    """Returns a word as the names of its letters."""
    letters = alphabet(role)
    return ", ".join(letters[letter].name for letter in word)
