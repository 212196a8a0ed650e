"""One check for each exhaustive source, which together leave no byte, cut or number out.

Owns what is cited for each of them. The spaces are the strategies' own, and
docs/reference/sweeps.md says what each is the product of.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...strategies.exhaustive import cuts, framing, numbers, octets, states, statuses
from ...strategies.programs import Program
from ..requirements.rfc import load
from .check import Check


def _corpus() -> Iterator[Program]:
    """The conversations of the requirements: each was made to show something."""
    return (each.program for each in load() if each.program is not None)


CHECKS = (
    Check(
        id="octets/received",
        level="MUST",
        role="recipient",
        citations=("RFC 9112 §2", "RFC 9112 §3", "RFC 9112 §4", "RFC 9112 §5", "RFC 9112 §7.1"),
        requirement="Each byte is accepted or rejected by the grammar of the place it stands in.",
        programs=octets.received,
    ),
    Check(
        id="octets/left-out",
        level="MUST",
        role="recipient",
        citations=("RFC 9112 §2", "RFC 9112 §3", "RFC 9112 §4", "RFC 9112 §5", "RFC 9112 §7.1"),
        requirement="An element, or a byte of it, that the grammar asks for is not dispensed with.",
        programs=octets.left_out,
    ),
    Check(
        id="octets/arriving",
        level="BEHAVIOUR",
        role="recipient",
        citations=("h11 0.16.0, by execution",),
        requirement="What cannot become a message any more is rejected as soon as that is seen.",
        programs=octets.arriving,
    ),
    Check(
        id="octets/sent",
        level="MUST",
        role="sender",
        citations=("RFC 9110 §2.2", "RFC 9112 §3", "RFC 9112 §5", "RFC 9110 §5.1"),
        requirement="Each byte of an argument is sent as it is, or refused by the grammar.",
        programs=octets.sent,
    ),
    Check(
        id="cuts/once",
        level="CONTRACT",
        role="both",
        citations=("h11 documentation, API: Connection.receive_data", "RFC 9112 §2.2"),
        requirement="It makes no difference between which two bytes a conversation is cut.",
        programs=lambda: cuts.once(_corpus()),
    ),
    Check(
        id="cuts/twice",
        level="CONTRACT",
        role="both",
        citations=("h11 documentation, API: Connection.receive_data", "RFC 9112 §2.2"),
        requirement="Nor does it matter where a short conversation is cut in three.",
        programs=lambda: cuts.twice(_corpus()),
    ),
    Check(
        id="cuts/short",
        level="MUST",
        role="recipient",
        citations=("RFC 9112 §8",),
        requirement="A conversation that ends early, behind any byte, is known for incomplete.",
        programs=lambda: cuts.cut_short(_corpus()),
    ),
    Check(
        id="status/received",
        level="MUST",
        role="client",
        citations=("RFC 9112 §4", "RFC 9110 §15", "RFC 9112 §6.3"),
        requirement="Each status code means what its class and the request make of it.",
        programs=statuses.received,
    ),
    Check(
        id="status/forms",
        level="MUST",
        role="client",
        citations=("RFC 9112 §4",),
        requirement="A status code has three digits.",
        programs=statuses.forms,
    ),
    Check(
        id="status/sent",
        level="CONTRACT",
        role="server",
        citations=("h11 documentation, API: Response", "RFC 9110 §15"),
        requirement="Each status code is sent by the event that it belongs to, and by no other.",
        programs=statuses.sent,
    ),
    Check(
        id="framing/requests-received",
        level="MUST",
        role="server",
        citations=("RFC 9112 §6", "RFC 9112 §9.3", "RFC 9110 §7.8", "RFC 9110 §10.1.1"),
        requirement="Two framing fields of a request decide its body and its connection together.",
        programs=framing.requests_received,
    ),
    Check(
        id="framing/requests-sent",
        level="MUST",
        role="client",
        citations=("RFC 9112 §6", "RFC 9112 §9.3"),
        requirement="Two framing fields of a request decide what of its body can be sent.",
        programs=framing.requests_sent,
    ),
    Check(
        id="framing/responses-received",
        level="MUST",
        role="client",
        citations=("RFC 9112 §6", "RFC 9112 §9.3", "RFC 9110 §9.3.6"),
        requirement="Two framing fields of a response decide its body, where it can have one.",
        programs=framing.responses_received,
    ),
    Check(
        id="framing/responses-sent",
        level="MUST",
        role="server",
        citations=("RFC 9112 §6", "RFC 9112 §9.3", "RFC 9112 §9.6"),
        requirement="Two framing fields of a response are sent as the peer can understand them.",
        programs=framing.responses_sent,
    ),
    Check(
        id="numbers/content-length-received",
        level="MUST",
        role="recipient",
        citations=("RFC 9110 §8.6", "RFC 9112 §6.3"),
        requirement="Content-Length is a number of any size and any number of equal members.",
        programs=numbers.lengths_received,
    ),
    Check(
        id="numbers/content-length-sent",
        level="MUST",
        role="sender",
        citations=("RFC 9110 §8.6", "RFC 9112 §6.2"),
        requirement="A body is exactly as long as its Content-Length says.",
        programs=numbers.lengths_sent,
    ),
    Check(
        id="numbers/chunk-size-received",
        level="MUST",
        role="recipient",
        citations=("RFC 9112 §7.1",),
        requirement="A chunk size is a number in hex, and too large a one is an error.",
        programs=numbers.sizes_received,
    ),
    Check(
        id="numbers/chunk-length-received",
        level="MUST",
        role="recipient",
        citations=("RFC 9112 §7.1",),
        requirement="A chunk is exactly as long as its size says.",
        programs=numbers.sizes_exact,
    ),
    Check(
        id="numbers/chunk-size-sent",
        level="MUST",
        role="sender",
        citations=("RFC 9112 §7.1",),
        requirement="Each Data is sent as one chunk of its size, and an empty one as none.",
        programs=numbers.sizes_sent,
    ),
    Check(
        id="numbers/buffer-limit",
        level="CONTRACT",
        role="recipient",
        citations=("h11 documentation, API: Connection", "RFC 9112 §2.2", "RFC 9110 §5.4"),
        requirement="What is incomplete is rejected as soon as it is longer than the limit.",
        programs=lambda: numbers.limits(cuts.short()),
    ),
    Check(
        id="numbers/default-limit",
        level="CONTRACT",
        role="recipient",
        citations=("h11 documentation, API: Connection",),
        requirement="The limit is 16 KiB unless another is given.",
        programs=numbers.default_limit,
    ),
    Check(
        id="states/every-step",
        level="CONTRACT",
        role="both",
        citations=("h11 documentation, API: the state machine", "RFC 9112 §9"),
        requirement="Each step is taken or refused as the state machine says, in any situation.",
        programs=states.every_step,
    ),
)
