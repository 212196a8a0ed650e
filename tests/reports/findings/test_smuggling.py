"""Tests which differences are about the begin and end of messages."""

from __future__ import annotations

from typing import Any

import pytest

from h11spec import reference
from h11spec.reports.findings.divergence import Divergence, compare
from h11spec.reports.findings.smuggling import smuggling_risk
from h11spec.strategies.program import Drain, EventSpec, Json, Program, Receive, Send, Step
from h11spec.strategies.traces import Trace, run

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
LENGTH = b"P / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
END: Json = {"type": "EndOfMessage", "headers": []}


def heard(*pieces: bytes) -> Program:
    steps: list[Step] = []
    for piece in pieces:
        steps += [Receive(piece), Drain()]
    return Program("server", tuple(steps))


def sent(*events: EventSpec) -> Program:
    return Program("client", tuple(map(Send, events)))


def differing(program: Program, **changes: Any) -> Divergence:
    """Returns the divergence of a target whose last observation has these changes."""
    expected = run(reference, program)
    last = {**expected.form[-1], **changes}
    if "raised" in changes and changes["raised"] is None:
        del last["raised"]
    actual = Trace([*expected.form[:-1], last])
    found = compare(program, expected, actual).divergence
    assert found is not None
    return found


def accepting(program: Program, *events: Json) -> Divergence:
    """Returns the divergence of a target that returns events where the reference raises."""
    before = run(reference, program).form[-1]["events"]
    states = {"client": "DONE", "server": "SEND_RESPONSE"}
    return differing(program, events=[*before, *events], raised=None, **states)


def data(content: str) -> Json:
    return {"type": "Data", "data": content, "chunk_start": False, "chunk_end": False}


def head(*fields: list[str]) -> Json:
    return {
        "type": "Request",
        "method": "GET",
        "target": "/",
        "headers": [*fields],
        "http_version": "1.1",
    }


def events(program: Program) -> list[Json]:
    form: list[Json] = run(reference, program).form[-1]["events"]
    return form


OK = EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")])
NOT_MODIFIED = EventSpec.of(
    "Response", status_code=304, headers=[(b"Transfer-Encoding", b"chunked")]
)
RELEVANT = {
    "an invalid chunk footer": accepting(heard(CHUNKED + b"1\r\naXX0\r\n\r\n"), END),
    "an invalid chunk size": accepting(heard(CHUNKED + b"+1\r\na\r\n0\r\n\r\n"), data("a")),
    "two lengths": accepting(
        heard(GET[:-2] + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), head()
    ),
    "a length with a sign": accepting(heard(GET[:-2] + b"Content-Length: +1\r\n\r\n"), head()),
    "a space before the colon": accepting(heard(GET[:-2] + b"A : b\r\n\r\n"), head()),
    "a bare CR": accepting(heard(GET[:-2] + b"A: b\rc\r\n\r\n"), head()),
    "a body of another length": differing(
        heard(LENGTH), events=[events(heard(LENGTH))[0], data("ab"), END]
    ),
    "an early end": differing(heard(LENGTH), events=[events(heard(LENGTH))[0], END]),
    "other bytes left": differing(heard(GET + GET), trailing=["", False]),
    "a message more": differing(heard(GET + GET), events=[*events(heard(GET))[:2], head()]),
    "a body to come": differing(heard(GET), client="SEND_BODY"),
    "another protocol": differing(heard(GET), client="MIGHT_SWITCH_PROTOCOL"),
    "injected lines": differing(
        sent(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a\r\nb")])),
        returned="GET / HTTP/1.1\r\nHost: a\r\nb\r\n\r\n",
        raised=None,
    ),
    "another length sent": differing(
        sent(EventSpec.of("Request", method=b"P", target=b"/", headers=[(b"Host", b"a")])),
        returned="P / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n",
    ),
}
ASKED = (
    Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])),
    Send(EventSpec.of("EndOfMessage")),
)
RESPONSE: Json = {
    "type": "Response",
    "status_code": 200,
    "headers": [],
    "http_version": "1.1",
    "reason": "",
}
BAD = b"\0 / HTTP/1.1\r\n\r\n"
RELEVANT.update(
    {
        "an empty field name": accepting(heard(GET[:-2] + b":\r\n\r\n"), head()),
        "a field name that is not a token": accepting(heard(GET[:-2] + b"A(: b\r\n\r\n"), head()),
        "a line of CR alone": accepting(
            Program("client", (*ASKED, Receive(b"HTTP/1.1 200 \r\n\r\r\n\r\n"), Drain())), RESPONSE
        ),
        "identity": accepting(heard(GET[:-2] + b"Transfer-Encoding: identity\r\n\r\n"), head()),
        "a chunk size that wraps": differing(
            heard(CHUNKED + b"10000000000000005\r\nhello"),
            events=[
                events(heard(CHUNKED))[0],
                {"type": "Data", "data": "hello", "chunk_start": True, "chunk_end": True},
                {"type": "NEED_DATA"},
            ],
        ),
        "no ERROR after a refusal": differing(heard(BAD), client="IDLE"),
        "a message after a refusal": accepting(heard(BAD, GET), head()),
    }
)
IRRELEVANT = {
    "a chunk end too early": differing(
        heard(CHUNKED + b"5\r\nhel"),
        events=[
            events(heard(CHUNKED))[0],
            {"type": "Data", "data": "hel", "chunk_start": True, "chunk_end": True},
            {"type": "NEED_DATA"},
        ],
    ),
    "a line of Connection less": differing(
        Program("server", (Receive(b"0 0 HTTP/1.0\r\n\r\n"), Drain(), Send(OK))),
        returned="HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
    ),
    "a 304 without Transfer-Encoding": differing(
        Program("server", (Receive(GET), Drain(), Send(NOT_MODIFIED))),
        returned="HTTP/1.1 304 \r\n\r\n",
    ),
    "two Hosts lost": differing(
        sent(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])),
        returned="GET / HTTP/1.1\r\n\r\n",
    ),
    "two Hosts accepted": accepting(heard(GET[:-2] + b"Host: b\r\n\r\n"), head()),
    "a target with a control": accepting(heard(b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n"), head()),
    "no Host": accepting(heard(b"GET / HTTP/1.1\r\n\r\n"), head()),
    "a refusal": differing(
        heard(GET),
        events=[],
        raised={
            "by": "next",
            "family": "RemoteProtocolError",
            "class": "E",
            "text": "",
            "hint": 400,
        },
    ),
    "other bytes": differing(heard(LENGTH), events=[events(heard(LENGTH))[0], data("abd"), END]),
    "the reason": differing(
        sent(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])),
        returned="GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    "the version": differing(heard(GET), version="1.0"),
    "keep-alive": differing(heard(GET), client="MUST_CLOSE"),
    "left behind an error": differing(heard(b"\x00\r\n\r\n"), trailing=["a", False]),
}


@pytest.mark.parametrize("name", RELEVANT)
def test_a_difference_about_message_ends_is_smuggling_relevant(name: str) -> None:
    risk = smuggling_risk("octets/received", RELEVANT[name])
    assert len(risk.split()) > 5
    assert risk[0].islower()
    assert risk[-1] != "."


@pytest.mark.parametrize("name", IRRELEVANT)
def test_other_differences_are_not_smuggling_relevant(name: str) -> None:
    assert smuggling_risk("octets/received", IRRELEVANT[name]) == ""


def test_the_risk_names_both_lengths_of_a_body() -> None:
    risk = smuggling_risk("octets/received", RELEVANT["a body of another length"])
    assert risk == "the body has 3 bytes for one side, and 2 for the other"


def test_a_bad_head_after_an_interim_response_is_not_in_a_body() -> None:
    """An interim response has none."""
    bad = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 20 OK\r\n\r\n"
    asked = EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])
    steps = Send(asked), Send(EventSpec.of("EndOfMessage")), Receive(bad), Drain()
    response: Json = {"type": "Response", "status_code": 20, "headers": [], "http_version": "1.1"}
    found = accepting(Program("client", steps), {**response, "reason": "OK"})
    assert found.expected.form[-1]["events"][0]["type"] == "InformationalResponse"
    assert smuggling_risk("octets/received", found) == ""
