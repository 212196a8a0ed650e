"""Conditions hold on the traces that satisfy them, and malformed ones are rejected.

Each example is a short conversation on h11, or observations written by hand that h11 would never
produce.
"""

import h11
import pytest

from h11spec.conformance.requirements import conditions
from h11spec.conformance.requirements.conditions import ConditionError, Conditions
from h11spec.strategies.program import Drain, EventSpec, Json, Program, Receive, Send
from h11spec.strategies.traces import Trace, run

GET = EventSpec.of(
    "Request", method=b"GET", target=b"/", headers=[(b"Host", b"a"), (b"X", b"1, y")]
)
WITHOUT_HOST = EventSpec.of("Request", method=b"GET", target=b"/", headers=[])
END = EventSpec.of("EndOfMessage")
POST = b"POST / HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: 2\r\nContent-Length: 4\r\n\r\n"

RECEIVING = Program(
    "server", (Receive(POST), Drain(), Receive(b"he"), Drain(), Receive(b"yo?"), Drain())
)
REJECTING = Program("server", (Receive(b"GET\r\n\r\n"), Drain()))
SENDING = Program("client", (Send(GET), Send(END)))
REFUSING = Program("client", (Send(WITHOUT_HOST),))
EXPECTING = Program("server", (Receive(POST[:-2] + b"Expect: 100-continue\r\n\r\n"), Drain()))


def holds(condition: str, program: Program) -> bool:
    return Conditions((condition,)).hold(program, run(h11, program))


@pytest.mark.parametrize(
    ("program", "condition"),
    [
        (RECEIVING, "accepts"),
        (SENDING, "accepts"),
        (REJECTING, "rejects"),
        (REJECTING, "rejects 400"),
        (REFUSING, "refuses"),
        (REFUSING, "refuses 400"),
        (RECEIVING, "hears Request Data EndOfMessage"),
        (RECEIVING, "hears Request Data *"),
        (SENDING, "hears"),
        (RECEIVING, 'Request.method "POST"'),
        (RECEIVING, 'Request has "host"'),
        (RECEIVING, 'Request has "HOST" "a"'),
        (SENDING, r'sends "GET / HTTP/1.1\r\n"'),
        (SENDING, r'sends only "GET / HTTP/1.1\r\nHost: a\r\nX: 1, y\r\n\r\n"'),
        (SENDING, 'sends field "host"'),
        (SENDING, 'sends field "HOST" "A"'),
        (RECEIVING, "ends DONE SEND_RESPONSE"),
        (RECEIVING, "ends DONE|MUST_CLOSE *"),
        (RECEIVING, 'trailing "?"'),
        (SENDING, 'trailing ""'),
        (EXPECTING, "waits"),
        (REJECTING, "anything"),
    ],
)
def test_a_condition_holds_on_a_trace_that_satisfies_it(program: Program, condition: str) -> None:
    assert holds(condition, program)
    assert not holds(f"not {condition}", program)


@pytest.mark.parametrize(
    ("program", "condition"),
    [
        (REJECTING, "accepts"),
        (REFUSING, "accepts"),
        (RECEIVING, "rejects"),
        (REFUSING, "rejects"),
        (REJECTING, "rejects 431"),
        (REJECTING, "refuses"),
        (REFUSING, "refuses 500"),
        (RECEIVING, "hears Request EndOfMessage *"),
        (RECEIVING, "hears Request Data"),
        (RECEIVING, "hears"),
        (RECEIVING, 'Request.method "GET"'),
        (RECEIVING, "Response.status_code 200"),
        (RECEIVING, 'Request has "hos"'),
        (RECEIVING, 'Request has "host" "A"'),
        (RECEIVING, 'EndOfMessage has "host"'),
        (SENDING, 'sends "HTTP/1.0"'),
        (SENDING, 'sends only "GET "'),
        (SENDING, 'sends field "get / http/1.1"'),
        (SENDING, 'sends field "host" "b"'),
        (RECEIVING, "ends MUST_CLOSE *"),
        (RECEIVING, "ends * DONE|IDLE"),
        (RECEIVING, 'trailing ""'),
        (RECEIVING, "waits"),
    ],
)
def test_a_condition_does_not_hold_on_any_other_trace(program: Program, condition: str) -> None:
    assert not holds(condition, program)
    assert holds(f"not {condition}", program)


def test_one_alternative_is_enough() -> None:
    """Where the RFC leaves a choice, each reaction that it allows is right."""
    assert holds('rejects 400 or Request has "x" "a or b"', REJECTING)
    assert holds("accepts or waits or refuses", REFUSING)
    assert not holds("accepts or waits", REFUSING)


def test_not_negates_only_its_own_alternative() -> None:
    assert holds("not accepts or waits", REFUSING)
    assert holds("not rejects or rejects", REFUSING)
    assert not holds("not refuses or waits", REFUSING)


def test_all_conditions_must_hold() -> None:
    trace = run(h11, RECEIVING)
    assert Conditions(("accepts", "not waits")).hold(RECEIVING, trace)
    assert not Conditions(("accepts", "waits")).hold(RECEIVING, trace)


def test_consecutive_data_events_are_joined() -> None:
    """No requirement says how a body is split into events."""
    assert holds('Data.data "heyo"', RECEIVING)
    assert not holds('Data.data "he"', RECEIVING)


@pytest.mark.parametrize("value", ["1", "2", "1, 2"])
def test_lines_of_one_name_are_a_list(value: str) -> None:
    """An implementation may join them or leave them apart."""
    assert holds(f'Request has "x" "{value}"', RECEIVING)


def test_the_order_of_a_list_counts() -> None:
    assert not holds('Request has "x" "2, 1"', RECEIVING)


@pytest.mark.parametrize("value", ["1", "y", "1, Y"])
def test_elements_of_a_list_that_is_sent_are_found_in_any_case(value: str) -> None:
    assert holds(f'sends field "x" "{value}"', SENDING)


def observing(program: Program, *observations: dict[str, object]) -> Trace:
    assert len(observations) <= len(program.steps)
    return Trace(list(observations))


def test_the_types_of_bytes_are_ignored() -> None:
    """Whether bytes come as a bytearray is a matter of the agreement verdict."""
    program = Program("server", (Drain(), Send(END)))
    headers = [[{"bytearray": "x"}, {"memoryview": "y"}]]
    events = [
        {"type": "Request", "method": {"bytearray": "GET"}, "headers": headers},
        {"type": "Data", "data": {"bytearray": "a"}},
        {"type": "Data", "data": {"memoryview": "b"}},
    ]
    sent = ["H", {"bytearray": "i: "}, {"passed": {"memoryview": "ho\r\n"}}]
    trace = observing(
        program, {"events": events}, {"returned": sent, "trailing": [{"bytearray": "z"}, False]}
    )
    conditions = (
        'Request.method "GET"',
        'Request has "x" "y"',
        'Data.data "ab"',
        r'sends only "Hi: ho\r\n"',
        'sends field "hi" "ho"',
        'trailing "z"',
    )
    for condition in conditions:
        assert Conditions((condition,)).hold(program, trace), condition


def test_garbage_satisfies_nothing() -> None:
    """An implementation may return anything; judging it must not raise."""
    program = Program("server", (Drain(), Send(END)))
    events = [
        {"type": "Request", "method": None, "headers": {"unreadable": "TypeError"}},
        {"type": "Response", "headers": [[None, 5]]},
        {"type": "Data", "data": 5},
    ]
    trace = observing(program, {"events": events}, {"returned": 5, "blind": {}})
    for condition in ('Request has "x"', 'Response has "x"', 'Data.data "5"', 'sends "5"', "waits"):
        assert not Conditions((condition,)).hold(program, trace), condition


@pytest.mark.parametrize(
    "last",
    [
        {"raised": {"by": "next", "family": "other", "class": "KeyError", "text": ""}},
        {"fault": "crash"},
    ],
)
def test_anything_allows_no_other_exception_and_no_fault(last: dict[str, object]) -> None:
    program = Program("server", (Receive(b"a"), Drain()))
    received: dict[str, object] = {"returned": None}
    anything = Conditions(("anything",))
    assert anything.hold(program, observing(program, received, {"events": []}))
    assert not anything.hold(program, observing(program, received, last))
    assert not anything.hold(program, observing(program, received))


def test_accepts_needs_every_step() -> None:
    program = Program("server", (Receive(b"a"), Drain()))
    assert not Conditions(("accepts",)).hold(program, observing(program, {"returned": None}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not",
        "accepts or",
        "does well",
        "accepts everything",
        "rejects late",
        "hears Something",
        "hears * Data",
        "hears *",
        "hears NEED_DATA",
        "Request.size 5",
        "Request.method",
        "Request.method GET",
        'Request is "x"',
        'Data has "x"',
        'Request has "x" "y" "z"',
        "Request has 5",
        "sends",
        "sends 5",
        "sends only",
        "sends field",
        r'sends "\x"',
        r'sends "\u20ac"',
        "ends DONE",
        "ends DONE ASLEEP",
        "trailing null",
        "waits long",
    ],
)
def test_a_malformed_condition_is_rejected(text: str) -> None:
    """A misspelt condition must look neither satisfied nor violated."""
    with pytest.raises(ConditionError, match="is not a condition: ") as caught:
        Conditions(("accepts", text))
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not", "there is no verb"),
        ("does well", "'does well' is not a verb of conditions.py"),
        ("waits long", "'waits' has too many words after it"),
        ("sends only", "'sends only' has too few words after it"),
        ("rejects late", "'late' is not a status code"),
        ("hears NEED_DATA", "'NEED_DATA' is not an event"),
        ("hears *", "'*' has no event before it"),
        ("ends DONE ASLEEP", "'ASLEEP' is not a state"),
        ("Request.method GET", "'GET' is not a value in JSON"),
        ("trailing null", "'null' is not a string of bytes"),
    ],
)
def test_the_message_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(ConditionError) as caught:
        Conditions((text,))
    assert str(caught.value) == f"{text!r} is not a condition: {reason}"


@pytest.mark.parametrize("bug", [TypeError, ValueError, IndexError, KeyError])
def test_a_bug_in_a_verb_is_not_taken_for_a_malformed_condition(
    bug: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise bug("a bug of ours")

    verbs = vars(conditions)["_VERBS"]
    monkeypatch.setitem(verbs, "waits", verbs["waits"]._replace(test=broken))
    with pytest.raises(bug, match="a bug of ours") as caught:
        Conditions(("waits",))
    assert type(caught.value) is bug


def test_a_string_has_an_end() -> None:
    with pytest.raises(ConditionError, match="has a string that does not end"):
        Conditions(('sends "GET',))


def test_there_is_at_least_one_condition() -> None:
    """An empty list would hold on every trace."""
    with pytest.raises(ConditionError, match="there is no condition; 'anything' is one"):
        Conditions(())


RAISED = {"by": "next", "family": "other", "class": "ValueError", "text": "no"}


@pytest.mark.parametrize(
    ("condition", "last"),
    [
        ("rejects", {"raised": RAISED}),
        ("rejects 400", {"raised": RAISED}),
        ("rejects", {"events": [], "client": "ERROR"}),
        ("anything", {"raised": RAISED}),
        ("ends DONE *", {"events": []}),
        ("not ends DONE *", {"events": []}),
        ('trailing "a"', {"events": []}),
        ("waits", {"events": []}),
        ("not waits", {"events": []}),
    ],
)
def test_by_effect_neither_a_class_nor_a_missing_attribute_breaks_a_condition(
    condition: str, last: Json
) -> None:
    program = Program("server", (Receive(b"a"), Drain()))
    trace = Trace([{"returned": None, "client": "IDLE"}, last])
    assert Conditions((condition,), by_effect=True).hold(program, trace)


@pytest.mark.parametrize(
    ("condition", "last"),
    [
        ("rejects", {"events": [], "client": "IDLE"}),
        ("rejects 501", {"raised": {**RAISED, "hint": 400}}),
        ("rejects", {"raised": {**RAISED, "class": "AttributeError"}}),
        ("refuses", {"raised": RAISED}),
        ("ends DONE *", {"events": [], "client": "IDLE", "server": "IDLE"}),
    ],
)
def test_by_effect_what_happened_still_counts(condition: str, last: Json) -> None:
    program = Program("server", (Receive(b"a"), Drain()))
    trace = Trace([{"returned": None, "client": "IDLE"}, last])
    assert not Conditions((condition,), by_effect=True).hold(program, trace)
