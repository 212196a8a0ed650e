"""The language of conditions says of a trace what its words say, and what is none is refused.

Each example is a short conversation on h11, or observations written down by hand where no h11 would
give them.
"""

import h11
import pytest

from h11spec.conformance.requirements.conditions import ConditionError, Conditions
from h11spec.strategies.programs import Drain, EventSpec, Program, Receive, Send
from h11spec.strategies.traces import Trace, run

GET = EventSpec.of(
    "Request", method=b"GET", target=b"/", headers=[(b"Host", b"a"), (b"X", b"1, y")]
)
UNFIT = EventSpec.of("Request", method=b"GET", target=b"/", headers=[])
END = EventSpec.of("EndOfMessage")
POST = b"POST / HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: 2\r\nContent-Length: 4\r\n\r\n"

RECEIVING = Program(
    "server", (Receive(POST), Drain(), Receive(b"he"), Drain(), Receive(b"yo?"), Drain())
)
REJECTING = Program("server", (Receive(b"GET\r\n\r\n"), Drain()))
SENDING = Program("client", (Send(GET), Send(END)))
REFUSING = Program("client", (Send(UNFIT),))
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
def test_what_was_seen_is_met(program: Program, condition: str) -> None:
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
def test_what_was_not_seen_is_not_met(program: Program, condition: str) -> None:
    assert not holds(condition, program)
    assert holds(f"not {condition}", program)


def test_one_alternative_is_enough() -> None:
    """Where the RFC leaves a choice, each of its reactions is right."""
    assert holds('rejects 400 or Request has "x" "a or b"', REJECTING)
    assert holds("accepts or waits or refuses", REFUSING)
    assert not holds("accepts or waits", REFUSING)


def test_not_belongs_to_its_own_alternative_alone() -> None:
    assert holds("not accepts or waits", REFUSING)
    assert holds("not rejects or rejects", REFUSING)
    assert not holds("not refuses or waits", REFUSING)


def test_all_conditions_must_hold() -> None:
    trace = run(h11, RECEIVING)
    assert Conditions(("accepts", "not waits")).hold(RECEIVING, trace)
    assert not Conditions(("accepts", "waits")).hold(RECEIVING, trace)


def test_pieces_of_a_body_are_one() -> None:
    """How a body is cut into pieces is nobody's rule."""
    assert holds('Data.data "heyo"', RECEIVING)
    assert not holds('Data.data "he"', RECEIVING)


@pytest.mark.parametrize("value", ["1", "2", "1, 2"])
def test_lines_of_one_name_are_a_list(value: str) -> None:
    """To join them is allowed, and so is to leave them apart."""
    assert holds(f'Request has "x" "{value}"', RECEIVING)


def test_a_list_has_its_order() -> None:
    assert not holds('Request has "x" "2, 1"', RECEIVING)


@pytest.mark.parametrize("value", ["1", "y", "1, Y"])
def test_a_list_that_is_sent_has_elements(value: str) -> None:
    assert holds(f'sends field "x" "{value}"', SENDING)


def observing(program: Program, *observations: dict[str, object]) -> Trace:
    assert len(observations) <= len(program.steps)
    return Trace(list(observations))


def test_the_types_of_bytes_are_ignored() -> None:
    """Whether bytes come as a bytearray is for the other verdict."""
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


def test_garbage_meets_nothing() -> None:
    """An implementation may give out anything; to judge it must not raise."""
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
def test_anything_is_allowed_but_to_fail_in_another_way(last: dict[str, object]) -> None:
    program = Program("server", (Receive(b"a"), Drain()))
    received: dict[str, object] = {"returned": None}
    anything = Conditions(("anything",))
    assert anything.hold(program, observing(program, received, {"events": []}))
    assert not anything.hold(program, observing(program, received, last))
    assert not anything.hold(program, observing(program, received))


def test_accepting_takes_every_step() -> None:
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
def test_what_is_no_condition_is_refused(text: str) -> None:
    """A misspelt condition must not look as if it were kept, nor as if it were broken."""
    with pytest.raises(ConditionError, match="is no condition; conditions") as caught:
        Conditions(("accepts", text))
    assert repr(text) in str(caught.value)


def test_a_string_has_an_end() -> None:
    with pytest.raises(ConditionError, match="has a string that does not end"):
        Conditions(('sends "GET',))


def test_there_is_at_least_one_condition() -> None:
    """Nothing asked would be kept by everyone."""
    with pytest.raises(ConditionError, match="there is no condition; 'anything' is one"):
        Conditions(())
