"""The script and the test of a finding whose program needs version 2 show the planted fault.

They run with the faulty implementation and with the right one in its place, and come out different.
"""

from dataclasses import replace
from typing import Any

import h11
import pytest
from faulty.showing import comparison, found, implementation, showing
from hypothesis import given, settings
from programs_helper import programs_of_version_2

from h11spec import reference
from h11spec.reports.findings.divergence import Divergence, compare, step_kind
from h11spec.reports.findings.regression import regression
from h11spec.reports.findings.script import script
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
    Role,
    Send,
    StartNextCycle,
    Step,
    Typed,
)
from h11spec.strategies.reduction import reduce
from h11spec.strategies.traces import Trace, run

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKS = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n"
REQUEST = EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])
SENT = Typed("event", REQUEST)
ANSWER = EventSpec.of("Response", status_code=204, headers=[])
DATA = Typed("event", EventSpec("Data", (("*", (Typed("bytearray", "a"),)),)))


def program(role: Role, *steps: Step, others: tuple[Role, ...] = ()) -> Program:
    return Program(role, steps, None, tuple(map(Connection, others)))


# For each planted fault, a program that shows it.
FAULTY = {
    "keeps_the_callers_buffer": program(
        "server",
        Call("receive_data", (Typed("bytearray", GET.decode()),)),
        Change("arguments"),
        Drain(),
    ),
    "reuses_its_data": program("server", Receive(CHUNKS), Drain(), Again()),
    "receives_on_the_newest": program(
        "server", On(1, Receive(GET)), Receive(GET), Drain(), others=("server",)
    ),
    "sends_by_position_only": program("client", Call("send", (), (("event", SENT),))),
    "confuses_its_state": program("server", Receive(GET), Drain(), Read("our_state")),
    "hands_out_its_states": program("server", Receive(GET), Drain(), Again()),
    "hands_out_a_view": program("server", Receive(CHUNKS), Drain(), Again()),
    "completes_the_callers_event": program("server", Send(ANSWER), Again()),
    "shares_its_raw_fields": program(
        "server", Receive(GET), NextEvent(), Change("results"), Again()
    ),
}
# The same fault, shown by a change of what was handed out.
CHANGED_STATES = program("server", Receive(GET), Change("results"))


class Printed(list[str]):
    """What a script prints, and the exception that ends it."""

    def __call__(self, value: object) -> None:
        self.append(repr(value))


def printed(lines: list[str], implementation: Any) -> list[str]:
    shown = Printed()
    try:
        exec("\n".join(lines), {"h11": implementation, "print": shown})  # noqa: S102 (our own script)
    except Exception as error:
        shown.append(f"{type(error).__name__}: {error}")
    return shown


def passes(lines: list[str], implementation: Any) -> bool:
    names: dict[str, Any] = {"h11": implementation}
    exec("\n".join(lines), names)  # noqa: S102 (our own test)
    try:
        names["test_it"]()
    except Exception:
        return False
    return True


def reproductions(divergence: Divergence) -> tuple[list[str], list[str]]:
    """The script, and the test."""
    cut = divergence.program.with_steps(divergence.program.steps[: divergence.step + 1])
    return (
        script(cut, divergence.actual, divergence.difference.field),
        regression("it", "It.", cut, divergence.difference, divergence.expected, divergence.actual),
    )


CASES = [*FAULTY.items(), ("hands_out_its_states", CHANGED_STATES)]


@pytest.mark.parametrize("minimised", [False, True], ids=["as it is", "minimised"])
@pytest.mark.parametrize(("name", "shows"), CASES)
def test_a_reproduction_tells_the_faulty_implementation_from_the_right_ones(
    name: str, shows: Program, minimised: bool
) -> None:
    faulty = implementation(name)
    divergence = found(faulty, shows)[0]
    if minimised:
        divergence = found(faulty, reduce(shows, showing(faulty, divergence.identity)))[0]
        assert divergence.program.version == 2
    lines, test = reproductions(divergence)
    assert printed(lines, faulty) != printed(lines, reference)
    assert printed(lines, h11) == printed(lines, reference)
    assert not passes(test, faulty)
    assert passes(test, reference)
    assert passes(test, h11)


def test_a_script_of_version_2_is_what_a_caller_would_write() -> None:
    """Connections are numbered, and what is changed has a name."""
    shows = program(
        "server",
        Call("receive_data", (Typed("memoryview_of_bytearray", GET.decode()),)),
        Change("arguments"),
        On(1, Call("send", (), (("event", SENT),))),
        On(1, Call("send", (DATA,))),
        Read("their_state"),
        Call("next_event"),
        On(2, NextEvent()),
        others=("client", "server"),
    )
    shows = replace(shows, limit=100)
    assert script(shows, run(reference, shows), "outcome") == [
        "conn = h11.Connection(h11.SERVER, 100)",
        r"argument0a = memoryview(bytearray(b'GET / HTTP/1.1\r\nHost: a\r\n\r\n'))",
        "conn.receive_data(argument0a)",
        'argument0a[:] = b"#" * len(argument0a)',
        "conn1 = h11.Connection(h11.CLIENT)",
        "argument2a = [(b'Host', b'a')]",
        "conn1.send(event=h11.Request(method=b'GET', target=b'/', headers=argument2a))",
        "argument3a = bytearray(b'a')",
        "try:",
        "    conn1.send(h11.Data(argument3a))",
        "except h11.LocalProtocolError: pass",
        "conn.their_state",
        "conn.next_event()",
        "conn2 = h11.Connection(h11.SERVER)",
        "print(conn2.next_event())",
    ]


def test_a_script_keeps_an_event_of_the_caller_that_changes() -> None:
    shows = program("server", Send(ANSWER), Again())
    actual = run(implementation("completes_the_callers_event"), shows)
    assert script(shows, actual, "outcome") == [
        "conn = h11.Connection(h11.SERVER)",
        "results = []",
        "event0 = h11.Response(status_code=204, headers=[])",
        "results.append(event0)",
        "conn.send(event0)",
        "print(results)",
    ]


def test_a_script_keeps_what_changes_and_an_exception_that_changes() -> None:
    """Only the steps whose results have changed keep them."""
    shows = program("client", StartNextCycle(), Send(REQUEST), Again())
    actual = run(reference, shows)
    [error, _, again] = actual.form
    again["returned"] = [[0, error["raised"], {**error["raised"], "text": "other"}]]
    assert script(shows, actual, "outcome") == [
        "conn = h11.Connection(h11.CLIENT)",
        "results = []",
        "try:",
        "    results.append(conn.start_next_cycle())",
        "except h11.LocalProtocolError as error: results.append(error)",
        "results.append(conn.states)",
        "conn.send(h11.Request(method=b'GET', target=b'/', headers=[(b'Host', b'a')]))",
        "print(results)",
    ]


def test_a_call_is_the_same_finding_as_the_step_that_makes_it() -> None:
    """Otherwise each fault would be found twice, and no call would be reduced to a step."""
    kinds: list[tuple[Step, str]] = [
        (Call("send_failed"), "fail"),
        (On(1, Call("send", (), (("event", SENT),))), "send Request"),
        (Call("receive_data", (Typed("bytearray", "a"),)), "receive"),
        (Call("next_event", (1,)), "call next_event"),
        (On(2, Read("states")), "read states"),
        (Change("results"), "change"),
    ]
    assert [step_kind(step) for step, _ in kinds] == [kind for _, kind in kinds]


@pytest.mark.parametrize("name", ["our_role", "states", "trailing_data", "their_http_version"])
def test_the_expected_value_of_a_property_is_written_as_it_compares(name: str) -> None:
    """Roles and states by their names, states as a dictionary, unread bytes as a tuple."""
    shows = program("server", Receive(GET), Read(name))
    expected = run(reference, shows)
    wrong = Trace([expected.form[0], {**expected.form[1], "returned": 5}])
    divergence = compare(shows, expected, wrong, ()).divergence
    assert divergence is not None
    _, test = reproductions(divergence)
    assert passes(test, reference)
    assert passes(test, h11)


def test_right_implementations_agree_on_every_program() -> None:
    for shows in (*FAULTY.values(), CHANGED_STATES):
        assert comparison(h11, shows).divergence is None


@pytest.mark.unmeasured
@settings(max_examples=150, derandomize=True)
@given(programs_of_version_2())
def test_reproductions_of_drawn_programs_show_the_planted_faults(shows: Program) -> None:
    """Whatever is received, sent, read and changed before the step that differs."""
    for name in FAULTY:
        faulty = implementation(name)
        for divergence in found(faulty, shows):
            lines, test = reproductions(divergence)
            assert printed(lines, faulty) != printed(lines, reference)
            assert not any(value.startswith("NameError") for value in printed(lines, reference))
            assert not test or passes(test, reference)
            assert not test or not passes(test, faulty)


@pytest.mark.parametrize("has_view", [False, True], ids=["no-view", "a-view"])
def test_a_changed_bytearray_gets_longer_unless_there_is_a_view_of_it(*, has_view: bool) -> None:
    """A script changes it as the interpreter does, so that it prints what the finding shows."""
    shows = program(
        "server",
        Call("receive_data", (Typed("bytearray", GET.decode()),)),
        Change("arguments"),
        Read("their_state"),
    )
    names: dict[str, Any] = {"h11": reference, "kept": []}
    lines = script(shows, run(reference, shows), "outcome")
    at = lines.index("conn.receive_data(argument0a)")
    view = ["kept.append(memoryview(argument0a))"] if has_view else []
    exec("\n".join([*lines[: at + 1], *view, *lines[at + 1 :]]), names)  # noqa: S102  # the script
    assert len(names["argument0a"]) == len(GET) * (1 if has_view else 2)
    assert set(names["argument0a"]) == set(b"#")
