"""Whether a target has the reference's state machine, and if not, how its own one differs.

Owns what follows when the complete suite shows a difference: it learns the target's machine, and
yields a program for every transition that differs, of which a few are to be shown. It must not know
how findings are made of these programs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from ... import reference
from ...reports.diagrams.machine_diagram import LabelledMachine
from ...reports.findings.deviations import UPSTREAM_DEVIATIONS
from ...reports.findings.divergence import SOFT_ASPECTS, compare
from ...reports.findings.finding import difference_text
from ...strategies.machine import stored
from ...strategies.machine.alphabet import ROLES, Output, Word, alphabet, status, to_program
from ...strategies.machine.exploration import StateTransition
from ...strategies.machine.mealy import Difference, differences
from ...strategies.program import Json, Program, Role
from ...strategies.traces import run
from ..execution.executor import Executor, parse_trace
from ..oracles.statistics import Progress, Statistics
from .learner import LearnedMachine, Nondeterministic, OutOfTime, learn

# The number of differences of a machine that are shown.
_FEW = 3


@dataclass
class Machines:
    """The machines of one target.

    ``differs`` has the roles in which the suite showed a difference. For each of them, the machine
    is in ``learned``, or ``nondeterministic`` says why there is none, or ``max_time`` (in seconds,
    for both roles) was too short; ``states`` is the number of states found until then. ``texts``
    has the difference, as in a finding, that each word of ``shown_differences`` shows.
    """

    max_time: float | None = None
    differs: list[Role] = field(default_factory=list[Role])
    learned: dict[Role, LearnedMachine] = field(default_factory=dict[Role, LearnedMachine])
    nondeterministic: list[Nondeterministic] = field(default_factory=list[Nondeterministic])
    texts: dict[tuple[Role, Word], str] = field(default_factory=dict[tuple[Role, Word], str])
    states: int = 0
    seconds: float = 0.0

    def follow_up(
        self, executor: Executor, statistics: Statistics, progress: Progress
    ) -> Iterator[Program]:
        """Learns the target's machine if its suite failed; yields a program for each difference.

        Args:
            executor: runs the target.
            statistics: those of the suite, with its divergences.
            progress: is called after each round of learning.
        """
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

        def note(states: int, queries: int) -> None:
            self.states = states
            statistics.doing = f"learning: {states:,} states with {queries:,} queries"
            progress(statistics)

        try:
            left = None if self.max_time is None else self.max_time - self.seconds
            found = learn(executor, role, max_time=left, progress=note)
        except OutOfTime:
            return
        except Nondeterministic as error:
            self.nondeterministic.append(error)
            return
        finally:
            self.seconds += time.monotonic() - started
            statistics.doing = ""
        self.learned[role] = found
        for word in (each.word for each in shown_differences(found)):
            self.texts[role, word] = _text(executor, to_program(role, word))
        for difference in output_differences(found):
            yield to_program(role, difference.word)

    def named(self, role: Role) -> LabelledMachine | None:
        """Returns the target's machine in a role, or None if it is not known."""
        if role in self.learned:
            found = self.learned[role]
            differing = frozenset(
                (each.states[1], each.word[-1]) for each in output_differences(found)
            )
            return LabelledMachine(role, found.machine, found.outputs, differing)
        return None if role in self.differs else _reference(role)


def output_differences(found: LearnedMachine) -> list[Difference]:
    """Returns each transition whose output differs from that of the reference's machine.

    Behind such a transition, the search goes on only if both machines show the same states there.
    """

    def same_status(expected: int, actual: int) -> bool:
        return _seen(found.outputs, expected) == _seen(found.outputs, actual)

    machine = stored.machine(found.role).machine
    return list(differences(machine, found.machine, follow=same_status))


def _seen(outputs: tuple[Output, ...], number: int) -> Json | None:
    return status(outputs[number]) if number >= 0 else None


def _reference(role: Role) -> LabelledMachine:
    reference = stored.machine(role)
    return LabelledMachine(role, reference.machine, reference.outputs)


def state_differences(found: LearnedMachine) -> list[Difference]:
    """Returns the output differences after which the states differ as well."""
    expected = _reference(found.role)
    actual = LabelledMachine(found.role, found.machine, found.outputs)
    return [
        each
        for each in output_differences(found)
        if expected.next_joint_state(each.states[0], each.word[-1])
        != actual.next_joint_state(each.states[1], each.word[-1])
    ]


def shown_differences(found: LearnedMachine) -> list[Difference]:
    """Returns a few of the differences to show, of those after which the states differ if any."""
    return (state_differences(found) or output_differences(found))[:_FEW]


def _text(executor: Executor, program: Program) -> str:
    """The difference between the target and the reference in a program, as in a finding."""
    [shown] = executor.submit([program])()
    found = compare(program, run(reference, program), parse_trace(shown), UPSTREAM_DEVIATIONS)
    return "" if found.divergence is None else difference_text(found.divergence, with_cause=True)


def transitions_left(found: LearnedMachine) -> set[StateTransition]:
    """Returns the state transitions of the reference where a machine reaches other states."""
    reference = stored.machine(found.role)
    traversed = [
        reference.traversed[each.states[0]][each.word[-1]] for each in state_differences(found)
    ]
    return {reference.state_transitions[at] for each in traversed for at in each}


def symbol_names(role: Role, word: Word) -> str:
    """Returns the names of the input symbols of a word."""
    symbols = alphabet(role)
    return ", ".join(symbols[number].name for number in word)
