"""The title of a cause: what the target does, for each kind of finding."""

from __future__ import annotations

from typing import Any

import pytest

from h11spec.reports.findings.cause import TELLING
from h11spec.reports.wording.cause_title import cause_title
from h11spec.reports.wording.element_phrases import element_phrase
from h11spec.strategies.program import Json

DRAIN: Json = {"do": "drain"}
RECEIVE: Json = {"do": "receive", "data": "GET"}
SEND_END: Json = {"do": "send", "event": {"type": "EndOfMessage"}}
NEED_DATA: Json = {"type": "NEED_DATA"}
END: Json = {"type": "EndOfMessage", "headers": []}
DATA: Json = {"type": "Data", "data": "a", "chunk_end": True}
RETURNED: Json = {"returned": "GET / HTTP/1.1\r\n\r\n"}


def raised(name: str, hint: int | None = None, by: str = "next") -> Json:
    """An exception as in an observation."""
    hints: Json = {} if hint is None else {"hint": hint}
    return {"raised": {"by": by, "family": name, "class": name, "text": "no", **hints}}


def finding(
    aspect: str, field: str, expected: Any, actual: Any, step: Json = DRAIN, **more: Any
) -> Json:
    """A finding of a server, with the members that a title needs."""
    program: Json = {"program": 1, "role": "server", "steps": [RECEIVE, step]}
    difference = f"drain in IDLE/IDLE: {aspect}"
    return {
        "check": "octets/received",
        "difference": difference,
        "aspect": aspect,
        "field": field,
        "expected": expected,
        "actual": actual,
        "program": program,
        **more,
    }


REFUSED = raised("RemoteProtocolError", 400)
CRASH: Json = {"kind": "crash", "detail": "SIGSEGV", "text": ""}
HANG: Json = {"kind": "hang", "detail": "", "text": ""}


@pytest.mark.parametrize(
    ("title", "found"),
    [
        (
            "accepts a chunk size with a sign",
            finding("error", "outcome", REFUSED, DATA, cause="chunk size with a sign"),
        ),
        (
            "does not refuse a field line without a colon, and waits for more data",
            finding("error", "outcome", REFUSED, NEED_DATA, cause="line without a colon"),
        ),
        (
            "sends a method that is not a token",
            finding(
                *("error", "outcome", raised("LocalProtocolError", 400), RETURNED, SEND_END),
                cause="method that is not a token",
            ),
        ),
        (
            "ends the message, where RemoteProtocolError is expected",
            finding("error", "outcome", REFUSED, END),
        ),
        (
            "accepts EndOfMessage, where LocalProtocolError is expected after sending EndOfMessage",
            finding("error", "outcome", raised("LocalProtocolError", 400), RETURNED, SEND_END),
        ),
        (
            "refuses a response without a reason with RemoteProtocolError",
            finding("error", "outcome", {"type": "Response", "reason": ""}, REFUSED),
        ),
        (
            "refuses several Host fields with RemoteProtocolError",
            finding(
                *("error", "outcome", {"type": "Request"}, REFUSED), cause="several lines of host"
            ),
        ),
        (
            "refuses EndOfMessage with LocalProtocolError",
            finding("error", "outcome", RETURNED, raised("LocalProtocolError", 400), SEND_END),
        ),
        (
            "raises TypeError in EndOfMessage",
            finding("error", "outcome", RETURNED, raised("TypeError"), SEND_END),
        ),
        (
            "raises RemoteProtocolError 400, where RemoteProtocolError 501 is expected",
            finding("error", "outcome", raised("RemoteProtocolError", 501), REFUSED),
        ),
        (
            "raises ValueError, where RemoteProtocolError is expected",
            finding("error", "outcome", REFUSED, raised("ValueError")),
        ),
        (
            "raises an error by send, where it is expected when an event is made",
            finding("error", "by", "constructor", "send", SEND_END),
        ),
        (
            "raises LocalProtocolError, where RemoteProtocolError is expected in next_event",
            finding("error", "family", "RemoteProtocolError", "LocalProtocolError"),
        ),
        (
            "waits for more data, where EndOfMessage is expected after reading Data",
            finding(
                *("event", "outcome", END, NEED_DATA),
                expected_trace=[{}, {"events": [DATA, END]}],
                actual_trace=[{}, {"events": [DATA, NEED_DATA]}],
            ),
        ),
        ("hands out Data, where nothing is expected", finding("event", "outcome", None, DATA)),
        (
            "hands out Data with another chunk_end",
            finding(
                *("event", "chunk_end", True, False),
                expected_trace=[{}, {"events": [DATA]}],
                actual_trace=[{}, {"events": [{**DATA, "chunk_end": False}]}],
            ),
        ),
        (
            "hands out an event whose raw_headers cannot be read: AttributeError",
            finding("event", "raw_headers", [], {"unreadable": "AttributeError"}),
        ),
        (
            "is in state DONE, where MUST_CLOSE is expected after sending EndOfMessage",
            finding("state", "server", "MUST_CLOSE", "DONE", SEND_END),
        ),
        (
            "has its peer in state IDLE, where ERROR is expected after start_next_cycle",
            finding("state", "client", "ERROR", "IDLE", {"do": "cycle"}),
        ),
        (
            "sends EndOfMessage as other bytes",
            finding("bytes", "returned", "0\r\n\r\n", "0\r\n", SEND_END),
        ),
        (
            "returns another value from start_next_cycle",
            finding(*("bytes", "returned", [], None), {"do": "call", "method": "start_next_cycle"}),
        ),
        (
            "has another value of our_role",
            finding("bytes", "returned", "a", "b", {"do": "read", "name": "our_role"}),
        ),
        (
            "changes what it has handed out, or what was handed in, later",
            finding("bytes", "returned", [], [[0, "a", "b"]], {"do": "again"}),
        ),
        *(
            (
                f"has another trailing_data after a change of what was handed {way}",
                finding(
                    *("attribute", "trailing", ["a", False], ["#", False]),
                    {"do": "change", "what": what},
                ),
            )
            for what, way in (("arguments", "in"), ("results", "out"))
        ),
        (
            "has another trailing_data after the end of input",
            finding("attribute", "trailing", ["", True], ["", False], {"do": "eof"}),
        ),
        (
            "raises an error with another text in next_event",
            finding("text", "text", {"text": "a"}, {"text": "b"}),
        ),
        (
            "raises an error without a message in next_event",
            finding("text", "message", {"text": "a"}, {"text": ""}),
        ),
        (
            "gives data in next_event as a bytearray",
            finding("type", "data", "a", {"bytearray": "a"}),
        ),
        ("crashes with SIGSEGV in receive_data", finding("fault", "crash", None, CRASH, RECEIVE)),
        ("does not return in next_event", finding("fault", "hang", None, HANG)),
        (
            "raises RecursionError in next_event",
            finding("fault", "outcome", NEED_DATA, raised("RecursionError")),
        ),
        (
            "breaks the rule: In ERROR, nothing more can be sent or read",
            finding(
                *("error", "rule", "LocalProtocolError", "nothing raised"),
                requirement="In ERROR, nothing more can be sent or read.",
            ),
        ),
        (
            "breaks the requirement: A recipient rejects a bare CR",
            finding(
                *("rfc", "rule", "it is kept", "it is broken"),
                requirement="A recipient rejects a bare CR.",
            ),
        ),
        (
            "does not show the same events as in one segment, with other message boundaries",
            finding(
                *("event", "relation", "the same events as in one segment", "others"),
                cause="message boundaries",
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_title_says_what_the_target_does(title: str, found: Json) -> None:
    assert cause_title(found) == title


def without_program(difference: str, aspect: str, field: str, expected: Any, actual: Any) -> Json:
    """A finding of an expression, of time or of memory."""
    found = finding(aspect, field, expected, actual)
    del found["program"]
    return {**found, "difference": difference}


@pytest.mark.parametrize(
    ("title", "found"),
    [
        (
            "answers false to h11.CLIENT is h11.CLIENT, where true is right",
            without_program(
                *("h11.CLIENT is h11.CLIENT", "api", "answer", {"value": True}, {"value": False})
            ),
        ),
        (
            "raises TypeError for h11.Request()",
            without_program(
                *("h11.Request()", "api", "answer", {"value": 1}, {"raised": "TypeError"})
            ),
        ),
        (
            "answers 1 to h11.Request(), where TypeError is expected",
            without_program(
                *("h11.Request()", "api", "answer", {"raised": "TypeError"}, {"value": 1})
            ),
        ),
        (
            "crashes with SIGSEGV in h11.Request()",
            without_program("h11.Request()", "fault", "answer", {"value": 1}, {"fault": CRASH}),
        ),
        (
            "needs time that grows faster than the size of its input (equal-fields)",
            without_program(
                *("cost of equal-fields: expected linear, got super-linear", "cost"),
                *("growth", "linear", "super-linear"),
            ),
        ),
        (
            "keeps memory for cycles as a server, GET, until the connection is gone",
            without_program(
                "memory of cycles as a server, GET: expected constant, got growing with the "
                "connection",
                *("memory", "growth", "constant", "growing with the connection"),
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_finding_without_a_program_has_a_title(title: str, found: Json) -> None:
    assert cause_title(found) == title


def test_an_explanation_is_the_title() -> None:
    found = finding("error", "outcome", REFUSED, END, explanation="takes any two bytes for CRLF")
    assert cause_title(found) == "takes any two bytes for CRLF"


def test_every_telling_element_has_a_phrase() -> None:
    """Otherwise a title would have words without an article."""
    assert [each for each in TELLING if element_phrase(each) == each] == []
