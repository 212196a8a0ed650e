"""Whether a target's state machine is the reference's, and if not, which one it is.

Owns what follows when the complete suite shows a difference: the target's own machine is learnt,
and every letter at which it leaves the reference's becomes a program. Findings are made of these as
of all others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..reports.divergence import SOFT_ASPECTS
from ..reports.machines import Named
from ..strategies.machine import kept
from ..strategies.machine.alphabet import ROLES, Word, alphabet, spelt
from ..strategies.machine.exploring import Arrow
from ..strategies.machine.mealy import Machine, differences
from ..strategies.programs import Program, Role
from .learning import Learnt, OutOfTime, Undetermined, learn
from .sides import Side
from .tallies import Progress, Tally


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

    def further(self, side: Side, tally: Tally, progress: Progress) -> Iterator[Program]:
        """Learns the target's machine where its suite failed, and gives out how it differs."""
        hard = [
            each
            for each in tally.divergences.values()
            if each.difference.aspect not in SOFT_ASPECTS
        ]
        if not hard:
            return
        role: Role = next(role for role in ROLES if tally.check.endswith(role))
        self.differs.append(role)
        started = time.monotonic()

        def note(states: int, questions: int) -> None:
            self.states = states
            tally.doing = f"learning: {states:,} states by {questions:,} questions"
            progress(tally)

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
            tally.doing = ""
        self.learnt[role] = found
        for difference in differences(kept.machine(role).machine, found.machine):
            yield spelt(role, difference.word)

    def named(self, role: Role) -> Named | None:
        """Returns the target's machine in a role: its own, or the reference's where it is that."""
        if role in self.learnt:
            found = self.learnt[role]
            return Named(role, found.machine, found.outputs, frozenset(self._differing(role)))
        if role in self.differs:
            return None
        reference = kept.machine(role)
        return Named(role, reference.machine, reference.outputs)

    def _differing(self, role: Role) -> Iterator[tuple[int, int]]:
        """The states of the target's machine, and the letters, at which it leaves the other."""
        for difference in differences(kept.machine(role).machine, self.learnt[role].machine):
            yield difference.states[1], difference.word[-1]

    def elsewhere(self, role: Role) -> set[Arrow]:
        """Returns the arrows that the reference goes where the target gets to other states."""
        found = self.learnt.get(role)
        if found is None:
            return set()
        reference = kept.machine(role)
        named = self.named(role)
        kept_named = Named(role, reference.machine, reference.outputs)
        arrows: set[Arrow] = set()
        for difference in differences(reference.machine, found.machine):
            state, letter = difference.states[0], difference.word[-1]
            ends = (
                _behind(kept_named, difference.states[0], letter),
                None if named is None else _behind(named, difference.states[1], letter),
            )
            if ends[0] != ends[1]:
                arrows.update(reference.arrows[at] for at in reference.moves[state][letter])
        return arrows


def _behind(named: Named, state: int, letter: int) -> str | None:
    transition = named.machine.transitions[state][letter]
    return None if transition is None else named.joint(transition[0])


def nearest(role: Role, machine: Machine) -> tuple[Word, ...]:
    """Returns the shortest words to which a machine shows something else than the reference's."""
    found = [each.word for each in differences(kept.machine(role).machine, machine)]
    return tuple(word for word in found if len(word) == len(found[0]))


def spoken(role: Role, word: Word) -> str:
    """Returns a word as the names of its letters."""
    letters = alphabet(role)
    return ", ".join(letters[letter].name for letter in word)
