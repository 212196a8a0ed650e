"""Shapes of calls: each has a program that has it, and a similar one that does not."""

from functools import cache

import pytest

from h11spec import reference
from h11spec.conformance.phases.hypothesis_backend import draw
from h11spec.strategies.call_conditions import message_form
from h11spec.strategies.call_shapes import CALL_SHAPES, shapes_of
from h11spec.strategies.conversation import programs
from h11spec.strategies.model_coverage import ModelCoverage, coverage_items
from h11spec.strategies.program import (
    Again,
    Call,
    Change,
    Connection,
    Drain,
    EventSpec,
    NextEvent,
    On,
    Program,
    Read,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SendFailed,
    StartNextCycle,
    Step,
    Typed,
)
from h11spec.strategies.traces import run

Steps = tuple[Step, ...]
READ, NEXT, EOF, CYCLE, FAIL = Drain(), NextEvent(), ReceiveEOF(), StartNextCycle(), SendFailed()


def receive(data: bytes) -> tuple[Receive, ...]:
    return (Receive(data),)


def get(method: bytes = b"GET", framing: bytes = b"") -> tuple[Receive, ...]:
    return receive(method + b" / HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n")


def reply(status: int = 200, *fields: tuple[bytes, bytes]) -> Steps:
    return (Send(EventSpec.of("Response", status_code=status, headers=fields)),)


def data(content: bytes | Typed | None, *, passthrough: bool = False) -> Steps:
    return (Send(EventSpec.of("Data", data=content), passthrough),)


LENGTH = (b"Content-Length", b"0")
CHUNKED = (b"Transfer-Encoding", b"chunked")
END: Steps = (Send(EventSpec("EndOfMessage")),)
CLOSE: Steps = (Send(EventSpec("ConnectionClosed")),)
CONTINUE: Steps = (Send(EventSpec.of("InformationalResponse", status_code=100, headers=[])),)
BROKEN = receive(b"\x00\r\n\r\n")
UPLOAD = get(b"POST", b"Content-Length: 9\r\n")
# A complete cycle; START begins the next one.
ANSWERED = (*get(), READ, *reply(200, LENGTH), *END)
START = (*ANSWERED, CYCLE)
PIPELINED = (*get(), *get(), READ, *reply(200, LENGTH), *END)


def after(request: Steps, response: Steps) -> Steps:
    """A cycle, and a message of the next one."""
    return (*request, READ, *response, *END, CYCLE, *get(), READ)


GET_POST = (*START, *get(b"POST", b"Content-Length: 0\r\n"), READ)
# For each shape: the steps of a server that have it, and similar steps that do not.
SERVER_EXAMPLES: dict[str, tuple[Steps, Steps]] = {
    "receives twice before a read": (
        (*receive(b"G"), *receive(b"E"), READ),
        (*receive(b"G"), READ, *receive(b"E"), READ),
    ),
    "receives twice in a body before a read": (
        (*UPLOAD, READ, *receive(b"abc"), *receive(b"def"), READ),
        (*UPLOAD, *receive(b"abc"), READ, *receive(b"def"), READ),
    ),
    "receives three times before a read": (
        (*receive(b"G"), *receive(b"E"), *receive(b"T"), READ),
        (*receive(b"G"), *receive(b"E"), READ, *receive(b"T")),
    ),
    "receives while paused": (
        (*get(), *get(), READ, *receive(b"G"), READ),
        (*get(), READ, *receive(b"G"), READ),
    ),
    "receives and ends before a read": (
        (*receive(b"G"), EOF, READ),
        (*receive(b"G"), READ, EOF, READ),
    ),
    "ends twice": ((EOF, READ, EOF), (EOF, READ)),
    "receives after the end": ((EOF, *get()), (*get(), EOF)),
    "reads again after NEED_DATA": ((READ, NEXT), (READ, *get(), NEXT)),
    "reads again after PAUSED": ((*PIPELINED, NEXT), (*PIPELINED, CYCLE, NEXT)),
    "reads again after an error": ((*BROKEN, READ, NEXT), (*get(), READ, NEXT)),
    "reads again after EndOfMessage": ((*get(), NEXT, NEXT, NEXT), (*get(), READ, NEXT)),
    "reads again after ConnectionClosed": ((EOF, READ, NEXT), (READ, EOF, NEXT)),
    "reads at the start of a cycle": ((*START, READ), (*START, *get(), READ)),
    "sends three times in a row": (
        (*get(), READ, *reply(), *data(b"a"), *END),
        (*get(), READ, *reply(), *data(b"a"), READ, *END),
    ),
    "sends whole and passed through": (
        (*get(), READ, *reply(), *data(b"a", passthrough=True)),
        (*get(), READ, *reply(), *data(b"a")),
    ),
    "sends, reads and sends": (
        (*get(), READ, *reply(), READ, *END),
        (*get(), READ, *reply(), *END, READ),
    ),
    "sends empty data": (
        (*get(), READ, *reply(), *data(Typed("bytearray", ""))),
        (*get(), READ, *reply(), *data(Typed("opaque", 3), passthrough=True)),
    ),
    "sends empty data in a response without a body": (
        (*get(b"HEAD"), READ, *reply(), *data(b"")),
        (*get(), READ, *reply(), *data(b"")),
    ),
    "interim response before the final one": (
        (*get(), READ, *CONTINUE, *reply()),
        (*get(), READ, *reply(), *CONTINUE),
    ),
    "two interim responses": (
        (*get(), READ, *CONTINUE, *CONTINUE),
        (*get(), READ, *CONTINUE, *reply()),
    ),
    "response before the end of the request": ((*UPLOAD, READ, *reply()), (*get(), READ, *reply())),
    "sends after the peer's end": ((*get(), EOF, READ, *reply()), (*get(), READ, *reply(), EOF)),
    "sends after the peer's error": ((*BROKEN, READ, *reply()), (*BROKEN, READ, *CLOSE)),
    "sends after an error": ((FAIL, *reply()), (*BROKEN, READ, *reply())),
    "calls after send_failed": ((FAIL, READ), (READ, FAIL)),
    "closes in IDLE": (CLOSE, (*get(), READ, *CLOSE)),
    "closes in DONE": ((*ANSWERED, *CLOSE), (*START, *CLOSE)),
    "closes in MUST_CLOSE": (
        (*get(b"GET", b"Connection: close\r\n"), READ, *reply(200, LENGTH), *END, *CLOSE),
        (*ANSWERED, *CLOSE),
    ),
    "closes in CLOSED": ((*CLOSE, *CLOSE), CLOSE),
    "two different cycles": (GET_POST, (*START, *get(), READ)),
    "three different cycles": (
        (*GET_POST, *reply(200, LENGTH), *END, CYCLE, *get(), READ),
        (*GET_POST, *reply(200, LENGTH), *END, CYCLE),
    ),
    "a cycle after a request without a body": ((*START, *get(), READ), START),
    "a cycle after a request with a length": (
        after(get(b"POST", b"Content-Length: 0\r\n"), reply(200, LENGTH)),
        after(get(), reply(200, LENGTH)),
    ),
    "a cycle after a request in chunks": (
        after(get(b"POST", b"Transfer-Encoding: chunked\r\n") + receive(b"0\r\n\r\n"), reply()),
        after(get(b"POST", b"Content-Length: 0\r\n"), reply()),
    ),
    "a cycle after a response without a body": (
        after(get(b"HEAD"), reply(200, CHUNKED)),
        after(get(), reply(200, CHUNKED)),
    ),
    "a cycle after a response with a length": (
        after(get(), reply(200, LENGTH)),
        after(get(), reply(204)),
    ),
    "a cycle after a response in chunks": (
        after(get(), reply(200, CHUNKED)),
        after(get(), reply()),
    ),
    "a cycle after a response that announces no body": (
        after(get(), reply()),
        after(get(), reply(304)),
    ),
    "reads a pipelined request": ((*PIPELINED, CYCLE, READ), (*START, *get(), READ)),
    "is refused a cycle": ((CYCLE,), START),
}


def request(method: bytes = b"GET", *fields: tuple[bytes, bytes]) -> Steps:
    headers = [(b"Host", b"a"), *fields]
    return (Send(EventSpec.of("Request", method=method, target=b"/", headers=headers)),)


def response(status: bytes, fields: bytes = b"Content-Length: 0\r\n") -> Steps:
    return receive(b"HTTP/1.1 " + status + b" \r\n" + fields + b"\r\n")


# What differs where a client receives what a server sends.
CLIENT_EXAMPLES: dict[str, tuple[Steps, Steps]] = {
    "interim response before the final one": (
        (*request(), *END, *response(b"100", b""), *response(b"200"), READ),
        (*request(), *END, *response(b"200"), READ),
    ),
    "two interim responses": (
        (*request(), *END, *response(b"100", b""), *response(b"103", b""), READ),
        (*request(), *END, *response(b"100", b""), *response(b"200"), READ),
    ),
    "response before the end of the request": (
        (*request(b"PUT", CHUNKED), *response(b"200"), READ, *END),
        (*request(b"PUT", CHUNKED), *END, *response(b"200"), READ),
    ),
    "sends after the peer's end": (
        (*request(b"PUT", CHUNKED), *response(b"200"), EOF, READ, *END),
        (*request(b"PUT", CHUNKED), *END, *response(b"200"), EOF, READ),
    ),
    "two different cycles": (
        (*request(), *END, *response(b"200"), READ, CYCLE, *request(b"HEAD")),
        (*request(), *END, *response(b"200"), READ, CYCLE, *request()),
    ),
    "a cycle after a response without a body": (
        (*request(b"HEAD"), *END, *response(b"200"), READ, CYCLE, *request()),
        (*request(), *END, *response(b"200"), READ, CYCLE, *request()),
    ),
}
TWO = (Connection("server"),)
ANOTHER = On(1, READ)
DATA = Typed("event", EventSpec("Data", (("*", (b"a",)),)))
# For each shape of a whole program: a program that has it, and a similar one that does not.
PROGRAM_EXAMPLES: dict[str, tuple[Program, Program]] = {
    "looks again": (Program("server", (READ, Again())), Program("server", (READ,))),
    "changes what it handed in": (
        Program("server", (*get(), Change("arguments"), READ)),
        Program("server", (*get(), READ, Change("arguments"))),
    ),
    "changes what it was given": (
        Program("server", (READ, Change("results"), READ)),
        Program("server", (READ, Change("arguments"), READ)),
    ),
    "reads properties": (
        Program("server", (Read("states"), READ)),
        Program("server", (READ, Read("states"))),
    ),
    "looks at the end only": (Program("server", (READ,), look="last"), Program("server", (READ,))),
    "passes arguments by name": (
        Program("server", (Call("receive_data", keywords=(("data", b"G"),)),)),
        Program("server", (Call("receive_data", (b"G",)),)),
    ),
    "passes data by position": (
        Program("server", (Call("send", (DATA,)),)),
        Program("server", (Call("send", (Typed("event", EventSpec.of("Data", data=b"a")),)),)),
    ),
    "two connections of one role": (
        Program("server", (READ, ANOTHER, READ), others=TWO),
        Program("server", (READ, READ, ANOTHER), others=TWO),
    ),
    "a client and a server": (
        Program("client", (READ, ANOTHER, READ), others=TWO),
        Program("server", (READ, ANOTHER, READ), others=TWO),
    ),
}
EXAMPLES: list[tuple[Role, str, Steps, Steps]] = [
    *(("server", name, *examples) for name, examples in SERVER_EXAMPLES.items()),
    *(("client", name, *examples) for name, examples in CLIENT_EXAMPLES.items()),
]


def names_of(program: Program) -> list[str]:
    return [shape.name for shape in shapes_of(program, run(reference, program))]


@pytest.mark.parametrize(("role", "name", "with_it", "without_it"), EXAMPLES)
def test_a_shape_is_found_where_it_is(
    role: Role, name: str, with_it: Steps, without_it: Steps
) -> None:
    """And it is not found in a similar program."""
    assert name in names_of(Program(role, with_it))
    assert name not in names_of(Program(role, without_it))


@pytest.mark.parametrize("name", PROGRAM_EXAMPLES)
def test_a_shape_of_the_whole_program_is_found_where_it_is(name: str) -> None:
    """And it is not found in a similar program."""
    with_it, without_it = PROGRAM_EXAMPLES[name]
    assert name in names_of(with_it)
    assert name not in names_of(without_it)


def test_the_calls_of_the_first_connection_are_those_that_count() -> None:
    """However they are written, and whatever happens on another one in between."""
    first = Call("receive_data", (Typed("bytearray", "G"),))
    twice = Program("server", (first, On(1, READ), Receive(b"E"), READ), others=TWO)
    assert "receives twice before a read" in names_of(twice)
    once = Program("server", (first, On(1, Receive(b"E")), READ), others=TWO)
    assert "receives twice before a read" not in names_of(once)


def test_each_shape_has_examples() -> None:
    assert [*SERVER_EXAMPLES, *PROGRAM_EXAMPLES] == [shape.name for shape in CALL_SHAPES]
    assert set(CLIENT_EXAMPLES) <= set(SERVER_EXAMPLES)


def test_a_shape_is_only_found_in_programs_of_its_roles() -> None:
    """A client sends no response: what it sends before one is no part of it."""
    steps = (*request(b"HEAD"), *response(b"200"), READ, *data(b""), *END)
    assert "sends empty data" in names_of(Program("client", steps))
    assert "sends empty data in a response without a body" not in names_of(Program("client", steps))


def test_data_that_is_no_bytes_is_not_empty() -> None:
    """In the chunked coding, nothing looks at the type of Data that is false."""
    program = Program("server", (*get(), READ, *reply(), *data(None)))
    assert run(reference, program)[3].raised is None
    assert "sends empty data" not in names_of(program)


def test_the_form_of_a_message_is_read_from_arguments_of_any_type() -> None:
    """Names of fields and methods may be str, and lists and their pairs may be tuples."""
    head = EventSpec.of(
        "Request",
        method=Typed("text", "HEAD"),
        headers=Typed("tuple", ((Typed("text", "Host"), b"a"),)),
    )
    assert message_form(head.to_json()) == "HEAD"
    head = EventSpec.of(
        "Response",
        status_code=Typed("int_subclass", 200),
        headers=Typed("tuple", ((Typed("text", "Transfer-Encoding"), b"chunked"),)),
    )
    assert message_form(head.to_json()) == "chunked"
    for name in (b"Content-Length", Typed("text", "Content-Length")):
        head = EventSpec.of("Response", status_code=200, headers=(Typed("tuple", (name, b"0")),))
        assert message_form(head.to_json()) == "length"


@cache
def sample() -> ModelCoverage:
    """What 1,000 programs have, drawn in the same way as in a search."""
    coverage = ModelCoverage()
    draw(programs(version=2), coverage.add, count=1000, seed=0)
    return coverage


@pytest.mark.unmeasured
@pytest.mark.parametrize("shape", coverage_items()["call shape"])
def test_a_thousand_programs_have_every_shape(shape: str) -> None:
    """As many are drawn by default: what breaks only in one of these shapes is found."""
    assert sample().counts["call shape"][shape] >= 2


def test_the_share_of_a_shape_is_that_of_its_role() -> None:
    coverage = ModelCoverage()
    assert coverage.share("server: ends twice") == 0
    coverage.add(Program("server", (EOF, EOF)))
    coverage.add(Program("server", (EOF,)))
    coverage.add(Program("client", (EOF,)))
    assert coverage.share("server: ends twice") == 0.5
    assert coverage.share("client: ends twice") == 0
