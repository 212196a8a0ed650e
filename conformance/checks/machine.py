"""The checks of the state machine: the complete suite of the reference's machine, for each role.

Owns the order of the programs, and the comparison with the outputs of the stored machine: the
reference is run only where a target shows something else. It must not know how machines and suites
are computed, which ``strategies.machine`` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from ...strategies.machine import stored
from ...strategies.machine.alphabet import ROLES, SymbolProgram, Word, abstracted, to_program
from ...strategies.machine.exploration import StateTransition
from ...strategies.machine.suite import words
from ...strategies.program import Json, Program, Role
from ...strategies.traces import Trace, exact
from ..oracles import golden
from ..oracles.lockstep import Lockstep
from .check import Check
from .citations import H11_API
from .trace_check import TraceCheck

# With one state more than the reference's machine, the suite is about thirteen times as long;
# with two, it would have tens of millions of words.
MAX_EXTRA_STATES = 1


def checks(extra_states: int = 0) -> tuple[Check, ...]:
    """Returns the check of each role.

    Args:
        extra_states: how many more states than the reference's machine a target's may have.
    """
    return tuple(
        TraceCheck(
            id=f"machine/{role}",
            level="CONTRACT",
            role=role,
            citations=(f"{H11_API}: The state machine",),
            requirement=f"A {role}'s connection reaches the same states, and accepts and refuses "
            "the same input, for any sequence of input.",
            source=partial(_programs, role, extra_states),
        )
        for role in ROLES
    )


def sizes(check: Check, extra_states: int) -> Json:
    """Returns the sizes of a machine and its suite, and how often each transition is covered."""
    role = _role(check)
    coverage = transition_coverage(role, extra_states)
    machine = stored.machine(role).machine
    return {
        "states": machine.size,
        "input_symbols": len(machine.transitions[0]),
        "sequences": len(suite(role, extra_states)),
        "extra_states": extra_states,
        "transitions": [[*transition, count] for transition, count in sorted(coverage.items())],
    }


@cache
def transition_coverage(role: Role, extra_states: int = 0) -> Counter[StateTransition]:
    """Returns how often the complete suite traverses each state transition of a connection."""
    reference = stored.machine(role)
    counts: Counter[int] = Counter()
    for word in suite(role, extra_states):
        state = 0
        for symbol in word:
            counts.update(reference.traversed[state][symbol])
            transition = reference.machine.transitions[state][symbol]
            if transition is not None:
                state = transition[0]
    return Counter({reference.state_transitions[at]: count for at, count in counts.items()})


def _role(check: Check) -> Role:
    return next(role for role in ROLES if check.id == f"machine/{role}")


def _programs(role: Role, extra_states: int) -> Iterator[Program]:
    for word in suite(role, extra_states):
        yield to_program(role, word)


@cache
def suite(role: Role, extra_states: int = 0) -> list[Word]:
    """Returns the words of the complete suite for the reference's machine in a role."""
    reference = stored.machine(role)
    return words(reference.machine, extra_states, reference.cover)


def with_golden(lockstep: Lockstep) -> Lockstep:
    """Returns a lockstep that runs the reference only where the stored machine does not agree."""
    return golden.with_golden(lockstep, agrees_with_machine)


def agrees_with_machine(program: Program, trace: Trace) -> bool:
    """Whether a trace has the outputs of the stored machine for the program's word."""
    if not isinstance(program, SymbolProgram) or len(trace) != len(program.steps):
        return False
    outputs = _outputs(program.role)
    expected = b"".join(
        outputs[number] for number in stored.machine(program.role).machine.outputs(program.word)
    )
    return b"".join(map(_bytes, trace.form)) == expected


@cache
def _outputs(role: Role) -> list[bytes]:
    """Each output of the machine, in the form that is compared."""
    return [b"".join(map(exact, output)) for output in stored.machine(role).outputs]


def _bytes(observation: Any) -> bytes:
    return exact(abstracted(observation))
