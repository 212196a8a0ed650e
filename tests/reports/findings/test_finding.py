"""Tests findings: their stable identity and their members of the record."""

import json
from typing import Any

import pytest
from faulty.showing import found, implementation

from h11spec.reports.findings.finding import Finding, divergence_finding
from h11spec.reports.wording.values import format_value
from h11spec.strategies.program import (
    Drain,
    Json,
    NextEvent,
    Program,
    Receive,
    SendFailed,
    StartNextCycle,
)

TRIPPED = Receive(b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\r\n")


def finding(name: str, *steps: Any, check: str = "agreement/drawn-programs") -> Finding:
    """Returns the first finding that the steps show on a faulty server."""
    return divergence_finding(check, found(implementation(name), Program("server", steps))[0])


STACK = """Fatal Python error: Aborted

Current thread 0x00007f (most recent call first):
  File "h11spec/limits.py", line 2 in alarm
  File "h12/buffer.py", line 7 in read
  File "h12/connection.py", line 9 in next_event
"""


@pytest.mark.parametrize(
    ("name", "steps", "identifier", "identity"),
    [
        (
            "forgets_failure",
            (SendFailed(),),
            "D-20d160",
            "agreement/drawn-programs: fail in IDLE/IDLE: state server: expected ERROR, got IDLE",
        ),
        (
            "trips",
            (TRIPPED, Drain()),
            "D-543629",
            "agreement/drawn-programs: drain in IDLE/IDLE: "
            + "error: expected RemoteProtocolError 400, got ChunkTrip",
        ),
    ],
)
def test_an_id_is_the_same_in_every_run_and_release(
    name: str, steps: Any, identifier: str, identity: str
) -> None:
    """Baselines and issues refer to it."""
    one = finding(name, *steps)
    assert one.identity == identity
    assert one.id == identifier


def test_an_id_depends_on_the_check_but_not_on_the_program() -> None:
    one = finding("trips", TRIPPED, Drain())
    longer = Receive(TRIPPED.data.replace(b"Host: a", b"Host: b\r\nA: b"))
    assert finding("trips", longer, Drain(), StartNextCycle()).id == one.id
    assert finding("trips", TRIPPED, Drain(), check="another/check").id != one.id


def test_differences_in_text_or_type_do_not_fail() -> None:
    assert finding("trips", TRIPPED, Drain()).fails()
    assert not finding("other_words", Receive(b"\x00"), NextEvent()).fails()


def test_the_record_has_the_program_and_both_traces_up_to_the_step() -> None:
    """Later steps are omitted; everything is JSON."""
    one = finding("forgets_failure", TRIPPED, SendFailed(), NextEvent())
    form = one.to_json(imports=["import forgets_failure as h11"])
    assert json.loads(json.dumps(form)) == form
    assert Program.from_json(form["program"]) == Program("server", (TRIPPED, SendFailed()))
    assert [len(form["expected_trace"]), len(form["actual_trace"])] == [2, 2]
    assert (form["step"], form["states_before"]) == (1, ["IDLE", "IDLE"])
    assert (form["aspect"], form["field"], form["fails"]) == ("state", "server", True)
    assert (form["expected"], form["actual"]) == ("ERROR", "IDLE")
    assert (form["id"], form["identity"]) == (one.id, one.identity)
    assert form["script"] == [
        "import forgets_failure as h11",
        "conn = h11.Connection(h11.SERVER)",
        f"conn.receive_data({TRIPPED.data!r})",
        "conn.send_failed()",
        "print(conn.states)",
    ]


RAISED: Json = {
    "by": "next",
    "family": "RemoteProtocolError",
    "class": "RemoteProtocolError",
    "text": "bad",
    "hint": 400,
}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "True"),
        ("a\xff", r"b'a\xff'"),
        ({"text": "a'b"}, '''"a'b"'''),
        ({"bytearray": "a"}, "bytearray(b'a')"),
        (["a", False], "[b'a', False]"),
        ({"returned": None}, "returns nothing"),
        ({"returned": ["1\r\n", {"passed": "a"}]}, r"returns [b'1\r\n', passed(b'a')]"),
        ({"raised": RAISED}, "next raises RemoteProtocolError: bad, status hint 400"),
        ({"type": "PAUSED"}, "PAUSED()"),
        (
            {"type": "Data", "data": {"bytearray": "a"}, "chunk_end": False},
            "Data(data=bytearray(b'a'), chunk_end=False)",
        ),
        ({"object": "builtins.dict"}, "object(b'builtins.dict')"),
        ({"kind": "crash", "detail": "SIGSEGV", "text": "\nwhere\n"}, "crash SIGSEGV: where"),
        ({"kind": "hang", "detail": "", "text": ""}, "hang"),
        ({"kind": "memory", "detail": "", "text": "one\n  two"}, "memory: one two"),
        ({"kind": "hang", "detail": "", "text": STACK}, "hang in read, line 7 of h12/buffer.py"),
        (
            {"kind": "hang", "detail": "", "text": STACK.replace("h12/", "h11spec/")},
            "hang: " + " ".join(STACK.replace("h12/", "h11spec/").split()),
        ),
    ],
    ids=str,
)
def test_an_observed_value_is_formatted(value: Any, words: str) -> None:
    assert format_value(value) == words


@pytest.mark.parametrize("read", [Drain(), NextEvent()])
def test_a_script_prints_raw_names_where_they_differ(read: Drain | NextEvent) -> None:
    """An event does not show them when it is printed."""
    data = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    one = finding("lowers_raw_names", Receive(data), read)
    assert one.difference.endswith("event raw_headers of Request")
    form = one.to_json(imports=["import h11"])
    assert "print(conn.next_event().headers.raw_items())" in form["script"]
    assert form["expected"] == [["Host", "a"]]
    assert form["actual"] == [["host", "a"]]
