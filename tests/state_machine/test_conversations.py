"""The state machine as short conversations: some for each rule, and some without a rule."""

from types import ModuleType

import pytest

from .conversation import apply, connection, converse, joint_state
from .machine import DATA, Role

# Rule of transitions.toml: our role, the symbols, and the resulting states of client and server.
RULES: dict[str, list[tuple[Role, str, str]]] = {
    "a client that is done waits while its proposal is unanswered": [
        ("client", "send connect / send end", "MIGHT_SWITCH_PROTOCOL SEND_RESPONSE"),
        ("client", "send connect, close / send end", "MIGHT_SWITCH_PROTOCOL SEND_RESPONSE"),
        ("client", "send connect / send end / receive 100", "MIGHT_SWITCH_PROTOCOL SEND_RESPONSE"),
        ("server", "receive post with upgrade", "SEND_BODY SEND_RESPONSE"),
        (
            "server",
            "receive post with upgrade / receive byte",
            "MIGHT_SWITCH_PROTOCOL SEND_RESPONSE",
        ),
    ],
    "a denied proposal leaves the client done": [
        ("client", "send connect / send end / receive 404", "DONE DONE"),
        ("server", "receive connect / send 404", "DONE SEND_BODY"),
        ("server", "receive connect, close / send 404", "MUST_CLOSE SEND_BODY"),
    ],
    "without keep-alive a client that is done must close": [
        ("client", "send get, close", "SEND_BODY SEND_RESPONSE"),
        ("client", "send get, close / send end", "MUST_CLOSE SEND_RESPONSE"),
        ("client", "send get / send end / receive 200 1.0", "MUST_CLOSE MUST_CLOSE"),
        ("server", "receive get 1.0", "MUST_CLOSE SEND_RESPONSE"),
    ],
    "without keep-alive a server that is done must close": [
        ("client", "send post chunks / receive 404, close", "SEND_BODY MUST_CLOSE"),
        ("server", "send 200 until eof / send data / send end", "IDLE MUST_CLOSE"),
        ("server", "send 200 one byte / send data / send end", "IDLE DONE"),
    ],
    "an accepted proposal switches the client too, once its request is complete": [
        ("client", "send connect / receive 204", "SEND_BODY SWITCHED_PROTOCOL"),
        ("client", "send connect / receive 204 / send end", "SWITCHED_PROTOCOL SWITCHED_PROTOCOL"),
        ("client", "send connect / send end / receive 204", "SWITCHED_PROTOCOL SWITCHED_PROTOCOL"),
        ("server", "receive post with upgrade / send 101", "SEND_BODY SWITCHED_PROTOCOL"),
        (
            "server",
            "receive post with upgrade / send 101 / receive byte",
            "SWITCHED_PROTOCOL SWITCHED_PROTOCOL",
        ),
    ],
    "a server that is done must close after a client that has closed": [
        ("server", "receive get / send 404 / send end / receive eof", "CLOSED MUST_CLOSE"),
        ("server", "receive get / receive eof", "CLOSED SEND_RESPONSE"),
        ("server", "receive get / receive eof / send 404 / send end", "CLOSED MUST_CLOSE"),
        ("client", "send get / send end / send close / receive 404", "CLOSED MUST_CLOSE"),
    ],
    "an idle server must close after a client that has closed": [
        ("server", "receive eof", "CLOSED MUST_CLOSE"),
        ("client", "send close", "CLOSED MUST_CLOSE"),
        ("client", "send close / receive eof", "CLOSED CLOSED"),
    ],
    "a server that is done must close after a client that has failed": [
        ("client", "send post one byte / receive 404", "SEND_BODY DONE"),
        ("client", "send post one byte / receive 404 / send failed", "ERROR MUST_CLOSE"),
        ("client", "send post one byte / send failed / receive 404", "ERROR MUST_CLOSE"),
        ("server", "receive post one byte / send 404 / send end / receive eof", "ERROR MUST_CLOSE"),
    ],
    "a client that is done must close after a server that has closed": [
        ("client", "send get / send end / receive 404 / receive eof", "MUST_CLOSE CLOSED"),
        ("server", "receive get / send 404 / send end / send close", "MUST_CLOSE CLOSED"),
    ],
    "an idle client must close after a server that has closed": [
        ("client", "receive eof", "MUST_CLOSE CLOSED"),
        ("server", "send close", "MUST_CLOSE CLOSED"),
    ],
    "a client that is done must close after a server that has failed": [
        ("client", "send get / send end / receive garbage", "MUST_CLOSE ERROR"),
        ("client", "send get / receive garbage", "SEND_BODY ERROR"),
        ("client", "send get / receive garbage / send end", "MUST_CLOSE ERROR"),
        ("server", "receive get / send failed", "MUST_CLOSE ERROR"),
    ],
}
NO_RULE: list[tuple[Role, str, str]] = [
    # An idle role need not close because the peer has failed: a server can respond with an error.
    ("client", "receive garbage", "IDLE ERROR"),
    ("server", "receive garbage", "ERROR IDLE"),
    ("server", "receive garbage / send 404 / send end", "ERROR MUST_CLOSE"),
    # A server may respond before the request is complete, and even before a request.
    ("server", "receive post one byte / send 404 / send end", "SEND_BODY DONE"),
    ("client", "receive 404", "IDLE DONE"),
    # A proposal remains after its Request was refused, until the first final response.
    (
        "client",
        "send get / send end / send connect / receive 200 until eof",
        "ERROR SWITCHED_PROTOCOL",
    ),
    ("client", "send connect / send failed / receive 204", "ERROR SWITCHED_PROTOCOL"),
    ("client", "send get / send end / receive 404 / send connect", "ERROR MUST_CLOSE"),
    # That may even be a response that the client tried to send.
    ("client", "send connect / send 404 / receive 204", "ERROR MUST_CLOSE"),
    # Only a client proposes a switch: a server's attempt is just refused.
    ("server", "receive get / send connect", "MUST_CLOSE ERROR"),
    # Keep-alive is not restored by the next request.
    ("client", "send get, close / send end / receive 404 / next cycle", "MUST_CLOSE MUST_CLOSE"),
    # A new cycle requires both roles to be DONE.
    ("client", "send get / send end / receive 404 / next cycle", "IDLE IDLE"),
    ("client", "send get / receive 404 / next cycle", "SEND_BODY DONE"),
    # After the switch, neither role can send anything.
    ("server", "receive connect / send 204 / receive eof", "SWITCHED_PROTOCOL SWITCHED_PROTOCOL"),
    ("server", "receive connect / send 204 / send close", "SWITCHED_PROTOCOL ERROR"),
]
ESCAPES: list[tuple[Role, str, str]] = [
    ("client", "receive 404 / send get", "LocalProtocolError"),
    ("client", "receive garbage / send get", "LocalProtocolError"),
    ("server", "send 200 one byte / receive get", "RemoteProtocolError"),
    ("server", "send failed / receive get", "RemoteProtocolError"),
    ("server", "receive connect / send 204 / send 204", "LocalProtocolError"),
    ("server", "receive post with upgrade / send 101 / send 101", "LocalProtocolError"),
]


@pytest.mark.parametrize(
    ("us", "symbols", "states"),
    [*(conversation for sent in RULES.values() for conversation in sent), *NO_RULE],
)
def test_conversation_ends_in_the_states(
    h11: ModuleType, us: Role, symbols: str, states: str
) -> None:
    """Each conversation is an example of a rule."""
    assert converse(h11, us, *symbols.split(" / ")) == tuple(states.split())


def test_every_rule_has_its_conversations() -> None:
    assert list(RULES) == [rule["name"] for rule in DATA["rule"]]


@pytest.mark.parametrize(("us", "symbols", "error"), ESCAPES)
def test_a_request_too_late_and_an_answer_too_many_are_protocol_errors(
    h11: ModuleType, us: Role, symbols: str, error: str
) -> None:
    """The reference raises the protocol error; from h11 0.16.0 an AttributeError escapes."""
    conn = connection(h11, us)
    outcomes = [
        outcome for symbol in symbols.split(" / ") for _, outcome in apply(h11, conn, symbol)
    ]
    assert outcomes[-1] == ("AttributeError" if h11.__name__ == "h11" else error)
    assert "ERROR" in joint_state(h11, conn)
