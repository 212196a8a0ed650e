"""What holds for every program: which exceptions are raised, and that errors are permanent.

Owns the properties of single conversations, and that both implementations have the same ones.
`test_message_properties` owns the contents of messages.
"""

from collections.abc import Iterator
from types import ModuleType

import h11
from hypothesis import given, settings
from hypothesis import strategies as st

from h11spec import reference
from h11spec.strategies import events, messages
from h11spec.strategies.conversation import programs
from h11spec.strategies.program import (
    Drain,
    EventSpec,
    Json,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SendFailed,
    StartNextCycle,
    Step,
)
from h11spec.strategies.segmentation import segmentations
from h11spec.strategies.traces import Raised, run

# The default deadline fails now and then on a busy machine, which says nothing about h11.
thorough = settings(max_examples=100)

LOCAL, REMOTE = "LocalProtocolError", "RemoteProtocolError"
# What a call may raise. Arguments have documented types, so TypeError is not included.
DOCUMENTED = {
    "constructor": {LOCAL, "ValueError", "UnicodeEncodeError"},
    "send": {LOCAL},
    "next": {REMOTE},
    "receive": {"RuntimeError"},
    "cycle": {LOCAL},
}
WE_ARE_STUCK = "Can't send data when our state is ERROR"
THEY_ARE_STUCK = "Can't receive data when peer state is ERROR"

_roles: st.SearchStrategy[Role] = st.sampled_from(("client", "server"))
_bytes = st.binary(max_size=40) | st.text("GETHP/1. \r\n:05;chunked", max_size=40).map(str.encode)
_said = st.one_of(messages.requests(), messages.responses(), messages.interim_responses())
_wire = _bytes | (_said | messages.corrupted(_said)).map(lambda message: message.data)
_steps: st.SearchStrategy[Step] = st.one_of(
    _wire.filter(len).map(Receive),
    st.sampled_from([Drain(), NextEvent(), ReceiveEOF(), StartNextCycle(), SendFailed()]),
    st.builds(Send, events.any_events(), st.booleans()),
)
_random_steps = st.lists(_steps, max_size=10).map(tuple)
# Plausible conversations, or any steps in any order, which hardly ever are.
any_programs = programs() | st.builds(
    Program, _roles, _random_steps, st.sampled_from([None, 0, 20])
)


@st.composite
def wires(draw: st.DrawFn) -> Program:
    """Valid or corrupted bytes, in segments, to a server or a client, with or without a request."""
    role = draw(_roles)
    steps: list[Step] = []
    if role == "client" and draw(st.booleans()):
        steps += [Send(draw(events.requests())), Send(EventSpec("EndOfMessage"))]
    for segment in draw(segmentations(b"".join(draw(st.lists(_wire, max_size=3))))):
        steps += [Receive(segment), Drain()]
    return Program(role, (*steps, ReceiveEOF(), Drain(), NextEvent()))


def errors(module: ModuleType, program: Program) -> list[Raised]:
    return [observation.raised for observation in run(module, program) if observation.raised]


@thorough
@given(any_programs)
def test_only_documented_exceptions_are_raised(program: Program) -> None:
    """By the reference: protocol errors, and RuntimeError for data after the end."""
    ended = False
    for step, observation in zip(program.steps, run(reference, program), strict=True):
        if observation.raised:
            assert observation.raised.exception in DOCUMENTED[observation.raised.by]
            assert observation.raised.by != "receive" or (ended and isinstance(step, Receive))
        ended = ended or isinstance(step, ReceiveEOF)


@thorough
@given(any_programs)
def test_h11_also_raises_attribute_error(program: Program) -> None:
    """An upstream deviation: from send or next_event, instead of a protocol error."""
    for error, right in zip(errors(h11, program), errors(reference, program), strict=True):
        if error.exception == "AttributeError":
            assert error.text == "'tuple' object has no attribute '__name__'"
            assert right.by == error.by
            assert (right.by, right.exception) in {("send", LOCAL), ("next", REMOTE)}
            assert right.text.startswith("can't handle event type ")
        else:
            assert error.exception in DOCUMENTED[error.by]


# A step, our and their state before it, its exception, and the states after it.
Taken = tuple[Step, tuple[str, str], Raised | None, tuple[str, str]]


def taken(program: Program) -> Iterator[Taken]:
    """The steps of the program on both implementations, one after the other."""
    for module in (h11, reference):
        before = ("IDLE", "IDLE")
        for step, observation in zip(program.steps, run(module, program), strict=True):
            client, server = observation.states
            after = (client, server) if program.role == "client" else (server, client)
            yield step, before, observation.raised, after
            before = after


@thorough
@given(any_programs)
def test_error_is_permanent(program: Program) -> None:
    """A role in ERROR stays there, and each of its later events raises."""
    for step, (ours, theirs), error, after in taken(program):
        if ours == "ERROR":
            assert after[0] == "ERROR"
            if isinstance(step, Send):
                assert error
                assert error.by == "constructor" or error.text == WE_ARE_STUCK
        if theirs == "ERROR":
            assert after[1] == "ERROR"
            if isinstance(step, NextEvent | Drain):
                assert error
                assert error.text == THEY_ARE_STUCK


@thorough
@given(any_programs)
def test_an_exception_puts_its_role_into_error(program: Program) -> None:
    """Ours if send raises, theirs if next_event does; otherwise only send_failed does."""
    for step, (ours, theirs), error, after in taken(program):
        by = error.by if error else ""
        we_failed = by == "send" or isinstance(step, SendFailed)
        assert (after[0] == "ERROR") == (ours == "ERROR" or we_failed)
        assert (after[1] == "ERROR") == (theirs == "ERROR" or by == "next")


def shown(form: Json) -> Json:
    """The observation without the chunk starts, which are an upstream deviation."""
    events = [{**event, "chunk_start": None} for event in form.get("events", [])]
    return {**form, "events": events}


def corrected(form: Json, right: Raised | None) -> Json:
    """h11's observation, with the protocol error where it raised AttributeError."""
    error = form.get("raised")
    if not error or error["class"] != "AttributeError" or right is None:
        return form
    kind = LOCAL if error["by"] == "send" else REMOTE
    error = {"by": error["by"], "family": kind, "class": kind, "hint": 400, "text": right.text}
    return {**form, "raised": error}


@thorough
@given(any_programs)
def test_both_implementations_hold_the_same_conversation(program: Program) -> None:
    """Events, bytes, errors with their texts, and states agree after each step."""
    for ours, theirs in zip(run(reference, program), run(h11, program), strict=True):
        assert shown(ours.form) == shown(corrected(theirs.form, ours.raised))


@thorough
@given(wires())
def test_both_implementations_read_the_same(program: Program) -> None:
    """From any bytes in any segments: the same events, and the same text of an error."""
    for ours, theirs in zip(run(reference, program), run(h11, program), strict=True):
        assert shown(ours.form) == shown(theirs.form)


@thorough
@given(any_programs)
def test_the_reference_has_every_chunk_start_of_h11(program: Program) -> None:
    """An upstream deviation: h11 omits some, and never adds one."""
    for ours, theirs in zip(run(reference, program), run(h11, program), strict=True):
        for event, other in zip(ours.events, theirs.events, strict=True):
            assert event.get("chunk_start") or not other.get("chunk_start")
