"""One check for each invariant and each metamorphic relation, which need no expected side.

Owns the requirement, the citations and the programs of each. It must not know how a check is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ...strategies.exhaustive import cuts, octets, states
from ...strategies.mutation import mutations
from ...strategies.program import Program
from ...strategies.variant import byte_by_byte, drained, received, variants
from ..oracles.properties import by_invariant
from ..requirements.rfc import load
from . import invariants, relations
from .citations import H11_API, RECEIVE_DATA
from .trace_check import PropertyCheck

# The number of mutations and of segmentations of each conversation.
_MUTATIONS = 8
_SEGMENTATIONS = 6
# Bytes that could end a line, a name, or a field.
SEPARATORS = b"\r\n\0: \t\x0b\x0c"
_ERROR_HANDLING = (f"{H11_API}: Error handling",)


def _corpus() -> tuple[Program, ...]:
    required = (each.program for each in load() if each.program is not None)
    short = (each for each in required if received(each) <= cuts.LONGEST)
    return (*short, *cuts.short())


@cache
def conversations() -> tuple[Program, ...]:
    """Returns the conversations of the corpus, mutations of each, and a seventh of all steps."""
    found = dict.fromkeys(_corpus())
    for turn, program in enumerate(_corpus()):
        found.update(dict.fromkeys(mutations(program, max_count=_MUTATIONS, turn=turn)))
    for number, program in enumerate(states.every_step()):
        if number % 7 == 0:
            found[program] = None
    return tuple(found)


def sending_separators() -> Iterator[Program]:
    """Yields conversations that send a byte that could be mistaken for a separator."""
    separators = {bytes([byte]) for byte in SEPARATORS}
    for number, program in enumerate(octets.sent()):
        if octets.BYTES[number % len(octets.BYTES)] in separators:
            yield program


def segmented() -> Iterator[Program]:
    """Yields the conversations of the corpus, received in segments."""
    for turn, program in enumerate(_corpus()):
        if program.limit is None and received(program) > 1:
            yield byte_by_byte(program)
            alternatives = variants(drained(program), max_count=_SEGMENTATIONS, turn=turn)
            yield from (each for each in alternatives if each.limit is None)


def sending() -> Iterator[Program]:
    """Yields conversations in which something is sent."""
    yield from sending_separators()
    yield from conversations()


CHECKS = (
    PropertyCheck(
        id="rules/exceptions",
        level="CONTRACT",
        role="both",
        citations=_ERROR_HANDLING,
        requirement="A call raises no exception other than the documented protocol errors.",
        source=conversations,
        property_oracle=by_invariant(invariants.documented_exceptions),
    ),
    PropertyCheck(
        id="rules/error-states",
        level="CONTRACT",
        role="both",
        citations=_ERROR_HANDLING,
        requirement="An error puts the role that caused it into ERROR, and no other.",
        source=conversations,
        property_oracle=by_invariant(invariants.error_states),
    ),
    PropertyCheck(
        id="rules/sticky-errors",
        level="CONTRACT",
        role="both",
        citations=_ERROR_HANDLING,
        requirement="In ERROR, nothing more is sent or read.",
        source=conversations,
        property_oracle=by_invariant(invariants.sticky_errors),
    ),
    PropertyCheck(
        id="rules/final-states",
        level="CONTRACT",
        role="both",
        citations=(f"{H11_API}: The state machines",),
        requirement="A final state is never left, and only a new cycle leads back.",
        source=conversations,
        property_oracle=by_invariant(invariants.final_states),
    ),
    PropertyCheck(
        id="rules/keep-alive",
        level="MUST",
        role="both",
        citations=("RFC 9112 §9.6", "RFC 9112 §9.3"),
        requirement="After Connection: close, or HTTP/1.0, the connection has no other cycle.",
        source=conversations,
        property_oracle=by_invariant(invariants.keep_alive),
    ),
    PropertyCheck(
        id="rules/no-injection",
        level="MUST",
        role="sender",
        citations=("RFC 9110 §5.5", "RFC 9112 §2.2", "RFC 9112 §11.1"),
        requirement="No argument of an event injects a line into the message.",
        source=sending,
        property_oracle=by_invariant(invariants.no_injection),
    ),
    PropertyCheck(
        id="rules/body-conserved",
        level="MUST",
        role="recipient",
        citations=("RFC 9112 §6",),
        requirement="A body is returned completely, and as it was received.",
        source=conversations,
        property_oracle=by_invariant(invariants.body_conserved),
    ),
    PropertyCheck(
        id="rules/sent-as-given",
        level="MUST",
        role="sender",
        citations=("RFC 9112 §6", "RFC 9112 §7.1"),
        requirement="The bytes of a Data event are sent unchanged, alone or as one chunk.",
        source=sending,
        property_oracle=by_invariant(invariants.sent_as_given),
    ),
    PropertyCheck(
        id="rules/unread-kept",
        level="CONTRACT",
        role="both",
        citations=(f"{H11_API}: Switching protocols",),
        requirement="After a switch, received bytes stay unread, and none of them is lost.",
        source=conversations,
        property_oracle=by_invariant(invariants.unread_kept),
    ),
    PropertyCheck(
        id="rules/paused",
        level="CONTRACT",
        role="both",
        citations=(f"{H11_API}: PAUSED",),
        requirement="PAUSED means that unread bytes are left for later, NEED_DATA that none are.",
        source=conversations,
        property_oracle=by_invariant(invariants.paused),
    ),
    PropertyCheck(
        id="rules/end-of-input",
        level="CONTRACT",
        role="both",
        citations=(f"{H11_API}: Connection.trailing_data",),
        requirement="The end of input is seen once it was received, and not before.",
        source=conversations,
        property_oracle=by_invariant(invariants.end_of_input),
    ),
    PropertyCheck(
        id="rules/waiting",
        level="CONTRACT",
        role="both",
        citations=(f"{H11_API}: Connection.they_are_waiting_for_100_continue",),
        requirement="The peer is waiting for 100-continue exactly if it is a client that waits.",
        source=conversations,
        property_oracle=by_invariant(invariants.waiting),
    ),
    PropertyCheck(
        id="relations/cuts",
        level="CONTRACT",
        role="both",
        citations=(RECEIVE_DATA,),
        requirement="Bytes have the same meaning however they are segmented.",
        source=segmented,
        property_oracle=relations.same_in_one_piece,
        method="comparison with the same bytes in one piece",
    ),
    PropertyCheck(
        id="relations/field-name-case",
        level="MUST",
        role="recipient",
        citations=("RFC 9110 §5.1",),
        requirement="Field names have the same meaning in upper and lower case.",
        source=_corpus,
        property_oracle=relations.same_in_other_case,
        method="comparison with the field names in the other case",
    ),
    PropertyCheck(
        id="relations/pipelined",
        level="MUST",
        role="server",
        citations=("RFC 9112 §9.3.2",),
        requirement="Pipelined requests have the same meaning as requests received one by one.",
        source=relations.pipelined,
        property_oracle=relations.same_one_by_one,
        method="comparison with the same requests, each received when its turn comes",
    ),
    PropertyCheck(
        id="relations/round-trip",
        level="CONTRACT",
        role="both",
        citations=(f"{H11_API}: Connection.send",),
        requirement="The peer receives what was sent, apart from the fields added to frame it.",
        source=sending,
        property_oracle=relations.round_trip,
        method="having the peer, of the same implementation, hear what was sent",
    ),
)
