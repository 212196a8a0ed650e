"""One check for each exhaustive source: bytes, cuts, numbers, sequences, forms of calls.

Owns the requirement and the citations of each. The spaces belong to ``strategies.exhaustive``, and
docs/reference/sweeps.md lists their factors. It must not know how a check is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...strategies.exhaustive import (
    aliasing,
    arguments,
    call_forms,
    call_orders,
    connections,
    cuts,
    errors,
    framing,
    lines,
    numbers,
    octets,
    sequences,
    sizes,
    spellings,
    states,
    statuses,
    vocabulary,
)
from ...strategies.program import Program
from ..requirements.rfc import load
from .citations import BY_EXECUTION, H11_API, RECEIVE_DATA
from .trace_check import TraceCheck

# The sections whose grammar covers a whole message.
_GRAMMAR = ("RFC 9112 §2", "RFC 9112 §3", "RFC 9112 §4", "RFC 9112 §5", "RFC 9112 §7.1")
_CHUNKS = ("RFC 9112 §7.1",)
_SEGMENTS = (RECEIVE_DATA, "RFC 9112 §2.2")
_NEXT_CYCLE = f"{H11_API}: Connection.start_next_cycle"


def _corpus() -> Iterator[Program]:
    """The conversations of the requirements, each written to show one of them."""
    return (each.program for each in load() if each.program is not None)


_of_grammar = partial(TraceCheck, level="MUST", role="recipient", citations=_GRAMMAR)
_of_callers = partial(TraceCheck, level="CONTRACT", role="both")
_of_chunks = partial(TraceCheck, level="MUST", role="recipient", citations=_CHUNKS)


CHECKS = (
    _of_grammar(
        id="octets/received",
        requirement="Each byte is accepted or rejected as the grammar of its position says.",
        source=octets.received,
    ),
    _of_grammar(
        id="octets/left-out",
        requirement="No element that the grammar requires, and no byte of one, can be left out.",
        source=octets.left_out,
    ),
    TraceCheck(
        id="octets/arriving",
        level="BEHAVIOUR",
        role="recipient",
        citations=BY_EXECUTION,
        requirement="Bytes that can no longer become a message are rejected at once.",
        source=octets.arriving,
    ),
    TraceCheck(
        id="octets/sent",
        level="MUST",
        role="sender",
        citations=("RFC 9110 §2.2", "RFC 9112 §3", "RFC 9112 §5", "RFC 9110 §5.1"),
        requirement="Each byte of an argument is sent unchanged, or refused as the grammar says.",
        source=octets.sent,
    ),
    TraceCheck(
        id="lines/names",
        level="MUST",
        role="both",
        citations=("RFC 9110 §5.1", "RFC 9110 §9.1", "RFC 9112 §5", "RFC 9112 §7.1.2"),
        requirement="A name without a meaning for HTTP/1.1 itself is handed on like any other.",
        source=vocabulary.names,
    ),
    TraceCheck(
        id="lines/starts",
        level="MUST",
        role="recipient",
        citations=("RFC 9112 §2.3", "RFC 9112 §3", "RFC 9112 §4"),
        requirement="A start line of another form or of another protocol is rejected.",
        source=vocabulary.starts,
    ),
    _of_grammar(
        id="lines/short",
        requirement="Each short line is accepted or rejected as the grammar of its place says.",
        source=lines.short,
    ),
    TraceCheck(
        id="lines/values",
        level="MUST",
        role="both",
        citations=("RFC 9112 §6", "RFC 9112 §9.3", "RFC 9110 §10.1.1", "RFC 9112 §3.2"),
        requirement="Each value of a field that HTTP acts on means what its grammar says.",
        source=lines.values,
    ),
    TraceCheck(
        id="lines/words",
        level="MUST",
        role="both",
        citations=("RFC 9110 §5.1", "RFC 9110 §9.1", "RFC 9112 §2.3", "RFC 9112 §7"),
        requirement="Case matters in methods and in HTTP-name, and nowhere else.",
        source=lines.words,
    ),
    TraceCheck(
        id="lines/spellings",
        level="MUST",
        role="both",
        citations=("RFC 9110 §5.1", "RFC 9112 §6.3", "RFC 9112 §3.2", "RFC 9110 §5.3"),
        requirement="Two fields in two spellings of a name are two fields of one name.",
        source=spellings.repeated,
    ),
    _of_callers(
        id="cuts/once",
        citations=_SEGMENTS,
        requirement="A conversation means the same wherever its input is cut in two.",
        source=lambda: cuts.once(_corpus()),
    ),
    _of_callers(
        id="cuts/twice",
        citations=_SEGMENTS,
        requirement="A short conversation means the same wherever its input is cut in three.",
        source=lambda: cuts.twice(_corpus()),
    ),
    TraceCheck(
        id="cuts/short",
        level="MUST",
        role="recipient",
        citations=("RFC 9112 §8",),
        requirement="A conversation that ends early, after any byte, is recognised as incomplete.",
        source=lambda: cuts.cut_short(_corpus()),
    ),
    TraceCheck(
        id="status/received",
        level="MUST",
        role="client",
        citations=("RFC 9112 §4", "RFC 9110 §15", "RFC 9112 §6.3"),
        requirement="The meaning of each status code follows from its class and the request.",
        source=statuses.received,
    ),
    TraceCheck(
        id="status/forms",
        level="MUST",
        role="client",
        citations=("RFC 9112 §4",),
        requirement="A status code has three digits.",
        source=statuses.forms,
    ),
    TraceCheck(
        id="status/sent",
        level="CONTRACT",
        role="server",
        citations=(f"{H11_API}: Response", "RFC 9110 §15"),
        requirement="Each status code is sent by the event that it belongs to, and by no other.",
        source=statuses.sent,
    ),
    TraceCheck(
        id="framing/requests-received",
        level="MUST",
        role="server",
        citations=("RFC 9112 §6", "RFC 9112 §9.3", "RFC 9110 §7.8", "RFC 9110 §10.1.1"),
        requirement="Two framing fields of a request determine its body and its persistence.",
        source=framing.requests_received,
    ),
    TraceCheck(
        id="framing/requests-sent",
        level="MUST",
        role="client",
        citations=("RFC 9112 §6", "RFC 9112 §9.3"),
        requirement="Two framing fields of a request determine which body can be sent.",
        source=framing.requests_sent,
    ),
    TraceCheck(
        id="framing/responses-received",
        level="MUST",
        role="client",
        citations=("RFC 9112 §6", "RFC 9112 §9.3", "RFC 9110 §9.3.6"),
        requirement="Two framing fields of a response determine its body, if it can have one.",
        source=framing.responses_received,
    ),
    TraceCheck(
        id="framing/responses-sent",
        level="MUST",
        role="server",
        citations=("RFC 9112 §6", "RFC 9112 §9.3", "RFC 9112 §9.6"),
        requirement="Two framing fields of a response are sent in a form that the peer can parse.",
        source=framing.responses_sent,
    ),
    TraceCheck(
        id="numbers/content-length-received",
        level="MUST",
        role="recipient",
        citations=("RFC 9110 §8.6", "RFC 9112 §6.3"),
        requirement="Content-Length is a number of any size, or a list of equal numbers.",
        source=numbers.lengths_received,
    ),
    TraceCheck(
        id="numbers/content-length-sent",
        level="MUST",
        role="sender",
        citations=("RFC 9110 §8.6", "RFC 9112 §6.2"),
        requirement="A body is exactly as long as its Content-Length.",
        source=numbers.lengths_sent,
    ),
    _of_chunks(
        id="numbers/chunk-size-received",
        requirement="A chunk size is a hexadecimal number, and one that is too large is an error.",
        source=numbers.sizes_received,
    ),
    _of_chunks(
        id="numbers/chunk-length-received",
        requirement="A chunk is exactly as long as its size.",
        source=numbers.sizes_exact,
    ),
    TraceCheck(
        id="numbers/chunk-size-sent",
        level="MUST",
        role="sender",
        citations=_CHUNKS,
        requirement="Each Data event is sent as one chunk of its size, an empty one as no chunk.",
        source=numbers.sizes_sent,
    ),
    _of_callers(
        id="numbers/large",
        citations=(f"{H11_API}: Connection", "RFC 9112 §2.2", "RFC 9110 §2.3"),
        requirement="Nothing is limited but the size of an incomplete event, and no counter wraps.",
        source=sizes.large,
    ),
    TraceCheck(
        id="numbers/buffer-limit",
        level="CONTRACT",
        role="recipient",
        citations=(f"{H11_API}: Connection", "RFC 9112 §2.2", "RFC 9110 §5.4"),
        requirement="An incomplete event is rejected as soon as it is longer than the limit.",
        source=lambda: numbers.limits(cuts.short()),
    ),
    TraceCheck(
        id="numbers/default-limit",
        level="CONTRACT",
        role="recipient",
        citations=(f"{H11_API}: Connection",),
        requirement="The limit is 16 KiB by default.",
        source=numbers.default_limit,
    ),
    _of_callers(
        id="states/every-step",
        citations=(f"{H11_API}: the state machine", "RFC 9112 §9"),
        requirement="Each step is accepted or refused as the state machine says, in any state.",
        source=states.every_step,
    ),
    TraceCheck(
        id="sequences/requests-received",
        level="CONTRACT",
        role="server",
        citations=(_NEXT_CYCLE, "RFC 9112 §9.3", "RFC 9112 §9.3.2"),
        requirement="A request is received alike whatever came before it on the connection.",
        source=sequences.requests_received,
    ),
    TraceCheck(
        id="sequences/responses-received",
        level="CONTRACT",
        role="client",
        citations=(_NEXT_CYCLE, "RFC 9112 §9.3"),
        requirement="A response is received alike whatever came before it on the connection.",
        source=sequences.responses_received,
    ),
    TraceCheck(
        id="sequences/requests-sent",
        level="CONTRACT",
        role="client",
        citations=(_NEXT_CYCLE, "RFC 9112 §9.3"),
        requirement="A request is sent alike whatever came before it on the connection.",
        source=sequences.requests_sent,
    ),
    TraceCheck(
        id="sequences/responses-sent",
        level="CONTRACT",
        role="server",
        citations=(_NEXT_CYCLE, "RFC 9112 §9.3", "RFC 9112 §9.3.2"),
        requirement="A response is sent alike whatever came before it on the connection.",
        source=sequences.responses_sent,
    ),
    _of_callers(
        id="calls/receives-before-reading",
        citations=_SEGMENTS,
        requirement="Bytes may arrive in any number of pieces before the next event is read.",
        source=call_orders.receives_before_reading,
    ),
    _of_callers(
        id="calls/reads-again",
        citations=(f"{H11_API}: Connection.next_event", f"{H11_API}: the state machine"),
        requirement="Reading again gives the same answer until something has changed.",
        source=call_orders.reads_again,
    ),
    _of_callers(
        id="calls/sends-in-a-row",
        citations=(f"{H11_API}: Connection.send", f"{H11_API}: the state machine"),
        requirement="Events in a row are each accepted or refused as the state machine says.",
        source=call_orders.sends_in_a_row,
    ),
    _of_callers(
        id="calls/forms",
        citations=(f"{H11_API}: Connection",),
        requirement="A conversation means the same in each form of calls that programs use.",
        source=call_forms.forms,
    ),
    _of_callers(
        id="calls/ends",
        citations=(f"{H11_API}: Connection.send", f"{H11_API}: the state machine"),
        requirement="A connection can be ended in each state, in each way that programs use.",
        source=call_forms.ends,
    ),
    _of_callers(
        id="calls/properties",
        citations=(f"{H11_API}: Connection",),
        requirement="A property may be read at any time, and reading it changes nothing.",
        source=call_forms.properties,
    ),
    _of_callers(
        id="arguments/no-event",
        citations=(f"{H11_API}: Connection.send", f"{H11_API}: Error handling"),
        requirement="Anything but an event is refused, and sending it leads to ERROR.",
        source=arguments.no_events,
    ),
    TraceCheck(
        id="arguments/no-text",
        level="CONTRACT",
        role="sender",
        citations=(f"{H11_API}: Events",),
        requirement="Methods, targets and fields are refused unless they are bytes or ASCII text.",
        source=arguments.no_text,
    ),
    TraceCheck(
        id="arguments/no-bytes",
        level="BEHAVIOUR",
        role="both",
        citations=BY_EXECUTION,
        requirement="Anything but bytes is received or refused as by h11.",
        source=arguments.no_bytes,
        documented=False,
    ),
    TraceCheck(
        id="arguments/wrong-number",
        level="BEHAVIOUR",
        role="both",
        citations=BY_EXECUTION,
        requirement="Arguments that are missing, too many or unknown are refused as by h11.",
        source=arguments.wrong_numbers,
        documented=False,
    ),
    _of_callers(
        id="aliasing/results",
        citations=(f"{H11_API}: Events", f"{H11_API}: Connection"),
        requirement="What was handed out stays as it was, and the caller may change it.",
        source=aliasing.results,
    ),
    _of_callers(
        id="aliasing/arguments",
        citations=(RECEIVE_DATA, f"{H11_API}: Events"),
        requirement="The caller may change what it handed in as soon as the call has returned.",
        source=aliasing.arguments,
    ),
    _of_callers(
        id="aliasing/events",
        citations=(f"{H11_API}: Events", "RFC 9110 §7.2"),
        requirement="An event stays as it is when it is sent, whatever is sent in its place.",
        source=aliasing.events_sent,
    ),
    _of_callers(
        id="aliasing/errors",
        citations=(f"{H11_API}: Error handling",),
        requirement="An error that was raised stays as it is, whatever is raised after it.",
        source=errors.raised_later,
    ),
    _of_callers(
        id="connections/independent",
        citations=(f"{H11_API}: Connection",),
        requirement="Connections of one process know nothing of each other.",
        source=connections.independent,
    ),
)
