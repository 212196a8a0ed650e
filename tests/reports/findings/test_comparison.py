"""Tests what counts as a difference between two steps, and of which aspect it is.

The two traces of a test differ in exactly one thing.
"""

import pytest
from traces_helper import DATA, NEED_DATA, RAISED, SEEN, difference, raising, reading, seen

from h11spec.reports.findings.divergence import AGREES, SOFT_ASPECTS, compare
from h11spec.strategies.program import Json, NextEvent, Program
from h11spec.strategies.traces import Trace


def test_equal_traces_agree() -> None:
    assert compare(Program("server", (NextEvent(),)), Trace([SEEN]), Trace([dict(SEEN)])) == AGREES


# Both sides of a step, and the aspect, field and kinds of their difference.
ASPECTS: dict[str, tuple[Json, Json, tuple[str, str, str, str]]] = {
    "state of the client": (
        seen(client="DONE"),
        seen(client="MUST_CLOSE"),
        ("state", "client", "DONE", "MUST_CLOSE"),
    ),
    "state of the server": (
        seen(server="DONE"),
        seen(server="ERROR"),
        ("state", "server", "DONE", "ERROR"),
    ),
    "another event": (
        seen(events=[DATA]),
        seen(events=[NEED_DATA]),
        ("event", "outcome", "Data", "NEED_DATA"),
    ),
    "an event too many": (
        seen(events=[NEED_DATA]),
        seen(events=[DATA, NEED_DATA]),
        ("event", "outcome", "NEED_DATA", "Data"),
    ),
    "a missing event": (
        seen(events=[DATA, NEED_DATA]),
        seen(events=[DATA]),
        ("event", "outcome", "NEED_DATA", "nothing"),
    ),
    "an event of no known type": (
        seen(events=[NEED_DATA]),
        seen(events=[{"type": "builtins.NoneType"}]),
        ("event", "outcome", "NEED_DATA", "builtins.NoneType"),
    ),
    "a field of an event": (
        reading(chunk_end=False),
        reading(chunk_end=True),
        ("event", "chunk_end", "Data", "Data"),
    ),
    "the content of an event": (
        reading(data={"bytearray": "abc"}),
        reading(data={"bytearray": "ab"}),
        ("event", "data", "Data", "Data"),
    ),
    "the content of an event in another type": (
        reading(data={"bytearray": "abc"}),
        reading(data="ab"),
        ("event", "data", "bytearray", "bytes"),
    ),
    "a field that is missing": (
        reading(chunk_end=False),
        reading(chunk_end={"object": "interpreter._Missing"}),
        ("event", "chunk_end", "bool", "object"),
    ),
    "the case of field names": (
        seen(
            events=[{"type": "EndOfMessage", "headers": [["a", "b"]], "raw_headers": [["A", "b"]]}]
        ),
        seen(events=[{"type": "EndOfMessage", "headers": [["a", "b"]]}]),
        ("event", "raw_headers", "EndOfMessage", "EndOfMessage"),
    ),
    "an error for an event": (
        seen(events=[NEED_DATA]),
        raising(),
        ("error", "outcome", "NEED_DATA", "RemoteProtocolError 400"),
    ),
    "an event for an error": (
        raising(),
        seen(events=[NEED_DATA]),
        ("error", "outcome", "RemoteProtocolError 400", "NEED_DATA"),
    ),
    "an error for a value": (
        seen(returned="a"),
        seen(raised=RAISED),
        ("error", "outcome", "a value", "RemoteProtocolError 400"),
    ),
    "another class of error": (
        raising(),
        raising(**{"class": "KeyError", "family": "other", "hint": None}),
        ("error", "outcome", "RemoteProtocolError 400", "KeyError"),
    ),
    "another hint": (
        raising(hint=431),
        raising(hint=400),
        ("error", "outcome", "RemoteProtocolError 431", "RemoteProtocolError 400"),
    ),
    "another call that raises": (
        raising(by="constructor"),
        raising(by="send"),
        ("error", "by", "constructor", "send"),
    ),
    "a class of the same name in another family": (
        raising(),
        raising(family="LocalProtocolError"),
        ("error", "family", "RemoteProtocolError", "LocalProtocolError"),
    ),
    "other bytes": (
        seen(returned="GET / HTTP/1.1\r\n\r\n"),
        seen(returned="GET / HTTP/1.0\r\n\r\n"),
        ("bytes", "returned", "", ""),
    ),
    "other bytes in another type": (
        seen(returned="a"),
        seen(returned={"bytearray": "b"}),
        ("bytes", "returned", "bytes", "bytearray"),
    ),
    "no bytes": (
        seen(returned="a"),
        seen(returned=None),
        ("bytes", "returned", "bytes", "NoneType"),
    ),
    "a copy for what was passed": (
        seen(returned=["1\r\n", {"passed": "a"}]),
        seen(returned=["1\r\n", "a"]),
        ("bytes", "returned", "", ""),
    ),
    "trailing data": (
        seen(trailing=["a", False]),
        seen(trailing=["b", False]),
        ("attribute", "trailing", "", ""),
    ),
    "the end after trailing data": (
        seen(trailing=["a", False]),
        seen(trailing=["a", True]),
        ("attribute", "trailing", "", ""),
    ),
    "the version of the peer": (
        seen(version="1.1"),
        seen(version="1.0"),
        ("attribute", "version", "", ""),
    ),
    "no version of the peer": (
        seen(version="1.1"),
        seen(version=None),
        ("attribute", "version", "bytes", "NoneType"),
    ),
    "a waiting client": (
        seen(client_waits=True),
        seen(client_waits=False),
        ("attribute", "client_waits", "", ""),
    ),
    "a waiting peer": (
        seen(they_wait=True),
        seen(they_wait=False),
        ("attribute", "they_wait", "", ""),
    ),
    "an exit": (
        raising(),
        raising(**{"class": "SystemExit", "family": "other", "hint": None}),
        ("fault", "outcome", "RemoteProtocolError 400", "SystemExit"),
    ),
    "a crash": (
        seen(events=[NEED_DATA]),
        {"fault": {"kind": "crash", "detail": "SIGSEGV", "text": ""}},
        ("fault", "crash", "no fault", "crash SIGSEGV"),
    ),
    "output beside what agrees": (
        seen(events=[NEED_DATA]),
        seen(events=[NEED_DATA], fault={"kind": "output", "detail": "", "text": "hello"}),
        ("fault", "output", "no fault", "output"),
    ),
}


@pytest.mark.parametrize("name", ASPECTS)
def test_a_difference_has_its_aspect_and_kinds(name: str) -> None:
    one, other, (aspect, field, expected, actual) = ASPECTS[name]
    found = difference(one, other)
    assert (found.aspect, found.field) == (aspect, field)
    assert (found.expected_kind, found.actual_kind) == (expected, actual)
    assert found.aspect not in SOFT_ASPECTS


@pytest.mark.parametrize("name", ASPECTS)
def test_a_difference_is_symmetric(name: str) -> None:
    """If the sides are swapped, aspect and field stay the same."""
    one, other, (aspect, field, _, _) = ASPECTS[name]
    found = difference(other, one)
    assert (found.aspect, found.field) == (aspect, field)


SOFT: dict[str, tuple[Json, Json, tuple[str, str, str, str]]] = {
    "the words of an error": (
        raising(text="illegal request line"),
        raising(text="bad request line"),
        ("text", "text", "RemoteProtocolError", "RemoteProtocolError"),
    ),
    "the type of data": (
        reading(data={"bytearray": "abc"}),
        reading(data="abc"),
        ("type", "data", "bytearray", "bytes"),
    ),
    "the type of what is sent": (
        seen(returned="abc"),
        seen(returned={"memoryview": "abc"}),
        ("type", "returned", "bytes", "memoryview"),
    ),
    "the type of a version": (
        seen(version="1.1"),
        seen(version={"text": "1.1"}),
        ("type", "version", "bytes", "text"),
    ),
    "the type of trailing data": (
        seen(trailing=["a", False]),
        seen(trailing=[{"bytearray": "a"}, False]),
        ("type", "trailing", "a list", "a list"),
    ),
}


@pytest.mark.parametrize("name", SOFT)
def test_differences_in_text_and_type_do_not_stop_the_comparison(name: str) -> None:
    """Two steps that differ in the same way are noted once, and later steps are compared."""
    one, other, kinds = SOFT[name]
    program = Program("server", (NextEvent(), NextEvent(), NextEvent()))
    compared = compare(program, Trace([one, one, SEEN]), Trace([other, other, SEEN]))
    assert compared.divergence is None
    [found] = compared.soft
    assert found.step == 0
    difference = found.difference
    assert difference.aspect in SOFT_ASPECTS
    assert (
        difference.aspect,
        difference.field,
        difference.expected_kind,
        difference.actual_kind,
    ) == kinds
    hard = compare(program, Trace([one, SEEN, SEEN]), Trace([other, SEEN, seen(server="ERROR")]))
    assert hard.divergence is not None
    assert hard.divergence.step == 2
    assert [soft.identity for soft in hard.soft] == [found.identity]
