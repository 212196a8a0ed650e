"""Messages of a peer mean what they claim, and corruptions change them as their names say."""

from collections import Counter

import pytest
from hypothesis import Phase, find, given, seed, settings
from hypothesis import strategies as st

from h11spec import reference
from h11spec.strategies import messages
from h11spec.strategies.messages import CORRUPTIONS, WireMessage
from h11spec.strategies.program import Drain, EventSpec, Json, Program, Receive, ReceiveEOF, Send
from h11spec.strategies.traces import Raised, run

drawn = settings(max_examples=80)
ASK = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
ASK_HEAD = Send(EventSpec.of("Request", method=b"HEAD", target=b"/", headers=[(b"Host", b"a")]))
CHUNKED = WireMessage(
    b"POST / HTTP/1.1",
    ((b"Host", b"a"), (b"Transfer-Encoding", b"chunked")),
    "chunked",
    b"3\r\nabc\r\n0\r\n\r\n",
    b"abc",
)


def read(program: Program) -> tuple[list[Json], Raised | None]:
    """All events of a program's steps, and the error that ended them."""
    trace = run(reference, program)
    raised = [observed.raised for observed in trace if observed.raised is not None]
    return [event for observed in trace for event in observed.events], raised[0] if raised else None


def content(events: list[Json]) -> bytes:
    return b"".join(
        event["data"]["bytearray"].encode("latin-1") for event in events if event["type"] == "Data"
    )


def names(message: WireMessage) -> list[bytes]:
    return [name.lower() for name, _ in message.fields]


@drawn
@given(messages.requests())
def test_a_server_reads_a_request_as_it_was_meant(message: WireMessage) -> None:
    """Method, target, version, fields and body; it refuses only a drawn second Host."""
    events, raised = read(Program("server", (Receive(message.data), Drain())))
    if names(message).count(b"host") > 1:
        assert raised is not None
        assert raised.text == "Found multiple Host: headers"
        return
    assert raised is None
    head = events[0]
    method, target, version = message.start_line.decode().split(" ")
    assert (head["type"], head["method"], head["target"]) == ("Request", method, target)
    assert f"HTTP/{head['http_version']}" == version
    assert [name for name, _ in head["headers"]] == [name.decode() for name in names(message)]
    assert content(events) == message.body
    assert [event["type"] for event in events if event["type"] != "Data"] in (
        ["Request", "EndOfMessage", "NEED_DATA"],
        ["Request", "EndOfMessage", "PAUSED"],  # it proposes another protocol
    )
    assert message.framing in ("none", "length", "chunked")


@drawn
@given(messages.responses())
def test_a_client_reads_a_response_as_it_was_meant(message: WireMessage) -> None:
    """In every framing; where a status allows no body, it is the beginning of the next message."""
    program = Program(
        "client", (ASK, Send(EventSpec("EndOfMessage")), Receive(message.data), Drain())
    )
    events, raised = read(program)
    head = events[0]
    assert head["type"] == "Response"
    if head["status_code"] in (204, 304):
        assert content(events) == b""
        return
    if message.framing in ("close", "none"):
        events, raised = read(Program("client", (*program.steps, ReceiveEOF(), Drain())))
    assert raised is None
    assert content(events) == message.body
    assert "EndOfMessage" in [event["type"] for event in events]


@drawn
@given(messages.responses(has_body=False))
def test_a_response_without_body_ends_with_its_head(message: WireMessage) -> None:
    """A response to HEAD may announce a body that does not come."""
    assert (message.coded, message.body) == (b"", b"")
    assert message.data.endswith(b"\r\n\r\n")
    end = Send(EventSpec("EndOfMessage"))
    events, raised = read(Program("client", (ASK_HEAD, end, Receive(message.data), Drain())))
    assert raised is None
    assert [event["type"] for event in events[:2]] == ["Response", "EndOfMessage"]


@drawn
@given(messages.interim_responses())
def test_an_interim_response_is_one(message: WireMessage) -> None:
    """1xx without a body; the final response, or another protocol, follows."""
    events, raised = read(Program("client", (ASK, Receive(message.data), Drain())))
    if events:
        assert events[0]["type"] == "InformationalResponse"
        assert 100 <= events[0]["status_code"] <= 199
    else:  # 101 without an Upgrade to accept
        assert raised is not None
        assert b" 101" in message.start_line


@drawn
@given(messages.chunked_bodies())
def test_a_chunked_body_decodes_to_its_content(body: tuple[bytes, bytes]) -> None:
    coded, decoded = body
    message = WireMessage(CHUNKED.start_line, CHUNKED.fields, "chunked", coded, decoded)
    events, raised = read(Program("server", (Receive(message.data), Drain())))
    assert raised is None
    assert content(events) == decoded
    assert [event["type"] for event in events[-2:]] == ["EndOfMessage", "NEED_DATA"]


def test_every_framing_is_drawn() -> None:
    met: dict[str, set[str]] = {"request": set(), "response": set()}

    @seed(1)
    @settings(max_examples=120, phases=[Phase.generate])
    @given(messages.requests(), messages.responses())
    def draw(request: WireMessage, response: WireMessage) -> None:
        met["request"].add(request.framing)
        met["response"].add(response.framing)

    draw()
    assert met["request"] == {"none", "length", "chunked"}
    assert met["response"] == {"none", "length", "chunked", "close"}


def is_changed(message: WireMessage) -> bool:
    """Whether the corruption changed the bytes; the meaning of the message stays beside them."""
    meant = WireMessage(message.start_line, message.fields, message.framing, message.coded)
    return message.data != meant.data


@pytest.mark.slow
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_every_corruption_occurs_and_changes_something(name: str) -> None:
    """Drawn until found: Hypothesis draws different examples for a seed in another folder."""
    until = settings(max_examples=20000, phases=[Phase.generate])
    found = find(
        messages.corrupted(messages.requests()),
        lambda message: message.corruption == name and is_changed(message),
        settings=until,
    )
    assert found.corruption == name


def test_most_corruptions_change_something() -> None:
    changed: Counter[bool] = Counter()

    @seed(1)
    @settings(max_examples=400, phases=[Phase.generate])
    @given(messages.corrupted(messages.requests()))
    def draw(message: WireMessage) -> None:
        changed[is_changed(message)] += 1

    draw()
    assert changed[True] > changed.total() * 0.8


LINES = CHUNKED.data.split(b"\r\n")
TWO_LENGTHS = b"\r\nContent-Length: 3" * 2
# Those that leave no choice, and what becomes of CHUNKED.
EXACT = {
    "LF for CR LF everywhere": b"\n".join(LINES),
    "obs-fold": CHUNKED.data.replace(b": a", b":\r\n a"),
    "obs-fold before any field": CHUNKED.data.replace(b"\r\nHost", b"\r\n Host"),
    "blank before the colon": CHUNKED.data.replace(b"Host:", b"Host :"),
    "no colon": CHUNKED.data.replace(b"Host:", b"Host"),
    "no name": CHUNKED.data.replace(b"\r\nHost", b"\r\n: a\r\nHost"),
    "leading blank": b" " + CHUNKED.data,
    "two blanks": CHUNKED.data.replace(b"POST ", b"POST  "),
    "tab for a blank": CHUNKED.data.replace(b"POST ", b"POST\t"),
    "lower-case HTTP": CHUNKED.data.replace(b"HTTP", b"http"),
    "no version": CHUNKED.data.replace(b" HTTP/1.1", b""),
    "no Host": CHUNKED.data.replace(b"Host: a\r\n", b""),
    "Content-Length twice": CHUNKED.data.replace(b"\r\nHost", TWO_LENGTHS + b"\r\nHost"),
    "conflicting Content-Length": CHUNKED.data.replace(
        b"\r\nHost", TWO_LENGTHS[:-1] + b"4\r\nHost"
    ),
    "Content-Length with Transfer-Encoding": CHUNKED.data.replace(
        b"\r\nHost", b"\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nHost"
    ),
    "another message after it": CHUNKED.data * 2,
}


@st.composite
def spoilt(draw: st.DrawFn, name: str) -> bytes:
    """CHUNKED with one corruption."""
    return CORRUPTIONS[name](draw, CHUNKED.data)


@pytest.mark.parametrize("name", EXACT)
def test_a_corruption_does_what_its_name_says(name: str) -> None:
    results: set[bytes] = set()

    @settings(max_examples=5)
    @given(spoilt(name))
    def draw(data: bytes) -> None:
        results.add(data)

    draw()
    assert results == {EXACT[name]}


# One of the places for it, in CHUNKED.
SOMEWHERE = {
    "bare LF": CHUNKED.data.replace(b"\r\nHost", b"\nHost"),
    "bare CR": CHUNKED.data.replace(b"\r\nHost", b"\rHost"),
    "CR CR LF": CHUNKED.data.replace(b"\r\nHost", b"\r\r\nHost"),
    "obs-fold after blanks": CHUNKED.data.replace(b"\r\nHost", b" \t\r\n\t Host"),
    "leading line end": b"\r\n" + CHUNKED.data,
    "another framing field": CHUNKED.data.replace(b"\r\nHost", b"\r\nContent-Length: 0\r\nHost"),
    "chunk size": b"\r\n".join([*LINES[:4], b"g", *LINES[4:]]),
    "chunk footer": CHUNKED.data.replace(b"abc\r\n", b"abcXX"),
    "any byte": CHUNKED.data[1:],
    "control byte": b"\x00" + CHUNKED.data,
    "truncated": CHUNKED.data[:1],
    "surplus": CHUNKED.data + b"\x00",
}


@pytest.mark.parametrize("name", SOMEWHERE)
def test_a_corruption_occurs_wherever_it_fits(name: str) -> None:
    """Drawn until found: Hypothesis draws different examples for a seed in another folder."""
    place = SOMEWHERE[name]
    until = settings(max_examples=20000, phases=[Phase.generate])
    assert find(spoilt(name), lambda data: data == place, settings=until) == place


def test_an_overlong_message_is_beyond_the_default_limit() -> None:
    """16 KiB in one line, so that the message cannot be read before its end."""
    sizes: set[int] = set()

    @settings(max_examples=10)
    @given(spoilt("over-long"))
    def draw(data: bytes) -> None:
        sizes.add(len(data) - len(CHUNKED.data))

    draw()
    assert min(sizes) > 16 * 1024
    assert max(sizes) <= messages.OVERLONG
