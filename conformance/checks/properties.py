"""One check for each rule and each relation, which need no expected side.

Owns the programs that they are tried on, and who asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ...strategies.cutting import byte_by_byte
from ...strategies.exhaustive import cuts, octets, states
from ...strategies.mutations import mutations
from ...strategies.programs import Program
from ...strategies.variations import received, variations
from ..oracles.properties import by_rule
from ..requirements.rfc import load
from . import invariants, relations
from .check import Check

# Of each conversation, so many with a mistake in them, and so many cuts.
_MUTATIONS = 8
_CUTS = 6
# Bytes that could end a line, a name, or a field.
_TELLING = b"\r\n\0: \t\x0b\x0c"
_H11 = "h11 documentation, API"


def _corpus() -> tuple[Program, ...]:
    required = (each.program for each in load() if each.program is not None)
    shortish = (each for each in required if received(each) <= cuts.LONGEST)
    return (*shortish, *cuts.short())


@cache
def conversations() -> tuple[Program, ...]:
    """Returns the conversations of the corpus, mistakes in each of them, and every situation."""
    found = dict.fromkeys(_corpus())
    for turn, program in enumerate(_corpus()):
        found.update(dict.fromkeys(mutations(program, most=_MUTATIONS, turn=turn)))
    for number, program in enumerate(states.every_step()):
        if number % 7 == 0:
            found[program] = None
    return tuple(found)


def telling() -> Iterator[Program]:
    """Gives out conversations that send one of the bytes that could be taken for a separator."""
    for number, program in enumerate(octets.sent()):
        if number % 256 in _TELLING:
            yield program


def in_pieces() -> Iterator[Program]:
    """Gives out the conversations of the corpus in pieces."""
    for turn, program in enumerate(_corpus()):
        if program.limit is None and received(program) > 1:
            yield byte_by_byte(program)
            told = variations(program, most=_CUTS, turn=turn)
            yield from (each for each in told if each.limit is None)


def sending() -> Iterator[Program]:
    """Gives out conversations in which something is sent."""
    yield from telling()
    yield from conversations()


CHECKS = (
    Check(
        id="rules/exceptions",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: Error handling",),
        requirement="Nothing comes out of a call but the protocol errors that are documented.",
        programs=conversations,
        examine=by_rule(invariants.documented_exceptions),
    ),
    Check(
        id="rules/error-states",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: Error handling",),
        requirement="An error puts the side whose fault it is into ERROR, and no other.",
        programs=conversations,
        examine=by_rule(invariants.error_states),
    ),
    Check(
        id="rules/sticky-errors",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: Error handling",),
        requirement="In ERROR, nothing is sent or read any more.",
        programs=conversations,
        examine=by_rule(invariants.sticky_errors),
    ),
    Check(
        id="rules/final-states",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: The state machines",),
        requirement="No state is left that has no way out, and only a new cycle leads back.",
        programs=conversations,
        examine=by_rule(invariants.final_states),
    ),
    Check(
        id="rules/keep-alive",
        level="MUST",
        role="both",
        citations=("RFC 9112 §9.6", "RFC 9112 §9.3"),
        requirement="Once close was said, or HTTP/1.0, the connection has no other cycle.",
        programs=conversations,
        examine=by_rule(invariants.kept_alive),
    ),
    Check(
        id="rules/no-injection",
        level="MUST",
        role="sender",
        citations=("RFC 9110 §5.5", "RFC 9112 §2.2", "RFC 9112 §11.1"),
        requirement="No argument of an event puts a line into a message beside the event's own.",
        programs=sending,
        examine=by_rule(invariants.no_injection),
    ),
    Check(
        id="rules/body-conserved",
        level="MUST",
        role="recipient",
        citations=("RFC 9112 §6",),
        requirement="A body is given out as it was received, and all of it.",
        programs=conversations,
        examine=by_rule(invariants.body_conserved),
    ),
    Check(
        id="rules/sent-as-given",
        level="MUST",
        role="sender",
        citations=("RFC 9112 §6", "RFC 9112 §7.1"),
        requirement="Data is sent as it was given, alone or as one chunk.",
        programs=sending,
        examine=by_rule(invariants.sent_as_given),
    ),
    Check(
        id="rules/unread-kept",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: Switching protocols",),
        requirement="After a switch, what comes is left unread, and nothing of it is lost.",
        programs=conversations,
        examine=by_rule(invariants.unread_kept),
    ),
    Check(
        id="rules/paused",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: PAUSED",),
        requirement="PAUSED says that something is left to read later, NEED_DATA that nothing is.",
        programs=conversations,
        examine=by_rule(invariants.paused_rightly),
    ),
    Check(
        id="rules/end-of-input",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: Connection.trailing_data",),
        requirement="The end of input is seen when it has come, and not before.",
        programs=conversations,
        examine=by_rule(invariants.end_was_received),
    ),
    Check(
        id="rules/waiting",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: Connection.they_are_waiting_for_100_continue",),
        requirement="They wait for 100-continue when they are a client that waits.",
        programs=conversations,
        examine=by_rule(invariants.waiting_rightly),
    ),
    Check(
        id="relations/cuts",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: Connection.receive_data",),
        requirement="What is received in pieces means what it means in one piece.",
        programs=in_pieces,
        examine=relations.however_cut,
    ),
    Check(
        id="relations/field-name-case",
        level="MUST",
        role="recipient",
        citations=("RFC 9110 §5.1",),
        requirement="Field names mean the same in upper and in lower case.",
        programs=_corpus,
        examine=relations.in_either_case,
    ),
    Check(
        id="relations/pipelined",
        level="MUST",
        role="server",
        citations=("RFC 9112 §9.3.2",),
        requirement="Requests that come at once mean what they mean one by one.",
        programs=relations.pipelined,
        examine=relations.one_after_the_other,
    ),
    Check(
        id="relations/round-trip",
        level="CONTRACT",
        role="both",
        citations=(f"{_H11}: Connection.send",),
        requirement="The peer hears what was sent, but for what is added to frame it.",
        programs=sending,
        examine=relations.round_trip,
    ),
)
